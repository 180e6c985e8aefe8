"""Programs of other people that judge our files: a test that needs one is skipped where it is not installed."""

from __future__ import annotations

import pytest

from portal.walkthrough.proofs.judges import ran


def exempi(content: bytes) -> str:
    """The XMP packet as the XMP reader exempi finds and understands it."""
    return _told("exempi", "-x", content=content)


def qpdf(content: bytes) -> str:
    """What qpdf says about the file's syntax."""
    return _told("qpdf", "--check", content=content)


def ghostscript(content: bytes) -> str:
    """What ghostscript says while it draws every page; nothing is good."""
    return _told(
        "gs",
        "-q",
        "-sDEVICE=nullpage",
        "-dPDFSTOPONERROR",
        "-dPDFSTOPONWARNING",
        "-dNOPAUSE",
        "-dBATCH",
        content=content,
    )


def mupdf(content: bytes) -> str:
    """What MuPDF says of the file's fonts, pictures and errors."""
    return _told("mutool", "info", content=content)


def poppler_tags(content: bytes) -> str:
    """The structure tree as poppler reads it."""
    return _told("pdfinfo", "-struct", content=content)


def pdfsig(content: bytes) -> str:
    """What poppler's pdfsig says of a file's signatures."""
    return _told("pdfsig", content=content)


def _told(program: str, *options: str, content: bytes) -> str:
    told = ran(program, *options, content=content)
    if told is None:
        pytest.skip(f"{program} is not installed")
    return told
