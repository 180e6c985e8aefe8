"""Meetings: pick a time that suits you, see what was said."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from onboarding.actions import invitations, meetings
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.models import Engagement, Meeting
from onboarding.queries import agendas
from onboarding.queries import meetings as queries
from onboarding.workflow.steps import Step
from portal import access, pages, recordings
from portal.customer.engagement import engagement_page, may

DAYS_OFFERED = 10
NOTICE = timedelta(hours=1)  # nobody is called at once


@dataclass(frozen=True)
class Bookable:
    """A meeting a customer books by themselves: its kind, and how many minutes it takes."""

    kind: Meeting.Kind
    minutes: int

    @property
    def label(self) -> str:
        """As people say it: Welcome call."""
        return str(self.kind.label)


BOOKABLE = {
    Step.WELCOME_CALL: Bookable(Meeting.Kind.WELCOME_CALL, 45),
    Step.DATA_COLLECTION: Bookable(Meeting.Kind.REQUIREMENTS_REVIEW, 60),
    Step.REQUIREMENTS_REVIEW: Bookable(Meeting.Kind.REQUIREMENTS_REVIEW, 60),
    Step.ACTIVATION_TESTING: Bookable(Meeting.Kind.TRAINING, 60),
    Step.CONTINUOUS_SUPPORT: Bookable(Meeting.Kind.CHECK_IN, 30),
}
ONCE = frozenset({Meeting.Kind.WELCOME_CALL, Meeting.Kind.REQUIREMENTS_REVIEW})


def bookable(request: HttpRequest, engagement: Engagement) -> Bookable | None:
    """What this viewer can book now: not without a specialist, nor twice, nor again what was held and is once."""
    due = BOOKABLE.get(engagement.at_step)
    if due is None or engagement.specialist_id is None or not may(request, engagement, CUSTOMER_WRITERS):
        return None
    same = engagement.meetings.filter(kind=due.kind, cancelled_at=None)
    taken = same.exists() if due.kind in ONCE else same.filter(held_at=None).exists()
    return None if taken else due


class TimeForm(forms.Form):
    starts_at = forms.CharField(label="Time", error_messages={"required": "Pick a time."})

    def clean_starts_at(self) -> datetime:
        try:
            picked = datetime.fromisoformat(self.cleaned_data["starts_at"])
        except ValueError:
            raise forms.ValidationError("Pick one of the times.") from None
        if timezone.is_naive(picked):
            raise forms.ValidationError("Pick one of the times.")
        return picked


class BookForm(TimeForm):
    channel = forms.ChoiceField(
        label="How do you want to meet?", choices=Meeting.Channel.choices, initial=Meeting.Channel.ZOOM
    )
    place = forms.CharField(
        label="Phone number or address", max_length=300, required=False,
        help_text="For a phone call or a meeting in person.",
    )  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Coming and past meetings; a picker for the one that is due."""
    due = BOOKABLE.get(engagement.at_step)
    form = BookForm(pages.posted(request))
    if request.method == "POST" and form.is_valid():
        by, given = access.viewer_of(request), form.cleaned_data
        asked = due or BOOKABLE[Step.WELCOME_CALL]  # too late or too early: the action says so
        if pages.attempt(
            request,
            lambda: meetings.book(
                engagement.pk, kind=asked.kind, minutes=asked.minutes, topic="", **given, by=by, at=now()
            ),
            form=form,
        ):  # fmt: skip
            return pages.done(request, "Booked. The invitation is on its way to you.", "customer:meetings")
    rows = Meeting.objects.filter(engagement=engagement).select_related("record", "transcript")
    known = list(access.listed(request, rows.prefetch_related("recording_consents")))
    offered = bookable(request, engagement)
    context = {
        "engagement": engagement,
        "coming": [_coming(request, engagement, one) for one in known if one.is_open],
        "past": [one for one in reversed(known) if one.held_at or one.missed_by],
        "bookable": offered,
        "days": _days(engagement, offered.minutes) if offered else [],
        "picked": request.POST.get("starts_at", ""),
        "may_change": may(request, engagement, CUSTOMER_WRITERS),
    }
    return pages.show(request, "customer/meetings.html", context, form=form)


def _coming(request: HttpRequest, engagement: Engagement, meeting: Meeting) -> dict[str, Any]:
    consents = list(meeting.recording_consents.all())
    mine = next((one for one in consents if one.email == request.viewer.email.lower()), None)
    return {
        "meeting": meeting,
        "agenda": agendas.agenda(engagement, meeting.kind),
        "recording": recordings.drawn(meeting, consents),
        "is_asked": mine is not None and mine.state == mine.State.ASKED,
    }


def _days(engagement: Engagement, minutes: int, moving: Meeting | None = None) -> list[dict[str, Any]]:
    """Free slots by day, in the viewer's zone, from an hour from now on; without the very time of a meeting to move."""
    zone = zoneinfo.ZoneInfo(timezone.get_current_timezone_name())
    today = timezone.localdate()
    found: dict[Any, list[dict[str, Any]]] = {}
    for slot in queries.slots(
        engagement, from_day=today, days=DAYS_OFFERED, zone=zone, minutes=minutes, after=now() + NOTICE,
        apart_from=moving and moving.pk,
    ):  # fmt: skip
        if moving and slot == moving.starts_at:
            continue
        found.setdefault(slot.astimezone(zone).date(), []).append({"value": slot.isoformat(), "at": slot})
    return [{"date": day, "slots": slots} for day, slots in found.items()]


@require_POST
@engagement_page
def cancel(request: HttpRequest, engagement: Engagement, meeting_id: int) -> HttpResponse:
    """Cancel a meeting, with a reason; another time can be picked at once."""
    by, reason = access.viewer_of(request), request.POST.get("reason", "")
    if pages.attempt(request, lambda: meetings.cancel(meeting_id, reason=reason, by=by, at=now())):
        return pages.done(request, "Cancelled. Pick another time when it suits you.", "customer:meetings")
    return pages.turned_down(request, "customer:meetings")


@engagement_page
def move(request: HttpRequest, engagement: Engagement, meeting_id: int) -> HttpResponse:
    """Another time for a meeting that is booked."""
    meeting = access.get(request, Meeting.objects.filter(engagement=engagement), pk=meeting_id)
    form = TimeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by, picked = access.viewer_of(request), form.cleaned_data["starts_at"]
        if pages.attempt(
            request, lambda: meetings.reschedule(meeting.pk, starts_at=picked, by=by, at=now()), form=form
        ):
            return pages.done(request, "Moved. A new invitation is on its way to you.", "customer:meetings")
    context = {
        "engagement": engagement,
        "meeting": meeting,
        "days": _days(engagement, meeting.minutes, moving=meeting),
        "picked": request.POST.get("starts_at", ""),
        "may_change": may(request, engagement, CUSTOMER_WRITERS),
    }
    return pages.show(request, "customer/meeting_move.html", context, form=form)


@engagement_page
def calendar(request: HttpRequest, engagement: Engagement, meeting_id: int) -> HttpResponse:
    """The meeting as a file for the viewer's own calendar."""
    meeting = access.get(request, Meeting.objects.filter(engagement=engagement), pk=meeting_id)
    text = invitations.calendar(meeting, engagement, at=meeting.booked_at, asks=False)
    name = f"{engagement.reference}-{meeting.kind.replace('_', '-')}.ics"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
