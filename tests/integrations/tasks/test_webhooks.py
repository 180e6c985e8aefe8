"""What Zoom tells, heeded by a worker: about the meeting, and only around the time it was agreed for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from integrations.tasks.webhooks import heed_webhook
from onboarding.actions import webhooks
from onboarding.models import Event, Meeting, MeetingRoom, WebhookDelivery
from tests.factories import EngagementFactory

pytestmark = pytest.mark.django_db
NOW = now().replace(microsecond=0)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.mark.parametrize("event", ["meeting.started", "meeting.ended"])
@pytest.mark.parametrize(
    ("after_start", "is_heeded"),
    [(-2 * HOUR - SECOND, False), (-2 * HOUR, True), (9 * HOUR, True), (9 * HOUR + SECOND, False)],
)
def test_what_zoom_tells_far_from_the_appointment_is_not_the_meeting(
    event: str, after_start: timedelta, is_heeded: bool
) -> None:
    engagement = EngagementFactory(step="data_collection")
    owned = {"company": engagement.company, "engagement": engagement}
    meeting = Meeting.objects.create(
        **owned, kind="requirements_review", channel="zoom", starts_at=NOW, minutes=60, booked_by="Ann", booked_at=NOW
    )
    MeetingRoom.objects.create(
        **owned, meeting=meeting, vendor_id="85012345678", state="done", queued_at=NOW, not_before=NOW
    )
    webhooks.take_in(
        provider="zoom", event_id="1", event=event, object_id="85012345678", occurred_at=NOW + after_start, at=NOW
    )

    heed_webhook(delivery_id=WebhookDelivery.objects.get().pk)

    meeting.refresh_from_db()
    outcome = WebhookDelivery.objects.get().outcome
    assert (outcome == "Not heeded: it is far from the time of our appointment.") is not is_heeded
    assert ((meeting.began_at or meeting.ended_at) is not None) is is_heeded
    assert Event.objects.filter(kind__in=["meeting.began", "meeting.ended"]).exists() is is_heeded
