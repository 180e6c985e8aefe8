"""E-sign providers, whoever they are: an envelope with one document, signed by people in their order.

    envelope = provider.create_envelope(content, name="MSA-2026-0042.pdf", signers=(...), subject=…, key=…, callback=…) -> "id"
    provider.send(envelope)                        from then on nobody of them can be unasked, only the envelope voided
    provider.find(key) -> "id" or None             what an earlier try made
    provider.status(envelope) -> Record            provider.download(envelope) -> bytes, when it is completed
    provider.void(envelope, reason=…)              provider.signing_url(envelope, signer, return_url=…) -> address

Making and sending are two calls on purpose: whoever dies between them leaves a draft that nobody was told of. Our own
signing needs no provider (onboarding.actions.signing): it is what an agreement uses unless another one is chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Status(StrEnum):
    """How far an envelope is."""

    CREATED = "created"
    SENT = "sent"
    DELIVERED = "delivered"  # opened by whoever's turn it is
    COMPLETED = "completed"
    DECLINED = "declined"
    VOIDED = "voided"

    @property
    def is_over(self) -> bool:
        """True when nobody can sign any more."""
        return self in {Status.COMPLETED, Status.DECLINED, Status.VOIDED}


@dataclass(frozen=True, kw_only=True)
class Invited:
    """Somebody who is to sign. `position` is their turn, from 1; `key` is ours; `anchor` the text their signature follows."""

    position: int
    key: str
    name: str
    email: str
    anchor: str = ""


@dataclass(frozen=True, kw_only=True)
class Signed:
    """What the provider recorded of one of them, in UTC; None for what did not happen."""

    position: int
    name: str
    email: str
    authentication: str = ""
    delivered_at: datetime | None = None
    signed_at: datetime | None = None
    declined_at: datetime | None = None
    declined_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Record:
    """An envelope as the provider has it."""

    id: str
    status: Status
    sent_at: datetime | None = None
    completed_at: datetime | None = None
    voided_reason: str = ""
    signers: tuple[Signed, ...] = ()


class ESign(Protocol):
    """One account at one provider. Every method raises engine.errors.Failure."""

    vendor: str

    def create_envelope(
        self, content: bytes, *, name: str, signers: Sequence[Invited], subject: str, key: str, days: int, callback: str
    ) -> str:
        """Make it, unsent; its id. It can be signed for `days`; `callback` hears of every change (empty: nobody does)."""

    def find(self, key: str) -> str | None:
        """The id of the envelope made under this key; None when there is none. Of several, the one that was sent."""

    def send(self, envelope: str) -> None:
        """Ask the first of the signers. Fine when it was sent already."""

    def status(self, envelope: str) -> Record:
        """How far it is, and what everybody did. Failure envelope_gone."""

    def download(self, envelope: str) -> bytes:
        """The signed document with the provider's certificate, as one PDF."""

    def void(self, envelope: str, *, reason: str) -> None:
        """Nobody can sign it any more. Failure envelope_over when it is completed or declined."""

    def signing_url(self, envelope: str, signer: Invited, *, return_url: str) -> str:
        """An address good once, for a few minutes, where this signer signs without signing in again."""
