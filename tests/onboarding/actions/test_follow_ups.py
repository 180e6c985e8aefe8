"""Tasks from meetings: made of what was heard, or written down; done by the side they belong to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import filing, follow_ups, meetings, transcripts
from onboarding.actors import Actor
from onboarding.models import ActionItem, Engagement, Event, FollowUp, Meeting, Message, Sentence, Transcript
from tests.every_row import every_row
from tests.factories import NOW, EngagementFactory, SpecialistFactory, owner, specialist, stranger, viewer

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 1)
VTT = b"WEBVTT\n\n00:04.000 --> 00:09.000\n<v Ann>New accounts at once.\n\n00:10.000 --> 00:11.000\n<v Bo>Yes.\n"


@pytest.fixture
def item() -> ActionItem:
    engagement = EngagementFactory(step="requirements_review", specialist=SpecialistFactory())
    meeting = Meeting.objects.create(
        company=engagement.company, engagement=engagement, kind="requirements_review", starts_at=NOW, booked_at=NOW,
        booked_by="Ann",
    )  # fmt: skip
    transcript = Transcript.objects.create(
        company=engagement.company, engagement=engagement, meeting=meeting, queued_at=NOW, not_before=NOW
    )
    return ActionItem.objects.create(
        company=engagement.company, engagement=engagement, transcript=transcript, number=1, owner="Carla",
        text="Name the administrator",
    )  # fmt: skip


def take(item: ActionItem, by: Actor | None = None, **given: Any) -> FollowUp:
    values = {"text": "Name the administrator", "side": "customer", "person": "Carla", "due_on": DUE} | given
    return follow_ups.take(item.pk, **values, by=by or specialist(), at=NOW)


def test_an_action_item_is_made_a_task_once_and_the_customer_told(item: ActionItem) -> None:
    by = owner(item.company)

    first, second = take(item), take(item)

    item.refresh_from_db()
    assert (first.pk, first.person, first.due_on, item.state) == (second.pk, "Carla", DUE, "taken")
    mail = Message.objects.get(kind="follow_up.added")
    assert (mail.to, mail.path) == (by.email, "/follow-ups/")
    assert "It is due on Tuesday 1 December 2026." in mail.text
    assert Event.objects.values_list("kind", flat=True)[0] == "follow_up.added"


def test_a_task_of_ours_is_no_mail_to_the_customer(item: ActionItem) -> None:
    owner(item.company)

    take(item, side="interweave", person="Priya")

    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"side": "nobody"}, "side"),
        ({"due_on": NOW.date() - timedelta(days=1)}, "due_on"),
    ],
)
def test_what_is_no_task_is_refused(item: ActionItem, given: dict[str, Any], field: str) -> None:
    by = specialist()
    before = every_row()

    with pytest.raises(errors.BadInput) as refused:
        take(item, by, **given)

    assert list(refused.value.fields) == [field]
    assert every_row() == before


def test_a_dismissed_item_is_brought_back_before_it_is_taken(item: ActionItem) -> None:
    by = specialist()
    follow_ups.dismiss(item.pk, by=by, at=NOW)

    with pytest.raises(errors.WrongState):
        take(item, by)
    follow_ups.bring_back(item.pk, by=by, at=NOW)
    take(item, by)

    with pytest.raises(errors.WrongState):
        follow_ups.dismiss(item.pk, by=by, at=NOW)
    assert FollowUp.objects.count() == 1


def test_each_side_says_of_its_own_when_it_is_done(item: ActionItem) -> None:
    theirs = take(item)
    ours = follow_ups.add(
        item.engagement_id, text="Send the list", side="interweave", person="", due_on=None, by=specialist(), at=NOW
    )
    by = owner(item.company)

    done = follow_ups.finish(theirs.pk, by=by, at=NOW)
    with pytest.raises(errors.NotYours):
        follow_ups.finish(ours.pk, by=by, at=NOW)
    follow_ups.finish(ours.pk, by=specialist(), at=NOW)
    again = follow_ups.reopen(theirs.pk, by=by, at=NOW)

    assert (done.done_by, again.done_at) == (by.name, None)
    kinds = list(Event.objects.order_by("-pk").values_list("kind", flat=True)[:3])
    assert kinds == ["follow_up.reopened", "follow_up.done", "follow_up.done"]


@pytest.mark.parametrize(
    ("who", "refusal"), [(viewer, errors.NotYours), (None, errors.NotFound)], ids=["viewer", "stranger"]
)
def test_nobody_else_says_it(item: ActionItem, who: Any, refusal: type[errors.Refused]) -> None:
    task = take(item)
    by = who(item.company) if who else stranger()
    before = every_row()

    with pytest.raises(refusal):
        follow_ups.finish(task.pk, by=by, at=NOW)

    assert every_row() == before


@pytest.mark.parametrize("has_failed", [False, True], ids=["none before", "in place of one that never came"])
@pytest.mark.parametrize(("content", "count"), [(VTT, 2), (b"WEBVTT\n\nno cues", 0), (b"WEBVTT\n\n\xe9", 0)])
def test_an_uploaded_transcript_is_read_when_it_is_filed(content: bytes, count: int, has_failed: bool) -> None:
    engagement: Engagement = EngagementFactory(step="requirements_review", specialist=SpecialistFactory())
    by = specialist()
    meeting = meetings.book(
        engagement.pk, kind="requirements_review", channel="phone", starts_at=NOW + timedelta(hours=1), minutes=60,
        place="", topic="", by=by, at=NOW,
    )  # fmt: skip
    meetings.hold(meeting.pk, held_at=NOW, attendees=["Ann"], notes="Read aloud.", by=by, at=NOW)
    document = filing.keep(
        engagement, kind="transcript", title="Review", file_name="review.vtt", content_type="text/vtt", content=content,
        by=by, at=NOW,
    )  # fmt: skip

    if has_failed:
        Transcript.objects.create(
            company=engagement.company, engagement=engagement, meeting=meeting, vendor_id="01A", matched_by="link",
            state="failed", problem={"words": "The notetaker has no transcript."}, queued_at=NOW, not_before=NOW,
        )  # fmt: skip

    for _ in range(2):
        meetings.file_record(meeting.pk, document_id=document.pk, by=by, at=NOW)

    said = list(Sentence.objects.values_list("speaker", "text", "starts_ms"))
    assert said == [("Ann", "New accounts at once.", 4000), ("Bo", "Yes.", 10000)][:count]
    assert Transcript.objects.filter(state="done", document=document).count() == bool(count)
    assert Transcript.objects.filter(
        matched_by=transcripts.BY_FILE, problem__isnull=True, vendor_id=""
    ).count() == bool(count)
