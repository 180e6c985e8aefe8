"""A review that was recorded: its transcript of any length, with a summary and what people promised."""

from __future__ import annotations

from datetime import timedelta

from onboarding.models import ActionItem, Engagement, Meeting, Sentence, Transcript
from tests.factories import NOW

SPEAKERS = ("Priya Patel", "Maria Fernández")
PROMISED = (
    ("Priya Patel", "Send the list of flows for sign-off"),
    ("Maria Fernández", "Name the QuickBooks administrator"),
)
OVERVIEW = "The flows were agreed: accounts become customers at once; paid invoices come back later."


def recorded(engagement: Engagement, *, sentences: int = 6, is_summed_up: bool = True) -> Transcript:
    """Every tenth sentence speaks of invoices; two speakers take turns of three sentences."""
    company = engagement.company
    meeting = Meeting.objects.create(
        company=company, engagement=engagement, kind="requirements_review", starts_at=NOW, minutes=60, booked_at=NOW,
        booked_by="Maria", held_at=NOW, attendees=list(SPEAKERS), is_to_be_recorded=True,
    )  # fmt: skip
    transcript = Transcript.objects.create(
        company=company, engagement=engagement, meeting=meeting, vendor_id="01ABC", matched_by="link", title="Review",
        started_at=NOW + timedelta(minutes=1), minutes=52, speakers=list(SPEAKERS), queued_at=NOW, not_before=NOW,
        url="https://app.fireflies.ai/view/01ABC", state="done" if is_summed_up else "queued",
        overview=OVERVIEW if is_summed_up else "", keywords=["accounts", "invoices"] if is_summed_up else [],
        topics=["Flows", "Go-live date"] if is_summed_up else [], summary_state="written" if is_summed_up else "awaited",
    )  # fmt: skip
    Sentence.objects.bulk_create(
        Sentence(
            company=company, transcript=transcript, index=index, speaker=SPEAKERS[index // 3 % 2],
            text=f"Sentence {index}: paid Invoices come back." if index % 10 == 4 else f"Sentence {index}: we agree <so>.",
            starts_ms=index * 6000, ends_ms=index * 6000 + 5500,
        )
        for index in range(sentences)
    )  # fmt: skip
    for number, (owner, text) in enumerate(PROMISED if is_summed_up else (), start=1):
        ActionItem.objects.create(
            company=company, engagement=engagement, transcript=transcript, number=number, owner=owner, text=text,
            at_second=30 * number,
        )  # fmt: skip
    return transcript
