"""The four contacts of an engagement."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from onboarding.actions import contacts
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.models import Contact, Engagement
from onboarding.queries import questionnaires
from portal import access, pages
from portal.customer.engagement import engagement_page, may
from portal.plain_text import whole_number

WHY = {
    Contact.Kind.MAIN: "Whom we write to first.",
    Contact.Kind.SPONSOR: "Who answers for the project and signs the agreement.",
    Contact.Kind.BILLING: "Who receives invoices.",
    Contact.Kind.TECHNICAL: "Who knows your systems and gives us access.",
}


# Which contact a person is who may be asked about this.
PARTS = {
    "crm": Contact.Kind.TECHNICAL, "it": Contact.Kind.TECHNICAL, "security": Contact.Kind.TECHNICAL,
    "books": Contact.Kind.BILLING, "process": Contact.Kind.MAIN,
}  # fmt: skip


class ContactForm(forms.Form):
    name = forms.CharField(label="Full name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    title = forms.CharField(
        label="Job title", max_length=100, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )  # fmt: skip
    phone = forms.CharField(
        label="Phone", max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )


@require_safe
@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Who is named for which part."""
    named = {one.kind: one for one in access.listed(request, Contact.objects.filter(engagement=engagement))}
    tasks = [
        {
            "title": kind.label,
            "url": reverse("customer:contact", args=[kind.value]),
            "note": f"{named[kind].name}, {named[kind].email}" if kind in named else WHY[kind],
            "state": "Named" if kind in named else "To do",
            "tone": "none" if kind in named else "warn",
        }
        for kind in Contact.Kind
    ]
    context = {"engagement": engagement, "tasks": tasks, "done": len(named), "named": _named(engagement, named)}
    return pages.show(request, "customer/contacts.html", context)


def _named(engagement: Engagement, contacts: Mapping[str, Contact]) -> list[dict[str, str]]:
    """People of the answers who are no contact yet, with the way to make each the contact they would be."""
    known = {one.email.lower() for one in contacts.values()}
    people = questionnaires.submitted(engagement).get("people_to_ask") or ()
    return [
        {
            "name": one["name"],
            "email": one["email"],
            "part": kind.label,
            "url": f"{url}?{urlencode({'person': number})}",
        }
        for number, one in enumerate(people)
        if one["email"].lower() not in known
        and (kind := PARTS.get(one["about"]))
        and (url := reverse("customer:contact", args=[kind.value]))
    ]


@engagement_page
def contact(request: HttpRequest, engagement: Engagement, kind: str) -> HttpResponse:
    """Name or change one contact."""
    if kind not in Contact.Kind.values:
        raise Http404
    rows = access.listed(request, Contact.objects.filter(engagement=engagement))
    known = rows.filter(kind=kind).first()
    form = ContactForm(pages.posted(request), initial=_initial(request, known, kind) | _person(request, engagement))
    if request.method == "POST" and form.is_valid():
        by, given = access.viewer_of(request), form.cleaned_data
        if pages.attempt(request, lambda: contacts.save(engagement.pk, kind=kind, **given, by=by, at=now()), form=form):
            return pages.done(request, f"{Contact.Kind(kind).label}: {given['name']}.", "customer:contacts")
    context = {
        "engagement": engagement,
        "title": Contact.Kind(kind).label,
        "why": WHY[Contact.Kind(kind)],
        "known": known,
        "rows": [{"label": form[name].label, "value": getattr(known, name)} for name in form.fields] if known else [],
        "may_change": may(request, engagement, CUSTOMER_WRITERS),
    }
    return pages.show(request, "customer/contact.html", context, form=form)


def _person(request: HttpRequest, engagement: Engagement) -> dict[str, str]:
    """The person of the answers whom the link names; nothing without one."""
    people = questionnaires.submitted(engagement).get("people_to_ask") or [] if "person" in request.GET else []
    number = whole_number(request.GET.get("person", ""))
    if number is None or number >= len(people):
        return {}
    return {name: people[number].get(name, "") for name in ("name", "email", "phone")} | {"title": ""}


def _initial(request: HttpRequest, known: Contact | None, kind: str) -> dict[str, str]:
    """The contact as it is; for the main contact nobody named yet, the person who is asked."""
    if known:
        return {"name": known.name, "email": known.email, "title": known.title, "phone": known.phone}
    if kind == Contact.Kind.MAIN:
        return {"name": request.viewer.name, "email": request.viewer.email}
    return {}
