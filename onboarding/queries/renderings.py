"""How the making of a document goes."""

from __future__ import annotations

from onboarding.models import Document, Rendering


def trouble(document: Document) -> str:
    """Why the portal gave a document up, in words; empty while it is made, or once it is there (a query until then)."""
    if document.sha256 or not document.is_generated:
        return ""
    row = Rendering.objects.filter(document=document, state=Rendering.State.FAILED).only("problem").first()
    return str((row.problem or {}).get("words", "")) if row else ""
