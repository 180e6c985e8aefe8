"""Where the proof of a company's mail domain stands."""

from __future__ import annotations

from datetime import datetime

from onboarding.models import DomainProof

MOST_TRIES = 5  # of one code


def present(company_id: int) -> DomainProof | None:
    """The try that counts: the open one, else the newest proved one, else None."""
    tries = DomainProof.objects.filter(company=company_id)
    return tries.filter(proved_at=None, ended_at=None).last() or tries.exclude(proved_at=None).last()


def state_of(proof: DomainProof, *, at: datetime) -> str:
    """proved · ended · expired · exhausted · waiting."""
    if proof.proved_at:
        return "proved"
    if proof.ended_at:
        return "ended"
    if proof.method == DomainProof.Method.CODE:
        if proof.code_tries >= MOST_TRIES:
            return "exhausted"
        if proof.code_expires_at and at > proof.code_expires_at:
            return "expired"
    return "waiting"
