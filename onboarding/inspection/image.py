"""PNG and JPEG: decoded under a pixel limit and encoded anew. What is released holds the picture and nothing else."""

from __future__ import annotations

import warnings
from typing import Any, BinaryIO

from PIL import Image, ImageFile, ImageOps, MpoImagePlugin, UnidentifiedImageError

from onboarding.inspection.unfit import Unfit, damaged

MOST_PIXELS = 50_000_000  # a 50 megapixel camera; 200 MB decoded
FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG"}
JPEG_QUALITY = 92
# Pillow imports its plugins when it first needs them: in the child that would be behind a closed door.
Image.preinit()
PHONES = MpoImagePlugin.MpoImageFile  # a JPEG of several pictures

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False


def read(source: BinaryIO, released: BinaryIO, extension: str) -> dict[str, Any]:
    """Write the picture anew to `released`, upright, without its metadata. Facts: width, height."""
    kind = FORMATS[extension]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = _decoded(source, kind)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError, EOFError):
        raise damaged() from None
    image.info = {name: value for name, value in image.info.items() if name == "transparency"}
    image.save(released, kind, **({"quality": JPEG_QUALITY} if kind == "JPEG" else {}))
    return {"width": image.width, "height": image.height}


def _decoded(source: BinaryIO, kind: str) -> Image.Image:
    image: Image.Image = Image.open(source, formats=[kind])
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels()
    image.load()
    if kind == "JPEG":
        image = ImageOps.exif_transpose(image)
        return image if image.mode in {"L", "RGB"} else image.convert("RGB")
    return image


def _too_many_pixels() -> Unfit:
    words = f"It has more than {MOST_PIXELS // 1_000_000} million pixels. Save it smaller and send that."
    return Unfit("too_many_pixels", words)
