"""Requests for documents: made from the solution's templates or by a specialist, changed, reminded of, settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.timezone import localdate

from onboarding import errors, file_policy, outbox
from onboarding.actions import gates, messages
from onboarding.actions.receiving import GIGABYTE, MEGABYTE
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor
from onboarding.library.document_requests import templates_for
from onboarding.models import DocumentRequest, Engagement
from onboarding.workflow.document_requests import CUSTOMERS, in_force, standing

ASKERS = "Only specialists ask for documents."
NOT_APPLICABLE = [f"not_applicable_{name}" for name in ("at", "by", "reason", "is_proposed")]
# Read again once the engagement is locked: somebody else may have settled it while we waited.
JUDGED = ["withdrawn_at", "reminded_at", *NOT_APPLICABLE]
MOST_LIMIT_MB = 4 * GIGABYTE // MEGABYTE
LONGEST = {"title": 200, "why": 2000, "description": 5000, "example": 2000, "usually_with": 100}
SAID = [*LONGEST, "file_types", "asks_expiry"]


def open_for(engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Ask for what the solution and its deployment need (on entering step II), by when; nothing is asked for twice."""
    if engagement.document_requests.exists():
        return
    DocumentRequest.objects.bulk_create(
        DocumentRequest(
            company_id=engagement.company_id, engagement=engagement, code=one.code, template_version=one.version,
            title=one.title, why=one.why, description=one.description, example=one.example,
            usually_with=one.usually_with, file_types=list(one.file_types), limit_bytes=one.limit_bytes,
            asks_expiry=one.asks_expiry, due_on=localdate(at) + timedelta(days=one.days), created_at=at,
            created_by=by.name,
        )
        for one in templates_for(engagement.solution, engagement.deployment)
    )  # fmt: skip


@transaction.atomic
def ask(
    engagement_id: int, *, title: str, by: Actor, at: datetime, why: str = "", description: str = "",
    example: str = "", usually_with: str = "", file_types: Sequence[str] = (), limit_mb: int | None = None,
    asks_expiry: bool = False, due_on: date | None = None,
) -> DocumentRequest:  # fmt: skip
    """A specialist asks the customer for one more document; the customer's people get a mail. `limit_mb`: a file's."""
    engagement = gates.writable(engagement_id, by, roles=SPECIALISTS, words=ASKERS)
    given = _fields(
        title=title, why=why, description=description, example=example, usually_with=usually_with,
        file_types=file_types, limit_mb=limit_mb, asks_expiry=asks_expiry,
    )  # fmt: skip
    _require_ahead(due_on, at=at)
    asked = DocumentRequest.objects.create(
        company_id=engagement.company_id, engagement=engagement, created_at=at, created_by=by.name, due_on=due_on,
        **given,
    )  # fmt: skip
    outbox.record("document.requested", engagement, by=by, at=at, data=_facts(asked))
    _tell_customer(asked, "requested", f"Please send: {asked.title}", asked.why or asked.description, at=at)
    return asked


class Says(TypedDict, total=False):
    """What of a request may be changed; `limit_mb` and `due_on` may be None."""

    title: str
    why: str
    description: str
    example: str
    usually_with: str
    file_types: Sequence[str]
    limit_mb: int | None
    asks_expiry: bool
    due_on: date | None


@transaction.atomic
def change(request_id: int, *, by: Actor, at: datetime, **says: Unpack[Says]) -> DocumentRequest:
    """A specialist changes what an open request says; what is left out stays, as do files that came for it."""
    asked = _open(request_id, by)
    asked.refresh_from_db(fields=[*SAID, "limit_bytes", "due_on", "due_told"])
    wanted: dict[str, Any] = {name: getattr(asked, name) for name in SAID} | {"limit_mb": None} | dict(says)
    given = _fields(**{name: value for name, value in wanted.items() if name != "due_on"})
    if "limit_mb" not in says:
        del given["limit_bytes"]
    due_on = says.get("due_on", asked.due_on)
    if due_on != asked.due_on:
        _require_ahead(due_on, at=at)
        given |= {"due_told": 0}
    given |= {"due_on": due_on}
    changed = [name for name, value in given.items() if getattr(asked, name) != value]
    for name in changed:
        setattr(asked, name, given[name])
    if changed:
        asked.save(update_fields=changed)
        told = [name for name in changed if name != "due_told"]
        outbox.record("document.request_changed", asked.engagement, by=by, at=at, data=_facts(asked) | {"fields": told})
    return asked


@transaction.atomic
def withdraw(request_id: int, *, reason: str, by: Actor, at: datetime) -> DocumentRequest:
    """A specialist no longer asks for this; what came for it stays in the record."""
    asked = _open(request_id, by)
    asked.withdrawn_reason = gates.said(reason, words="Say why it is no longer needed.")
    asked.withdrawn_at, asked.withdrawn_by = at, by.name
    asked.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    data = _facts(asked) | {"reason": asked.withdrawn_reason}
    outbox.record("document.request_withdrawn", asked.engagement, by=by, at=at, data=data)
    return asked


@transaction.atomic
def remind(request_id: int, *, by: Actor, at: datetime, text: str = "") -> DocumentRequest:
    """Mail the customer's people about one open request, with the specialist's own words; once a day.

    Raises WrongState when the customer's part is done, or a reminder went out today.
    """
    asked = _open(request_id, by)
    if standing(asked, in_force(asked.documents.all())) not in CUSTOMERS:
        raise errors.WrongState("This does not wait for the customer.")
    if asked.reminded_at and asked.reminded_at.date() == at.date():
        raise errors.WrongState("A reminder of this went out today already.")
    asked.reminded_at = at
    asked.save(update_fields=["reminded_at"])
    words = "\n\n".join(part for part in (text.strip(), asked.description) if part)
    _tell_customer(asked, f"reminder:{at.date()}", f"A reminder: {asked.title}", words, at=at)
    outbox.record("document.request_reminded", asked.engagement, by=by, at=at, data=_facts(asked))
    return asked


@transaction.atomic
def declare_not_applicable(request_id: int, *, reason: str, by: Actor, at: datetime) -> DocumentRequest:
    """A request does not apply to this customer, and why: settled when a specialist says it, else proposed to one."""
    asked = _visible(request_id, by)
    engagement = gates.writable(asked.engagement_id, by, roles=CUSTOMER_WRITERS | SPECIALISTS)
    asked.refresh_from_db(fields=JUDGED)
    _require_open(asked)
    asked.not_applicable_reason = gates.said(reason, words="Say why this document does not apply.")
    asked.not_applicable_at, asked.not_applicable_by = at, by.name
    asked.not_applicable_is_proposed = not by.has(*SPECIALISTS)
    asked.save(update_fields=NOT_APPLICABLE)
    kind = "not_applicable_proposed" if asked.not_applicable_is_proposed else "not_applicable"
    data = _facts(asked) | {"reason": asked.not_applicable_reason}
    outbox.record(f"document.{kind}", engagement, by=by, at=at, data=data)
    return asked


@transaction.atomic
def agree_not_applicable(request_id: int, *, by: Actor, at: datetime) -> DocumentRequest:
    """A specialist agrees with the customer that a request does not apply: it is settled."""
    asked = _open(request_id, by)
    if not asked.not_applicable_is_proposed:
        raise errors.WrongState("Nobody proposed that this does not apply.")
    asked.not_applicable_is_proposed = False
    asked.save(update_fields=NOT_APPLICABLE)
    data = _facts(asked) | {"reason": asked.not_applicable_reason}
    outbox.record("document.not_applicable", asked.engagement, by=by, at=at, data=data)
    return asked


@transaction.atomic
def reopen(request_id: int, *, note: str, by: Actor, at: datetime) -> DocumentRequest:
    """A specialist asks again for what was declared not applicable or withdrawn, and says why; the customer is told."""
    asked = _visible(request_id, by)
    engagement = gates.writable(asked.engagement_id, by, roles=SPECIALISTS, words=ASKERS)
    asked.refresh_from_db(fields=JUDGED)
    if not asked.withdrawn_at and not asked.not_applicable_at:
        raise errors.WrongState("This request is open.")
    note = gates.said(note, field="note", words="Say why it is needed after all.")
    asked.withdrawn_at, asked.withdrawn_by, asked.withdrawn_reason = None, "", ""
    asked.not_applicable_at, asked.not_applicable_by, asked.not_applicable_reason = None, "", ""
    asked.not_applicable_is_proposed = False
    asked.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason", *NOT_APPLICABLE])
    _tell_customer(asked, f"reopened:{at.isoformat()}", f"Needed after all: {asked.title}", note, at=at)
    outbox.record("document.request_reopened", engagement, by=by, at=at, data=_facts(asked) | {"note": note})
    return asked


def _visible(request_id: int, by: Actor) -> DocumentRequest:
    asked = DocumentRequest.objects.visible_to(by).select_related("engagement__company").filter(pk=request_id).first()
    if asked is None:
        raise errors.NotFound
    return asked


def _open(request_id: int, by: Actor) -> DocumentRequest:
    """An open request, its engagement locked for a specialist."""
    asked = _visible(request_id, by)
    asked.engagement = gates.writable(asked.engagement_id, by, roles=SPECIALISTS, words=ASKERS)
    asked.refresh_from_db(fields=JUDGED)
    _require_open(asked)
    return asked


def _require_open(asked: DocumentRequest) -> None:
    if asked.withdrawn_at:
        raise errors.WrongState("This request was withdrawn.")
    if asked.is_dismissed:
        raise errors.WrongState("It was settled that this does not apply. Open it again first.")


def _fields(*, file_types: Sequence[str], limit_mb: int | None, asks_expiry: bool, **texts: str) -> dict[str, Any]:
    """What a request says, in the row's own fields; BadInput with words at each that won't do."""
    problems = {}
    texts = {name: text.strip() for name, text in texts.items()}
    if not texts["title"]:
        problems["title"] = "Say which document you need."
    for name, text in texts.items():
        if len(text) > LONGEST[name]:
            problems[name] = f"Shorten this to {LONGEST[name]} characters: it has {len(text)}."
    endings = list(dict.fromkeys(one.strip().lstrip(".").lower() for one in file_types if one.strip()))
    if "jpg" in endings and "jpeg" not in endings:
        endings.append("jpeg")
    if unknown := [one for one in endings if one not in file_policy.CONTENT_TYPES]:
        problems["file_types"] = f"No file of the type {', '.join(unknown)} is taken. Choose from {file_policy.WORDS}."
    if limit_mb is not None and not 1 <= limit_mb <= MOST_LIMIT_MB:
        problems["limit_mb"] = f"Enter 1 to {MOST_LIMIT_MB} MB, or leave it empty for the usual limit."
    if problems:
        raise errors.BadInput(fields=problems)
    limit = limit_mb * MEGABYTE if limit_mb else None
    return {**texts, "file_types": endings, "limit_bytes": limit, "asks_expiry": asks_expiry}


def _require_ahead(due_on: date | None, *, at: datetime) -> None:
    if due_on and due_on < localdate(at):
        raise errors.BadInput(fields={"due_on": "Enter a date that has not passed."})


def _facts(asked: DocumentRequest) -> dict[str, Any]:
    return {"request": asked.pk, "title": asked.title}


def _tell_customer(asked: DocumentRequest, about: str, subject: str, text: str, *, at: datetime) -> None:
    messages.send_to_members(
        asked.engagement,
        kind="document.request",
        subject=subject,
        text=text,
        key=f"request:{asked.pk}:{about}",
        at=at,
        roles=CUSTOMER_WRITERS,
        path=f"/documents/requests/{asked.pk}/",
        button="Send the document",
    )
