"""What the calendar does to documents: they expire, requests become due; people are told before and after."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from onboarding import outbox
from onboarding.actions import gates, letters, messages
from onboarding.actors import CUSTOMER_WRITERS, SYSTEM
from onboarding.models import Document, DocumentRequest
from onboarding.workflow.document_requests import CUSTOMERS, in_force, standing

TOLD_BEFORE = (30, 7)  # days before a document expires
DUE_SOON, OVERDUE, TO_STAFF = 1, 2, 3
SOON, LATE = timedelta(days=2), timedelta(days=5)
MOST = 500  # of each kind a run; the next one takes the rest


def look(*, at: datetime) -> int:
    """Do whatever is due by now, row by row; safe to run at any time and twice. Returns how many rows it was."""
    expired = [expire(one, at=at) for one in _gone_by(at)[:MOST]]
    told = [tell_of_expiry(one, at=at) for one in _ending(at)[:MOST]]
    reminded = [remind_of_due(one, at=at) for one in _due(at)[:MOST]]
    return sum([*expired, *told, *reminded])


def _in_force() -> QuerySet[Document]:
    """Documents with a day on which they expire, of engagements that go on."""
    rows = Document.objects.filter(withdrawn_at=None, expired_at=None, expires_on__isnull=False)
    return rows.filter(engagement__cancelled_at=None).select_related("engagement__company", "request").order_by("pk")


def _gone_by(at: datetime) -> QuerySet[Document]:
    return _in_force().filter(expires_on__lt=at.date())


def _ending(at: datetime) -> QuerySet[Document]:
    first, last = (at.date() + timedelta(days=days) for days in TOLD_BEFORE)
    unsaid = Q(expiry_told_days=None) | Q(expiry_told_days__gt=TOLD_BEFORE[1], expires_on__lte=last)
    return _in_force().filter(unsaid, expires_on__gte=at.date(), expires_on__lte=first)


def _due(at: datetime) -> QuerySet[DocumentRequest]:
    today = at.date()
    stages = (
        Q(due_told__lt=DUE_SOON, due_on__lte=today + SOON)
        | Q(due_told__lt=OVERDUE, due_on__lt=today)
        | Q(due_told__lt=TO_STAFF, due_on__lt=today - LATE)
    )
    rows = DocumentRequest.objects.filter(stages, withdrawn_at=None, due_on__isnull=False)
    rows = rows.filter(engagement__cancelled_at=None, engagement__held_at=None)
    return rows.select_related("engagement__company", "engagement__specialist__user").prefetch_related("documents")


@transaction.atomic
def expire(document: Document, *, at: datetime) -> bool:
    """Its last good day is over: the request is open again, a closed step shows it, the customer is told; once."""
    engagement = gates.locked(document.engagement_id, SYSTEM)
    if not Document.objects.filter(pk=document.pk, expired_at=None, withdrawn_at=None).update(expired_at=at):
        return False
    data = {"document": str(document.uuid), "file_name": document.file_name, "version": document.version}
    data["expires_on"] = f"{document.expires_on}"
    outbox.record("document.expired", engagement, by=SYSTEM, at=at, data=data)
    _mail(document, f"“{document.file_name}” has expired", "Send the one that is in force now.", "expired", at=at)
    return True


@transaction.atomic
def tell_of_expiry(document: Document, *, at: datetime) -> bool:
    """Mail the customer's people that a document expires soon: a month before, and a week before."""
    left = (document.expires_on - at.date()).days if document.expires_on else 0
    stage = next(days for days in reversed(TOLD_BEFORE) if left <= days)
    unsaid = Q(expiry_told_days=None) | Q(expiry_told_days__gt=stage)
    if not Document.objects.filter(unsaid, pk=document.pk).update(expiry_told_days=stage):
        return False
    words = f"It is good until {document.expires_on:%-d %B %Y}. Send the next one in time."
    _mail(document, f"“{document.file_name}” expires soon", words, f"expires:{stage}", at=at)
    return True


def _mail(document: Document, subject: str, text: str, about: str, *, at: datetime) -> None:
    messages.send_to_members(
        document.engagement,
        kind="document.expiry",
        subject=subject,
        text=text,
        key=f"{about}:{document.uuid}",
        at=at,
        roles=CUSTOMER_WRITERS,
        path=f"/documents/requests/{document.request_id}/" if document.request_id else "/documents/",
        button="Send another version",
    )


@transaction.atomic
def remind_of_due(asked: DocumentRequest, *, at: datetime) -> bool:
    """Mail about a request that waits for the customer: before it is due, after, then to the specialist."""
    late = at.date() - asked.due_on if asked.due_on else timedelta()
    stage = TO_STAFF if late > LATE else OVERDUE if late > timedelta() else DUE_SOON
    if not DocumentRequest.objects.filter(pk=asked.pk, due_told__lt=stage).update(due_told=stage):
        return False
    if standing(asked, in_force(asked.documents.all())) not in CUSTOMERS:
        return False
    due = f"{asked.due_on:%-d %B %Y}"
    if stage == TO_STAFF:
        letters.to_specialist(
            asked.engagement, kind="document.overdue", subject=f"still outstanding: {asked.title}",
            text=f"It was due on {due}, and two reminders went out.", key=f"overdue:{asked.pk}:{due}", at=at,
            place="documents", button="Open the documents",
        )  # fmt: skip
        return True
    words = f"was due on {due}" if stage == OVERDUE else f"is due on {due}"
    messages.send_to_members(
        asked.engagement,
        kind="document.due",
        subject=f"{asked.title} {words}",
        text=asked.why or asked.description,
        key=f"due:{asked.pk}:{stage}:{due}",
        at=at,
        roles=CUSTOMER_WRITERS,
        path=f"/documents/requests/{asked.pk}/",
        button="Send the document",
    )
    return True
