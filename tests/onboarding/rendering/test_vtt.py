"""WebVTT: what is written can be read again, and files of other hands are read as far as they make sense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.rendering import vtt
from onboarding.rendering.vtt import Said

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=30
).filter(lambda text: "&" not in text and "-->" not in text)
MOMENTS = st.integers(0, 36_000_000)


def test_a_written_file() -> None:
    text = vtt.written(
        [Said("Ann <Berg>", "Is a --> b & c?", 3_723_004, 3_724_000), Said("", "Yes.", 0, 1)],
        notes=["Summary\n of it", " "],
    )

    assert text == (
        "WEBVTT\n\nNOTE\nSummary of it\n\n01:02:03.004 --> 01:02:04.000\n<v Ann &lt;Berg&gt;>Is a → b &amp; c?\n\n"
        "00:00:00.000 --> 00:00:00.001\nYes.\n"
    )


@given(st.lists(st.builds(Said, speaker=WORDS, text=WORDS, starts_ms=MOMENTS, ends_ms=MOMENTS), max_size=5))
def test_what_is_written_is_read_again(said: list[Said]) -> None:
    ordered = [Said(one.speaker, one.text, one.starts_ms, max(one.starts_ms, one.ends_ms)) for one in said]

    assert vtt.read(vtt.written(ordered)) == ordered


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("1\n00:00:04.000 --> 00:00:09.500\nAnn Berg: New accounts.", [Said("Ann Berg", "New accounts.", 4000, 9500)]),
        ("00:04.000 --> 00:09.000 align:start\n<v.loud Ann>New\n<b>accounts</b></v>", [Said("Ann", "New accounts", 4000, 9000)]),
        ("00:00:04,000 --> 00:00:09,000\nNo name", [Said("", "No name", 4000, 9000)]),
        ("NOTE\nnot said", []),
        ("STYLE\n::cue {}", []),
        ("00:00:04.000 --> 00:00:09.000\n<v Ann></v>", []),
    ],
    ids=["as Zoom writes it", "classes and tags", "commas", "a note", "a style", "silence"],
)  # fmt: skip
def test_files_of_other_hands(block: str, expected: list[Said]) -> None:
    assert vtt.read(f"\ufeffWEBVTT\r\n\r\n{block}\r\n".replace("\n", "\r\n").replace("\r\r", "\r")) == expected


@pytest.mark.parametrize("text", ["", "Minutes of the meeting", "WEBVTT", "WEBVTT\n\n99"])
def test_what_is_none_says_nothing(text: str) -> None:
    assert vtt.read(text) == []
