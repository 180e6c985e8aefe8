"""Whose transcript is kept: of the one meeting it is of, in the one company, as long as everybody agrees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from integrations.tasks.recordings import fetch_transcript, sweep_recordings
from onboarding import errors, tenancy
from onboarding.actions import meetings, recordings, transcripts
from onboarding.models import (
    Document,
    Engagement,
    Event,
    Meeting,
    RecordingConsent,
    Requirement,
    RequirementSource,
    Sentence,
    Transcript,
)
from tests.every_row import every_row
from tests.factories import EngagementFactory, SpecialistFactory, owner, specialist
from tests.integrations.sandbox_fixture import RunningSandbox
from tests.integrations.tasks import test_recordings as told_of
from tests.integrations.tasks.test_recordings import AT, SOON, recorded, told

pytestmark = pytest.mark.django_db
team = told_of.team  # the fixture


def booked(
    place: str = "https://us02web.zoom.us/j/85012345678", *, engagement: Engagement | None = None,
    starts_at: datetime = SOON,
) -> Meeting:  # fmt: skip
    """A review in an hour, of a company of its own, that everybody agreed to have recorded."""
    if engagement is None:
        engagement = EngagementFactory(step="data_collection", specialist=SpecialistFactory())
        owner(engagement.company)
    meeting = meetings.book(
        engagement.pk, kind="requirements_review", channel="zoom", starts_at=starts_at, minutes=60, place=place,
        topic="", by=specialist(), at=AT,
    )  # fmt: skip
    recordings.ask(meeting.pk, by=specialist(), at=AT)
    recordings.note(meeting.recording_consents.get().pk, is_given=True, by=specialist(), at=AT)
    return Meeting.objects.get(pk=meeting.pk)


def fetched(row: Transcript) -> Transcript:
    Transcript.objects.filter(pk=row.pk).update(not_before=AT)
    with tenancy.acting(company_id=row.company_id):  # as its message carries it
        fetch_transcript(transcript_id=row.pk)
    row.refresh_from_db()
    return row


def began(meeting: Meeting, *, hours_ago: float) -> Meeting:
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=now() - timedelta(hours=hours_ago))
    return Meeting.objects.get(pk=meeting.pk)


def test_a_recording_goes_to_the_one_meeting_it_fits_best(sandbox: RunningSandbox, team: dict[str, Any]) -> None:
    """Two companies were met by the same link on one day; of the later meeting nothing was recorded."""
    later, earlier = began(booked(), hours_ago=3), began(booked(), hours_ago=8)
    recorded(sandbox, team, earlier)

    assert (sweep_recordings(), sweep_recordings()) == (1, 0)
    assert [one.meeting_id for one in Transcript.objects.all()] == [earlier.pk]
    assert later.company_id != earlier.company_id


def test_a_meeting_is_waited_for_until_its_planned_end(sandbox: RunningSandbox, team: dict[str, Any]) -> None:
    meeting = began(booked(), hours_ago=1.25)
    recorded(sandbox, team, meeting)

    early = sweep_recordings()
    began(meeting, hours_ago=1.75)

    assert (early, sweep_recordings()) == (0, 1)


def test_a_link_nobody_can_read_keeps_no_other_meeting_from_its_own(
    sandbox: RunningSandbox, team: dict[str, Any]
) -> None:
    began(booked(place="https://[zoom"), hours_ago=3)
    meeting = began(booked(), hours_ago=3)
    recorded(sandbox, team, meeting)

    assert sweep_recordings() == 1
    assert Transcript.objects.get().meeting_id == meeting.pk


def test_another_companys_transcript_is_neither_expected_nor_ordered(
    sandbox: RunningSandbox, team: dict[str, Any]
) -> None:
    theirs, ours = booked(), booked()
    transcripts.expect(theirs.pk, vendor_id="01THEIRS", matched_by="link", at=AT)
    by, before = specialist(), every_row()

    assert transcripts.expect(ours.pk, vendor_id="01THEIRS", matched_by="link", at=AT) is None
    with pytest.raises(errors.WrongState, match=r"This is the transcript of another meeting already\."):
        transcripts.order(ours.pk, vendor_id="01THEIRS", by=by, at=AT)

    assert every_row() == before


def test_an_id_of_another_meeting_is_refused_the_second_time_too(sandbox: RunningSandbox, team: dict[str, Any]) -> None:
    """In the same company, where the database would refuse it without words."""
    ours = booked()
    theirs = booked(engagement=ours.engagement, starts_at=SOON + timedelta(hours=2))
    transcripts.order(ours.pk, vendor_id="01OURS", by=specialist(), at=AT)
    assert transcripts.expect(theirs.pk, vendor_id="01THEIRS", matched_by="link", at=AT)

    with pytest.raises(errors.WrongState, match="of another meeting"):
        transcripts.order(ours.pk, vendor_id="01THEIRS", by=specialist(), at=AT)

    assert Transcript.objects.get(meeting=ours).vendor_id == "01OURS"


def test_of_two_ordered_at_once_the_later_keeps_nothing(sandbox: RunningSandbox, team: dict[str, Any]) -> None:
    first, second = booked(), booked()
    vendor_id = recorded(sandbox, team, second)
    about = {"vendor_id": vendor_id, "matched_by": "link", "queued_at": AT, "not_before": AT}
    former, row = (  # neither transaction had ended when the other looked
        Transcript.objects.create(company=one.company, engagement=one.engagement, meeting=one, **about)
        for one in (first, second)
    )

    failed = fetched(row)

    assert (failed.state, failed.problem["words"]) == ("failed", transcripts.ANOTHERS)
    assert not Sentence.objects.exists()
    assert not Document.objects.filter(kind="transcript").exists()
    former.refresh_from_db()
    assert former.state == "queued"


def test_a_no_after_it_was_ordered_keeps_nothing_but_what_is_cited(
    sandbox: RunningSandbox, team: dict[str, Any]
) -> None:
    meeting = booked()
    vendor_id = recorded(sandbox, team, meeting, summary_after=600)
    told("meeting.transcribed", vendor_id)
    waiting = fetched(Transcript.objects.get())
    cited = Sentence.objects.get(index=1)
    requirement = Requirement.objects.create(
        company=meeting.company, engagement=meeting.engagement, number=1, kind="flow", text="Accounts",
        created_at=AT, created_by="Ann",
    )  # fmt: skip
    RequirementSource.objects.create(
        company=meeting.company, requirement=requirement, kind="sentence", sentence=cited, quote=cited.text,
        added_by="Ann", added_at=AT,
    )  # fmt: skip

    recordings.note(RecordingConsent.objects.get().pk, is_given=False, by=specialist(), at=AT)
    sandbox.advance(700)
    again = transcripts.look_again(Transcript.objects.get(), at=AT)
    failed = fetched(Transcript.objects.get())

    assert (waiting.state, again) == ("queued", False)
    assert (failed.state, failed.problem["words"], failed.overview, failed.speakers) == (
        "failed", "Not everybody agreed to be recorded: the transcript was not kept.", "", [],
    )  # fmt: skip
    assert list(Sentence.objects.all()) == [cited]
    assert not Document.objects.filter(kind="transcript").exists()
    assert not Event.objects.filter(kind="transcript.ready").exists()
    assert Meeting.objects.get().record_id is None
