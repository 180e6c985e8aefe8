"""Who is who: the dedicated Technical Specialist, and the customer's four contacts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from onboarding.actions import contacts, engagements
from onboarding.models import Contact, Engagement
from onboarding.queries import board
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, engagement_page, on_engagement, serve


def specialists() -> list[tuple[int, str]]:
    """Those who can be assigned."""
    return [(one.pk, f"{one.user.name}, {one.title}") for one in board.specialists()]


class AssignForm(forms.Form):
    specialist_id = forms.TypedChoiceField(label="Technical Specialist", choices=specialists, coerce=int)


class ContactForm(forms.Form):
    kind = fields.hidden()
    name = fields.line("Name", longest=150)
    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    title = fields.line("Title", required=False, longest=100)
    phone = fields.line("Phone", required=False, longest=40)


ASSIGN = {
    "assign": Act(button="Assign", done="Assigned. The customer gets a mail.", form=AssignForm, is_always=True,
                  call=on_engagement(engagements.assign)),
}  # fmt: skip
SAVE = {
    "save": Act(button="Save the contact", done="Saved.", form=ContactForm, kind="secondary", key="kind",
                call=on_engagement(contacts.save)),
}  # fmt: skip


@engagement_page
def specialist(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Give the engagement its one named person."""
    initial = {"specialist_id": engagement.specialist_id}
    return serve(request, engagement, "specialist/assign.html", ASSIGN,
                 lambda desk: {"assign": desk.form("assign", initial=initial)})  # fmt: skip


@engagement_page
def contacts_page(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The four contacts; a specialist may enter them on the customer's behalf."""
    return serve(request, engagement, "specialist/contacts.html", SAVE, _contacts)


def _contacts(desk: Desk) -> dict[str, Any]:
    known = {one.kind: one for one in desk.engagement.contacts.all()}
    entries = []
    for kind, title in Contact.Kind.choices:
        found = known.get(kind)
        initial = {"kind": kind}
        if found:
            initial |= {name: getattr(found, name) for name in ("name", "email", "title", "phone")}
        entries.append({"title": title, "contact": found, "act": desk.form("save", initial=initial)})
    return {"entries": entries}
