"""Contacts: the customer's four people with a part in this engagement."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import agreements, gates, verifications
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor
from onboarding.library import mailboxes, verification_checks
from onboarding.models import Contact, Engagement

WRITERS = CUSTOMER_WRITERS | SPECIALISTS


@transaction.atomic
def save(
    engagement_id: int, *, kind: str, name: str, email: str, title: str, phone: str, by: Actor, at: datetime
) -> Contact:
    """Name or change the contact of one kind; the same details twice change nothing.

    Another main contact or signatory opens what step IV had verified of the earlier one.
    Raises NotFound, NotYours, WrongState, BadInput.
    """
    engagement = gates.writable(engagement_id, by, roles=WRITERS, words="A viewer reads; ask a colleague to write.")
    details = {"name": name.strip(), "email": email.strip(), "title": title.strip(), "phone": phone.strip()}
    _check(kind, details)
    contact = Contact.objects.filter(engagement=engagement, kind=kind).first() or Contact(
        company_id=engagement.company_id, engagement=engagement, kind=kind
    )
    if contact.pk and all(getattr(contact, field) == value for field, value in details.items()):
        return contact
    was = (contact.name, contact.email) if contact.pk else None
    for field, value in details.items():
        setattr(contact, field, value)
    contact.updated_at = at
    contact.save()
    outbox.record("contact.saved", engagement, by=by, at=at, data={"contact": contact.pk, "kind": kind})
    if was:
        _heed(engagement, contact, was, by=by, at=at)
    return contact


def _check(kind: str, details: dict[str, str]) -> None:
    wrong = {}
    if kind not in Contact.Kind.values:
        wrong["kind"] = "Choose which contact this is."
    if not details["name"]:
        wrong["name"] = "Enter the person's full name."
    try:
        mailboxes.require(details["email"])
    except ValidationError:
        wrong["email"] = "Enter an e-mail address like name@company.com."
    if kind == Contact.Kind.SPONSOR and not details["title"]:
        wrong["title"] = "Enter the job title: it is printed beside the signature."
    for field, limit in (("name", 150), ("title", 100), ("phone", 40)):
        if len(details[field]) > limit:
            wrong[field] = f"Enter at most {limit} characters."
    if wrong:
        raise errors.BadInput(fields=wrong)


def _heed(engagement: Engagement, contact: Contact, was: tuple[str, str], *, by: Actor, at: datetime) -> None:
    """Another person opens what step IV had verified of the earlier one; any change withdraws the records' approval."""
    is_other = was != (contact.name, contact.email)
    because = f"{contact.get_kind_display()}: “{', '.join(was)}” is now “{contact.name}, {contact.email}”."
    if not is_other:
        because = f"{contact.get_kind_display()}: title or phone changed."
    codes = verification_checks.resting_on_contact(contact.kind) if is_other else []
    verifications.heed_change(engagement, codes, because=because, by=by, at=at)
    if contact.kind == Contact.Kind.SPONSOR:
        agreements.heed_change(engagement, because=because, by=by, at=at)
