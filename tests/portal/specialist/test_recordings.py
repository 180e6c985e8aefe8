"""The specialist's side of a recorded meeting: asked, written down, fetched, made tasks of."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from onboarding.actions import meetings, recordings
from onboarding.actors import Role
from onboarding.models import ActionItem, FollowUp, Meeting, MeetingRoom, NotetakerVisit, RecordingConsent, Transcript
from onboarding.workflow.steps import Step
from tests.factories import owner, staff
from tests.recorded import recorded

pytestmark = pytest.mark.django_db


def at(place, engagement, *more):
    return reverse(f"specialist:{place}", args=[engagement.reference, *more])


@pytest.fixture
def coming(standing_at):
    """A review in two days, in Zoom."""
    engagement = standing_at(Step.REQUIREMENTS_REVIEW)
    owner(engagement.company)
    meetings.book(
        engagement.pk, kind="requirements_review", channel="zoom", starts_at=now() + timedelta(days=2), minutes=60,
        place="https://zoom.example/j/1", topic="", by=staff(Role.SPECIALIST), at=now(),
    )  # fmt: skip
    return Meeting.objects.get()


def words(reply) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reply.content.decode().partition("<main")[2]))


def test_everybody_is_asked_and_what_was_said_aloud_written_down(coming, specialist, auditor):
    path, about = at("meetings", coming.engagement), {"meeting_id": coming.pk}

    asked = specialist.post(path, about | {"act": "ask_recording"})
    consent = RecordingConsent.objects.get()
    noted = specialist.post(path, {"act": "note_consent", "consent_id": consent.pk, "said": "yes"})
    page = words(specialist.get(path))

    consent.refresh_from_db()
    assert (asked.status_code, noted.status_code, consent.state, consent.how) == (302, 302, "given", "aloud")
    assert "Everybody agreed: the notetaker records this meeting. It is sent when the meeting begins." in page
    assert "said aloud, written down by" in page
    assert auditor.post(path, about | {"act": "call_off_recording"}).status_code == 403
    specialist.post(path, about | {"act": "call_off_recording"})
    coming.refresh_from_db()
    assert coming.is_to_be_recorded is False


def test_one_more_is_asked_by_a_real_address(coming, specialist):
    recordings.ask(coming.pk, by=staff(Role.SPECIALIST), at=now())
    path, about = at("meetings", coming.engagement), {"meeting_id": coming.pk, "act": "ask_also", "name": "Guest"}

    refused = specialist.post(path, about | {"email": "guest"})
    taken = specialist.post(path, about | {"email": "guest@else.example"})

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert RecordingConsent.objects.filter(email="guest@else.example").count() == 1


def test_a_failure_is_told_in_the_catalogues_words_and_tried_again(coming, specialist):
    by = staff(Role.SPECIALIST)
    recordings.ask(coming.pk, by=by, at=now())
    recordings.note(RecordingConsent.objects.get().pk, is_given=True, by=by, at=now())
    problem = {"words": "The vendor asks us to slow down.", "what_to_do": "Nothing to do: we wait and go on."}
    NotetakerVisit.objects.update(state="failed", problem=problem)
    Transcript.objects.create(
        company=coming.company, engagement=coming.engagement, meeting=coming, vendor_id="01A", matched_by="link",
        queued_at=now(), not_before=now(), state="failed", problem=problem,
    )  # fmt: skip
    path = at("meetings", coming.engagement)

    page = words(specialist.get(path))
    for act, row in (("retry_visit", NotetakerVisit.objects.get()), ("retry_transcript", Transcript.objects.get())):
        assert specialist.post(path, {"act": act, "row_id": row.pk}).status_code == 302

    assert page.count("The vendor asks us to slow down.") == 2
    assert (NotetakerVisit.objects.get().state, Transcript.objects.get().state) == ("queued", "queued")


def test_what_the_service_told_is_prefilled(coming, specialist):
    MeetingRoom.objects.create(
        company=coming.company,
        engagement=coming.engagement,
        meeting=coming,
        queued_at=now(),
        not_before=now(),
        state="done",
    )
    began = now().replace(microsecond=0) - timedelta(minutes=50)
    meetings.began(coming.pk, moment=began, at=now())
    meetings.ended(coming.pk, moment=began + timedelta(minutes=45), at=now())

    page = specialist.get(at("meetings", coming.engagement)).content.decode()

    assert "Zoom tells that it began" in page
    assert f'value="{began:%Y-%m-%dT%H:%M}"' in page


def test_a_promise_becomes_a_task_with_everything_filled_in(standing_at, specialist):
    engagement = standing_at(Step.REQUIREMENTS_REVIEW)
    engagement.specialist.user.name = "Priya Patel"
    engagement.specialist.user.save()
    transcript = recorded(engagement)
    path = at("transcript", engagement, transcript.meeting_id)
    first, second = ActionItem.objects.order_by("number")

    page = specialist.get(path).content.decode()
    due = (localdate() + timedelta(days=7)).isoformat()
    taken = specialist.post(path, {"act": "take_as_said", "item_id": second.pk})
    dismissed = specialist.post(path, {"act": "dismiss", "item_id": first.pk})

    sides = re.findall(r'<option value="(\w+)" selected>', page)
    assert (sides, page.count(f'value="{due}"')) == (["interweave", "customer"], 2)
    assert "https://app.fireflies.ai/view/01ABC" in page
    assert (taken.status_code, dismissed.status_code) == (302, 302)
    task = FollowUp.objects.get()
    assert (task.text, task.side, task.action_item_id) == ("Name the QuickBooks administrator", "customer", second.pk)
    first.refresh_from_db()
    assert (first.state, task.due_on.isoformat()) == ("dismissed", due)
    specialist.post(path, {"act": "bring_back", "item_id": first.pk})
    more = {"text": "Send the short list", "side": "interweave", "person": "", "due_on": ""}
    specialist.post(path, {"act": "take", "item_id": first.pk} | more)
    assert FollowUp.objects.get(action_item=first).text == "Send the short list"


def test_tasks_are_written_down_and_done(standing_at, specialist):
    path = at("follow_ups", standing_at(Step.REQUIREMENTS_REVIEW))

    refused = specialist.post(path, {"act": "add", "text": "Send it", "side": "interweave", "due_on": "2020-01-01"})
    specialist.post(path, {"act": "add", "text": "Send it", "side": "interweave", "person": "Priya", "due_on": ""})
    task = FollowUp.objects.get()
    specialist.post(path, {"act": "finish", "follow_up_id": task.pk})

    assert (refused.status_code, "Enter a date that has not passed." in words(refused)) == (422, True)
    task.refresh_from_db()
    assert task.done_at is not None
    assert "1 done" in words(specialist.get(path))


@pytest.mark.parametrize("count", [1, 3])
def test_recordings_cost_the_same_for_one_and_for_three(standing_at, specialist, count, django_assert_num_queries):
    engagement = standing_at(Step.REQUIREMENTS_REVIEW)
    for number in range(count):
        recorded(engagement, sentences=2)
        Transcript.objects.filter(vendor_id="01ABC").update(vendor_id=f"01{number}")
    Meeting.objects.update(cancelled_at=now())  # nothing is to be done to them; only what is told of them costs
    path = at("meetings", engagement)
    specialist.get(path)

    with django_assert_num_queries(9):
        assert specialist.get(path).status_code == 200


def test_a_no_in_the_meeting_says_to_remove_the_notetaker_and_never_that_nobody_was_recorded(coming, specialist):
    by = staff(Role.SPECIALIST)
    recordings.ask(coming.pk, by=by, at=now())
    consent = RecordingConsent.objects.get()
    recordings.note(consent.pk, is_given=True, by=by, at=now())
    NotetakerVisit.objects.update(state="done", finished_at=now())
    Meeting.objects.update(starts_at=now() - timedelta(minutes=10))
    path = at("meetings", coming.engagement)

    specialist.post(path, {"act": "note_consent", "consent_id": consent.pk, "said": "no"})
    during = words(specialist.get(path))
    Meeting.objects.update(held_at=now())
    Transcript.objects.create(
        company=coming.company, engagement=coming.engagement, meeting=coming, vendor_id="01A", matched_by="link",
        queued_at=now(), not_before=now(), state="done", speakers=["Ann"],
    )  # fmt: skip
    afterwards = words(specialist.get(path))

    assert "The notetaker is in the meeting: remove it now." in during
    assert "stays away" not in during
    assert "there is a transcript from before that was known" in afterwards
    assert "nobody was recorded" not in afterwards
    assert "Write down what was said aloud" in afterwards
