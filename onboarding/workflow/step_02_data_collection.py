"""Step II: three documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from onboarding.workflow.criterion import Criterion, Owner, Proof, entry
from onboarding.workflow.document_requests import CUSTOMERS, MET, Standing, standing
from onboarding.workflow.lookups import once, rows

_CUSTOMERS = Q(kind="customer_document") | Q(request__isnull=False)


@rows
def _questionnaires(engagement: Any) -> Any:
    return engagement.questionnaires.select_related("last_submission__document").defer("last_submission__answers")


def _questionnaire(engagement: Any, kind: str) -> Any:
    return next((one for one in _questionnaires(engagement) if one.kind == kind), None)


def _accepted(kind: str) -> Callable[[Any], Proof | None]:
    def evidence(engagement: Any) -> Proof | None:
        questionnaire = _questionnaire(engagement, kind)
        if questionnaire is None or questionnaire.state != "accepted":
            return None
        submission = questionnaire.last_submission
        return [
            entry("Submission", submission.number if submission else 0),
            entry("Submitted by", submission.by if submission else ""),
            entry("Accepted by", questionnaire.reviewed_by),
            entry("SHA-256", (submission and submission.document.sha256) or "being written"),
        ]

    return evidence


def _turn(kind: str) -> Callable[[Any], Owner]:
    def turn(engagement: Any) -> Owner:
        questionnaire = _questionnaire(engagement, kind)
        in_review = questionnaire is not None and questionnaire.state == "submitted"
        return Owner.SPECIALIST if in_review else Owner.CUSTOMER

    return turn


@rows
def _requests(engagement: Any) -> Any:
    return engagement.document_requests.all()


@rows
def _customers_documents(engagement: Any) -> Any:
    return engagement.documents.filter(_CUSTOMERS, withdrawn_at=None)


@once
def _sent(engagement: Any) -> dict[int | None, list[Any]]:
    """What the customer sent and did not take back, by the request it answers; None: unasked."""
    sent: dict[int | None, list[Any]] = {}
    for document in _customers_documents(engagement):
        sent.setdefault(document.request_id, []).append(document)
    return sent


@once
def _standings(engagement: Any) -> list[tuple[Any, Standing]]:
    sent = _sent(engagement)
    return [(request, standing(request, sent.get(request.pk, []))) for request in _requests(engagement)]


def _documents_in(engagement: Any) -> Proof | None:
    sent, asked = _sent(engagement), _standings(engagement)
    if any(where not in MET for _, where in asked):
        return None
    # Nobody asked for a free file and nobody can open a quarantined one: it holds nothing up.
    free = [document for document in sent.get(None, []) if document.scan != "quarantined"]
    if any(document.scan != "clean" for document in free):
        return None
    proof = [entry("Requests met", len([one for one, where in asked if where is not Standing.WITHDRAWN]))]
    for request, where in asked:
        if where is Standing.NOT_APPLICABLE:
            proof.append(entry(request.title, f"not applicable: {request.not_applicable_reason}"))
        elif where is Standing.ACCEPTED:
            proof += [_accepted_file(document) for document in sent[request.pk]]
    return proof + [entry(d.file_name, d.sha256) for d in free]


def _accepted_file(document: Any) -> dict[str, str]:
    until = f", good until {document.expires_on}" if document.expires_on else ""
    return entry(document.file_name, f"{document.sha256}{until}")


def _documents_turn(engagement: Any) -> Owner:
    is_customers = any(where in CUSTOMERS for _, where in _standings(engagement))
    return Owner.CUSTOMER if is_customers else Owner.SPECIALIST


CRITERIA = (
    Criterion(
        code="definition.not_accepted",
        owner=Owner.CUSTOMER,
        title="Complete the Solutions Definition Document",
        hint="Scope, objectives and expected outcomes. Your specialist reviews every answer.",
        place="questionnaires/solutions_definition",
        evidence=_accepted("solutions_definition"),
        turn=_turn("solutions_definition"),
    ),
    Criterion(
        code="technical_details.not_accepted",
        owner=Owner.CUSTOMER,
        title="Complete the Solutions Technical Details Document",
        hint="Your CRM, your financial application and how they can be reached.",
        place="questionnaires/technical_details",
        evidence=_accepted("technical_details"),
        turn=_turn("technical_details"),
    ),
    Criterion(
        code="customer_documents.outstanding",
        owner=Owner.CUSTOMER,
        title="Send us your documents",
        hint="Each requested document is accepted and in force, or it is agreed that it does not apply.",
        place="documents",
        evidence=_documents_in,
        turn=_documents_turn,
    ),
)
