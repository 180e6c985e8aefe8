"""An agreement that everybody signed, standing just before its sealed file is made."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.timezone import now

from onboarding.actions import sealings
from onboarding.models import Agreement, Document, Engagement, Envelope, Event, Seal, Sealing, Signer
from onboarding.workflow.steps import Step
from tests.factories import EngagementFactory, SpecialistFactory, owner, specialist
from tests.onboarding.rendering import agreement_samples


def countersigned(number: str = "MSA-2026-0042", *, at: datetime | None = None) -> Sealing:
    """Both sides signed it; its sealing is ordered."""
    at = at or now()
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL.value, specialist=SpecialistFactory())
    customer = owner(engagement.company)
    document = Document.objects.create(
        company=engagement.company, engagement=engagement, kind=Document.Kind.MSA, title="Master Services Agreement",
        file_name=f"{number}.pdf", path="", content_type="application/pdf", sha256="ab" * 32, size=10,
        is_generated=True, created_at=at, created_by="the test",
    )  # fmt: skip
    agreement = Agreement.objects.create(
        company=engagement.company, engagement=engagement, number=number, document=document, drafted_at=at,
        terms=agreement_samples.agreement(), state="countersigned", issued_at=at, issued_by="the test",
    )  # fmt: skip
    Signer.objects.create(
        company=engagement.company, agreement=agreement, party="customer", position=1, name=customer.name,
        email=customer.email, asked_at=at,
    )  # fmt: skip
    with transaction.atomic():  # as the countersignature does
        context = agreement_samples.executed_agreement()
        return sealings.order(agreement, engagement, context=context, by=specialist(), at=at)


def store_in(folder: Path, settings: Any) -> None:
    """Files go here from now on: ids come again in each test, and files outlive what a test takes back."""
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": folder, "base_url": None},
    }
    settings.STORAGES = settings.STORAGES | {"default": place}


def stored(engagement: Engagement) -> dict[str, bytes]:
    """Every file of one engagement in the store, by its place."""
    folder = Path(default_storage.path(f"{engagement.company_id}/{engagement.pk}"))
    root = Path(default_storage.path(""))
    return {str(path.relative_to(root)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def result(sealing: Sealing) -> dict[str, object]:
    """What there is of it, as numbers to compare."""
    engagement = sealing.engagement
    return {
        "state": Agreement.objects.get(pk=sealing.agreement_id).state,
        "files": len(stored(engagement)),
        "seals": Seal.objects.filter(document=sealing.document_id).count(),
        "events": Event.objects.filter(engagement=engagement, kind="agreement.executed").count(),
    }


def fetched_elsewhere(row: Sealing, content: bytes) -> None:
    """The same agreement was signed at DocuSign, and this is its completed file."""
    Envelope.objects.create(
        company=row.company, engagement=row.engagement, agreement=row.agreement, number="MSA-2026-0042",
        provider="docusign", external_id="4f1d-9a", status="completed", state="done", queued_at=now(),
        not_before=now(), completed_at=now(), sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
