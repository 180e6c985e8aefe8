"""What was said, as a WebVTT file: written for the record, and read from one that was uploaded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

HEADER = "WEBVTT"
_TIMES = re.compile(r"((?:\d+:)?\d{1,2}:\d{2}[.,]\d{3})\s+-->\s+((?:\d+:)?\d{1,2}:\d{2}[.,]\d{3})")
_VOICE = re.compile(r"<v(?:\.[^\s>]+)?\s+([^>]+)>")
_TAG = re.compile(r"<[^>]*>")
_NAMED = re.compile(r"([^:<>]{2,60}):\s+(\S.*)", re.DOTALL)
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&amp;": "&"}
MOST = 20_000  # cues of one file that are read


@dataclass(frozen=True)
class Said:
    """What one person said, between two moments in milliseconds from the start; `speaker` may be unknown."""

    speaker: str
    text: str
    starts_ms: int
    ends_ms: int


def written(sentences: Iterable[Said], *, notes: Iterable[str] = ()) -> str:
    """A WebVTT file: the notes as comments, then every sentence with its speaker as voice."""
    blocks = [HEADER, *(f"NOTE\n{_one_line(note)}" for note in notes if note.strip())]
    for one in sentences:
        voice = f"<v {_escaped(one.speaker)}>" if one.speaker else ""
        blocks.append(f"{_stamp(one.starts_ms)} --> {_stamp(one.ends_ms)}\n{voice}{_escaped(one.text)}")
    return "\n\n".join(blocks) + "\n"


def read(text: str) -> list[Said]:
    """What a WebVTT file says, in its order; empty when it is none, or says nothing."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return list(_cues(plain))[:MOST] if plain.startswith(HEADER) else []


def _cues(text: str) -> Iterator[Said]:
    for block in text.split("\n\n"):
        lines = block.strip("\n").split("\n")
        place = next((number for number, line in enumerate(lines[:2]) if _TIMES.match(line)), None)
        if place is None:
            continue
        times = _TIMES.match(lines[place])
        words = " ".join(lines[place + 1 :]).strip()
        if times and words and (said := _said(words, _milliseconds(times[1]), _milliseconds(times[2]))):
            yield said


def _said(words: str, starts: int, ends: int) -> Said | None:
    voice = _VOICE.search(words)
    text = _plain(words)
    speaker = _plain(voice[1]) if voice else ""
    if not speaker and (named := _NAMED.fullmatch(text)):  # "Ann: …", as Zoom writes it
        speaker, text = named[1].strip(), named[2]
    return Said(speaker[:200], text, starts, max(starts, ends)) if text else None


def _plain(words: str) -> str:
    text = _TAG.sub("", words)
    for entity, character in _ENTITIES.items():
        text = text.replace(entity, character)
    return re.sub(r"\s+", " ", text).strip()


def _escaped(text: str) -> str:
    return _one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("-->", "→")


def _stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def _milliseconds(stamp: str) -> int:
    clock, rest = re.split(r"[.,]", stamp)
    total = 0
    for part in clock.split(":"):
        total = total * 60 + int(part)
    return total * 1000 + int(rest)
