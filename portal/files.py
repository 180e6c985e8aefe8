"""Private files on pages and as bytes: after a permission check, as a download or in a frame of ours, never cached."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from django.http import FileResponse, Http404
from django.urls import reverse

from onboarding import stored
from onboarding.models import Document, FileCheck
from onboarding.queries import renderings

# What a browser may show inside our page; everything else is a download.
SHOWABLE = frozenset({"application/pdf", "image/png", "image/jpeg"})
READABLE = frozenset({"text/plain", "text/csv", "text/vtt"})
PREVIEW_BYTES, PREVIEW_LINES = 64 * 1024, 200
SCANS = {"clean": ("Checked", "none"), "pending": ("Being checked", "info"), "quarantined": ("Quarantined", "bad")}
REVIEWS = {"accepted": ("Accepted", "good"), "revision_needed": ("Revision needed", "bad")}


def send(document: Document, *, inline: bool = False) -> FileResponse:
    """The bytes of a released document; 404 while it is being made or checked.

    The file is opened here, inside the view's transaction; only its bytes stream later.
    """
    if not document.is_ready:
        raise Http404("This file is not ready yet.")
    shown = inline and document.content_type in SHOWABLE
    response = FileResponse(
        stored.stream(document.path),
        as_attachment=not shown,
        filename=document.file_name,
        content_type=document.content_type,
    )
    response["Content-Length"] = document.size
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # A frame of ours may show it; nothing in it runs. Chromium's PDF viewer does not start inside `sandbox`.
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    response["Content-Security-Policy"] = policy if shown else "sandbox; default-src 'none'"
    if shown:
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def shown(document: Document) -> dict[str, Any]:
    """What the page of one document tells beside its facts: how it can be read there, or why nobody can open it."""
    is_readable = document.is_ready and document.content_type in READABLE
    return {
        "document": document,
        "is_showable": document.content_type in SHOWABLE,
        "is_image": document.content_type in SHOWABLE and document.content_type.startswith("image/"),
        "preview": first_lines(document) if is_readable else None,
        "check": (check := check_of(document)),
        "formulas": check.facts.get("formulas", 0) if check else 0,
        "facts": [(name.replace("_", " ").capitalize(), value) for name, value in check.facts.items()] if check else [],
    }


def check_of(document: Document) -> FileCheck | None:
    """The check of an uploaded file; None for what the portal made."""
    return getattr(document, "file_check", None)


def first_lines(document: Document) -> dict[str, Any]:
    """The beginning of a text file, for a page that escapes it; `is_cut` when the file goes on."""
    with closing(stored.stream(document.path)) as file:
        head = file.read(PREVIEW_BYTES)
    lines = head.decode("utf-8-sig", errors="ignore").splitlines()  # the cut may lie within a character
    return {
        "text": "\n".join(lines[:PREVIEW_LINES]),
        "lines": min(len(lines), PREVIEW_LINES),
        "is_cut": document.size > PREVIEW_BYTES or len(lines) > PREVIEW_LINES,
    }


def drawn(document: Document, *, url_name: str, removable: str = "") -> dict[str, Any]:
    """A document as the files component shows it; `removable` is the address that withdraws it."""
    scan, scan_tone = SCANS[document.scan]
    trouble = renderings.trouble(document)
    if not document.sha256:
        scan, scan_tone = ("Not made", "bad") if trouble else ("Being made", "info")
    review, review_tone = REVIEWS.get(document.review, ("", ""))
    is_quarantined = document.scan == Document.Scan.QUARANTINED
    return {
        "id": document.uuid,
        "is_pending": bool(document.sha256) and document.scan == Document.Scan.PENDING,
        "name": document.file_name,
        "title": document.title if document.is_generated else "",  # what a program called it says little
        "url": reverse(url_name, args=[document.uuid]) if document.sha256 else "",
        "size": document.size or None,
        "version": document.version,
        "by": document.created_by,
        "at": document.created_at,
        "scan": scan,
        "scan_tone": scan_tone,
        "review": review,
        "review_tone": review_tone,
        "note": why_quarantined(document) if is_quarantined else trouble or document.review_note,
        "expires_on": document.expires_on,
        "is_expired": document.expired_at is not None,
        "remove_url": removable,
    }


def why_quarantined(document: Document) -> str:
    """In words, for both sides."""
    check = check_of(document)
    return check.words if check else ""
