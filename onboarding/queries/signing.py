"""Where the signing of an agreement stands: whose turn it is, whether it can still be signed, what was said about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from onboarding.actors import Actor, Role
from onboarding.models import Agreement, AgreementComment, Company, Engagement, Signature, Signer
from onboarding.queries import parties


def zone_of(company: Company) -> ZoneInfo:
    """The zone in which the company's days begin and end; UTC when what it gave is no zone."""
    try:
        return ZoneInfo(company.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def today_of(company: Company, *, at: datetime) -> date:
    """The company's own day at this moment."""
    return at.astimezone(zone_of(company)).date()


def ends_at(agreement: Agreement) -> datetime | None:
    """The moment its last day to sign is over, in UTC."""
    if agreement.expires_on is None:
        return None
    midnight = datetime.combine(agreement.expires_on + timedelta(days=1), time(), zone_of(agreement.company))
    return midnight.astimezone(UTC)


def is_expired(agreement: Agreement, *, at: datetime) -> bool:
    """True once the day printed on it has passed where the company is."""
    ends = ends_at(agreement)
    return ends is not None and at >= ends


def is_true(agreement: Agreement) -> bool:
    """True while the customer is still called, registered and housed as the agreement says."""
    return agreement.names(agreement.company)


def names_sponsor(agreement: Agreement) -> bool:
    """False once another executive sponsor was named than the agreement names, be it at the same mailbox."""
    sponsor, named = parties.signatory(agreement.engagement), agreement.terms["company"]["signatory"]
    return sponsor is None or (named["name"] == sponsor.name and is_same_person(named["email"], sponsor.email))


def turn(agreement: Agreement) -> Signer | None:
    """The signer whose turn it is: the first who has not signed; None when all have."""
    return agreement.signers.filter(signature=None).order_by("position").first()


def may_countersign(signer: Signer, by: Actor) -> bool:
    """True for the one named for InterWeave, for any specialist while nobody is, and for a lead in their place."""
    return not signer.name or is_same_person(signer.email, by.email) or by.has(Role.LEAD)


def is_same_person(email: str, other: str) -> bool:
    """True for two addresses that name one mailbox, as people write them."""
    return bool(email) and email.strip().casefold() == other.strip().casefold()


@dataclass(frozen=True)
class Line:
    """One signer as the pages show them. `state` is `signed`, `declined`, `turn`, `waiting`; `since` of what it says."""

    signer: Signer
    state: str
    since: datetime | None
    signature: Signature | None = None

    @property
    def is_next(self) -> bool:
        """True for the one whose turn it is."""
        return self.state == "turn"


def lines(agreement: Agreement) -> list[Line]:
    """Its signers in their order, each with what they did or whose turn it is."""
    signers = list(agreement.signers.select_related("signature").order_by("position"))
    first_open = next((one for one in signers if _signature(one) is None), None)
    return [_line(one, agreement, is_first=one is first_open) for one in signers]


def _line(signer: Signer, agreement: Agreement, *, is_first: bool) -> Line:
    signature = _signature(signer)
    if signature is not None:
        return Line(signer, "signed", signature.signed_at, signature)
    if signer.declined_at is not None:
        return Line(signer, "declined", signer.declined_at)
    if is_first and agreement.issued_at is not None and agreement.closed_at is None:
        last = agreement.signatures.last()
        since = signer.asked_at or (last.signed_at if last else agreement.issued_at)
        return Line(signer, "turn", since)
    return Line(signer, "waiting", None)


def _signature(signer: Signer) -> Signature | None:
    return getattr(signer, "signature", None)


@dataclass(frozen=True)
class Thread:
    """What was said at one clause (`clause` empty: about the whole), oldest first."""

    clause: str
    comments: list[AgreementComment]

    @property
    def is_open(self) -> bool:
        """True while something in it is not settled."""
        return any(one.settled_at is None for one in self.comments)

    @property
    def last(self) -> AgreementComment:
        """What was said last."""
        return self.comments[-1]


def threads(engagement: Engagement) -> list[Thread]:
    """What was said about the engagement's agreements, open threads first; an earlier version's while it is open."""
    rows = AgreementComment.objects.filter(agreement__engagement=engagement).select_related("agreement").order_by("id")
    grouped: dict[tuple[int, str], list[AgreementComment]] = {}
    for one in rows:
        grouped.setdefault((one.agreement_id, one.clause), []).append(one)
    newest = max((number for number, _ in grouped), default=0)
    found = [
        Thread(clause, said)
        for (number, clause), said in grouped.items()
        if number == newest or any(one.settled_at is None for one in said)
    ]
    return sorted(found, key=lambda thread: (not thread.is_open, thread.comments[0].pk))


def open_count(found: Iterable[Thread]) -> int:
    """How many of these threads wait for an answer."""
    return sum(thread.is_open for thread in found)
