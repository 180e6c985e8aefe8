"""Who else gets the executed agreement: a lawyer, an accountant. It is mailed to them once it is sealed."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import rows
from onboarding.actions.agreements import DECLINERS, ISSUING, facts, opened
from onboarding.actors import SPECIALISTS, Actor
from onboarding.library import mailboxes
from onboarding.models import Agreement, AgreementCopy
from onboarding.workflow.agreement_machine import CLOSED, INTERNAL

MOST = 10
ADDERS = DECLINERS | SPECIALISTS
WORDS = "Your owner or signatory decides who gets a copy."


@transaction.atomic
def add(agreement_id: int, *, email: str, name: str = "", by: Actor, at: datetime) -> AgreementCopy:
    """Name one more recipient of the executed copy; the same address twice stays one."""
    agreement, engagement = opened(agreement_id, by, roles=ADDERS, steps=ISSUING, words=WORDS)
    _require_unsent(agreement, by)
    email = email.strip().lower()
    _check(agreement, name.strip(), email)
    if earlier := agreement.copies.filter(email=email).first():
        return earlier
    copy = AgreementCopy.objects.create(
        company_id=agreement.company_id, agreement=agreement, name=name.strip(), email=email, added_by=by.name,
        added_at=at,
    )  # fmt: skip
    outbox.record("agreement.copy_added", engagement, by=by, at=at, data=facts(agreement) | {"email": email})
    return copy


def _require_unsent(agreement: Agreement, by: Actor) -> None:
    if agreement.state in INTERNAL and not by.is_staff:
        raise errors.WrongState("The agreement is not issued yet.")
    if agreement.state in {*CLOSED, Agreement.State.EXECUTED}:
        raise errors.WrongState(
            f"This agreement is {agreement.get_state_display()}; its copies went out or never will."
        )


def _check(agreement: Agreement, name: str, email: str) -> None:
    wrong = {}
    try:
        mailboxes.require(email)
    except ValidationError:
        wrong["email"] = "Enter an e-mail address like name@company.com."
    if len(email) > 254:
        wrong["email"] = "Enter at most 254 characters."
    if len(name) > 150:
        wrong["name"] = "Enter at most 150 characters."
    if not wrong and agreement.copies.exclude(email=email).count() >= MOST:
        wrong["email"] = f"At most {MOST} people get a copy. Remove one first."
    if wrong:
        raise errors.BadInput(fields=wrong)


@transaction.atomic
def remove(copy_id: int, *, by: Actor, at: datetime) -> Agreement:
    """Take a recipient off again, before the copies go out."""
    found = rows.visible(AgreementCopy, copy_id, by)
    agreement, engagement = opened(found.agreement_id, by, roles=ADDERS, steps=ISSUING, words=WORDS)
    _require_unsent(agreement, by)
    copy = agreement.copies.filter(pk=found.pk).first()
    if copy is None:
        raise errors.NotFound
    copy.delete()
    outbox.record("agreement.copy_removed", engagement, by=by, at=at, data=facts(agreement) | {"email": copy.email})
    return agreement
