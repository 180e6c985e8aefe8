"""Transcripts read: which meeting a recording may be, what is still awaited, and pages of what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from onboarding import tenancy
from onboarding.models import Meeting, Sentence, Transcript

PAGE = 250  # sentences
FOUND = 100  # hits of one search that are shown
NEAR = timedelta(hours=12)  # a recording of another day is another meeting
VIDEO = (Meeting.Channel.ZOOM, Meeting.Channel.GOOGLE_MEET)


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of a transcript's sentences: all from `first` on, or those that a search found."""

    sentences: list[Sentence]
    total: int
    first: int = 0
    found: int | None = None  # how many a search found in all

    @property
    def last(self) -> int:
        """The index after the last sentence of the page."""
        return self.first + len(self.sentences)

    @property
    def newer(self) -> int | None:
        """Where the page before begins; None on the first."""
        return max(0, self.first - PAGE) if self.found is None and self.first else None

    @property
    def older(self) -> int | None:
        """Where the page after begins; None on the last."""
        return self.last if self.found is None and self.last < self.total else None


def page(transcript: Transcript, *, holding: int = 0, search: str = "") -> Page:
    """The page that holds the sentence of this index, or the sentences whose words hold the text (two queries)."""
    rows = transcript.sentences.all()
    total = rows.count()
    if search:
        hits = rows.filter(text__icontains=search)
        shown = list(hits[: FOUND + 1])
        found = len(shown) if len(shown) <= FOUND else hits.count()
        return Page(sentences=shown[:FOUND], total=total, found=found)
    first = max(0, min(holding, total - 1)) // PAGE * PAGE
    return Page(sentences=list(rows.filter(index__gte=first, index__lt=first + PAGE)), total=total, first=first)


def near(moment: datetime) -> list[Meeting]:
    """Video meetings that a recording begun at this moment may be of, with their rooms and hosts; none that is off."""
    rows = Meeting.objects.select_related("room", "engagement__specialist__user").filter(
        channel__in=VIDEO, cancelled_at=None, starts_at__gte=moment - NEAR, starts_at__lte=moment + NEAR
    )
    return list(rows.order_by("pk"))


def is_anothers(vendor_id: str, *, meeting_id: int) -> bool:
    """True when this is the transcript of another meeting, of whichever company: one account records for all."""
    with tenancy.acting(staff=True):
        return (
            bool(vendor_id) and Transcript.objects.filter(vendor_id=vendor_id).exclude(meeting_id=meeting_id).exists()
        )


def was_taken_by_another(transcript: Transcript) -> bool:
    """True when another meeting has this transcript and came first, or has its words: two were ordered at once."""
    with tenancy.acting(staff=True):
        others = Transcript.objects.filter(vendor_id=transcript.vendor_id).exclude(pk=transcript.pk)
        first = others.filter(pk__lt=transcript.pk) | others.filter(sentences__isnull=False)
        return bool(transcript.vendor_id) and first.exists()


def awaited(*, since: datetime, until: datetime) -> list[Meeting]:
    """Meetings that were to be recorded, began in this time, and have no transcript (one query)."""
    rows = Meeting.objects.select_related("room", "engagement__specialist__user").filter(
        is_to_be_recorded=True, cancelled_at=None, transcript=None, starts_at__gte=since, starts_at__lte=until
    )
    return list(rows.order_by("starts_at"))
