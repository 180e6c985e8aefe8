"""A review that was recorded: its transcript of any length, with a summary and what people promised."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import now

from onboarding.actions import follow_ups, meetings, recordings
from onboarding.actors import Actor
from onboarding.models import (
    ActionItem,
    Engagement,
    Meeting,
    NotetakerVisit,
    RecordingConsent,
    Sentence,
    Transcript,
)
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


LONG = "Send the whole list of flows, field mappings and open questions to everybody who takes part in the review. "


def full(engagement: Engagement, *, owner: Actor, specialist: Actor, kind: str = "requirements_review") -> Transcript:
    """Everything the pages can show at once: a long transcript, promises taken and dismissed, tasks of both sides.

    Coming are a meeting nobody was asked about, one that somebody refused to be recorded in and whose notetaker failed,
    and one that all agreed to, whose transcript failed.
    """
    at = now()
    transcript = recorded(engagement, sentences=600)
    first = transcript.action_items.get(number=1)
    ActionItem.objects.filter(pk=first.pk).update(text=LONG * 2)
    for text, person in (("Ask the bank", "Maria Fernández"), ("Think about it", "")):
        item = ActionItem.objects.create(
            company=engagement.company, engagement=engagement, transcript=transcript, number=10 + len(text), text=text,
            owner=person,
        )  # fmt: skip
        if person:
            follow_ups.take(item.pk, text=text, side="customer", person=person, due_on=None, by=specialist, at=at)
        else:
            follow_ups.dismiss(item.pk, by=specialist, at=at)
    for side, text in (("customer", LONG * 3), ("interweave", "Send the list"), ("customer", "Name the sponsor")):
        person = "Maria Fernández de la Torre y Castellanos"
        task = follow_ups.add(
            engagement.pk, text=text, side=side, person=person, due_on=at.date(), by=specialist, at=at
        )
    follow_ups.finish(task.pk, by=owner, at=at)
    _coming(engagement, kind=kind, days=3, by=specialist)
    problem = {"words": "The vendor asks us to slow down.", "what_to_do": "Nothing to do: we wait and go on."}
    failed = {"company": engagement.company, "engagement": engagement, "state": "failed", "problem": problem,
              "queued_at": at, "not_before": at}  # fmt: skip
    refused = recordings.ask(_coming(engagement, kind=kind, days=4, by=specialist).pk, by=specialist, at=at)
    guest = "maximiliana.von.hohenstein-wittelsbach@verwaltung.example"
    asked = recordings.ask_also(
        refused.pk, name="Maximiliana von Hohenstein-Wittelsbach", email=guest, by=specialist, at=at
    )
    recordings.note(asked.pk, is_given=False, by=specialist, at=at)
    NotetakerVisit.objects.create(meeting=refused, **failed)
    agreed = recordings.ask(_coming(engagement, kind=kind, days=5, by=specialist).pk, by=specialist, at=at)
    RecordingConsent.objects.filter(meeting=agreed).update(state="given", how="aloud", answered_at=at)
    Transcript.objects.create(meeting=agreed, vendor_id="01FAILED", matched_by="link", **failed)
    return transcript


def _coming(engagement: Engagement, *, kind: str, days: int, by: Actor) -> Meeting:
    at = now()
    return meetings.book(
        engagement.pk, kind=kind, channel="zoom", starts_at=at + timedelta(days=days), minutes=60, topic="",
        place="https://us02web.zoom.us/j/85012345678?pwd=" + "x" * 60, by=by, at=at,
    )  # fmt: skip
