"""Sending private files: after a permission check, as a download or in a sandboxed frame, never cached."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.urls import reverse

from onboarding.models import Document

# What a browser may show inside our page; everything else is a download.
SHOWABLE = frozenset({"application/pdf", "image/png", "image/jpeg"})
SCANS = {"clean": ("Checked", "none"), "pending": ("Being checked", "info"), "quarantined": ("Quarantined", "bad")}
REVIEWS = {"accepted": ("Accepted", "good"), "revision_needed": ("Revision needed", "warn")}


def send(document: Document, *, inline: bool = False) -> FileResponse:
    """The bytes of a released document; 404 while it is being made or checked.

    The file is opened here, inside the view's transaction; only its bytes stream later.
    """
    if not document.is_ready:
        raise Http404("This file is not ready yet.")
    shown = inline and document.content_type in SHOWABLE
    response = FileResponse(
        default_storage.open(document.path),
        as_attachment=not shown,
        filename=document.file_name,
        content_type=document.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # A frame of ours may show it; nothing in it runs. Chromium's PDF viewer does not start inside `sandbox`.
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    response["Content-Security-Policy"] = policy if shown else "sandbox; default-src 'none'"
    if shown:
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def drawn(document: Document, *, url_name: str, removable: str = "") -> dict[str, Any]:
    """A document as the files component shows it; `removable` is the address that withdraws it."""
    scan, scan_tone = SCANS[document.scan]
    if not document.sha256:
        scan, scan_tone = "Being made", "info"
    review, review_tone = REVIEWS.get(document.review, ("", ""))
    return {
        "name": document.file_name,
        "title": document.title if document.is_generated else "",  # what a program called it says little
        "url": reverse(url_name, args=[document.uuid]) if document.is_ready else "",
        "size": document.size or None,
        "version": document.version,
        "by": document.created_by,
        "at": document.created_at,
        "scan": scan,
        "scan_tone": scan_tone,
        "review": review,
        "review_tone": review_tone,
        "note": document.review_note,
        "expires_on": document.expires_on,
        "is_expired": document.expired_at is not None,
        "remove_url": removable,
    }
