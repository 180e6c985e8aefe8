"""Your records: everything we know of you on one page; approve it, or correct it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from onboarding.actions import companies, verifications
from onboarding.actors import CUSTOMER_WRITERS, Role
from onboarding.library import tax_ids
from onboarding.models import Engagement
from onboarding.workflow.steps import Step
from portal import access, pages
from portal.customer.engagement import engagement_page, may


class DetailsForm(forms.Form):
    legal_name = forms.CharField(label="Legal name", max_length=200)
    registration_number = forms.CharField(label="Registration number", max_length=60)
    tax_id = forms.CharField(label="VAT or tax number", max_length=60, required=False)
    street = forms.CharField(label="Street", max_length=200, required=False)
    city = forms.CharField(label="City", max_length=100, required=False)
    region = forms.CharField(label="State or region", max_length=100, required=False)
    postal_code = forms.CharField(label="Postal code", max_length=20, required=False)
    website = forms.URLField(label="Website", required=False, assume_scheme="https")


@require_safe
@engagement_page
def records(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """What we know, with the state of each check."""
    company, checks = engagement.company, list(engagement.verifications.all())
    context = {
        "engagement": engagement,
        "details": [
            {"label": "Legal name", "value": company.legal_name},
            {"label": "Registration number", "value": company.registration_number},
            {"label": tax_ids.name(company.country), "value": company.tax_id},
            {"label": "Address", "value": ", ".join(company.address_lines)},
            {"label": "E-mail domain", "value": company.mail_domain},
            {"label": "Website", "value": company.website},
        ],
        "contacts": [
            _contact(one, may_change=may(request, engagement, CUSTOMER_WRITERS)) for one in engagement.contacts.all()
        ],
        "checks": checks,
        "may_correct": may(request, engagement, {Role.OWNER}),
        "may_approve": may(request, engagement, {Role.OWNER, Role.SIGNATORY}, at={Step.CUSTOMER_APPROVAL}),
        "is_time": engagement.at_step is Step.CUSTOMER_APPROVAL,
    }
    return pages.show(request, "customer/records.html", context)


def _contact(one: Any, *, may_change: bool) -> dict[str, str]:
    return {
        "label": one.get_kind_display(),
        "value": f"{one.name}, {one.email}",
        "url": reverse("customer:contact", args=[one.kind]) if may_change else "",
    }


@require_POST
@engagement_page
def approve(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Approve the records as they stand."""
    by = access.viewer_of(request)
    if pages.attempt(request, lambda: companies.approve_records(engagement.pk, by=by, at=now())):
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
    if request.method == "POST" and form.is_valid():
        by, given = access.viewer_of(request), form.cleaned_data
        if pages.attempt(
            request, lambda: verifications.correct_company(engagement.pk, **given, by=by, at=now()), form=form
        ):
            return pages.done(request, "Corrected. What rests on it is checked again.", "customer:records")
    return pages.show(request, "customer/correct.html", {"engagement": engagement}, form=form)
