"""Step IV's checks of a customer's details: opened, run by rule, decided by people, reopened by a change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from babel import Locale
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from onboarding import errors, file_policy, outbox
from onboarding.actions import agreements, documents, gates, invoices, letters, records, rows
from onboarding.actions.verification_rules import rule_on
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, SYSTEM, Actor, Role
from onboarding.library import verification_checks
from onboarding.library.company_keys import LENGTHS, keys_of
from onboarding.library.verification_checks import BY_CODE, CHECKS, Code
from onboarding.models import Company, Contact, Document, Engagement, Verification
from onboarding.queries import parties
from onboarding.workflow.steps import STEPS

Outcome = Verification.Outcome
SETTLED = frozenset({Outcome.PASSED, Outcome.WAIVED})
CORRECTORS = SPECIALISTS | {Role.OWNER}
# A detail or a person that changes later opens its check again, and is verified without going back.
CHECKING = frozenset(STEPS[3:])
DETAILS = {
    "name": "Name", "legal_name": "Legal name", "registration_number": "Registration number",
    "tax_id": "Tax or VAT id", "country": "Country", "street": "Street", "city": "City", "region": "State or region",
    "postal_code": "Postal code", "website": "Website",
}  # fmt: skip
AUTHORITY_TYPES = frozenset({"pdf", "png", "jpg", "jpeg"})
OTHERS = frozenset(field.name for field in Company._meta.get_fields())
REQUIRED = frozenset({"name", "legal_name", "registration_number", "country"})


def open_for(engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Open every check (on entering step IV) and decide those a rule can decide; decided ones are kept."""
    here = {"company_id": engagement.company_id, "engagement": engagement}
    opened = [Verification(**here, check_code=check.code) for check in CHECKS]
    Verification.objects.bulk_create(opened, ignore_conflicts=True)
    run_rules(engagement, at=at)


def run_rules(engagement: Engagement, *, at: datetime) -> list[Verification]:
    """Decide the open checks that a rule can decide; the others wait for a person. Returns those it decided."""
    decided = []
    for check in engagement.verifications.filter(outcome=Outcome.OPEN):
        ruling = rule_on(check.check_code, engagement)
        if ruling is None:
            continue
        check.value, check.evidence = ruling.value[:300], ruling.evidence[:500]
        check.by, check.at = SYSTEM.name, at
        if ruling.passed is not None:
            check.outcome = Outcome.PASSED if ruling.passed else Outcome.FAILED
            check.reopened_at, check.reopened_because = None, ""
            decided.append(check)
        check.save()
    for check in decided:
        _record_decision(check, engagement, by=SYSTEM, at=at)
    return decided


def _record_decision(check: Verification, engagement: Engagement, *, by: Actor, at: datetime) -> None:
    data = {"check": check.check_code, "outcome": check.outcome, "evidence": check.evidence}
    outbox.record("verification.decided", engagement, by=by, at=at, data=data, is_internal=check.is_internal)


@transaction.atomic
def look_again(engagement_id: int, *, by: Actor, at: datetime) -> Engagement:
    """A specialist has the rules look once more at what is open or failed; what people passed or waived stays."""
    engagement = gates.writable(
        engagement_id, by, roles=SPECIALISTS, steps=CHECKING, words="Only specialists verify details."
    )
    engagement.verifications.filter(outcome=Outcome.FAILED, by=SYSTEM.name).update(outcome=Outcome.OPEN)
    open_for(engagement, by=by, at=at)
    outbox.record("verification.repeated", engagement, by=by, at=at, is_internal=True)
    return engagement


def heed_change(
    engagement: Engagement, codes: Iterable[str], *, because: str, by: Actor, at: datetime
) -> None:  # fmt: skip
    """What these checks rest on changed: they are open again and the rules run, the approval of the records is gone.

    `because` says what changed, from what to what; the specialist is told when the customer did it. Nothing happens
    before step IV.
    """
    reopened = _reopen(engagement, list(codes), because=because, at=at)
    was_approved = records.withdraw(engagement, because=because, by=by, at=at)
    for is_internal in (False, True):
        if named := [check.check_code for check in reopened if check.is_internal is is_internal]:
            data = {"checks": named, "because": because}
            outbox.record("verification.reopened", engagement, by=by, at=at, data=data, is_internal=is_internal)
    run_rules(engagement, at=at)
    if not by.is_staff and (reopened or was_approved):
        _tell(engagement, reopened, because=because, was_approved=was_approved, by=by, at=at)


def heed_proof(
    engagement: Engagement, codes: Iterable[str], *, because: str, has_changed: bool, by: Actor, at: datetime
) -> None:
    """A domain was proved: `codes` are looked at anew by rule; with another domain than before it is a change."""
    if has_changed:
        heed_change(engagement, codes, because=because, by=by, at=at)
        return
    waiting = [Outcome.OPEN, Outcome.FAILED]
    engagement.verifications.filter(check_code__in=list(codes), outcome__in=waiting).update(outcome=Outcome.OPEN)
    run_rules(engagement, at=at)


def _reopen(engagement: Engagement, codes: list[str], *, because: str, at: datetime) -> list[Verification]:
    """Open these checks; returns those that were decided."""
    rows_of = engagement.verifications.filter(check_code__in=codes)
    decided = [check for check in rows_of if check.outcome != Outcome.OPEN]
    rows_of.update(
        outcome=Outcome.OPEN, evidence="", value="", by="", at=None, document=None,
        reopened_at=at, reopened_because=because[:300],
    )  # fmt: skip
    return decided


def _tell(
    engagement: Engagement, reopened: list[Verification], *, because: str, was_approved: bool, by: Actor, at: datetime
) -> None:
    lines = [f"{by.name} changed what was verified.", "", because]
    if reopened:
        titles = ", ".join(check.get_check_code_display() for check in reopened)
        lines += ["", f"To be checked again: {titles}."]
    if was_approved:
        lines += ["", "The customer's approval of its records is withdrawn; they approve anew once you are done."]
    letters.to_specialist(
        engagement, kind="verification.reopened", subject="verified details changed", text="\n".join(lines),
        key=f"verification:{engagement.pk}:{engagement.version}", at=at, place="verification",
        button="See the checks",
    )  # fmt: skip


@transaction.atomic
def decide(
    engagement_id: int, *, check_code: str, outcome: str, evidence: str, document_id: int | None = None, by: Actor,
    at: datetime,
) -> Verification:  # fmt: skip
    """A specialist decides one check by what was seen: passed, failed, or (whom the check names) waived.

    `evidence` says what proves it; `document_id` names a released document of the engagement that shows it.
    """
    engagement = gates.writable(
        engagement_id, by, roles=SPECIALISTS, steps=CHECKING, words="Only specialists verify details."
    )
    check = engagement.verifications.filter(check_code=check_code).first()
    if check is None:
        raise errors.NotFound
    _require_outcome(check, outcome, by)
    if not evidence.strip():
        raise errors.BadInput(fields={"evidence": "Say what you saw and where, for example the register's page."})
    document = _document(engagement, document_id, by) if document_id else check.document
    if outcome == Outcome.PASSED and BY_CODE[check_code].needs_document and not (document and document.is_ready):
        raise errors.BadInput(fields={"document_id": "Choose the released document that shows it."})
    check.outcome, check.evidence, check.document = outcome, evidence.strip()[:500], document
    check.by, check.at, check.reopened_at, check.reopened_because = by.name, at, None, ""
    check.value = check.value or _value(engagement, check_code)
    check.save()
    _record_decision(check, engagement, by=by, at=at)
    if outcome == Outcome.FAILED and not check.is_internal:
        _ask_customer(check, engagement, at=at)
    return check


def _ask_customer(check: Verification, engagement: Engagement, *, at: datetime) -> None:
    """Tell those who correct details what could not be verified, and why."""
    what = check.get_check_code_display()
    next_step = "Correct it or send what shows it; it is checked again then."
    text = f"We could not verify this: {what}.\n\n{check.evidence}\n\n{next_step}"
    letters.to_customer(
        engagement, kind="verification.failed", subject=f"We could not verify: {what}", text=text, roles=[Role.OWNER],
        key=f"verification-failed:{check.pk}:{at.isoformat()}", at=at, path="/records/", button="See your records",
    )  # fmt: skip


def may_waive(check_code: str, by: Actor) -> bool:
    """True for whom this check's own data lets go of it."""
    return by.has(*BY_CODE[check_code].waived_by)


def _require_outcome(check: Verification, outcome: str, by: Actor) -> None:
    if outcome not in {Outcome.PASSED, Outcome.FAILED, Outcome.WAIVED}:
        raise errors.BadInput(fields={"outcome": "Choose passed, failed or waived."})
    if outcome != Outcome.WAIVED:
        return
    if not by.has(Role.LEAD):
        raise errors.NotYours("Only a lead waives a check.")
    if not may_waive(check.check_code, by):
        words = f"This check can't be waived: {check.get_check_code_display().lower()} has to be proved."
        raise errors.BadInput(fields={"outcome": words})


def _document(engagement: Engagement, document_id: int, by: Actor) -> Document:
    document = rows.visible(Document, document_id, by)
    if document.engagement_id != engagement.pk:
        raise errors.NotFound
    if not document.is_ready:
        raise errors.BadInput(fields={"document_id": "This file is not released yet. Wait until it is checked."})
    return document


def _value(engagement: Engagement, code: str) -> str:
    check = BY_CODE[code]
    found = [str(getattr(engagement.company, name)) for name in check.rests_on if getattr(engagement.company, name)]
    if check.rests_on_contact and (contact := engagement.contacts.filter(kind=check.rests_on_contact).first()):
        found.append(f"{contact.name}, {contact.email}")
    return "" if check.code == Code.DUPLICATES else " ".join(found)[:300]


@transaction.atomic
def give_authority(engagement_id: int, *, upload: documents.Upload, by: Actor, at: datetime) -> Document:
    """The customer sends what shows that its signatory may sign; the check waits for a specialist, who is told.

    Raises BadInput and TooLarge as every upload does, WrongState once the check is settled.
    """
    engagement = gates.writable(
        engagement_id, by, roles=CUSTOMER_WRITERS | SPECIALISTS, steps=CHECKING,
        words="A viewer reads; ask a colleague to send it.",
    )  # fmt: skip
    check = engagement.verifications.filter(check_code=Code.AUTHORITY).first()
    if check is None or check.outcome in SETTLED:
        raise errors.WrongState("The signatory's authority is settled; nothing more is needed.")
    _require_readable(upload.name)
    contact = engagement.contacts.filter(kind=Contact.Kind.SPONSOR).first()
    title = f"Authority of {contact.name}" if contact else "Authority of the signatory"
    document = documents.take(
        engagement, kind=Document.Kind.AUTHORITY, title=title, upload=upload, by=by, at=at
    )  # fmt: skip
    check.document, check.outcome, check.evidence, check.by, check.at = document, Outcome.OPEN, "", "", None
    check.save()
    outbox.refresh_status(engagement, at=at)  # the document's event was before: by now it is ours to look
    if not by.is_staff:
        letters.to_specialist(
            engagement, kind="verification.authority", subject="authority of the signatory to look at",
            text=f"{by.name} sent {document.file_name}. Decide the check once the file is released.",
            key=f"authority:{document.pk}", at=at, place="verification", button="See the check",
        )  # fmt: skip
    return document


def _require_readable(name: str) -> None:
    """A register extract is a page to look at: no table and no text file shows a signature or a stamp."""
    if file_policy.clean_name(name).rpartition(".")[2] not in AUTHORITY_TYPES:
        words = f"“{file_policy.clean_name(name)}” is neither a PDF nor a picture. Send a PDF, a PNG or a JPEG."
        raise errors.BadInput(words, fields={"file": words})


@transaction.atomic
def correct_company(engagement_id: int, *, by: Actor, at: datetime, **details: Any) -> Company:
    """Correct the company's details: texts, by the names in DETAILS.

    Every check that rests on a changed one is open again, the approval of the records is withdrawn, an agreement that
    is still a draft is written anew, and of one that the customer knows whoever it concerns is told. The same details
    change nothing. Raises BadInput, also when another company has the registration number.
    """
    engagement = gates.writable(
        engagement_id, by, roles=CORRECTORS, words="The owner or a specialist corrects details."
    )
    given = {name: str(value).strip() for name, value in details.items()}
    _check_details(given)
    company = Company.objects.select_for_update(no_key=True).get(pk=engagement.company_id)
    before = {name: getattr(company, name) for name, value in given.items() if getattr(company, name) != value}
    if not before:
        return company
    for name in before:
        setattr(company, name, given[name])
    for name, key in keys_of(company).items():
        setattr(company, name, key)
    _save(company, sorted(before))
    engagement.company = company
    outbox.record("company.corrected", engagement, by=by, at=at, data={"fields": sorted(before)})
    because = " ".join(f"{DETAILS[name]}: “{was}” is now “{given[name]}”." for name, was in sorted(before.items()))
    heed_change(engagement, verification_checks.resting_on(set(before)), because=because, by=by, at=at)
    invoices.refresh_tax(engagement, by=by, at=at)
    if parties.BUYER_FIELDS & before.keys():
        agreements.heed_change(engagement, because=because, by=by, at=at)
    return company


def _check_details(given: dict[str, str]) -> None:
    wrong = {name: "This detail can't be changed here." for name in given if name not in DETAILS}
    for name, value in given.items():
        if name in wrong:
            continue
        if name in REQUIRED and not value:
            wrong[name] = "This can't be empty."
            continue
        try:
            Company(**{name: value}).clean_fields(exclude=OTHERS - {name})
        except ValidationError as refusal:
            wrong[name] = refusal.messages[0]
    if (country := given.get("country")) and "country" not in wrong and country not in Locale("en").territories:
        wrong["country"] = "Choose a country."
    if wrong:
        raise errors.BadInput(fields=wrong)


def _save(company: Company, changed: list[str]) -> None:
    try:
        with transaction.atomic():
            company.save(update_fields=[*changed, *LENGTHS])
    except IntegrityError:
        words = "Another company is registered with this number in this country."
        raise errors.BadInput(fields={"registration_number": words}) from None
