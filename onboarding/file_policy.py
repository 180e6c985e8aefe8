"""Which files we take: an allow-list of extension × content, looked at before anything is stored.

A first wall, in this process: signature, archive directory, text encoding. Nothing is unpacked or rendered.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO

import filetype

from onboarding import errors

LONGEST_NAME = 150
MOST_UNPACKED_BYTES = 300 * 1024 * 1024
MOST_RATIO = 200
HEAD_BYTES = 8192

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
        _require_office(file, name, extension)
    elif _signature(head) != CONTENT_TYPES[extension]:
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


def _require_office(file: BinaryIO, name: str, extension: str) -> None:
    folder = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}[extension]
    try:
        entries = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise _refused(f"“{name}” can't be opened. Save it again as {extension.upper()} and send that.") from None
    names = [entry.filename for entry in entries]
    unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries) or 1
    if unpacked > MOST_UNPACKED_BYTES or unpacked / packed > MOST_RATIO:
        raise _refused(f"“{name}” unpacks to far more than its size. Save it again without embedded data.")
    if any(".." in part or part.startswith("/") or "vbaproject" in part.lower() for part in names):
        raise _refused(f"“{name}” holds macros or odd paths. Save it without macros as {extension.upper()}.")
    if any(e.flag_bits & 1 for e in entries):
        raise _refused(f"“{name}” is protected by a password. Remove the password and send it again.")
    if "[Content_Types].xml" not in names or not any(part.startswith(folder) for part in names):
        raise _refused(f"“{name}” is not what its name says. Save it again as {extension.upper()} and send that.")


def _refused(words: str) -> errors.BadInput:
    return errors.BadInput(words, fields={"file": words})
