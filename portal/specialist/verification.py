"""Step IV: each check of the customer's details, decided with evidence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from onboarding.actions import verifications
from onboarding.actors import Role
from onboarding.models import Engagement, Verification
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, engagement_page, on_engagement, serve

TONES = {"open": "warn", "passed": "good", "failed": "bad", "waived": "info"}
OUTCOMES = [("passed", "Passed"), ("failed", "Failed"), ("waived", "Waived (by a lead)")]


class DecideForm(forms.Form):
    check_code = fields.hidden()
    outcome = fields.radio("Outcome", OUTCOMES)
    evidence = fields.line("What shows it?", longest=500,
                           hint="A register's entry, a document and its page, who confirmed it and how.")  # fmt: skip


ACTS = {
    "decide": Act(button="Decide", done="Decided.", form=DecideForm, kind="secondary", key="check_code",
                  steps=verifications.CHECKING, call=on_engagement(verifications.decide)),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The checks with what was checked, and their outcome."""
    return serve(request, engagement, "specialist/verification.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    return {
        "checks": [_drawn(desk, one) for one in desk.engagement.verifications.all()],
        "is_lead": desk.request.viewer.has(Role.LEAD),
        "company": desk.engagement.company,
    }


def _drawn(desk: Desk, check: Verification) -> dict[str, Any]:
    return {
        "check": check,
        "tone": TONES[check.outcome],
        "act": desk.form("decide", initial={"check_code": check.check_code, "evidence": check.evidence}),
    }
