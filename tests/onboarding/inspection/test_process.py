"""The child itself, for real: what it finds comes back as data, and whatever happens to it is not "clean"."""

from __future__ import annotations

import tempfile

import pytest

from onboarding.inspection.process import Limits, Report, inspect
from tests.onboarding.inspection import hostile

BAD = "tests.onboarding.inspection.bad_parsers"
MEMORY = 512 * 1024 * 1024


def inspected(content: bytes, extension: str, **options: object) -> Report:
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as released:
        source.write(content)
        source.flush()
        return inspect(source, released, extension=extension, size=len(content), **options)


@pytest.mark.parametrize(
    ("content", "extension", "verdict", "code"),
    [
        (hostile.word(), "docx", "clean", ""),
        (hostile.pdf(), "pdf", "clean", ""),
        (b"a,b\n", "csv", "clean", ""),
        (hostile.pdf(hostile.opening_script), "pdf", "refused", "acting"),
        (hostile.word(**{"word/vbaProject.bin": b"x"}), "docx", "refused", "macros"),
    ],
)
def test_a_file_is_read(content: bytes, extension: str, verdict: str, code: str) -> None:
    report = inspected(content, extension)

    assert (report.verdict, report.code, report.sha256) == (verdict, code, "")


@pytest.mark.parametrize(("kind", "extension"), [("JPEG", "jpg"), ("PNG", "png")])
def test_an_image_comes_back_encoded_anew(kind: str, extension: str) -> None:
    report = inspected(hostile.picture(kind, (640, 480)) + hostile.archive(), extension)

    assert (report.verdict, report.facts, len(report.sha256)) == ("clean", {"width": 640, "height": 480}, 64)
    assert report.size > 0


@pytest.mark.parametrize(
    ("trouble", "code", "facts"),
    [
        ("segfault", "crashed", {"exit_code": -11}),
        ("memory", "crashed", {"error": "MemoryError"}),
        ("asleep", "timed_out", {}),
        ("busy", "crashed", {"exit_code": -24}),
        ("silent", "crashed", {"error": "no answer"}),
        ("garbage", "crashed", {"error": "no answer"}),
        ("socket", "crashed", {"error": "OSError"}),
        ("open", "crashed", {"error": "OSError"}),
    ],
)
def test_whatever_happens_in_the_child_is_not_clean(trouble: str, code: str, facts: dict) -> None:
    limits = Limits(MEMORY, cpu_seconds=1 if trouble == "busy" else 60, wall_seconds=1 if trouble == "asleep" else 60)

    report = inspected(b"x", trouble, parser=BAD, limits=limits)

    assert (report.verdict, report.code, report.facts) == ("undecided", code, facts)


def test_the_child_is_told_nothing_of_ours(monkeypatch) -> None:
    monkeypatch.setenv("A_SECRET", "s3cret")

    report = inspected(b"x", "environment", parser=BAD)

    assert (report.verdict, report.facts.get("A_SECRET")) == ("clean", None)
    assert "SECRET_KEY" not in report.facts


def test_a_larger_file_gets_more_time_but_not_more_memory() -> None:
    limits = Limits().for_size(1024 * 1024 * 1024)

    assert (limits.cpu_seconds, limits.memory_bytes) == (81, Limits().memory_bytes)
    assert limits.wall_seconds == pytest.approx(111.2)
