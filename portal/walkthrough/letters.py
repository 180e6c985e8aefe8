"""The rehearsal's mail folder, read as the people of the story read their mail."""

from __future__ import annotations

import re
from pathlib import Path

CODE = re.compile(r"^\s*([0-9A-Z]{3,4}-?[0-9A-Z]{3,4})\s*$", re.MULTILINE)
DOOR_CODE = re.compile(r"The code is (\d{6})\.")
INVITATION = re.compile(r"/join/([A-Za-z0-9_-]{20,})/")
DOOR = re.compile(r"(/door/[A-Za-z0-9_-]{20,}/)")


def newest(pattern: re.Pattern[str], email: str, *, folder: Path, since: float) -> str | None:
    """What the pattern finds last in the newest letter to this address since then (epoch, s); None while none came."""
    letters = sorted(folder.glob("*"), key=lambda file: file.stat().st_mtime, reverse=True) if folder.is_dir() else []
    for letter in letters:
        if letter.stat().st_mtime < since - 1:
            return None
        text = letter.read_text(errors="replace").replace("=\n", "")
        if email in text and (found := pattern.findall(text)):
            return str(found[-1])
    return None
