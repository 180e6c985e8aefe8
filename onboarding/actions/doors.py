"""Doors without an account: asked for one signer or one payer, mailed, revoked, sent again, closed when they are over.

Only the SHA-256 of a link's secret is kept. What a visitor does behind it stands in actions/visits.py.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import gates, messages, rows
from onboarding.actions.members import digest_of
from onboarding.actors import SPECIALISTS, SYSTEM, Actor, Role
from onboarding.library import mailboxes
from onboarding.models import Door, Engagement, Invoice, Signer
from onboarding.queries import doors as queries
from onboarding.queries import signing
from onboarding.queries.doors import State
from onboarding.workflow.invoice_machine import OWED

PREFIX = "/door/"
LIFE = timedelta(days=7)
MOST = 10  # people asked to pay one invoice at a time
A_LOOK = 500  # doors closed in one run; the next one takes the rest
KEEPERS = {
    Door.Purpose.SIGN: SPECIALISTS | {Role.OWNER, Role.SIGNATORY},
    Door.Purpose.PAY: SPECIALISTS | {Role.FINANCE, Role.OWNER, Role.BILLING},
}
WORDS = {
    Door.Purpose.SIGN: "Your owner or signatory, or your specialist, decides who gets a link to sign.",
    Door.Purpose.PAY: "Your owner or billing contact, or your specialist, decides who gets a link to pay.",
}


def ask(
    engagement: Engagement, *, purpose: str, by: Actor, at: datetime, signer: Signer | None = None,
    invoice: Invoice | None = None, name: str = "", email: str = "",
) -> tuple[Door, str]:  # fmt: skip
    """Make a door for the signer, or for a payer of the invoice; an open one of the same person is replaced.

    Returns it with its secret, told this once: for the mail that the caller writes in the same transaction.
    """
    who = {"name": signer.name, "email": signer.email} if signer else {"name": name, "email": email}
    leads_to: dict[str, Any] = {"purpose": purpose, "signer": signer, "invoice": invoice}
    earlier = Door.objects.filter(**leads_to, engagement=engagement, email__iexact=who["email"])
    earlier.filter(closed_because__in=["", Door.Reason.EXPIRED]).update(
        closed_at=at, closed_because=Door.Reason.REPLACED, code_digest=""
    )
    secret = secrets.token_urlsafe(32)
    door = Door.objects.create(
        company_id=engagement.company_id, engagement=engagement, **leads_to, **who, digest=digest_of(secret),
        created_at=at, created_by=by.name, expires_at=_last_moment(signer, at=at),
    )  # fmt: skip
    outbox.record("door.asked", engagement, by=by, at=at, data=facts(door) | {"until": f"{door.expires_at:%Y-%m-%d}"})
    return door, secret


def _last_moment(signer: Signer | None, *, at: datetime) -> datetime:
    """A week; never longer than its agreement can be signed."""
    ends = signing.ends_at(signer.agreement) if signer else None
    return min(at + LIFE, ends) if ends else at + LIFE


def path_of(secret: str) -> str:
    """Where the mail's button leads."""
    return f"{PREFIX}{secret}/"


def facts(door: Door) -> dict[str, Any]:
    """What every event of a door says of it; never a secret."""
    return {"door": door.pk, "purpose": door.purpose, "to": queries.names(door), "name": door.name, "email": door.email}


@transaction.atomic
def let_pay(invoice_id: int, *, name: str, email: str, by: Actor, at: datetime) -> Door:
    """Let somebody without an account pay this invoice: they get a link by mail, good for a week."""
    found = rows.visible(Invoice, invoice_id, by)
    pay = Door.Purpose.PAY
    engagement = gates.writable(found.engagement_id, by, roles=KEEPERS[pay], words=WORDS[pay])
    invoice = Invoice.objects.get(pk=found.pk)
    _require_owed(invoice)
    payer = _checked(name, email)
    others = Door.objects.filter(invoice=invoice, closed_at=None, expires_at__gt=at)
    if others.exclude(email__iexact=payer["email"]).count() >= MOST:
        raise errors.WrongState(f"{MOST} people have a link to this invoice. Revoke one of them first.")
    door, secret = ask(
        engagement, purpose=pay, invoice=invoice, name=payer["name"], email=payer["email"], by=by, at=at
    )  # fmt: skip
    _mail(door, engagement, secret, by=by, at=at)
    return door


def _require_owed(invoice: Invoice) -> None:
    if invoice.state not in OWED:
        raise errors.WrongState(f"Invoice {invoice} is {invoice.get_state_display()}; nothing is to be paid for it.")


def _checked(name: str, email: str) -> dict[str, str]:
    payer = {"name": " ".join(name.split()), "email": email.strip()}
    wrong = {}
    if not payer["name"]:
        wrong["name"] = "Enter the name of who pays."
    elif len(payer["name"]) > 150:
        wrong["name"] = "Enter at most 150 characters."
    try:
        mailboxes.require(payer["email"])
    except ValidationError:
        wrong["email"] = "Enter an e-mail address like name@company.com."
    if len(payer["email"]) > 254:
        wrong["email"] = "Enter at most 254 characters."
    if wrong:
        raise errors.BadInput(fields=wrong)
    return payer


def _mail(door: Door, engagement: Engagement, secret: str, *, by: Actor, at: datetime) -> None:
    """The link itself, to whom it is for. The row forgets it once it is sent."""
    until, company = f"{door.expires_at:%-d %B %Y, %H:%M} UTC", engagement.company.legal_name
    if door.purpose == Door.Purpose.SIGN:
        subject, button = f"Your link to sign {queries.names(door)}", "Read and sign"
        text = f"{company} and InterWeave sign the Master Services Agreement, and you sign for {company}."
    else:
        subject, button = f"{by.name} asks you to pay {queries.names(door)}", "See the invoice"
        text = f"{company} received this invoice from InterWeave. You can read it and pay it, by card or bank transfer."
    messages.send(
        company=engagement.company, engagement=engagement, kind="door.asked", to=door.email, subject=subject,
        text=f"{text}\n\nYou need no account. The link is for you alone, opens one page, and works until {until}.",
        key=f"door:{door.pk}", at=at, path=path_of(secret), button=button,
    )  # fmt: skip


@transaction.atomic
def send_again(door_id: int, *, by: Actor, at: datetime) -> Door:
    """A new link in place of one that was lost, expired or revoked; the old one leads nowhere from now on."""
    door = rows.visible(Door, door_id, by)
    purpose = Door.Purpose(door.purpose)
    engagement = gates.writable(door.engagement_id, by, roles=KEEPERS[purpose], words=WORDS[purpose])
    return renewed(door, engagement, by=by, at=at)


def renewed(door: Door, engagement: Engagement, *, by: Actor, at: datetime) -> Door:
    """The new door, mailed; WrongState when nothing is left to do behind it. The caller holds the engagement's lock."""
    door = Door.objects.select_related("signer__agreement__company", "invoice").get(pk=door.pk)
    over = queries.why_over(door, at=at)
    if over and over != Door.Reason.EXPIRED:
        raise errors.WrongState(f"Nothing is left to do behind this link: {State(over).label}.")
    person = {} if door.signer else {"name": door.name, "email": door.email}
    new, secret = ask(
        engagement, purpose=door.purpose, signer=door.signer, invoice=door.invoice, **person, by=by, at=at
    )  # fmt: skip
    _mail(new, engagement, secret, by=by, at=at)
    return new


@transaction.atomic
def revoke(door_id: int, *, by: Actor, at: datetime) -> Door:
    """Close a door at once, also for the browser that is in; what was done through it stays."""
    found = rows.visible(Door, door_id, by)
    engagement = gates.locked(found.engagement_id, by)
    purpose = Door.Purpose(found.purpose)
    if not by.has(*KEEPERS[purpose]):
        raise errors.NotYours(WORDS[purpose])
    door = Door.objects.select_related("signer__agreement__company", "invoice").get(pk=found.pk)
    if door.closed_at:
        raise errors.WrongState(f"This link is closed already: {State(door.closed_because).label}.")
    close(door, engagement, because=Door.Reason.REVOKED, by=by, at=at)
    return door


def close(door: Door, engagement: Engagement, *, because: str, by: Actor, at: datetime) -> None:
    """Close an open door for one reason, with its code; the browser that is in still sees what became of it."""
    door.closed_at, door.closed_because, door.code_digest, door.code_expires_at = at, because, "", None
    door.save(update_fields=["closed_at", "closed_because", "code_digest", "code_expires_at"])
    data = facts(door) | {"reason": Door.Reason(because).label}
    outbox.record("door.closed", engagement, by=by, at=at, data=data)


def look(*, at: datetime) -> int:
    """Close the doors that are over: expired, signed, paid, or with nothing left to do. Returns how many."""
    return sum(_close_over(pk, at=at) for pk in _open_ones()[:A_LOOK])


def _open_ones() -> Any:
    return Door.objects.filter(closed_at=None).order_by("expires_at", "pk").values_list("pk", flat=True)


@transaction.atomic
def _close_over(door_id: int, *, at: datetime) -> bool:
    door = Door.objects.select_related("signer__agreement__company", "invoice").get(pk=door_id)
    if not queries.why_over(door, at=at):
        return False
    engagement = gates.locked(door.engagement_id, SYSTEM)
    door = Door.objects.select_related("signer__agreement__company", "invoice").get(pk=door_id)
    because = queries.why_over(door, at=at)
    if door.closed_at or not because:
        return False
    close(door, engagement, because=because, by=SYSTEM, at=at)
    return True
