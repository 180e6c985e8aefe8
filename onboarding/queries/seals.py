"""What is known of an executed agreement's file, for whoever holds it: ours sealed, or signed at another provider."""

from __future__ import annotations

from onboarding import tenancy
from onboarding.models import Envelope, Seal


def known(sha256: str) -> Seal | None:
    """The seal of exactly this file, by its SHA-256; of whichever company: who has the file has its hash."""
    with tenancy.acting(token_digest=sha256):
        return Seal.objects.filter(sha256=sha256).first()


def signed_elsewhere(sha256: str) -> Envelope | None:
    """The envelope of exactly this file, as its provider completed it; of whichever company."""
    with tenancy.acting(token_digest=sha256):
        return Envelope.objects.filter(sha256=sha256).first()
