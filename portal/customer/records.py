"""Your records: everything that was collected on one page, each with the way to change it; approve it as it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from onboarding.actions import records as actions
from onboarding.actions import verifications
from onboarding.actors import CUSTOMER_WRITERS, Role
from onboarding.library import tax_ids
from onboarding.library.verification_checks import Code
from onboarding.models import Engagement, Verification
from onboarding.queries import records as queries
from portal import access, pages
from portal.customer.engagement import engagement_page, may

TONES = {"open": "info", "passed": "good", "failed": "bad", "waived": "plain"}
# Where a section is changed, and what the way there is called.
WAYS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "company": ("customer:records_correct", (), "Change"),
    "contacts": ("customer:contacts", (), "Change"),
    "solutions_definition": ("customer:questionnaire", ("solutions_definition",), "See or change"),
    "technical_details": ("customer:questionnaire", ("technical_details",), "See or change"),
    "requirements": ("customer:requirements", (), "See or change"),
    "documents": ("customer:documents", (), "See or change"),
    "agreement": ("customer:agreement", (), "Read or object"),
    "invoice": ("customer:invoice", (), "Read or object"),
}
EMPTY = {
    "contacts": "No contacts are named yet.",
    "requirements": "Requirements are agreed in step III.",
    "documents": "You have sent no documents.",
    "verifications": "Your details are verified in step IV.",
    "agreement": "The agreement is issued in step IV.",
    "invoice": "The invoice is issued in step IV.",
}


class DetailsForm(forms.Form):
    legal_name = forms.CharField(label="Legal name", max_length=200)
    registration_number = forms.CharField(label="Registration number", max_length=60)
    tax_id = forms.CharField(label="VAT or tax number", max_length=60, required=False)
    street = forms.CharField(label="Street", max_length=200, required=False)
    city = forms.CharField(label="City", max_length=100, required=False)
    region = forms.CharField(label="State or region", max_length=100, required=False)
    postal_code = forms.CharField(label="Postal code", max_length=20, required=False)
    website = forms.URLField(label="Website", required=False, assume_scheme="https")


class ApproveForm(forms.Form):
    seen_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)


@require_safe
@engagement_page
def records(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """What we know, section by section, with the way to change each."""
    sections = queries.of(engagement)
    content = queries.content(sections)
    last = engagement.records_approvals.last()
    checks = {one.row.check_code: one.row for section in sections if section.code == "verifications"
              for one in section.entries}  # fmt: skip
    context = {
        "engagement": engagement,
        "sections": [_section(request, engagement, one) for one in sections],
        "seen_sha256": queries.sha256(content),
        "last": last,
        "approval": last if last and last.withdrawn_at is None else None,
        "withdrawn": last if last and last.withdrawn_at else None,
        "changes": queries.differences(last.content, content) if last else [],
        "failed": [one for one in checks.values() if one.outcome == one.Outcome.FAILED],
        "domain": _unsettled(checks.get(Code.MAIL_DOMAIN)),
        "authority": _unsettled(checks.get(Code.AUTHORITY)),
        "may_approve": may(request, engagement, actions.APPROVERS, at=actions.APPROVING),
        "is_time": engagement.at_step in actions.APPROVING,
    }
    return pages.show(request, "customer/records.html", context)


def _unsettled(check: Verification | None) -> Verification | None:
    return None if check is None or check.outcome in verifications.SETTLED else check


def _section(request: HttpRequest, engagement: Engagement, section: queries.Section) -> dict[str, Any]:
    draw = ROWS.get(section.code, _plain)
    may_change = may(request, engagement, {Role.OWNER} if section.code == "company" else CUSTOMER_WRITERS)
    name, args, words = WAYS.get(section.code, ("", (), ""))
    return {
        "title": section.title,
        "rows": [draw(entry, may_change=may_change) for entry in section.entries],
        "url": reverse(name, args=args) if name and may_change else "",
        "words": words,
        "empty": EMPTY.get(section.code, "Nothing was answered yet."),
    }


def _plain(entry: queries.Entry, *, may_change: bool) -> dict[str, str]:
    notes = [entry.note, f"SHA-256 {entry.sha256[:12]}…" if entry.sha256 else ""]
    return {"label": entry.label, "value": entry.value or "Not given", "note": " · ".join(filter(None, notes))}


def _contact(entry: queries.Entry, *, may_change: bool) -> dict[str, str]:
    url = reverse("customer:contact", args=[entry.key]) if may_change else ""
    return _plain(entry, may_change=may_change) | {"url": url}


def _check(entry: queries.Entry, *, may_change: bool) -> dict[str, str]:
    check = entry.row
    reopened = f"Changed since: {check.reopened_because}" if check.reopened_at else ""
    return {
        "label": entry.label,
        "value": entry.note or reopened or "Your specialist checks it.",
        "note": reopened if entry.note else "",
        "state": entry.value,
        "tone": TONES[check.outcome],
    }


ROWS: dict[str, Callable[..., dict[str, str]]] = {"contacts": _contact, "verifications": _check}


@require_POST
@engagement_page
def approve(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Approve the records as they were shown."""
    by, form = access.viewer_of(request), ApproveForm(request.POST)
    seen = form.cleaned_data["seen_sha256"] if form.is_valid() else ""
    if pages.attempt(request, lambda: actions.approve(engagement.pk, seen_sha256=seen, by=by, at=now())):
        return pages.done(request, "Records approved. Thank you.", "customer:records")
    return pages.turned_down(request, "customer:records")


@engagement_page
def correct(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Correct a detail; what rests on it is checked again."""
    access.require(request, Role.OWNER)
    if request.method == "GET" and not may(request, engagement, {Role.OWNER}):
        return redirect("customer:records")  # it says what stands still
    company = engagement.company
    initial = {name: getattr(company, name) for name in DetailsForm.base_fields}
    form = DetailsForm(pages.posted(request), initial=initial)
    form.fields["tax_id"].label = tax_ids.name(company.country)
    form.fields["tax_id"].help_text = tax_ids.hint(company.country) + "."
    if request.method == "POST" and form.is_valid():
        by, given = access.viewer_of(request), form.cleaned_data
        if pages.attempt(
            request, lambda: verifications.correct_company(engagement.pk, **given, by=by, at=now()), form=form
        ):
            return pages.done(request, "Saved. What rests on a changed detail is checked again.", "customer:records")
    return pages.show(request, "customer/correct.html", {"engagement": engagement}, form=form)
