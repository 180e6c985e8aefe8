"""The agreement's versions to sign, as they were printed."""

from __future__ import annotations

from django.db.models import QuerySet

from onboarding.models import Document, Engagement, Rendering


def versions(engagement: Engagement) -> QuerySet[Rendering]:
    """Every version that was printed to be signed, oldest first, with its document and the context it was made from."""
    rows = Rendering.objects.filter(engagement=engagement, document__kind=Document.Kind.MSA, context__signatures=[])
    return rows.select_related("document").order_by("document__version")


def issued_versions(engagement: Engagement) -> QuerySet[Rendering]:
    """Those of them that were issued to the customer: drafts are InterWeave's own."""
    issued = engagement.agreements.filter(issued_at__isnull=False).values("document_id")
    return versions(engagement).filter(document_id__in=issued)
