"""The agreement: read, issued, countersigned by typed name, voided by a lead, drafted anew."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from onboarding.actions import agreements
from onboarding.library import consent
from onboarding.models import Agreement, Engagement, Specialist
from portal import access, files
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, engagement_page, on_engagement, on_row, serve
from portal.specialist.steps import LEADS

State = Agreement.State


class IssueForm(forms.Form):
    agreement_id = fields.row_id()


class CountersignForm(forms.Form):
    agreement_id = fields.row_id()
    seen_sha256 = fields.hidden()
    typed_name = fields.line("Your name, typed as your signature", longest=150, auto="name")
    title = fields.line("Your title", longest=100, auto="organization-title")
    consent = forms.BooleanField(label=consent.TEXT, required=False)


class VoidForm(forms.Form):
    agreement_id = fields.row_id()
    reason = fields.line("Why is it void?", longest=500)


ACTS = {
    "issue": Act(button="Issue for signature", done="Issued. The signatory gets a mail.", form=IssueForm,
                 steps=agreements.ISSUING, call=on_row(agreements.issue, "agreement_id")),
    "countersign": Act(button="Countersign", done="Countersigned. The executed copy is being made.",
                       form=CountersignForm, steps=agreements.SIGNING, call=on_row(agreements.countersign, "agreement_id")),
    "void": Act(button="Void the agreement", done="Void.", form=VoidForm, kind="danger secondary", roles=LEADS,
                call=on_row(agreements.void, "agreement_id")),
    "draft_again": Act(button="Draft it anew", done="Drafted. The document is being made.", kind="secondary",
                       steps=agreements.ISSUING, call=on_engagement(agreements.draft_again)),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The agreement in force with its document, its signatures and what comes next; the closed ones below."""
    return serve(request, engagement, "specialist/agreement.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    found = desk.engagement.agreements.select_related("document", "executed_document").order_by("-pk")
    known = list(found)
    closed = {State.DECLINED, State.VOIDED}
    current = next((one for one in known if one.state not in closed), None)
    context = {"agreement": current, "closed": [one for one in known if one.state in closed]}
    return context | _acts(desk, current)


def _acts(desk: Desk, current: Agreement | None) -> dict[str, Any]:
    if current is None:
        return {"draft_again": desk.form("draft_again")}
    about = {"agreement_id": current.pk}
    trouble = _trouble(current)
    signing = about | {"seen_sha256": current.document.sha256, "title": _title(desk)}
    kept = [one for one in (current.document, current.executed_document) if one]
    return {
        "files": [files.drawn(one, url_name="specialist:document") for one in kept],
        "signatures": current.signatures.all(),
        "issue": desk.form("issue", initial=about) if current.state == State.DRAFT else None,
        "countersign": desk.form("countersign", initial=signing) if current.state == State.SIGNED else None,
        "void": desk.form("void", initial=about),
        "draft_again": desk.form("draft_again") if current.state == State.DRAFT or trouble else None,
        "trouble": trouble,
    }


def _trouble(agreement: Agreement) -> str:
    """Why an issued agreement can't be signed any more; empty while it can."""
    if agreement.state != State.ISSUED:
        return ""
    if agreements.is_expired(agreement, at=now()):
        return "The day it could be signed until has passed. Draft it anew and issue that."
    if not agreements.is_true(agreement):
        return "The company's details changed after it was drafted. Draft it anew and issue that."
    return ""


def _title(desk: Desk) -> str:
    user_id = access.viewer_of(desk.request).user_id
    return Specialist.objects.filter(user_id=user_id or 0).values_list("title", flat=True).first() or ""
