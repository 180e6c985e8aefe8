"""What an agreement says: the context of its PDF, made from the facts as they stand, and of the executed one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from onboarding.library import clauses, event_words, solutions
from onboarding.models import Agreement, Engagement, Event, Signature
from onboarding.queries import bills, parties
from onboarding.queries import solutions as solution_queries
from onboarding.workflow.status import iso
from onboarding.workflow.step_04_customer_verification import invoice_in_force

# They follow the calendar alone: a draft is not written anew for them.
DATES = frozenset({"issued_on", "valid_until"})


def of(
    engagement: Engagement, number: str, *, signers: Sequence[dict[str, Any]], today: date, valid_until: date
) -> dict[str, Any]:
    """The context of the version to be signed; `today` and `valid_until` are days where the company is."""
    solution, sponsor = solution_queries.of(engagement), parties.signatory(engagement)
    currency, fees = _fees(engagement)
    customer = parties.buyer(engagement.company) | {"signatory": {"name": "", "title": "", "email": ""}}
    if sponsor:
        customer["signatory"] = {"name": sponsor.name, "title": sponsor.title or "Signatory", "email": sponsor.email}
    return {
        "number": number,
        "reference": engagement.reference,
        "template_version": "2",
        "company": customer,
        "seller": parties.seller() | {"signatory": parties.our_signatory(engagement)},
        "solution": {
            "name": solution.name,
            "crm": solutions.SYSTEM_NAMES[solution.crm],
            "finance": solutions.SYSTEM_NAMES[solution.finance],
            "deployment": engagement.deployment.replace("_", " "),
            "flows": [code.replace("_", " ").title() for code in solution.flows],
        },
        "fees": [{"description": description, "amount": f"{amount:.2f}"} for description, amount in fees],
        "currency": currency,
        "total": f"{sum(amount for _, amount in fees):.2f}",
        "issued_on": today.isoformat(),
        "valid_until": valid_until.isoformat(),
        "signers": list(signers),
        "clauses": clauses.terms_for(solution, engagement.deployment),
        "signatures": [],
        "events": [],
        "chain_head": "",
    }  # fmt: skip


def _fees(engagement: Engagement) -> tuple[str, list[tuple[str, Decimal]]]:
    """What Annex B lists, with its currency: the invoice's lines as edited, the price list before there is one."""
    if invoice := invoice_in_force(engagement):
        lines = [(line.description, line.net) for line in invoice.lines.all()]
        discount = [(invoice.discount_reason, -invoice.discount)] if invoice.discount else []
        return invoice.currency, [*lines, *discount]
    currency, positions = bills.offered(engagement)
    return currency, [(one.description, one.net) for one in positions]


def is_same(terms: dict[str, Any], others: dict[str, Any]) -> bool:
    """True when both say the same but for the day they were written."""
    return _undated(terms) == _undated(others)


def _undated(terms: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in terms.items() if name not in DATES}


def executed(agreement: Agreement, *, at: datetime) -> dict[str, Any]:
    """The context of the executed version: the terms as signed, every signature, the events so far, the envelope."""
    about = Event.objects.filter(engagement_id=agreement.engagement_id, data__agreement=agreement.number)
    log = list(about.filter(is_internal=False).order_by("number"))
    signatures = agreement.signatures.select_related("signer").order_by("signed_at", "id")
    return agreement.terms | {
        "signatures": [_signature(one, agreement) for one in signatures],
        "events": [_logged(one) for one in log],
        "chain_head": log[-1].hash,
        "envelope": {
            "created_at": iso(agreement.drafted_at),
            "sent_at": iso(agreement.issued_at),
            "completed_at": iso(at),
            "original_sha256": agreement.document.sha256,
            "certificate_subject": "",
            "certificate_serial": "",
            "verify_url": f"{settings.BASE_URL}/verify/",
        },
    }


def _logged(one: Event) -> dict[str, str]:
    words = event_words.words_of(one.kind, one.data)
    return {"at": iso(one.at), "kind": one.kind, "words": words, "by": one.by["name"], "hash": one.hash}


def _signature(one: Signature, agreement: Agreement) -> dict[str, Any]:
    """One signature with its evidence. What an older row did not keep happened when it was issued, or as it was signed."""
    signer = one.signer
    times = {
        "asked_at": (signer and signer.asked_at) or agreement.issued_at,
        "viewed_at": (signer and signer.viewed_at) or one.signed_at,
        "consented_at": one.consented_at or one.signed_at,
        "authenticated_at": one.authenticated_at or one.signed_at,
        "signed_at": one.signed_at,
    }
    return {
        "party": one.party, "name": one.name, "title": one.title, "email": one.email, "typed_name": one.typed_name,
        "kind": one.kind, "drawing": one.drawing, "consent": one.consent, "consent_sha256": one.consent_sha256,
        "seen_sha256": one.seen_sha256, "ip": one.ip, "user_agent": one.user_agent,
        "authentication": one.authentication, "position": signer.position if signer else one.pk,
        **{name: iso(moment) for name, moment in times.items()},
    }  # fmt: skip
