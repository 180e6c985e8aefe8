"""The Master Services Agreement before it is signed: drafted, reviewed by a second person, issued; or replaced, or voided."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import agreement_letters, agreement_signers, documents, envelopes, gates, rows, sealings, series
from onboarding.actors import SPECIALISTS, Actor, Role
from onboarding.models import Agreement, Document, Engagement, Signer, Specialist
from onboarding.queries import agreement_terms, parties, renderings
from onboarding.queries import signing as queries
from onboarding.workflow.agreement_machine import CLOSED, INTERNAL, OPEN_FOR_SIGNATURE
from onboarding.workflow.step_04_customer_verification import agreement_in_force
from onboarding.workflow.steps import Step

VALID_FOR = timedelta(days=30)
TIME_TO_SIGN = timedelta(days=7)  # what must be left of it when the agreement is issued
ISSUING = frozenset({Step.CUSTOMER_VERIFICATION, Step.CUSTOMER_APPROVAL})
SIGNING = frozenset({Step.CUSTOMER_APPROVAL})
DECLINERS = frozenset({Role.SIGNATORY, Role.OWNER})


def draft(engagement: Engagement, *, by: Actor, at: datetime) -> Agreement:
    """Draft the agreement from the verified details (on entering step IV); one in force already is kept."""
    if earlier := agreement_in_force(engagement):
        return earlier
    return _draft(engagement, agreement_signers.expected(engagement), by=by, at=at)


def _draft(engagement: Engagement, signers: list[dict[str, Any]], *, by: Actor, at: datetime) -> Agreement:
    number = series.take_next("MSA", at=at)
    terms = _terms(engagement, number, signers, at=at)
    agreement = Agreement.objects.create(
        company_id=engagement.company_id, engagement=engagement, number=number, terms=terms, drafted_at=at,
        document=_order(engagement, terms, by=by, at=at), expires_on=_last_day(engagement, at=at),
        template_version=str(terms["template_version"]),
    )  # fmt: skip
    agreement_signers.write(agreement, signers)
    outbox.record("agreement.drafted", engagement, by=by, at=at, data=facts(agreement))
    return agreement


def _last_day(engagement: Engagement, *, at: datetime) -> date:
    return queries.today_of(engagement.company, at=at) + VALID_FOR


def _terms(engagement: Engagement, number: str, signers: list[dict[str, Any]], *, at: datetime) -> dict[str, Any]:
    today = queries.today_of(engagement.company, at=at)
    return agreement_terms.of(engagement, number, signers=signers, today=today, valid_until=today + VALID_FOR)


def _order(engagement: Engagement, context: dict[str, Any], *, by: Actor, at: datetime) -> Document:
    return documents.order(
        engagement, kind=Document.Kind.MSA, title="Master Services Agreement", file_name=f"{context['number']}.pdf",
        template="msa", context=context, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def draft_again(engagement_id: int, *, by: Actor, at: datetime) -> Agreement:
    """Draft anew: after the last one was closed, or in place of one that nobody has signed yet.

    The further signers and the recipients of copies come along. Raises WrongState once somebody signed: a lead voids
    that one first.
    """
    engagement = gates.writable(engagement_id, by, roles=SPECIALISTS, steps=ISSUING, words="Specialists draft it.")
    current = agreement_in_force(engagement)
    if current is None:
        return _draft(engagement, agreement_signers.expected(engagement), by=by, at=at)
    current.engagement = engagement
    if current.state not in {*INTERNAL, *OPEN_FOR_SIGNATURE}:
        raise errors.WrongState(f"{current.number} is {current.get_state_display()}. A lead voids it first.")
    if signature := current.signatures.first():
        raise errors.WrongState(f"{signature.name} signed {current.number} already. A lead voids it first.")
    signers = agreement_signers.renewed(current)
    _supersede(current, engagement, by=by, at=at)
    agreement = _draft(engagement, signers, by=by, at=at)
    agreement.provider = current.provider
    agreement.save(update_fields=["provider"])
    for copy in current.copies.all():
        agreement.copies.create(
            company_id=copy.company_id, name=copy.name, email=copy.email, added_by=copy.added_by, added_at=copy.added_at
        )
    return agreement


def _supersede(agreement: Agreement, engagement: Engagement, *, by: Actor, at: datetime) -> None:
    was_issued = agreement.state in OPEN_FOR_SIGNATURE
    agreement.supersede(at=at)
    agreement.save()
    envelopes.call_off(agreement, at=at)
    outbox.record(
        "agreement.superseded", engagement, by=by, at=at, data=facts(agreement), is_internal=not was_issued
    )  # fmt: skip
    if was_issued:
        agreement_letters.superseded(agreement, engagement, at=at)


def refresh_draft(engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Write the draft's terms and PDF anew, under the same number, when what they rest on changed; no draft: nothing."""
    agreement = agreement_in_force(engagement)
    if agreement is None or agreement.state != Agreement.State.DRAFT:
        return
    agreement.engagement = engagement
    _write_anew(agreement, agreement_signers.renewed(agreement), by=by, at=at)


def heed_change(engagement: Engagement, *, because: str, by: Actor, at: datetime) -> None:
    """The company's details or its sponsor changed, `because` says from what to what: the agreement in force heeds it.

    A draft is written anew under its number. Of one that the customer knows, whoever it concerns is told: it can't be
    signed as it is, or stands as it was signed; a person decides what becomes of it.
    """
    refresh_draft(engagement, by=by, at=at)
    agreement = agreement_in_force(engagement)
    if agreement is None or agreement.state in INTERNAL:
        return
    agreement.engagement, agreement.company = engagement, engagement.company
    if not (queries.is_true(agreement) and queries.names_sponsor(agreement)):
        data = facts(agreement) | {"because": because[:300]}
        outbox.record("agreement.outdated", engagement, by=by, at=at, data=data)
        agreement_letters.outdated(agreement, engagement, because=because, at=at)


def _write_anew(agreement: Agreement, signers: list[dict[str, Any]], *, by: Actor, at: datetime) -> None:
    engagement = agreement.engagement
    terms = _terms(engagement, agreement.number, signers, at=at)
    if agreement_terms.is_same(terms, agreement.terms):
        return
    agreement_signers.write(agreement, signers)
    agreement.terms, agreement.expires_on = terms, _last_day(engagement, at=at)
    agreement.document = _order(engagement, terms, by=by, at=at)
    agreement.save()
    outbox.record("agreement.redrafted", engagement, by=by, at=at, data=facts(agreement))


@transaction.atomic
def change_signers(agreement_id: int, change: Any, *, by: Actor, at: datetime) -> Agreement:
    """Put the draft's signers as `change(agreement)` lists them, and print it anew. Called by agreement_signers' acts."""
    words = "Specialists choose who signs."
    agreement, _ = opened(agreement_id, by, roles=SPECIALISTS, steps=ISSUING, words=words)
    if agreement.state != Agreement.State.DRAFT:
        raise errors.WrongState(f"This agreement is {agreement.get_state_display()}. Signers change in a draft only.")
    _write_anew(agreement, change(agreement), by=by, at=at)
    return agreement


def facts(agreement: Agreement) -> dict[str, Any]:
    """What every event of an agreement says of it."""
    return {"agreement": agreement.number, "state": agreement.state, "sha256": agreement.document.sha256}


@transaction.atomic
def send_for_review(agreement_id: int, *, by: Actor, at: datetime) -> Agreement:
    """Ask a second person at InterWeave to read the draft: its PDF must be ready and say what is true today."""
    words = "Specialists send it for review."
    agreement, engagement = opened(agreement_id, by, roles=SPECIALISTS, steps=ISSUING, words=words)
    if agreement.state != Agreement.State.DRAFT:
        raise errors.WrongState(f"This agreement is {agreement.get_state_display()} already.")
    _require_good(agreement, at=at)
    asker = _person(by)
    agreement.send_for_review(asker_id=asker.pk if asker else None, at=at)
    agreement.save()
    outbox.record(
        "agreement.sent_for_review", engagement, by=by, at=at, data=facts(agreement), is_internal=True
    )  # fmt: skip
    agreement_letters.review_asked(agreement, engagement, by=by, at=at)
    return agreement


def _require_good(agreement: Agreement, *, at: datetime) -> None:
    if words := lacks(agreement, at=at):
        raise errors.WrongState(words)


def lacks(agreement: Agreement, *, at: datetime) -> str:
    """What keeps a draft from going out, in words; empty once its document is there, names its signatory, is true today
    and leaves time to sign.
    """
    engagement = agreement.engagement
    if not agreement.document.is_ready:
        return renderings.trouble(agreement.document) or "The document is still being made. Try again in a moment."
    if parties.signatory(engagement) is None:
        return "Name the executive sponsor who signs first (contacts)."
    terms = _terms(engagement, agreement.number, agreement_signers.renewed(agreement), at=at)
    if not agreement_terms.is_same(terms, agreement.terms):
        return "Details changed since this was drafted. Draft it again, then issue it."
    if queries.is_expired(agreement, at=at + TIME_TO_SIGN):
        return "Hardly any time is left to sign this draft. Draft it again, then issue it."
    return ""


def _person(by: Actor) -> Specialist | None:
    return Specialist.objects.filter(user_id=by.user_id).first() if by.user_id else None


@transaction.atomic
def send_back(agreement_id: int, *, note: str, by: Actor, at: datetime) -> Agreement:
    """The reviewer found something and says what; it is a draft again, and who asked for the review is told."""
    words = "Specialists review it."
    agreement, engagement = opened(agreement_id, by, roles=SPECIALISTS, steps=ISSUING, words=words)
    _require_in_review(agreement)
    note = gates.said(note, field="note", words="Say what has to change.", longest=2000)
    agreement.send_back(note=note)
    agreement.save()
    outbox.record(
        "agreement.sent_back", engagement, by=by, at=at, data=facts(agreement) | {"note": note}, is_internal=True
    )  # fmt: skip
    agreement_letters.sent_back(agreement, engagement, by=by, at=at)
    return agreement


def _require_in_review(agreement: Agreement) -> None:
    if agreement.state == Agreement.State.DRAFT:
        raise errors.WrongState("Send it for internal review first.")
    if agreement.state != Agreement.State.IN_REVIEW:
        raise errors.WrongState(f"This agreement is {agreement.get_state_display()} already.")


@transaction.atomic
def issue(agreement_id: int, *, by: Actor, at: datetime) -> Agreement:
    """Issue the agreement after its internal review, by another person than who asked for it; a lead may do both.

    The customer's decision makers are told, and from step V on the first signer is asked.
    """
    words = "Specialists issue it."
    agreement, engagement = opened(agreement_id, by, roles=SPECIALISTS, steps=ISSUING, words=words)
    _require_in_review(agreement)
    if _is_alone(agreement, by):
        raise errors.WrongState("You sent it for review yourself. Another specialist or a lead reads and issues it.")
    _require_good(agreement, at=at)
    person = _person(by)
    agreement.issue(by=by.name, reviewer_id=person.pk if person else None, at=at)
    agreement.save()
    outbox.record("agreement.issued", engagement, by=by, at=at, data=facts(agreement))
    asked = None
    if engagement.at_step in SIGNING:
        asked = _ask(agreement, engagement, by=by, at=at)
    agreement_letters.issued(agreement, engagement, but=asked, at=at)
    return agreement


def _is_alone(agreement: Agreement, by: Actor) -> bool:
    """True when the one who asked for the review would issue it too, and is no lead."""
    asker = agreement.review_asker
    return asker is not None and asker.user_id == by.user_id and not by.has(Role.LEAD)


def ask_first(engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Ask the first signer of what was issued (on entering step V); who was asked already is not asked again."""
    agreement = agreement_in_force(engagement)
    if agreement is not None and agreement.state in OPEN_FOR_SIGNATURE:
        _ask(agreement, engagement, by=by, at=at)


def _ask(agreement: Agreement, engagement: Engagement, *, by: Actor, at: datetime) -> Signer | None:
    """Ask the first signer, by our own mail, or by the provider the agreement is signed at; whom our own mail went to."""
    if agreement.provider == Agreement.Provider.OWN:
        return agreement_signers.ask_next(agreement, engagement, by=by, at=at)
    envelopes.order(agreement, engagement, at=at)
    return None


@transaction.atomic
def void(agreement_id: int, *, reason: str, by: Actor, at: datetime) -> Agreement:
    """A lead voids an agreement, signed or not, and says why; step V shows as reopened, and the customer is told."""
    agreement, engagement = opened(agreement_id, by, roles={Role.LEAD}, words="Only a lead voids an agreement.")
    if agreement.state in CLOSED:
        raise errors.WrongState(f"This agreement is {agreement.get_state_display()} already.")
    reason = gates.said(reason, words="Say why the agreement is void.")
    was_known = agreement.state not in INTERNAL
    agreement.void(reason=reason, at=at)
    agreement.save()
    sealings.call_off(agreement, at=at)
    envelopes.call_off(agreement, at=at)
    outbox.record("agreement.voided", engagement, by=by, at=at, data=facts(agreement) | {"reason": reason})
    if was_known:
        agreement_letters.voided(agreement, engagement, by=by, at=at)
    return agreement


def opened(
    agreement_id: int, by: Actor, *, roles: Any, steps: frozenset[Step] | None = None, words: str
) -> tuple[Agreement, Engagement]:
    """The agreement with its engagement locked for this act; else NotFound, NotYours, WrongState or WrongStep."""
    found = rows.visible(Agreement, agreement_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=roles, steps=steps, words=words)
    agreement = Agreement.objects.select_related("document", "review_asker", "reviewer").get(pk=found.pk)
    agreement.engagement, agreement.company = engagement, engagement.company
    agreement_signers.ensure(agreement)
    return agreement, engagement
