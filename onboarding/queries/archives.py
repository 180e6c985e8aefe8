"""All files of an engagement in one archive: which go in under which names, and the list that tells of every one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from onboarding.actors import Actor
from onboarding.models import Document, Engagement
from onboarding.workflow.status import iso

# Names that some system gives a meaning of its own, or doesn't take.
UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
LEFT_OUT = {
    Document.Scan.PENDING: "It is still being checked.",
    Document.Scan.QUARANTINED: "It was quarantined: nobody can open it.",
}
NOT_MADE = "It is still being made."


@dataclass(frozen=True)
class Item:
    """One file of the archive: its name there, where its bytes are stored, how many, and of when."""

    name: str
    path: str
    size: int
    at: datetime


@dataclass(frozen=True)
class Archive:
    """What an archive is made from: read inside the transaction, streamed after it."""

    name: str
    items: list[Item]
    manifest_json: bytes
    manifest_text: bytes
    at: datetime


def of(engagement: Engagement, *, viewer: Actor, at: datetime) -> Archive:
    """Every document in force of the engagement that this viewer may see; what can't be opened is listed, with why."""
    rows = Document.objects.visible_to(viewer).filter(engagement=engagement, withdrawn_at=None)
    taken: set[str] = {"manifest.json", "manifest.txt"}
    items, told = [], []
    for document in rows.select_related("request").order_by("kind", "pk"):
        name = ""
        if document.is_ready:
            name = _unique(f"{_safe(document.get_kind_display())}/{_safe(document.file_name)}", taken)
            items.append(Item(name, document.path, document.size, document.created_at))
        told.append(_told(document, name))
    about = {
        "engagement": engagement.reference, "company": engagement.company.name, "made_at": iso(at),
        "made_for": viewer.name, "files": told,
    }  # fmt: skip
    return Archive(
        name=f"{engagement.reference}.zip",
        items=items,
        manifest_json=json.dumps(about, indent=1, ensure_ascii=False).encode(),
        manifest_text=_as_text(about).encode(),
        at=at,
    )


def _safe(name: str) -> str:
    cleaned = UNSAFE.sub("_", name).strip(" .") or "file"
    return f"_{cleaned}" if DEVICES.match(cleaned) else cleaned


def _unique(name: str, taken: set[str]) -> str:
    """Two files of one name: the second is called "name (2)"; upper and lower case are one on many systems."""
    stem, dot, ending = name.rpartition(".")
    candidate, number = name, 1
    while candidate.lower() in taken:
        number += 1
        candidate = f"{stem} ({number}){dot}{ending}" if dot else f"{name} ({number})"
    taken.add(candidate.lower())
    return candidate


def _told(document: Document, name: str) -> dict[str, Any]:
    left_out = "" if name else LEFT_OUT.get(Document.Scan(document.scan), NOT_MADE)
    return {
        "file": name or None,
        "left_out_because": left_out or None,
        "name": document.file_name,
        "title": document.title,
        "kind": document.get_kind_display(),
        "answers_request": document.request.title if document.request else None,
        "version": document.version,
        "size": document.size,
        "sha256": document.sha256,
        "from": document.created_by,
        "at": iso(document.created_at),
        "check": document.get_scan_display(),
        "review": document.get_review_display(),
        "expires_on": document.expires_on.isoformat() if document.expires_on else None,
    }


def _as_text(about: dict[str, Any]) -> str:
    made = datetime.fromisoformat(about["made_at"]).astimezone(UTC)
    lines = [
        f"{about['company']}, {about['engagement']}",
        f"Made {made:%-d %B %Y %H:%M} UTC for {about['made_for']}",
        "",
    ]
    for one in about["files"]:
        lines += [
            one["file"] or f"(left out) {one['name']}",
            f"  {one['kind']}, version {one['version']}, {one['size']} bytes, from {one['from']}, {one['at']}",
            f"  {one['check']}, {one['review']}" + (f". {one['left_out_because']}" if one["left_out_because"] else ""),
            f"  SHA-256 {one['sha256'] or 'none yet'}",
            "",
        ]
    return "\r\n".join(lines)
