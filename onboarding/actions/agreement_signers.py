"""Who signs an agreement, in which order: the customer's people by position, InterWeave last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from onboarding import outbox
from onboarding.actions import agreement_letters
from onboarding.actors import Actor
from onboarding.models import Agreement, Engagement, Signer
from onboarding.queries import parties
from onboarding.queries import signing as queries

CUSTOMER, OURS = Signer.Party.CUSTOMER, Signer.Party.INTERWEAVE


def expected(engagement: Engagement) -> list[dict[str, Any]]:
    """Who signs while nobody chose otherwise: the executive sponsor, then InterWeave."""
    return listed(filter(None, [_sponsor(engagement)]), engagement)


def _sponsor(engagement: Engagement) -> dict[str, str] | None:
    sponsor = parties.signatory(engagement)
    if sponsor is None:
        return None
    return {"name": sponsor.name, "title": sponsor.title or "Signatory", "email": sponsor.email}


def listed(customers: Iterable[dict[str, Any]], engagement: Engagement) -> list[dict[str, Any]]:
    """Each mailbox once, in this order, InterWeave's at the end, numbered from 1."""
    once: dict[str, dict[str, Any]] = {}
    for one in customers:
        once.setdefault(one["email"].casefold(), {"party": CUSTOMER.value, **one})
    people = [*once.values(), {"party": OURS.value, **parties.our_signatory(engagement)}]
    return [{"position": number, **one} for number, one in enumerate(people, start=1)]


def renewed(agreement: Agreement) -> list[dict[str, Any]]:
    """Its signers with the sponsor and InterWeave's signatory as they are now; whoever else was added stays."""
    present, was = _sponsor(agreement.engagement), agreement.terms["company"]["signatory"]["email"]
    customers = customers_of(agreement)
    places = [number for number, one in enumerate(customers) if queries.is_same_person(one["email"], was)]
    others = [one for one in customers if not queries.is_same_person(one["email"], was)]
    if present is not None:
        others.insert(places[0] if places else 0, present)
    return listed(others, agreement.engagement)


def customers_of(agreement: Agreement) -> list[dict[str, Any]]:
    """The customer's signers in their order, as name, title and e-mail."""
    return [
        {"name": one.name, "title": one.title, "email": one.email} for one in agreement.signers.filter(party=CUSTOMER)
    ]


def write(agreement: Agreement, signers: list[dict[str, Any]]) -> None:
    """Put these signers in place of the draft's."""
    agreement.signers.all().delete()
    Signer.objects.bulk_create(Signer(company_id=agreement.company_id, agreement=agreement, **one) for one in signers)


def ensure(agreement: Agreement) -> None:
    """Give an agreement from before there were signers the two that its terms name, with what they signed."""
    if agreement.signers.exists():
        return
    sponsor, ours = (agreement.terms.get(side, {}).get("signatory") for side in ("company", "seller"))
    named = [{"party": CUSTOMER.value, **sponsor}] if sponsor and sponsor["email"] else []
    named += [{"party": OURS.value, **ours}] if ours else []
    write(agreement, [{"position": number, **one} for number, one in enumerate(named, start=1)])
    for signer in agreement.signers.all():
        agreement.signatures.filter(party=signer.party, signer=None).update(signer=signer)


def ask_next(agreement: Agreement, engagement: Engagement, *, by: Actor, at: datetime) -> Signer | None:
    """Mail the customer's signer whose turn it is, once; who was asked, or None when nobody had to be."""
    ensure(agreement)
    signer = queries.turn(agreement)
    if signer is None or signer.party != CUSTOMER or signer.asked_at is not None:
        return None
    signer.asked_at = at
    signer.save(update_fields=["asked_at"])
    data = {"agreement": agreement.number, "signer": signer.name}
    outbox.record("agreement.asked", engagement, by=by, at=at, data=data)
    agreement_letters.asked(agreement, engagement, signer, by=by, at=at)
    return signer
