"""The company: accepted or declined by a lead, its details corrected, its people and who asks to join."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django import forms
from django.http import HttpRequest, HttpResponse

from onboarding.actions import companies, members, verifications
from onboarding.actors import MEMBER_ROLES
from onboarding.library import tax_ids
from onboarding.models import Engagement, JoinRequest, Member
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, EngagementForm, Given, engagement_page, on_engagement, on_row, serve
from portal.specialist.steps import LEADS
from portal.specialist.verification import twins_of

DETAILS = ("legal_name", "registration_number", "tax_id", "country", "street", "city", "region", "postal_code")


def countries() -> list[tuple[str, str]]:
    """Every country by its two letters."""
    known = Locale("en").territories
    return sorted(((code, name) for code, name in known.items() if len(code) == 2), key=lambda one: one[1])


class NoteForm(forms.Form):
    note = fields.text("Note to the customer", required=False)


class DeclineForm(forms.Form):
    note = fields.text("Why is it declined?", hint="The customer reads this.")


class DetailsForm(EngagementForm):
    legal_name = fields.line("Legal name")
    registration_number = fields.line("Registration number", longest=60)
    tax_id = fields.line("Tax or VAT id", required=False, longest=60)
    country = fields.choice("Country", countries)
    street = fields.line("Street", required=False)
    city = fields.line("City", required=False, longest=100)
    region = fields.line("State or region", required=False, longest=100)
    postal_code = fields.line("Postal code", required=False, longest=20)

    def prepare(self, engagement: Engagement) -> None:
        self.fields["tax_id"].help_text = f"{tax_ids.hint(engagement.company.country)}."


class JoinForm(forms.Form):
    request_id = fields.row_id()
    is_accepted = forms.TypedChoiceField(
        label="Let them in?", choices=[("yes", "Yes"), ("no", "No")], coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label="Roles", required=False, choices=[(role.value, role.value.capitalize()) for role in MEMBER_ROLES],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


def _accept(given: Given) -> object:
    return companies.accept(given.engagement.company_id, **given.values, by=given.by, at=given.at)


def _decline(given: Given) -> object:
    return companies.decline(given.engagement.company_id, **given.values, by=given.by, at=given.at)


ACTS = {
    "accept": Act(button="Accept the company", done="Accepted. The customer can begin.", form=NoteForm, roles=LEADS,
                  is_always=True, call=_accept),
    "decline": Act(button="Decline the registration", done="Declined. The customer was told why.", form=DeclineForm,
                   kind="danger secondary", roles=LEADS, is_always=True, call=_decline),
    "correct_company": Act(button="Correct the details", done="Corrected. Checks of what changed are open again.",
                           form=DetailsForm, kind="secondary", call=on_engagement(verifications.correct_company)),
    "decide_join_request": Act(button="Decide", done="Decided.", form=JoinForm, kind="secondary", key="request_id",
                               is_always=True, call=on_row(members.decide_join_request, "request_id")),
}  # fmt: skip


@engagement_page
def company(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """What we know of the customer, and the lead's decision."""
    return serve(request, engagement, "specialist/company.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    company = desk.engagement.company
    asks = JoinRequest.objects.select_related("user").filter(company=company, decided_at=None)
    is_pending = company.state == "pending"
    return {
        "company": company,
        "twins": twins_of(desk.engagement) if is_pending else [],
        "accept": desk.form("accept") if is_pending else None,
        "decline": desk.form("decline") if is_pending else None,
        "correct": desk.form("correct_company", initial={name: getattr(company, name) for name in DETAILS}),
        "members": Member.objects.select_related("user").filter(company=company, removed_at=None),
        "asks": [{"ask": one, "act": desk.form("decide_join_request", initial={"request_id": one.pk})} for one in asks],
    }
