"""The evidence pack: what proved every step, every document by its hash, the head of the event chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from onboarding.models import Document, Engagement, Event
from onboarding.workflow import steps
from onboarding.workflow.status import iso


def context(engagement: Engagement, *, at: datetime) -> dict[str, Any]:
    """What the pack is made from (rendering.contexts.EvidencePack): evidence as frozen when each step closed."""
    last = Event.objects.filter(engagement=engagement).order_by("-number").first()
    return {
        "reference": engagement.reference,
        "company": engagement.company.name,
        "made_at": iso(at),
        "steps": [_step(record) for record in engagement.step_records.order_by("number")],
        "documents": [_document(document) for document in _documents(engagement)],
        "chain_head": last.hash if last else "",
        "event_count": last.number if last else 0,
    }


def _step(record: Any) -> dict[str, Any]:
    step = steps.by_number(record.number)
    frozen = record.evidence if record.closed_at else []
    return {
        "numeral": step.numeral,
        "title": step.title,
        "closed_at": iso(record.closed_at) or "",
        "closed_by": record.closed_by if record.closed_at else "",
        "evidence": [{"code": entry["code"], "title": entry["title"], "proof": entry["evidence"]} for entry in frozen],
    }


def _documents(engagement: Engagement) -> list[Document]:
    ready = engagement.documents.filter(withdrawn_at=None, scan=Document.Scan.CLEAN).exclude(sha256="")
    return list(ready.order_by("kind", "version", "id"))


def _document(document: Document) -> dict[str, Any]:
    return {
        "kind": document.get_kind_display(),
        "title": document.title,
        "version": document.version,
        "sha256": document.sha256,
        "size": document.size,
    }
