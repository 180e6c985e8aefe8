"""Where a door stands: waiting to be opened, in use, or closed and why; and whose doors lead to one document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices

from onboarding.actors import Actor, Role
from onboarding.models import Agreement, Door, Invoice, Member
from onboarding.queries import signing
from onboarding.workflow.agreement_machine import OPEN_FOR_SIGNATURE
from onboarding.workflow.invoice_machine import OWED

ROLES = {Door.Purpose.SIGN: Role.SIGNATORY, Door.Purpose.PAY: Role.BILLING}


class State(TextChoices):
    """What whoever holds the link finds. All but the first two are closed."""

    WAITING = "waiting", "not opened yet"
    IN_USE = "in_use", "opened"
    SIGNED = Door.Reason.SIGNED.value, "signed"
    PAID = Door.Reason.PAID.value, "paid"
    REVOKED = Door.Reason.REVOKED.value, "revoked"
    REPLACED = Door.Reason.REPLACED.value, "replaced"
    EXPIRED = Door.Reason.EXPIRED.value, "expired"
    OVER = Door.Reason.OVER.value, "closed"


OPEN = frozenset({State.WAITING, State.IN_USE})


def state_of(door: Door, *, at: datetime) -> State:
    """Where it stands at this moment, whether or not somebody has written it down yet."""
    if door.closed_because:
        return State(door.closed_because)
    if over := why_over(door, at=at):
        return State(over)
    return State.IN_USE if door.opened_at else State.WAITING


def why_over(door: Door, *, at: datetime) -> str:
    """Why nothing is left to do behind it, or that its time is over; empty while it can be used."""
    because = _of_signing(door, at=at) if door.purpose == Door.Purpose.SIGN else _of_paying(door)
    return because or (Door.Reason.EXPIRED.value if at >= door.expires_at else "")


def _of_signing(door: Door, *, at: datetime) -> str:
    signer = door.signer
    if signer is None:
        return Door.Reason.OVER.value
    if hasattr(signer, "signature"):
        return Door.Reason.SIGNED.value
    agreement = signer.agreement
    is_signed_here = agreement.state in OPEN_FOR_SIGNATURE and agreement.provider == Agreement.Provider.OWN
    can_be_signed = is_signed_here and not signing.is_expired(agreement, at=at)
    return "" if can_be_signed else Door.Reason.OVER.value


def _of_paying(door: Door) -> str:
    if door.invoice is not None and door.invoice.state == Invoice.State.PAID:
        return Door.Reason.PAID.value
    return "" if door.invoice is not None and door.invoice.state in OWED else Door.Reason.OVER.value


def names(door: Door) -> str:
    """What it leads to, as people call it: "agreement MSA-2026-0001"."""
    if door.signer is not None:
        return f"agreement {door.signer.agreement.number}"
    return f"invoice {door.invoice}"


def actor_of(door: Door, *, ip: str = "", user_agent: str = "") -> Actor:
    """The visitor who is in: the signer or payer it was made for, within the one company."""
    return Actor(
        kind="door", name=door.name, roles=frozenset({ROLES[Door.Purpose(door.purpose)]}), company_id=door.company_id,
        email=door.email, ip=ip, user_agent=user_agent[:300],
    )  # fmt: skip


def has_account(company_id: int, email: str) -> bool:
    """True for an address under which a present member of the company signs in."""
    members = Member.objects.filter(company_id=company_id, removed_at=None)
    return members.filter(user__email__iexact=email.strip()).exists()


@dataclass(frozen=True)
class Line:
    """One door as the pages of both sides list it."""

    door: Door
    state: State
    may_be_sent_again: bool  # a new link in its place makes sense: there is something left to do behind it

    @property
    def is_open(self) -> bool:
        """True while its link or its browser leads in."""
        return self.state in OPEN


def to_agreement(agreement: Agreement, *, at: datetime) -> list[Line]:
    """The newest door of each signer of it, in their order."""
    rows = Door.objects.filter(signer__agreement=agreement).select_related("signer__agreement__company")
    return _newest(rows.order_by("signer__position", "pk"), at=at)


def to_invoice(invoice: Invoice, *, at: datetime) -> list[Line]:
    """The newest door of each person who was asked to pay it."""
    return _newest(Door.objects.filter(invoice=invoice).select_related("invoice").order_by("pk"), at=at)


def _newest(doors: object, *, at: datetime) -> list[Line]:
    found = {(one.signer_id, one.email.casefold()): one for one in doors}  # type: ignore[attr-defined]
    return [_line(one, at=at) for one in found.values()]


def _line(door: Door, *, at: datetime) -> Line:
    is_of_use = why_over(door, at=at) in {"", Door.Reason.EXPIRED}
    return Line(door, state_of(door, at=at), may_be_sent_again=is_of_use)
