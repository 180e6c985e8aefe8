"""The Master Services Agreement: drafted, issued, signed by both, executed; or declined, or voided."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import documents, gates, letters, rows, series
from onboarding.actors import SPECIALISTS, Actor, Role
from onboarding.library import consent as consent_words
from onboarding.library import prices, solutions
from onboarding.models import Agreement, Contact, Document, Engagement, Event, Signature
from onboarding.queries import parties
from onboarding.queries import solutions as solution_queries
from onboarding.workflow.status import iso
from onboarding.workflow.step_04_customer_verification import agreement_in_force, invoice_in_force
from onboarding.workflow.steps import Step

VALID_FOR = timedelta(days=30)
TIME_TO_SIGN = timedelta(days=7)  # what must be left of it when the agreement is issued
ISSUING = frozenset({Step.CUSTOMER_VERIFICATION, Step.CUSTOMER_APPROVAL})
SIGNING = frozenset({Step.CUSTOMER_APPROVAL})
DECLINERS = frozenset({Role.SIGNATORY, Role.OWNER})
SIGNER = (Contact.Kind.SPONSOR,)


def draft(engagement: Engagement, *, by: Actor, at: datetime) -> Agreement:
    """Draft the agreement from the verified details (on entering step IV); one in force already is kept."""
    if earlier := agreement_in_force(engagement):
        return earlier
    number = series.take_next("MSA", at=at)
    terms = _terms(engagement, number, at=at)
    document = _order(engagement, terms, file_name=f"{number}.pdf", by=by, at=at)
    agreement = Agreement.objects.create(
        company_id=engagement.company_id, engagement=engagement, number=number, terms=terms, document=document,
        drafted_at=at, expires_on=(at + VALID_FOR).date(),
    )  # fmt: skip
    outbox.record("agreement.drafted", engagement, by=by, at=at, data=_facts(agreement))
    return agreement


@transaction.atomic
def draft_again(engagement_id: int, *, by: Actor, at: datetime) -> Agreement:
    """Draft anew after a decline or a void, and in place of a draft or of an unsigned one that can't be signed.

    Raises WrongState while an agreement that can be signed, or was, is in force: a lead voids it first.
    """
    engagement = gates.writable(engagement_id, by, roles=SPECIALISTS, steps=ISSUING, words="Specialists draft it.")
    current = agreement_in_force(engagement)
    if current and current.state != Agreement.State.DRAFT:
        is_dead = current.state == Agreement.State.ISSUED and (is_expired(current, at=at) or not is_true(current))
        if not is_dead:
            raise errors.WrongState("An issued agreement is in force. Void it first.")
    if current:
        _close(current, Agreement.State.VOIDED, reason="Replaced by a new draft", at=at)
    return draft(engagement, by=by, at=at)


def refresh_draft(engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Write the draft's terms and PDF anew, under the same number, when what they rest on changed; no draft: nothing."""
    agreement = agreement_in_force(engagement)
    if agreement is None or agreement.state != Agreement.State.DRAFT:
        return
    terms = _terms(engagement, agreement.number, at=at)
    if _stripped(terms) == _stripped(agreement.terms):
        return
    agreement.terms, agreement.expires_on = terms, (at + VALID_FOR).date()
    agreement.document = _order(engagement, terms, file_name=f"{agreement.number}.pdf", by=by, at=at)
    agreement.save(update_fields=["terms", "expires_on", "document"])
    outbox.record("agreement.redrafted", engagement, by=by, at=at, data=_facts(agreement))


def _stripped(terms: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in terms.items() if name not in {"issued_on", "valid_until"}}


def is_expired(agreement: Agreement, *, at: datetime) -> bool:
    """True once the day printed on it has passed."""
    return agreement.expires_on is not None and at.date() > agreement.expires_on


def is_true(agreement: Agreement) -> bool:
    """True while the customer is still called, registered and housed as the agreement says."""
    named = {name: value for name, value in agreement.terms["company"].items() if name != "signatory"}
    return named == parties.buyer(agreement.engagement.company)


def _terms(engagement: Engagement, number: str, *, at: datetime) -> dict[str, Any]:
    solution, sponsor = solution_queries.of(engagement), parties.signatory(engagement)
    fees = _fees(engagement, solution.code)
    customer = parties.buyer(engagement.company) | {"signatory": {"name": "", "title": "", "email": ""}}
    if sponsor:
        customer["signatory"] = {"name": sponsor.name, "title": sponsor.title or "Signatory", "email": sponsor.email}
    return {
        "number": number,
        "reference": engagement.reference,
        "template_version": "1",
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
        "currency": prices.CURRENCY,
        "total": f"{sum(amount for _, amount in fees):.2f}",
        "issued_on": at.date().isoformat(),
        "valid_until": (at + VALID_FOR).date().isoformat(),
        "signatures": [],
        "events": [],
        "chain_head": "",
    }  # fmt: skip


def _fees(engagement: Engagement, solution: str) -> list[tuple[str, Decimal]]:
    """What Annex B lists: the invoice's lines as they were edited, the price list before there is one."""
    if invoice := invoice_in_force(engagement):
        return [(line.description, line.net) for line in invoice.lines.all()]
    return [(one.description, one.unit_price * one.quantity) for one in prices.of(solution)]


def _order(engagement: Engagement, context: dict[str, Any], *, file_name: str, by: Actor, at: datetime) -> Document:
    return documents.order(
        engagement, kind=Document.Kind.MSA, title="Master Services Agreement", file_name=file_name, template="msa",
        context=context, by=by, at=at,
    )  # fmt: skip


def _facts(agreement: Agreement) -> dict[str, Any]:
    return {"agreement": agreement.number, "state": agreement.state, "sha256": agreement.document.sha256}


@transaction.atomic
def issue(agreement_id: int, *, by: Actor, at: datetime) -> Agreement:
    """Issue the agreement for signature: its PDF must be ready and say what is true today. The signatory is told."""
    agreement, engagement = _open(agreement_id, by, roles=SPECIALISTS, steps=ISSUING, words="Specialists issue it.")
    if agreement.state != Agreement.State.DRAFT:
        raise errors.WrongState(f"This agreement is {agreement.get_state_display()} already.")
    if not agreement.document.is_ready:
        raise errors.WrongState("The document is still being made. Try again in a moment.")
    if parties.signatory(engagement) is None:
        raise errors.WrongState("Name the executive sponsor who signs first (contacts).")
    if _stripped(_terms(engagement, agreement.number, at=at)) != _stripped(agreement.terms):
        raise errors.WrongState("Details changed since this was drafted. Draft it again, then issue it.")
    if is_expired(agreement, at=at + TIME_TO_SIGN):
        raise errors.WrongState("Hardly any time is left to sign this draft. Draft it again, then issue it.")
    agreement.state, agreement.issued_at, agreement.issued_by = Agreement.State.ISSUED, at, by.name
    agreement.save(update_fields=["state", "issued_at", "issued_by"])
    outbox.record("agreement.issued", engagement, by=by, at=at, data=_facts(agreement))
    letters.to_customer(
        engagement, kind="agreement.issued", subject=f"Agreement {agreement.number} is ready for your review",
        text=f"Read the Master Services Agreement. It can be signed until {agreement.expires_on:%-d %B %Y}.",
        key=f"agreement-issued:{agreement.pk}", at=at, path="/agreement/", button="Read the agreement", roles=DECLINERS, contacts=SIGNER,
    )  # fmt: skip
    return agreement


@transaction.atomic
def sign(
    agreement_id: int, *, typed_name: str, title: str, consent: bool, seen_sha256: str, authentication: str, by: Actor,
    at: datetime,
) -> Agreement:  # fmt: skip
    """The customer's signatory signs the very version that was shown, known by its hash.

    `authentication` says how the signer was identified just now. Raises Stale when another version is in force.
    """
    agreement, engagement = _open(
        agreement_id, by, roles={Role.SIGNATORY}, steps=SIGNING, words="Only your company's signatory signs."
    )
    if agreement.state != Agreement.State.ISSUED:
        raise errors.WrongState(f"This agreement is {agreement.get_state_display()}; it can't be signed now.")
    if is_expired(agreement, at=at):
        raise errors.WrongState("This agreement has expired. Ask your specialist to issue it anew.")
    if not is_true(agreement):
        raise errors.WrongState("Your company's details were corrected since. Ask your specialist to issue it anew.")
    _sign(agreement, Signature.Party.CUSTOMER, typed_name=typed_name, title=title, consent=consent,
          seen_sha256=seen_sha256, authentication=authentication, by=by, at=at)  # fmt: skip
    agreement.state = Agreement.State.SIGNED
    agreement.save(update_fields=["state"])
    outbox.record("agreement.signed", engagement, by=by, at=at, data=_facts(agreement) | {"party": "customer"})
    letters.to_specialist(
        engagement, kind="agreement.signed", subject=f"{agreement.number} waits for your countersignature",
        text=f"{by.name} signed for the customer.", key=f"agreement-signed:{agreement.pk}", at=at, place="agreement",
        button="Countersign",
    )  # fmt: skip
    return agreement


@transaction.atomic
def countersign(
    agreement_id: int, *, typed_name: str, title: str, seen_sha256: str, by: Actor, at: datetime, consent: bool = True,
    authentication: str = "signed in with a second factor",
) -> Agreement:  # fmt: skip
    """InterWeave signs after the customer; the executed PDF with its certificate of completion is ordered."""
    agreement, engagement = _open(agreement_id, by, roles=SPECIALISTS, steps=SIGNING, words="InterWeave countersigns.")
    if agreement.state != Agreement.State.SIGNED:
        raise errors.WrongState("The customer signs first.")
    _sign(agreement, Signature.Party.INTERWEAVE, typed_name=typed_name, title=title, consent=consent,
          seen_sha256=seen_sha256, authentication=authentication, by=by, at=at)  # fmt: skip
    outbox.record("agreement.countersigned", engagement, by=by, at=at, data=_facts(agreement) | {"party": "interweave"})
    agreement.state, agreement.executed_at = Agreement.State.EXECUTED, at
    agreement.executed_document = _order(
        engagement, _executed_terms(agreement, engagement), file_name=f"{agreement.number}-executed.pdf", by=by, at=at
    )
    agreement.save(update_fields=["state", "executed_at", "executed_document"])
    outbox.record("agreement.executed", engagement, by=by, at=at, data=_facts(agreement))
    letters.to_customer(
        engagement, kind="agreement.executed", subject=f"Agreement {agreement.number} is executed",
        text="Both parties signed. Your copy with the certificate of completion is in your documents.",
        key=f"agreement-executed:{agreement.pk}", at=at, path="/agreement/", button="See the agreement", roles=DECLINERS, contacts=SIGNER,
    )  # fmt: skip
    return agreement


def _sign(
    agreement: Agreement, party: str, *, typed_name: str, title: str, consent: bool, seen_sha256: str,
    authentication: str, by: Actor, at: datetime,
) -> None:  # fmt: skip
    wrong = {}
    if " ".join(typed_name.casefold().split()) != " ".join(by.name.casefold().split()):
        wrong["typed_name"] = f"Type your name as it stands in your account: {by.name}."
    if not title.strip():
        wrong["title"] = "Enter your title, for example Managing Director."
    if not consent:
        wrong["consent"] = "Agree to sign electronically, or decline the agreement."
    if wrong:
        raise errors.BadInput(fields=wrong)
    if seen_sha256 != agreement.document.sha256:
        raise errors.Stale("The agreement changed since you opened it. Read the version shown now.")
    Signature.objects.create(
        company_id=agreement.company_id, agreement=agreement, party=party, name=by.name, title=title.strip()[:100],
        email=by.email, typed_name=typed_name.strip()[:150], consent=consent_words.TEXT,
        consent_sha256=consent_words.digest(), seen_sha256=seen_sha256, authentication=authentication[:100], ip=by.ip,
        user_agent=by.user_agent[:300], signed_at=at,
    )  # fmt: skip


def _executed_terms(agreement: Agreement, engagement: Engagement) -> dict[str, Any]:
    """The context of the executed version: the terms as signed, both signatures, the events so far."""
    log = list(Event.objects.filter(engagement=engagement, data__agreement=agreement.number).order_by("number"))
    signatures = [
        {
            "party": one.party, "name": one.name, "title": one.title, "email": one.email,
            "signed_at": iso(one.signed_at), "typed_name": one.typed_name, "consent": one.consent,
            "consent_sha256": one.consent_sha256, "seen_sha256": one.seen_sha256, "ip": one.ip,
            "user_agent": one.user_agent, "authentication": one.authentication,
        }
        for one in agreement.signatures.all()
    ]  # fmt: skip
    events = [{"at": iso(e.at), "kind": e.kind, "by": e.by["name"], "hash": e.hash} for e in log]
    return agreement.terms | {"signatures": signatures, "events": events, "chain_head": log[-1].hash}


@transaction.atomic
def decline(agreement_id: int, *, reason: str, by: Actor, at: datetime) -> Agreement:
    """The customer declines to sign and says why; the specialist and the customer's other decision makers are told."""
    agreement, engagement = _open(
        agreement_id, by, roles=DECLINERS, steps=ISSUING, words="Your signatory or owner declines."
    )
    if agreement.state != Agreement.State.ISSUED:
        raise errors.WrongState(f"This agreement is {agreement.get_state_display()}; it can't be declined now.")
    reason = gates.said(reason, words="Say what you can't agree to.")
    _close(agreement, Agreement.State.DECLINED, reason=reason, at=at)
    outbox.record("agreement.declined", engagement, by=by, at=at, data=_facts(agreement) | {"reason": reason})
    subject, words = f"{agreement.number} was declined", f"{by.name} writes: {reason}"
    key = f"agreement-declined:{agreement.pk}"
    letters.to_specialist(
        engagement, kind="agreement.declined", subject=subject, text=words, key=key, at=at, place="agreement",
        button="Open the agreement",
    )  # fmt: skip
    letters.to_customer(
        engagement, kind="agreement.declined", subject=subject, text=words, key=key, at=at, path="/agreement/",
        button="See the agreement", roles=DECLINERS, contacts=SIGNER,
    )  # fmt: skip
    return agreement


@transaction.atomic
def void(agreement_id: int, *, reason: str, by: Actor, at: datetime) -> Agreement:
    """A lead voids an agreement, signed or not, and says why; step V shows as reopened."""
    found = rows.visible(Agreement, agreement_id, by)
    engagement = gates.writable(found.engagement_id, by, roles={Role.LEAD}, words="Only a lead voids an agreement.")
    agreement = Agreement.objects.select_related("document").get(pk=found.pk)
    if agreement.state in {Agreement.State.DECLINED, Agreement.State.VOIDED}:
        raise errors.WrongState(f"This agreement is {agreement.get_state_display()} already.")
    reason = gates.said(reason, words="Say why the agreement is void.")
    _close(agreement, Agreement.State.VOIDED, reason=reason, at=at)
    outbox.record("agreement.voided", engagement, by=by, at=at, data=_facts(agreement) | {"reason": reason})
    return agreement


def _close(agreement: Agreement, state: str, *, reason: str, at: datetime) -> None:
    agreement.state, agreement.closed_at, agreement.closed_reason = state, at, reason
    agreement.save(update_fields=["state", "closed_at", "closed_reason"])


def _open(
    agreement_id: int, by: Actor, *, roles: Any, steps: frozenset[Step], words: str
) -> tuple[Agreement, Engagement]:
    found = rows.visible(Agreement, agreement_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=roles, steps=steps, words=words)
    agreement = Agreement.objects.select_related("document").get(pk=found.pk)
    agreement.engagement = engagement
    return agreement, engagement
