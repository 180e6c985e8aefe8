"""An agreement that is signed at DocuSign, issued in step V with a real PDF, its envelope ordered."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.timezone import now

from integrations.tasks.envelopes import carry_envelope
from onboarding import tenancy
from onboarding.actions import agreement_providers
from onboarding.actions import agreements as actions
from onboarding.models import Agreement, Document, Envelope
from tests import agreements, sealing
from tests.factories import lead, specialist


def issued(*, others: int = 0, at: datetime | None = None) -> Agreement:
    """Sam Sponsor signs, then so many others, then InterWeave: all of them at DocuSign."""
    at = at or now()
    agreement = agreements.drafted(others=others, at=at)
    agreement_providers.choose(agreement.pk, provider="docusign", by=specialist(), at=at)
    print_for_real(agreement.document)
    actions.send_for_review(agreement.pk, by=specialist(), at=at)
    return actions.issue(agreement.pk, by=lead(), at=at)


def print_for_real(document: Document) -> None:
    """The document gets a file behind its hash."""
    path = default_storage.save(f"test/{document.uuid}", ContentFile(sealing.executed()))
    Document.objects.filter(pk=document.pk).update(path=path, content_type="application/pdf")


def carried(envelope: Envelope | None = None) -> Envelope:
    """What its worker, who sees this company alone, makes of it now, whenever it was due."""
    row = envelope or Envelope.objects.get()
    Envelope.objects.filter(pk=row.pk, state=Envelope.State.QUEUED).update(not_before=now())
    with tenancy.acting(company_id=row.company_id):
        carry_envelope(envelope_id=row.pk)
    row.refresh_from_db()
    return row
