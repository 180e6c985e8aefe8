"""Moving an engagement: on, back, on hold, off; letting a criterion go; a reminder; an internal note; one step's proof."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from onboarding.actions import engagements, reminders
from onboarding.actors import Role
from onboarding.models import Engagement, StepRecord
from onboarding.queries import step_changes
from onboarding.workflow import criteria
from onboarding.workflow.criterion import Owner
from onboarding.workflow.steps import STEPS, by_number
from portal import access
from portal.evidence import proofs
from portal.specialist import fields, findings
from portal.specialist.desk import Act, Desk, EngagementForm, engagement_page, on_engagement, serve

LEADS = frozenset({Role.LEAD})


class MoveForm(forms.Form):
    change = fields.hidden()


class ReturnForm(EngagementForm):
    change = fields.choice("Back to", ())
    reason = fields.line("Why does it go back?", longest=500, hint="The customer reads this.")

    def prepare(self, engagement: Engagement) -> None:
        back = [edge for edge in step_changes.from_step(engagement.at_step) if edge.is_return]
        self.fields["change"].choices = [(edge.name, f"{edge.target.numeral} {edge.target.title}") for edge in back]


class ReasonForm(forms.Form):
    reason = fields.line("Reason", longest=500, hint="Both sides see it.")


class WaiveForm(EngagementForm):
    criterion = fields.choice("Criterion", ())
    reason = fields.text("Why may it be let go?", hint="Your name and this reason stand in the evidence.")

    def prepare(self, engagement: Engagement) -> None:
        known = {one["code"]: one["title"] for one in engagement.status.get("criteria", []) if not one["met"]}
        self.fields["criterion"].choices = [
            (code, title)
            for code, title in known.items()
            if code in criteria.BY_CODE and criteria.BY_CODE[code].is_waivable
        ]


class RevokeForm(forms.Form):
    criterion = fields.hidden()


class RemindForm(EngagementForm):
    criterion = fields.choice("Remind of", ())
    text = fields.text("In your words", required=False, longest=2000)

    def prepare(self, engagement: Engagement) -> None:
        known = engagement.status.get("criteria", [])
        self.fields["criterion"].choices = [
            (one["code"], one["title"]) for one in known if not one["met"] and one["owner"] == Owner.CUSTOMER
        ]


class NoteForm(forms.Form):
    text = fields.text("Note", hint="Internal: customers never see it.")


MOVES = {
    "move": Act(button="Close this step", done="The engagement moved on.", form=MoveForm, key="change",
                call=on_engagement(engagements.move)),
    "return": Act(button="Go back", done="The engagement went back.", form=ReturnForm, kind="danger secondary",
                  call=on_engagement(engagements.move)),
}  # fmt: skip
HOLDS = {
    "hold": Act(button="Put on hold", done="On hold. The clocks stand still.", form=ReasonForm, kind="secondary",
                call=on_engagement(engagements.hold)),
    "resume": Act(button="Take off hold", done="It goes on.", is_always=True, call=on_engagement(engagements.resume)),
    "cancel": Act(button="Cancel the engagement", done="Cancelled. Everything stays readable.", form=ReasonForm,
                  kind="danger", roles=LEADS, is_always=True, call=on_engagement(engagements.cancel)),
}  # fmt: skip
WAIVERS = {
    "waive": Act(button="Let it go", done="Waived.", form=WaiveForm, kind="danger", roles=LEADS,
                 call=on_engagement(engagements.waive)),
    "revoke_waiver": Act(button="Take the waiver back", done="It counts again.", form=RevokeForm, kind="secondary",
                         key="criterion", roles=LEADS, is_always=True,
                         call=on_engagement(engagements.revoke_waiver)),
}  # fmt: skip
REMINDERS = {
    "remind": Act(button="Send the reminder", done="The customer's people get a mail.", form=RemindForm,
                  call=on_engagement(reminders.send)),
}  # fmt: skip
NOTES = {
    "note": Act(
        button="Keep the note", done="Noted.", form=NoteForm, is_always=True, call=on_engagement(engagements.note)
    ),
}


@engagement_page
def move(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Close the step, or go back: what is missing stands here after a refusal."""
    there = reverse("specialist:workspace", args=[engagement.reference])
    return serve(request, engagement, "specialist/move.html", MOVES, _moves, to=there)


def _moves(desk: Desk) -> dict[str, Any]:
    edges = step_changes.from_step(desk.engagement.at_step)
    forward = next((edge for edge in edges if not edge.is_return), None)
    known = desk.engagement.status.get("criteria", [])
    found = findings.drawn(known, desk.engagement, access.viewer_of(desk.request))
    return {
        "forward": forward,
        "step": desk.engagement.at_step,
        "move": desk.form("move", initial={"change": forward.name}) if forward and not found["unmet"] else None,
        "back": desk.form("return") if any(edge.is_return for edge in edges) else None,
        "found": found,
    }


@engagement_page
def hold(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """On hold, off hold, or the end."""
    return serve(request, engagement, "specialist/hold.html", HOLDS,
                 lambda desk: {name: desk.form(name) for name in HOLDS})  # fmt: skip


@engagement_page
def waive(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """A lead lets one criterion of the open step go, or takes a waiver back."""

    def context(desk: Desk) -> dict[str, Any]:
        known = {one.criterion: one for one in engagement.waivers.filter(revoked_at=None)}
        return {
            "waive": desk.form("waive", initial={"criterion": request.GET.get("criterion", "")}),
            "waivers": [
                {"waiver": one, "title": criteria.BY_CODE[code].title if code in criteria.BY_CODE else code,
                 "revoke": desk.form("revoke_waiver", initial={"criterion": code})}
                for code, one in known.items()
            ],
        }  # fmt: skip

    return serve(request, engagement, "specialist/waive.html", WAIVERS, context, to=request.path)


@engagement_page
def remind(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """A mail to the customer's people about one open criterion."""
    there = reverse("specialist:workspace", args=[engagement.reference])
    asked = {"criterion": request.GET.get("criterion", "")}
    return serve(request, engagement, "specialist/remind.html", REMINDERS,
                 lambda desk: {"remind": desk.form("remind", initial=asked)}, to=there)  # fmt: skip


@engagement_page
def notes(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Internal notes, newest first."""
    return serve(request, engagement, "specialist/notes.html", NOTES,
                 lambda desk: {"note": desk.form("note"), "notes": engagement.notes.order_by("-id")})  # fmt: skip


@engagement_page
def step(request: HttpRequest, engagement: Engagement, number: int) -> HttpResponse:
    """One of the twelve with the evidence it was closed on."""
    if not 1 <= number <= len(STEPS):
        raise Http404
    shown = by_number(number)
    record = StepRecord.objects.filter(engagement=engagement, step=shown.value).first()
    known: dict[str, Any] = next(
        (one for one in engagement.status.get("steps", []) if one["number"] == number), {}
    )  # fmt: skip
    context = {
        "engagement": engagement,
        "step": shown,
        "record": record,
        "broken": findings.drawn(known.get("broken", []), engagement, access.viewer_of(request))["unmet"],
        "evidence": proofs(record.evidence) if record and record.closed_at else [],
        "met": proofs([one for one in engagement.status.get("criteria", []) if one["met"]]),
    }
    return render(request, "specialist/step.html", context)
