"""Everything that was collected of a customer, as it is shown for approval and frozen under a hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale

from onboarding.library import tax_ids
from onboarding.library.verification_checks import BY_CODE
from onboarding.models import Agreement, Document, Engagement, Invoice, Verification
from onboarding.queries import requirements, said
from onboarding.workflow.step_04_customer_verification import agreement_in_force, invoice_in_force


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing we know: `key` names it over time, `value` is in words, `sha256` of what it stands for.

    `note` is shown but not approved; `row` is what it was read from.
    """

    key: str
    label: str
    value: str
    sha256: str = ""
    note: str = ""
    row: Any = None

    @property
    def approved(self) -> list[str]:
        return [self.key, self.label, f"{self.value}, SHA-256 {self.sha256}" if self.sha256 else self.value]


@dataclass(frozen=True, kw_only=True)
class Section:
    """What belongs together; `code` names where it is changed."""

    code: str
    title: str
    entries: tuple[Entry, ...]


def of(engagement: Engagement) -> list[Section]:
    """All sections, also empty ones. A fixed number of queries."""
    return [
        Section(code="company", title="Company", entries=tuple(_company(engagement))),
        Section(code="contacts", title="People", entries=tuple(_contacts(engagement))),
        *_questionnaires(engagement),
        Section(code="requirements", title="Requirements", entries=tuple(_requirements(engagement))),
        Section(code="documents", title="Documents you sent", entries=tuple(_documents(engagement))),
        Section(code="verifications", title="What was verified", entries=tuple(_verifications(engagement))),
        Section(code="agreement", title="Agreement", entries=tuple(_agreement(agreement_in_force(engagement)))),
        Section(code="invoice", title="Invoice", entries=tuple(_invoice(invoice_in_force(engagement)))),
    ]


def content(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """What is approved of them: each section's entries, without notes."""
    return [{"section": one.code, "entries": [entry.approved for entry in one.entries]} for one in sections]


def sha256(frozen: Sequence[Mapping[str, Any]]) -> str:
    """The hash of such a content, in hex: of its canonical JSON (keys sorted, no blanks, UTF-8 as it is)."""
    canonical = json.dumps(frozen, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def differences(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Label, earlier and present value of what differs between two contents; empty where one has it not."""
    old, new = _by_key(before), _by_key(after)
    return [
        ((new.get(key) or old[key])[0], old.get(key, ("", ""))[1], new.get(key, ("", ""))[1])
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]


def _by_key(frozen: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[str, str]]:
    return {(one["section"], key): (label, value) for one in frozen for key, label, value in one["entries"]}


def _company(engagement: Engagement) -> Iterator[Entry]:
    company = engagement.company
    country = Locale("en").territories.get(company.country, company.country)
    address = ", ".join([*company.address_lines[:-1], country])
    shown = (
        ("name", "Name", company.name),
        ("legal_name", "Legal name", company.legal_name),
        ("registration_number", "Registration number", company.registration_number),
        ("country", "Country", country),
        ("tax_id", tax_ids.name(company.country), company.tax_id),
        ("address", "Address", address),
        ("mail_domain", "E-mail domain", company.mail_domain),
        ("website", "Website", company.website),
    )
    for key, label, value in shown:
        yield Entry(key=key, label=label, value=value)


def _contacts(engagement: Engagement) -> Iterator[Entry]:
    for one in engagement.contacts.all():
        value = ", ".join(part for part in (one.name, one.title, one.email, one.phone) if part)
        yield Entry(key=one.kind, label=one.get_kind_display(), value=value, row=one)


def _questionnaires(engagement: Engagement) -> Iterator[Section]:
    answered = said.by_question(engagement)
    for row in engagement.questionnaires.select_related("last_submission").order_by("pk"):
        mine = [one for one in answered.values() if one.questionnaire.pk == row.pk and one.question.key]
        entries = [Entry(key=one.question.code, label=one.question.label, value=one.quote) for one in mine]
        if row.last_submission:
            number, sha256 = row.last_submission.number, row.last_submission.sha256
            entries.append(Entry(key="submission", label="As handed in", value=f"Version {number}", sha256=sha256))
        yield Section(code=row.kind, title=row.get_kind_display(), entries=tuple(entries))


def _requirements(engagement: Engagement) -> Iterator[Entry]:
    for one in requirements.listed(engagement):
        label = f"{one.number} {one.get_priority_display()}".strip()
        yield Entry(key=str(one.number), label=label, value=one.text, row=one)
    if signed := requirements.signoff_in_force(engagement):
        yield Entry(key="signoff", label="As signed off", value=f"Version {signed.version}", sha256=signed.sha256)


def _documents(engagement: Engagement) -> Iterator[Entry]:
    sent = engagement.documents.filter(
        kind__in=[Document.Kind.CUSTOMER_DOCUMENT, Document.Kind.AUTHORITY], withdrawn_at=None, expired_at=None
    ).exclude(sha256="")
    for one in sent:
        note = one.get_review_display() if one.review else ""
        yield Entry(key=str(one.uuid), label=one.title, value=one.file_name, sha256=one.sha256, note=note, row=one)


def _verifications(engagement: Engagement) -> Iterator[Entry]:
    for one in in_order(engagement.verifications.all()):
        if not one.is_internal:
            value = one.get_outcome_display().capitalize()
            yield Entry(key=one.check_code, label=one.get_check_code_display(), value=value, note=one.evidence, row=one)


def in_order(checks: Sequence[Verification] | Any) -> list[Verification]:
    """Checks in the order they are listed in the library."""
    order = list(BY_CODE)
    return sorted(checks, key=lambda one: order.index(one.check_code))


def _agreement(agreement: Agreement | None) -> Iterator[Entry]:
    if agreement is not None and agreement.state != Agreement.State.DRAFT:
        label, sha256 = "Master Services Agreement", agreement.document.sha256
        yield Entry(key="agreement", label=label, value=agreement.number, sha256=sha256, row=agreement)


def _invoice(invoice: Invoice | None) -> Iterator[Entry]:
    if invoice is not None and invoice.state != Invoice.State.DRAFT:
        value = f"{invoice.number}, {invoice.gross:,.2f} {invoice.currency}"
        yield Entry(key="invoice", label="Invoice", value=value, row=invoice)


def present_sha256(engagement: Engagement) -> str:
    """The hash of the records as they stand."""
    return sha256(content(of(engagement)))
