"""The company's registration on the Solutions Portal (step IX): "New Company? Please Register Here"."""

from __future__ import annotations

import re
import zoneinfo
from datetime import datetime
from typing import Any

from babel.numbers import is_currency
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from onboarding import errors, outbox
from onboarding.actions import gates, series
from onboarding.actors import Actor, Role
from onboarding.library import mailboxes
from onboarding.models import Registration
from onboarding.workflow.steps import STEPS, Step

REGISTRANTS = frozenset({Role.OWNER, Role.TECHNICAL})
FROM_CONFIGURATION = frozenset(STEPS[8:])  # IX to XII
WORDS = "The owner or a technical member registers the company."


@transaction.atomic
def register(
    engagement_id: int, *, workspace: str, administrator_name: str, administrator_email: str, time_zone: str,
    base_currency: str, fiscal_year_starts: int, by: Actor, at: datetime,
) -> Registration:  # fmt: skip
    """Register the company once, under a number of its own. `fiscal_year_starts` is a month, 1 to 12."""
    engagement = gates.writable(
        engagement_id, by, roles=REGISTRANTS, steps={Step.SOLUTION_CONFIGURATION}, words=WORDS
    )  # fmt: skip
    if Registration.objects.filter(engagement=engagement).exists():
        raise errors.WrongState("This company is registered already.")
    fields = _checked(administrator_name, administrator_email, time_zone, base_currency, fiscal_year_starts)
    try:
        with transaction.atomic():
            registration = Registration.objects.create(
                company_id=engagement.company_id, engagement=engagement, number=series.take_next("SP", at=at),
                workspace=_workspace(workspace), registered_at=at, registered_by=by.name, **fields,
            )  # fmt: skip
    except IntegrityError:  # the name is unique over all companies, which this actor cannot see
        raise errors.BadInput(fields={"workspace": "This workspace name is taken. Choose another."}) from None
    data = {"number": registration.number, "workspace": registration.workspace}
    outbox.record("registration.made", engagement, by=by, at=at, data=data)
    return registration


@transaction.atomic
def change(
    engagement_id: int, *, administrator_name: str, administrator_email: str, time_zone: str, base_currency: str,
    fiscal_year_starts: int, by: Actor, at: datetime,
) -> Registration:  # fmt: skip
    """Correct the registration; number and workspace stay."""
    engagement = gates.writable(engagement_id, by, roles=REGISTRANTS, steps=FROM_CONFIGURATION, words=WORDS)
    registration = Registration.objects.filter(engagement=engagement).first()
    if registration is None:
        raise errors.WrongState("Register the company first.")
    fields = _checked(administrator_name, administrator_email, time_zone, base_currency, fiscal_year_starts)
    changed = sorted(name for name, value in fields.items() if getattr(registration, name) != value)
    for name, value in fields.items():
        setattr(registration, name, value)
    registration.save(update_fields=list(fields))
    if changed:
        outbox.record("registration.changed", engagement, by=by, at=at, data={"fields": changed})
    return registration


def _checked(name: str, email: str, time_zone: str, currency: str, month: int) -> dict[str, Any]:
    wrong = {}
    if not name.strip():
        wrong["administrator_name"] = "Enter the administrator's first and last name."
    try:
        mailboxes.require(email.strip())
    except ValidationError:
        wrong["administrator_email"] = "Enter an e-mail address, such as name@company.com."
    if time_zone not in zoneinfo.available_timezones():
        wrong["time_zone"] = "Choose a time zone from the list."
    if not is_currency(currency.upper()):
        wrong["base_currency"] = "Enter a currency's three letters, such as USD."
    if not 1 <= month <= 12:
        wrong["fiscal_year_starts"] = "Choose the month in which the fiscal year starts."
    if wrong:
        raise errors.BadInput(fields=wrong)
    return {
        "administrator_name": name.strip(),
        "administrator_email": email.strip().lower(),
        "time_zone": time_zone,
        "base_currency": currency.upper(),
        "fiscal_year_starts": month,
    }


def _workspace(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{1,58}[a-z0-9])", text):
        words = "Use 3 to 60 small letters, digits and dashes, such as acme-trading."
        raise errors.BadInput(fields={"workspace": words})
    return text
