"""What Fireflies keeps of a meeting, read from its GraphQL answers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

PROCESSING, PROCESSED, FAILED, SKIPPED = "processing", "processed", "failed", "skipped"
HEAD = (
    "id title date dateString duration host_email organizer_email participants "
    "meeting_link calendar_id cal_id transcript_url"
)
WHOLE = f"""{HEAD}
    speakers {{ id name }}
    sentences {{ index speaker_name text start_time end_time }}
    meeting_info {{ summary_status silent_meeting }}
    summary {{ overview short_summary action_items keywords topics_discussed }}"""
_OWNER = re.compile(r"\*\*(.+?)\*\*:?")
_BULLET = re.compile(r"^(?:[-*•]|\d+[.)])\s+")
_AT = re.compile(r"\s*\(((?:\d+:)?\d{1,2}:\d{2})\)\s*$")


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A recorded meeting without its words. E-mail addresses are in lower case; empty texts where nothing is known."""

    id: str
    title: str
    started_at: datetime
    minutes: float
    meeting_link: str
    calendar_ids: tuple[str, ...]
    organizer: str
    participants: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class Sentence:
    """What one person said, between two moments in seconds from the start."""

    index: int
    speaker: str
    text: str
    starts: float
    ends: float


@dataclass(frozen=True)
class ActionItem:
    """Something somebody promised; `owner` is empty when nobody is named, `at` the second of the meeting if known."""

    owner: str
    text: str
    at: int | None


@dataclass(frozen=True, kw_only=True)
class Summary:
    """`state` is processing (fetch again), processed, failed or skipped."""

    state: str
    overview: str
    action_items: tuple[ActionItem, ...]
    keywords: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """The whole record of a meeting."""

    recording: Recording
    speakers: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    summary: Summary

    @property
    def is_final(self) -> bool:
        """Nothing more will come."""
        return self.summary.state != PROCESSING


def recording(told: Mapping[str, Any]) -> Recording:
    """A transcript's head. Raises KeyError, TypeError, ValueError."""
    calendars = (str(told.get(name) or "") for name in ("cal_id", "calendar_id"))
    return Recording(
        id=str(told["id"]),
        title=str(told.get("title") or ""),
        started_at=_moment(told),
        minutes=float(told.get("duration") or 0),
        meeting_link=str(told.get("meeting_link") or ""),
        calendar_ids=tuple(dict.fromkeys(one for one in calendars if one)),
        organizer=str(told.get("organizer_email") or told.get("host_email") or "").lower(),
        participants=tuple(dict.fromkeys(str(one).strip().lower() for one in told.get("participants") or () if one)),
        url=str(told.get("transcript_url") or ""),
    )


def transcript(told: Mapping[str, Any]) -> Transcript:
    """A whole transcript. Raises KeyError, TypeError, ValueError."""
    return Transcript(
        recording=recording(told),
        speakers=tuple(str(one["name"]) for one in told.get("speakers") or () if one.get("name")),
        sentences=tuple(
            Sentence(
                index=int(one["index"]),
                speaker=str(one.get("speaker_name") or ""),
                text=str(one.get("text") or ""),
                starts=float(one.get("start_time") or 0),
                ends=float(one.get("end_time") or 0),
            )
            for one in told.get("sentences") or ()
        ),
        summary=_summary(told.get("summary") or {}, told.get("meeting_info") or {}),
    )


def _summary(told: Mapping[str, Any], info: Mapping[str, Any]) -> Summary:
    """A status we don't know counts as final once there is an overview: better shown than waited for."""
    overview = str(told.get("overview") or told.get("short_summary") or "")
    status = str(info.get("summary_status") or "")
    known = status if status in {PROCESSING, PROCESSED, FAILED, SKIPPED} else PROCESSED if overview else PROCESSING
    return Summary(
        state=known,
        overview=overview,
        action_items=tuple(_action_items(str(told.get("action_items") or ""))),
        keywords=tuple(str(one) for one in told.get("keywords") or ()),
        topics=_texts(told.get("topics_discussed")),
    )


def _action_items(text: str) -> Iterator[ActionItem]:
    """One text: names in bold on lines of their own, then a line for each item, often with its moment in brackets."""
    owner = ""
    for line in text.splitlines():
        words = line.strip()
        if heading := _OWNER.fullmatch(words):
            owner = heading[1].strip().rstrip(":")
            owner = "" if owner.lower() == "unassigned" else owner
        elif words := _BULLET.sub("", words):
            at = _AT.search(words)
            yield ActionItem(owner, _AT.sub("", words), _seconds(at[1]) if at else None)


def _seconds(clock: str) -> int:
    total = 0
    for part in clock.split(":"):
        total = total * 60 + int(part)
    return total


def _texts(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value] if value else []
    return tuple(str(one) for one in listed)


def _moment(told: Mapping[str, Any]) -> datetime:
    """When it began: the written date, else the number, which is milliseconds (seconds when it is too small for that)."""
    if text := told.get("dateString"):
        moment = datetime.fromisoformat(str(text))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    number = float(told["date"])
    return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, tz=UTC)
