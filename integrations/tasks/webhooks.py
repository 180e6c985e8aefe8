"""What vendors told us, heeded: a meeting began or ended, a transcript or its summary is ready, money moved, an envelope was signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.utils.timezone import now

from integrations import meeting_services
from integrations.engine.errors import Failure, failure
from integrations.fireflies import webhooks as fireflies_calls
from integrations.tasks import card_payments, envelopes
from integrations.tasks.recordings import meeting_of
from onboarding.actions import meetings, recordings, rooms, transcripts, webhooks
from onboarding.models import Meeting, MeetingRoom, Transcript, WebhookDelivery

NOT_OURS = "No meeting of ours."
NOT_USED = "Nothing follows from this event."


@shared_task(name="integrations.heed_webhook", acks_late=True, ignore_result=True)
def heed_webhook(*, delivery_id: int, **_: Any) -> None:
    """Do what follows from one call. Safe to run twice: whatever follows is done once."""
    delivery = webhooks.claim(delivery_id, at=now())
    if delivery is None:
        return
    try:
        outcome = HEEDED[delivery.provider](delivery)
    except Failure as trouble:
        retry = trouble.entry.retry_helps or trouble.code == transcripts.MISSING
        webhooks.put_off(delivery, problem=trouble.as_dict(), retry=retry, at=now())
    except Exception as bug:
        problem = {**failure("unexpected").as_dict(), "error": type(bug).__name__}
        webhooks.put_off(delivery, problem=problem, retry=True, at=now())
        raise
    else:
        webhooks.settle(delivery, outcome=outcome, at=now())


def _zoom(delivery: WebhookDelivery) -> str:
    rows = MeetingRoom.objects.select_related("meeting")
    room = rows.filter(vendor_id=delivery.object_id, meeting__channel=Meeting.Channel.ZOOM).first()
    if room is None:
        return NOT_OURS
    moment = delivery.occurred_at or delivery.received_at
    if delivery.event == "meeting.started":
        meetings.began(room.meeting_id, moment=moment, at=now())
        recordings.send_now(room.meeting, at=now())
        return "The meeting began."
    if delivery.event == "meeting.ended":
        meetings.ended(room.meeting_id, moment=moment, at=now())
        return "The meeting ended."
    if delivery.event == "meeting.deleted" and rooms.restore(room, at=now()):
        return "Deleted at Zoom, though it is to take place: it is made anew."
    return NOT_USED


def _fireflies(delivery: WebhookDelivery) -> str:
    if delivery.event == fireflies_calls.JOINED:
        return "The notetaker is in a meeting."
    if known := Transcript.objects.filter(vendor_id=delivery.object_id).first():
        return "It is fetched." if transcripts.look_again(known, at=now()) else "It is here already."
    team = meeting_services.fireflies()
    if team is None:
        return "This installation has no notetaker."
    recording = team.transcript(delivery.object_id).recording
    found = meeting_of(recording)
    if found is None:
        return f"{NOT_OURS} “{recording.title[:100]}”, {recording.started_at:%Y-%m-%d %H:%M} UTC."
    meeting, matched_by = found
    if transcripts.expect(meeting.pk, vendor_id=recording.id, matched_by=matched_by, at=now()) is None:
        return "Not kept: not everybody agreed to be recorded, or the meeting has another transcript."
    return f"It is fetched: our meeting by its {matched_by}."


HEEDED: dict[str, Callable[[WebhookDelivery], str]] = {
    "zoom": _zoom, "fireflies": _fireflies, "stripe": card_payments.heed, "docusign": envelopes.heed,
}  # fmt: skip
