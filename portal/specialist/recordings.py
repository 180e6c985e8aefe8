"""Recording a meeting: everybody asked, what was said aloud written down, the transcript fetched or tried again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.timezone import now

from onboarding.actions import recordings, retries, transcripts
from onboarding.models import Meeting, NotetakerVisit, RecordingConsent, Transcript
from onboarding.models.base import Work
from onboarding.queries import recordings as queries
from portal import recordings as drawing
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, Drawn, Given, on_row

VIDEO = ("zoom", "google_meet")
SAID = [("yes", "Yes, they agree"), ("no", "No, they do not")]


class MeetingForm(forms.Form):
    meeting_id = fields.row_id()


class AskAlsoForm(MeetingForm):
    name = fields.line("Name")
    email = forms.EmailField(label="E-mail address", max_length=254)


class NoteForm(forms.Form):
    consent_id = fields.row_id()
    said = fields.radio("What did they say?", SAID)


class FetchForm(MeetingForm):
    vendor_id = fields.line("Id of the transcript", longest=transcripts.LONGEST_ID,
                            hint="The last part of its address at Fireflies.")  # fmt: skip


class AgainForm(forms.Form):
    row_id = fields.row_id()


def _note(given: Given) -> object:
    values = given.values
    return recordings.note(values["consent_id"], is_given=values["said"] == "yes", by=given.by, at=given.at)


def _again(kind: str) -> Any:
    return lambda given: retries.again(kind, given.values["row_id"], by=given.by, at=given.at)


ACTS = {
    "ask_recording": Act(button="Ask for consent to record", done="Everybody who is invited is asked by mail.",
                         form=MeetingForm, key="meeting_id", kind="secondary",
                         call=on_row(recordings.ask, "meeting_id")),
    "ask_also": Act(button="Ask this person", done="Asked by mail.", form=AskAlsoForm, key="meeting_id",
                    kind="secondary", call=on_row(recordings.ask_also, "meeting_id")),
    "note_consent": Act(button="Write it down", done="Written down.", form=NoteForm, key="consent_id",
                        kind="secondary", call=_note),
    "call_off_recording": Act(button="Do not record it after all", done="It is not recorded.", form=MeetingForm,
                              key="meeting_id", kind="secondary", call=on_row(recordings.call_off, "meeting_id")),
    "fetch_transcript": Act(button="Fetch the transcript", done="It is being fetched.", form=FetchForm,
                            key="meeting_id", kind="secondary", call=on_row(transcripts.order, "meeting_id")),
    "retry_transcript": Act(button="Fetch it again", done="It is tried again.", form=AgainForm, key="row_id",
                            kind="secondary", call=_again("transcript")),
    "retry_visit": Act(button="Send the notetaker again", done="It is tried again.", form=AgainForm, key="row_id",
                       kind="secondary", call=_again("notetaker_visit")),
}  # fmt: skip


def drawn(desk: Desk, meeting: Meeting) -> dict[str, Any]:
    """What a meeting's section says of its recording, with what can be done to it now."""
    consents = list(meeting.recording_consents.all())
    about = {"meeting_id": meeting.pk}
    is_video = meeting.is_open and meeting.channel in VIDEO
    told = drawing.drawn(meeting, consents)
    for person in told["people"]:
        person["note"] = _note_form(desk, meeting, person["consent"])
    found, visit = _transcript(meeting), _visit(meeting)
    may_fetch = meeting.is_to_be_recorded and meeting.cancelled_at is None and (found is None or not found.speakers)
    return told | {
        "ask": desk.form("ask_recording", initial=about) if is_video and told["state"] == "none" else None,
        "ask_also": desk.form("ask_also", initial=about) if is_video and told["state"] != "none" else None,
        "call_off": desk.form("call_off_recording", initial=about) if is_video and told["state"] != "none" else None,
        "fetch": desk.form("fetch_transcript", initial=about) if may_fetch and told["state"] == "agreed" else None,
        "remove_it": queries.REMOVE_IT if queries.must_remove_notetaker(meeting, consents, at=now()) else "",
        "transcript": found,
        "retry_transcript": _again_form(desk, "retry_transcript", found),
        "visit": visit,
        "retry_visit": _again_form(desk, "retry_visit", visit) if meeting.is_open else None,
        "is_invited": getattr(getattr(meeting, "room", None), "has_notetaker", False),
    }


def _note_form(desk: Desk, meeting: Meeting, consent: RecordingConsent) -> Drawn | None:
    if meeting.cancelled_at or not meeting.is_to_be_recorded:
        return None
    return desk.form("note_consent", initial={"consent_id": consent.pk})


def _again_form(desk: Desk, act: str, row: Work | None) -> Drawn | None:
    if row is None or row.state != Work.State.FAILED:
        return None
    return desk.form(act, initial={"row_id": row.pk})


def _transcript(meeting: Meeting) -> Transcript | None:
    return getattr(meeting, "transcript", None)


def _visit(meeting: Meeting) -> NotetakerVisit | None:
    return getattr(meeting, "notetaker_visit", None)
