"""Programs of other people that judge our files: a test that needs one is skipped where it is not installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


def exempi(content: bytes) -> str:
    """The XMP packet as the XMP reader exempi finds and understands it."""
    return _told("exempi", "-x", content=content)


def qpdf(content: bytes) -> str:
    """What qpdf says about the file's syntax."""
    return _told("qpdf", "--check", content=content)


def _told(program: str, *options: str, content: bytes) -> str:
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.pdf"
        path.write_bytes(content)
        done = subprocess.run([program, *options, path], capture_output=True, check=False, timeout=60)
    return (done.stdout + done.stderr).decode()
