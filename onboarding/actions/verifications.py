"""Step IV's checks of a customer's details: opened, run by rule, decided by people, reopened by a change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from babel import Locale
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from onboarding import errors, outbox
from onboarding.actions import agreements, gates
from onboarding.actors import SPECIALISTS, SYSTEM, Actor, Role
from onboarding.library import tax_ids
from onboarding.library.company_keys import key_of, mail_domain
from onboarding.models import Company, Contact, Engagement, Verification
from onboarding.workflow.steps import STEPS, Step

Check, Outcome = Verification.Check, Verification.Outcome
CORRECTORS = SPECIALISTS | {Role.OWNER}
# A detail or a person that changes later opens its check again, and is verified without going back.
CHECKING = frozenset(STEPS[3:])
# Which check rests on which of the company's details: a changed detail reopens its check.
RESTS_ON = {
    Check.LEGAL_NAME: ("legal_name",),
    Check.REGISTRATION_NUMBER: ("registration_number", "country"),
    Check.TAX_ID: ("tax_id", "country"),
    Check.ADDRESS: ("street", "city", "region", "postal_code", "country"),
    Check.MAIL_DOMAIN: ("mail_domain",),
    Check.SIGNATORY: (),
}
CORRECTABLE = (
    "name", "legal_name", "registration_number", "tax_id", "country", "street", "city", "region", "postal_code",
    "website",
)  # fmt: skip
OTHERS = frozenset(field.name for field in Company._meta.get_fields())
REQUIRED = frozenset({"name", "legal_name", "registration_number", "country"})


def open_for(engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Open every check (on entering step IV) and decide those a rule can decide; decided ones are kept."""
    here = {"company_id": engagement.company_id, "engagement": engagement}
    opened = [Verification(**here, check_code=code) for code in Check.values]
    Verification.objects.bulk_create(opened, ignore_conflicts=True)
    run_rules(engagement, at=at)


def run_rules(engagement: Engagement, *, at: datetime) -> None:
    """Decide the open checks that a rule can decide: tax id, address, e-mail domain. The others wait for a person."""
    for check in engagement.verifications.filter(outcome=Outcome.OPEN):
        found = _rule(Check(check.check_code), engagement)
        if found is not None:
            passed, value, evidence = found
            check.outcome = Outcome.PASSED if passed else Outcome.FAILED
            check.value, check.evidence = value[:300], evidence[:500]
            check.by, check.at = SYSTEM.name, at
            check.save()


def recheck(engagement: Engagement, codes: Iterable[str], *, at: datetime) -> None:
    """Open these checks again, because what they rest on changed, and run the rules. Nothing before step IV."""
    engagement.verifications.filter(check_code__in=list(codes)).update(
        outcome=Outcome.OPEN, evidence="", value="", by="", at=None
    )
    run_rules(engagement, at=at)


def _rule(check: Verification.Check, engagement: Engagement) -> tuple[bool, str, str] | None:
    """Passed, what was checked, and why; None when a person has to look."""
    company = engagement.company
    if check == Check.TAX_ID and company.tax_id:
        is_valid, words = tax_ids.check(company.tax_id, company.country)
        return (is_valid, company.tax_id, words) if is_valid is not None else None
    if check == Check.ADDRESS:
        is_complete = all((company.street, company.city, company.country))
        words = "Street, city and country are given" if is_complete else "Street or city is missing"
        return is_complete, ", ".join(company.address_lines), words
    if check == Check.MAIL_DOMAIN:
        return _domain_rule(engagement)
    return None


def _domain_rule(engagement: Engagement) -> tuple[bool, str, str] | None:
    contact = engagement.contacts.filter(kind=Contact.Kind.MAIN).first()
    domain = mail_domain(contact.email) if contact else ""
    if domain and domain == engagement.company.mail_domain:
        return True, domain, "The owner confirmed an address in this domain; the main contact uses it too"
    return None


@transaction.atomic
def decide(
    engagement_id: int, *, check_code: str, outcome: str, evidence: str, by: Actor, at: datetime
) -> Verification:
    """A specialist decides one check by what was seen: passed, failed, or (a lead only) waived. Says what proves it."""
    engagement = gates.writable(
        engagement_id, by, roles=SPECIALISTS, steps=CHECKING, words="Only specialists verify details."
    )
    check = engagement.verifications.filter(check_code=check_code).first()
    if check is None:
        raise errors.NotFound
    if outcome not in {Outcome.PASSED, Outcome.FAILED, Outcome.WAIVED}:
        raise errors.BadInput(fields={"outcome": "Choose passed, failed or waived."})
    if outcome == Outcome.WAIVED and not by.has(Role.LEAD):
        raise errors.NotYours("Only a lead waives a check.")
    if not evidence.strip():
        raise errors.BadInput(fields={"evidence": "Say what you saw and where, for example the register's page."})
    check.outcome, check.evidence, check.by, check.at = outcome, evidence.strip()[:500], by.name, at
    check.value = check.value or _value(engagement.company, Check(check_code))
    check.save()
    data = {"check": check_code, "outcome": outcome}
    outbox.record("verification.decided", engagement, by=by, at=at, data=data)
    return check


def _value(company: Company, check: Verification.Check) -> str:
    return " ".join(str(getattr(company, name)) for name in RESTS_ON[check] if getattr(company, name))[:300]


@transaction.atomic
def correct_company(engagement_id: int, *, by: Actor, at: datetime, **details: Any) -> Company:
    """Correct the company's details: texts, by the names in CORRECTABLE.

    Every check that rests on a changed one is open again, so is the approval of step V, and an agreement that is still
    a draft is written anew. The same details change nothing. Raises BadInput, also when another company has the
    registration number.
    """
    engagement = gates.writable(
        engagement_id, by, roles=CORRECTORS, words="The owner or a specialist corrects details."
    )
    given = {name: str(value).strip() for name, value in details.items()}
    _check_details(given)
    company = Company.objects.select_for_update(no_key=True).get(pk=engagement.company_id)
    changed = sorted(name for name, value in given.items() if getattr(company, name) != value)
    if not changed:
        return company
    for name in changed:
        setattr(company, name, given[name])
    company.registration_key, company.tax_key = key_of(company.registration_number), key_of(company.tax_id)
    _save(company, changed)
    engagement.company = company
    _reopen(engagement, changed, at=at)
    outbox.record("company.corrected", engagement, by=by, at=at, data={"fields": changed})
    agreements.refresh_draft(engagement, by=by, at=at)
    return company


def _check_details(given: dict[str, str]) -> None:
    wrong = {name: "This detail can't be changed here." for name in given if name not in CORRECTABLE}
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
            company.save(update_fields=[*changed, "registration_key", "tax_key"])
    except IntegrityError:
        words = "Another company is registered with this number in this country."
        raise errors.BadInput(fields={"registration_number": words}) from None


def _reopen(engagement: Engagement, changed: list[str], *, at: datetime) -> None:
    codes = [code for code, names in RESTS_ON.items() if set(names) & set(changed)]
    recheck(engagement, codes, at=at)
    if codes and engagement.records_approved_at and engagement.at_step is Step.CUSTOMER_APPROVAL:
        engagement.records_approved_at, engagement.records_approved_by = None, ""
        engagement.save(update_fields=["records_approved_at", "records_approved_by"])
