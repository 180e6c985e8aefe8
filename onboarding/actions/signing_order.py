"""Who else signs for the customer, and in which order: chosen by a specialist while the agreement is a draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from onboarding import errors
from onboarding.actions import agreement_signers, agreements
from onboarding.actors import Actor
from onboarding.library import mailboxes
from onboarding.models import Agreement
from onboarding.queries import signing as queries

MOST = 8  # of the customer's signers


@transaction.atomic
def add(agreement_id: int, *, name: str, email: str, title: str, by: Actor, at: datetime) -> Agreement:
    """A specialist adds one of the customer's people to the draft: they sign after the others, before InterWeave."""

    def change(agreement: Agreement) -> list[dict[str, Any]]:
        new = _checked(name, email, title)
        people = agreement_signers.customers_of(agreement)
        if any(queries.is_same_person(one["email"], new["email"]) for one in people):
            raise errors.BadInput(fields={"email": "This person signs already."})
        if len(people) >= MOST:
            raise errors.BadInput(fields={"email": f"At most {MOST} people sign for the customer."})
        return agreement_signers.listed([*people, new], agreement.engagement)

    return agreements.change_signers(agreement_id, change, by=by, at=at)


def _checked(name: str, email: str, title: str) -> dict[str, str]:
    details = {"name": " ".join(name.split()), "email": email.strip(), "title": title.strip()}
    wrong = {}
    if not details["name"]:
        wrong["name"] = "Enter the signer's full name."
    if not details["title"]:
        wrong["title"] = "Enter the job title: it is printed beside the signature."
    try:
        mailboxes.require(details["email"])
    except ValidationError:
        wrong["email"] = "Enter an e-mail address like name@company.com."
    for field, limit in (("name", 150), ("title", 100), ("email", 254)):
        if len(details[field]) > limit:
            wrong[field] = f"Enter at most {limit} characters."
    if wrong:
        raise errors.BadInput(fields=wrong)
    return details


@transaction.atomic
def remove(agreement_id: int, *, position: int, email: str = "", by: Actor, at: datetime) -> Agreement:
    """A specialist takes a further signer off the draft; the executive sponsor always signs.

    `email`, where it is given, says who is meant: WrongState when another one stands at this place by now.
    """

    def change(agreement: Agreement) -> list[dict[str, Any]]:
        people = agreement_signers.customers_of(agreement)
        _require_there(people, position, email)
        sponsor = agreement.terms["company"]["signatory"]["email"]
        if queries.is_same_person(people[position - 1]["email"], sponsor):
            raise errors.WrongState("The executive sponsor signs. Name another one in the contacts to change that.")
        return agreement_signers.listed(people[: position - 1] + people[position:], agreement.engagement)

    return agreements.change_signers(agreement_id, change, by=by, at=at)


@transaction.atomic
def move_up(agreement_id: int, *, position: int, email: str = "", by: Actor, at: datetime) -> Agreement:
    """A specialist lets a signer sign before the one who came before them. `email` as for remove."""

    def change(agreement: Agreement) -> list[dict[str, Any]]:
        people = agreement_signers.customers_of(agreement)
        _require_there(people, position, email)
        if position == 1:
            raise errors.WrongState("This person signs first already.")
        people[position - 2], people[position - 1] = people[position - 1], people[position - 2]
        return agreement_signers.listed(people, agreement.engagement)

    return agreements.change_signers(agreement_id, change, by=by, at=at)


def _require_there(people: list[dict[str, Any]], position: int, email: str) -> None:
    is_there = 1 <= position <= len(people)
    if not is_there or (email and not queries.is_same_person(people[position - 1]["email"], email)):
        raise errors.WrongState("Nobody of the customer signs at this place any more. Read the list anew.")
