"""Meetings: booked, held with notes and attendees, summed up for the customer, their record filed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.timezone import now

from onboarding import errors
from onboarding.actions import documents, meetings
from onboarding.models import Document, Engagement, Meeting
from onboarding.queries import agendas
from onboarding.workflow.steps import Step
from portal.specialist import fields, recordings
from portal.specialist.desk import Act, Desk, EngagementForm, Given, engagement_page, on_engagement, on_row, serve

RECORDS = (Document.Kind.TRANSCRIPT, Document.Kind.MINUTES)
USUAL = {
    Step.WELCOME_CALL: ("welcome_call", 45),
    Step.DATA_COLLECTION: ("requirements_review", 60),
    Step.REQUIREMENTS_REVIEW: ("requirements_review", 60),
    Step.ACTIVATION_TESTING: ("training", 60),
    Step.CONTINUOUS_SUPPORT: ("check_in", 30),
}


class WhenForm(forms.Form):
    starts_at = fields.moment("Starts")
    minutes = forms.IntegerField(label="Minutes", min_value=15, max_value=480, initial=45)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].help_text = f"In the time zone {timezone.get_current_timezone_name()}."


class BookForm(WhenForm):
    field_order = ("kind", "starts_at", "minutes", "channel", "place", "topic")
    kind = fields.choice("Meeting", Meeting.Kind.choices)
    channel = fields.choice("Where", Meeting.Channel.choices)
    place = fields.line("Link, phone number or address", required=False, longest=300)
    topic = fields.line("Topic", required=False)


class MoveForm(WhenForm):
    meeting_id = fields.row_id()


class CancelForm(forms.Form):
    meeting_id = fields.row_id()
    reason = fields.line("Why is it cancelled?", longest=500)


class MissForm(forms.Form):
    meeting_id = fields.row_id()
    missed_by = fields.choice("Who did not come?", Meeting.Side.choices)
    note = fields.line("What should the customer know?", required=False, longest=500)


class HoldForm(forms.Form):
    meeting_id = fields.row_id()
    held_at = fields.moment("Held")
    attendees = fields.names("Who was there?")
    notes = fields.text(
        "Notes", rows=6, hint="Early questions, concerns, what both sides expect. The summary says this."
    )


class ShareForm(forms.Form):
    meeting_id = fields.row_id()


class RecordForm(EngagementForm):
    """A file to upload, or one that is here already."""

    meeting_id = fields.row_id()
    kind = fields.choice("It is a", [(kind.value, kind.label) for kind in RECORDS], required=False)
    file = forms.FileField(label="File", required=False)
    document_id = forms.TypedChoiceField(label="Or one already here", required=False, coerce=int, empty_value=None)

    def prepare(self, engagement: Engagement) -> None:
        known = engagement.documents.filter(kind__in=RECORDS, withdrawn_at=None).exclude(sha256="")
        self.fields["document_id"].choices = [("", "None"), *((one.pk, one.file_name) for one in known)]


def _file_record(given: Given) -> object:
    values = dict(given.values)
    upload, document_id = values["file"], values["document_id"]
    if not upload and not document_id:
        raise errors.BadInput(fields={"file": "Choose the transcript or the minutes."})
    with transaction.atomic():
        if upload:
            kind = values["kind"] or Document.Kind.MINUTES
            taken = documents.upload(given.engagement.pk, kind=kind, upload=upload, by=given.by, at=given.at)
            document_id = taken.pk
        return meetings.file_record(values["meeting_id"], document_id=document_id, by=given.by, at=given.at)


ACTS = {
    "book": Act(button="Book the meeting", done="Booked. The customer gets a mail.", form=BookForm,
                call=on_engagement(meetings.book)),
    "reschedule": Act(button="Move the meeting", done="Moved.", form=MoveForm, kind="secondary", key="meeting_id",
                      call=on_row(meetings.reschedule, "meeting_id")),
    "cancel": Act(button="Cancel the meeting", done="Cancelled.", form=CancelForm, kind="danger secondary",
                  key="meeting_id", call=on_row(meetings.cancel, "meeting_id")),
    "miss": Act(button="It did not take place", done="Written down. The customer is asked to pick another time.",
                form=MissForm, key="meeting_id", kind="secondary", call=on_row(meetings.miss, "meeting_id")),
    "hold": Act(button="It was held", done="Written down.", form=HoldForm, key="meeting_id",
                call=on_row(meetings.hold, "meeting_id")),
    "share_summary": Act(button="Send the summary", done="The customer's people get the summary by mail.",
                         form=ShareForm, key="meeting_id", kind="secondary",
                         call=on_row(meetings.share_summary, "meeting_id")),
    "file_record": Act(button="File the record", done="Filed.", form=RecordForm, key="meeting_id", kind="secondary",
                       call=_file_record),
    **recordings.ACTS,
}  # fmt: skip


@engagement_page
def meetings_page(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Every meeting of the engagement with what can be done to it now."""
    return serve(request, engagement, "specialist/meetings.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    rows = desk.engagement.meetings.select_related("record", "room", "transcript", "notetaker_visit")
    found = rows.prefetch_related("recording_consents").order_by("-starts_at")
    kind, minutes = USUAL.get(desk.engagement.at_step, ("check_in", 30))
    return {
        "book": desk.form("book", initial={"kind": kind, "minutes": minutes}),
        "meetings": [_drawn(desk, one) for one in found],
    }


def _drawn(desk: Desk, meeting: Meeting) -> dict[str, Any]:
    about = {"meeting_id": meeting.pk}
    is_open = meeting.is_open
    is_held = meeting.held_at is not None and meeting.cancelled_at is None
    start = timezone.localtime(meeting.starts_at)
    has_begun = is_open and meeting.starts_at <= now()
    when = about | {"starts_at": start, "minutes": meeting.minutes}
    return {
        "meeting": meeting,
        "hold": desk.form("hold", initial=about | _as_told(meeting, start)) if is_open else None,
        "agenda": agendas.agenda(desk.engagement, meeting.kind) if is_open else [],
        "miss": desk.form("miss", initial=about) if has_begun else None,
        "reschedule": desk.form("reschedule", initial=when) if is_open else None,
        "cancel": desk.form("cancel", initial=about) if is_open else None,
        "share": desk.form("share_summary", initial=about) if is_held and not meeting.shared_at else None,
        "record": desk.form("file_record", initial=about) if is_held else None,
        "recording": recordings.drawn(desk, meeting),
    }


def _as_told(meeting: Meeting, start: datetime) -> dict[str, Any]:
    """When it was held, as far as the video service told; who agreed to be recorded was most likely there."""
    began = timezone.localtime(meeting.began_at) if meeting.began_at else start
    return {"held_at": began, "attendees": "\n".join(one.name for one in meeting.recording_consents.all())}
