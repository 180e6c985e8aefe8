"""What waits for InterWeave's staff across all engagements, queue by queue, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from onboarding.actors import Actor
from onboarding.models import (
    Agreement,
    ChangeRequest,
    Document,
    DocumentRequest,
    Engagement,
    FileCheck,
    Invoice,
    JoinRequest,
    Questionnaire,
)
from onboarding.workflow.invoice_machine import OWED
from onboarding.workflow.steps import Step

SHOWN = 50
ISSUING = (Step.CUSTOMER_VERIFICATION.value, Step.CUSTOMER_APPROVAL.value)


AGREEMENTS = {
    Agreement.State.DRAFT: "Send for review", Agreement.State.IN_REVIEW: "Review and issue",
    Agreement.State.SIGNED: "Countersign",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One thing to do: what, at which place of which engagement, since when."""

    title: str
    company: str
    reference: str
    place: str
    since: datetime | None
    note: str = ""


@dataclass(frozen=True)
class Queue:
    """One kind of work: the oldest entries, and whether there are more."""

    code: str
    title: str
    entries: list[Entry]
    has_more: bool


def queues(viewer: Actor) -> list[Queue]:
    """Every queue with its first entries (one query each)."""
    return [
        _queue("registrations", "Registrations to accept", _registrations(viewer), _registration),
        _queue("join_requests", "People who ask to join", _join_requests(viewer), _join_request),
        _queue("questionnaires", "Questionnaires to review", _questionnaires(viewer), _questionnaire),
        _queue("documents", "Documents to review", _documents(viewer), _document),
        _queue("change_requests", "Change requests to weigh", _changes(viewer), _change),
        _queue("dismissals", "Requests said not to apply", _dismissals(viewer), _dismissal),
        _queue("agreements", "Agreements to review, issue or countersign", _agreements(viewer), _agreement),
        _queue("invoices", "Invoices to issue", _drafts(viewer), _draft),
        _queue("payments", "Payments to record", _owed(viewer), _payment),
    ]


def _queue(code: str, title: str, rows: QuerySet[Any], entry: Any) -> Queue:
    found = list(rows[: SHOWN + 1])
    return Queue(code, title, [entry(row) for row in found[:SHOWN]], len(found) > SHOWN)


def _open(rows: QuerySet[Any], viewer: Actor) -> QuerySet[Any]:
    """Of engagements that go on; their company comes along."""
    known = rows.visible_to(viewer).select_related("engagement__company")  # type: ignore[attr-defined]
    return known.filter(engagement__cancelled_at=None, engagement__held_at=None)


def _registrations(viewer: Actor) -> QuerySet[Engagement]:
    rows = Engagement.objects.visible_to(viewer).select_related("company")
    return rows.filter(company__state="pending", cancelled_at=None).order_by("opened_at")


def _join_requests(viewer: Actor) -> QuerySet[JoinRequest]:
    newest = Engagement.objects.filter(company=OuterRef("company")).order_by("-opened_at").values("reference")
    rows = JoinRequest.objects.visible_to(viewer).select_related("company", "user").filter(decided_at=None)
    return rows.annotate(reference=Subquery(newest[:1])).order_by("created_at")


def _questionnaires(viewer: Actor) -> QuerySet[Questionnaire]:
    waiting = Questionnaire.objects.filter(state="submitted").select_related("last_submission")
    return _open(waiting, viewer).order_by("last_submission__at")


def _documents(viewer: Actor) -> QuerySet[Document]:
    """Those somebody can read, and those that could not be checked: somebody decides what to do about them."""
    to_read = Q(kind=Document.Kind.CUSTOMER_DOCUMENT, is_generated=False, review="", scan=Document.Scan.CLEAN)
    undecided = Q(scan=Document.Scan.QUARANTINED, file_check__verdict=FileCheck.Verdict.UNDECIDED)
    given = Document.objects.filter(to_read | undecided, withdrawn_at=None)
    return _open(given, viewer).order_by("created_at")


def _changes(viewer: Actor) -> QuerySet[ChangeRequest]:
    return _open(ChangeRequest.objects.filter(state="proposed", effect_at=None), viewer).order_by("at")


def _dismissals(viewer: Actor) -> QuerySet[DocumentRequest]:
    proposed = DocumentRequest.objects.filter(not_applicable_is_proposed=True, withdrawn_at=None)
    return _open(proposed, viewer).order_by("not_applicable_at")


def _agreements(viewer: Actor) -> QuerySet[Agreement]:
    waiting = Agreement.objects.filter(state__in=["draft", "in_review", "signed"], engagement__step__in=ISSUING)
    return _open(waiting, viewer).order_by("drafted_at")


def _drafts(viewer: Actor) -> QuerySet[Invoice]:
    waiting = Invoice.objects.filter(state=Invoice.State.DRAFT, engagement__step__in=ISSUING)
    return _open(waiting, viewer).order_by("drafted_at")


def _owed(viewer: Actor) -> QuerySet[Invoice]:
    return _open(Invoice.objects.filter(state__in=OWED), viewer).order_by("due_on")


def _registration(row: Engagement) -> Entry:
    return Entry("Registration", row.company.name, row.reference, "company", row.opened_at, row.company.country)


def _join_request(row: Any) -> Entry:
    return Entry(row.user.name, row.company.name, row.reference or "", "company", row.created_at, row.user.email)


def _questionnaire(row: Questionnaire) -> Entry:
    last = row.last_submission
    since, by = (last.at, last.by) if last else (None, "")
    return _entry(row, row.get_kind_display(), f"questionnaires/{row.kind}", since, by)


def _document(row: Document) -> Entry:
    note = row.created_by if row.scan == Document.Scan.CLEAN else f"{row.created_by}, could not be checked"
    return _entry(row, row.file_name, "documents", row.created_at, note)


def _change(row: ChangeRequest) -> Entry:
    return _entry(row, f"Change request {row.number}", "requirements", row.at, row.by)


def _dismissal(row: DocumentRequest) -> Entry:
    return _entry(row, row.title, "documents", row.not_applicable_at, row.not_applicable_reason)


def _agreement(row: Agreement) -> Entry:
    note = AGREEMENTS[Agreement.State(row.state)]
    return _entry(row, row.number, "agreement", row.issued_at or row.drafted_at, note)


def _draft(row: Invoice) -> Entry:
    return _entry(row, "Draft", "invoice", row.drafted_at, f"{row.gross:,.2f} {row.currency}")


def _payment(row: Invoice) -> Entry:
    word = "overdue since" if row.state == Invoice.State.OVERDUE else "due"
    due = f", {word} {row.due_on:%-d %B %Y}" if row.due_on else ""
    return _entry(row, row.number or "", "invoice", row.issued_at, f"{row.gross:,.2f} {row.currency}{due}")


def _entry(row: Any, title: str, place: str, since: datetime | None, note: str) -> Entry:
    engagement = row.engagement
    return Entry(title, engagement.company.name, engagement.reference, place, since, note)
