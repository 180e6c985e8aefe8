"""Which files we take: an allow-list of extension × content, looked at before anything is stored.

The first wall, in this process: signature, archive directory, text encoding. Nothing is unpacked or rendered: that is
the second wall's (onboarding/inspection), in a child process of a worker.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO

import filetype

from onboarding import errors
from onboarding.inspection import office
from onboarding.inspection.unfit import Unfit

LONGEST_NAME = 150
HEAD_BYTES = 8192
OLE = b"\xd0\xcf\x11\xe0"  # how old office files begin, and new ones behind a password

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain",
    "csv": "text/csv",
    "vtt": "text/vtt",
}
OFFICE = {"docx", "xlsx", "pptx"}
TEXT = {"txt", "csv", "vtt"}
WORDS = "PDF, Word, Excel or PowerPoint (without macros), PNG, JPEG, text, CSV or VTT"


def clean_name(raw: str) -> str:
    """The name as data: last path part, no control or direction characters, shortened before its extension."""
    last = PurePosixPath(raw.replace("\\", "/")).name
    visible = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    visible = re.sub(r"\s+", " ", visible).strip(" .")
    stem, dot, extension = visible.rpartition(".")
    if not dot:
        return visible[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - len(extension) - 1] or 'file'}.{extension.lower()}"


def content_type(file: BinaryIO, name: str) -> str:
    """The content type of an acceptable file; BadInput with words for any other.

    The name's extension, the signature of the bytes and, for office files, the archive's directory must agree.
    """
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in CONTENT_TYPES:
        raise _refused(f"“{name}” is not a type we take. Send {WORDS}.")
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head:
        raise _refused(f"“{name}” is empty. Choose the file again.")
    if extension in TEXT:
        _require_text(head, name)
    elif extension in OFFICE:
        _require_office(file, head, name, extension)
    elif _signature(head) != CONTENT_TYPES[extension] or (extension == "pdf" and not head.startswith(b"%PDF-")):
        raise _refused(f"“{name}” is not what its name says. Save it again as {extension.upper()} and send that.")
    file.seek(0)
    return CONTENT_TYPES[extension]


def _signature(head: bytes) -> str:
    kind = filetype.guess(head)
    return kind.mime if kind else ""


def _require_text(head: bytes, name: str) -> None:
    try:
        text = head.decode("utf-8-sig", errors="strict") if len(head) < HEAD_BYTES else _decode_cut(head)
    except UnicodeDecodeError:
        raise _refused(f"“{name}” is not UTF-8 text. Save it as UTF-8 and send it again.") from None
    if "\x00" in text:
        raise _refused(f"“{name}” holds binary data. Save it as UTF-8 text and send it again.")


def _decode_cut(head: bytes) -> str:
    """Decode a head that may end in the middle of a character."""
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if error.start < len(head) - 4:
                raise
    return head.decode("utf-8-sig")


def _require_office(file: BinaryIO, head: bytes, name: str, extension: str) -> None:
    if head.startswith(OLE):
        words = f"“{name}” is protected by a password or of an old kind. Save it as {extension.upper()} without one."
        raise _refused(words)
    try:
        office.directory(file, extension)
    except (zipfile.BadZipFile, OSError, ValueError):
        raise _refused(f"“{name}” can't be opened. Save it again as {extension.upper()} and send that.") from None
    except Unfit as unfit:
        raise _refused(f"“{name}” can't be taken. {unfit.words}") from None


def _refused(words: str) -> errors.BadInput:
    return errors.BadInput(words, fields={"file": words})
