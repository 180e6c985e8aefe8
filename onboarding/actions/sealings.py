"""The sealed file of a countersigned agreement: ordered, made by a worker exactly once, and with it the agreement executed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import agreement_letters, documents, gates, letters, rows, work
from onboarding.actors import SPECIALISTS, SYSTEM, Actor
from onboarding.models import Agreement, Document, Engagement, Seal, Sealing

# A hiccup mends itself before anybody read about it: tried at once, after 10, 30 and 70 seconds.
TOLD_AFTER = 4
VERIFY_PATH = "/verify/"


@dataclass(frozen=True)
class Made:
    """With what a file was sealed."""

    subject: str
    serial: str
    is_time_stamped: bool


def order(agreement: Agreement, engagement: Engagement, *, context: dict[str, Any], by: Actor, at: datetime) -> Sealing:
    """Order the sealed file from a worker, from a context frozen now. Call it with the engagement locked.

    The agreement is executed by `complete`, when the file is there.
    """
    document = documents.expect(
        engagement, kind=Document.Kind.MSA, title="Master Services Agreement",
        file_name=f"{agreement.number}-executed.pdf", by=by, at=at,
    )  # fmt: skip
    return work.new(
        Sealing, at=at, company_id=agreement.company_id, engagement=engagement, agreement=agreement, document=document,
        context=context,
    )  # fmt: skip


def context_with(sealing: Sealing, *, subject: str, serial: str) -> dict[str, Any]:
    """The frozen context, with the certificate that will seal its file and the address where anybody can verify it."""
    address = f"{settings.BASE_URL}{VERIFY_PATH}"
    told = {"certificate_subject": subject, "certificate_serial": serial, "verify_url": address}
    envelope = sealing.context.get("envelope", {}) | told
    return sealing.context | {"envelope": envelope, "verify_url": address}


@transaction.atomic
def complete(sealing: Sealing, *, sealed: bytes, made: Made, at: datetime) -> Document | None:
    """Store the sealed file and execute its agreement, once; both sides and the recipients of copies are told.

    None, and nothing kept, when another worker was first or the agreement was voided meanwhile.
    """
    engagement = gates.locked(sealing.engagement_id, SYSTEM)
    agreement = Agreement.objects.select_related("document", "reviewer__user").get(pk=sealing.agreement_id)
    agreement.engagement, agreement.company = engagement, engagement.company
    if agreement.state != Agreement.State.COUNTERSIGNED:
        call_off(agreement, at=at)
        return None
    if not work.finish(sealing, at=at):
        return None
    document = documents.fill(sealing.document, sealed)
    Seal.objects.create(
        company_id=agreement.company_id, document=document, number=agreement.number, sha256=document.sha256,
        certificate_subject=made.subject, certificate_serial=made.serial, is_time_stamped=made.is_time_stamped,
        sealed_at=at,
    )  # fmt: skip
    agreement.executed_document = document
    agreement.execute(at=at)
    agreement.save()
    with outbox.one_update(engagement, at=at):
        data = _facts(agreement) | {"sealed_sha256": document.sha256, "certificate_serial": made.serial}
        outbox.record("agreement.executed", engagement, by=SYSTEM, at=at, data=data)
        agreement_letters.executed(agreement, engagement, at=at)
    return document


def _facts(agreement: Agreement) -> dict[str, Any]:
    return {"agreement": agreement.number, "state": agreement.state, "sha256": agreement.document.sha256}


def call_off(agreement: Agreement, *, at: datetime) -> None:
    """The agreement was voided before its file was sealed: the worker stops, and nothing of the file is kept."""
    sealing = Sealing.objects.select_related("document").filter(agreement=agreement).first()
    if sealing is not None and work.cancel(sealing, at=at):
        documents.drop(sealing.document, at=at)


@transaction.atomic
def give_up(sealing: Sealing, *, problem: dict[str, Any], retry: bool, at: datetime) -> bool:
    """It could not be sealed: it is tried again after the row's waits, whatever the reason. True while it will be.

    Nothing else completes the agreement, so the specialist is told: at once when waiting alone won't help, else after a
    minute of trying; each reason once.
    """
    engagement = gates.locked(sealing.engagement_id, SYSTEM)
    if not work.holds(sealing):
        return False
    again = work.fail(sealing, at=at, problem=problem, retry=True)
    if not again or sealing.attempts == TOLD_AFTER or (not retry and sealing.attempts == 1):
        data = _facts(sealing.agreement) | {"words": problem["words"]}
        outbox.record("agreement.sealing_delayed", engagement, by=SYSTEM, at=at, data=data, is_internal=True)
        letters.to_specialist(
            engagement, kind="agreement.sealing_delayed", subject=f"{sealing.agreement.number} can't be sealed yet",
            text=f"{problem['words']} {problem.get('what_to_do', '')}\n\nIt is signed by everybody, and complete once "
            "its file is sealed. We go on trying.", key=f"sealing-delayed:{sealing.pk}:{problem.get('class', '')}",
            at=at, place="agreement", button="See the agreement",
        )  # fmt: skip
    return again


@transaction.atomic
def again(sealing_id: int, *, by: Actor, at: datetime) -> Sealing:
    """A specialist wants it tried now, not after the next wait. WrongState when it is sealed, or being sealed."""
    sealing = rows.visible(Sealing, sealing_id, by)
    if not by.has(*SPECIALISTS):
        raise errors.NotYours("Specialists try failed work again.")
    engagement = gates.locked(sealing.engagement_id, by)
    sealing.refresh_from_db(fields=["state"])
    if sealing.state in {Sealing.State.DONE, Sealing.State.CANCELLED}:
        raise errors.WrongState("There is nothing to seal any more.")
    if sealing.state == Sealing.State.RUNNING:
        raise errors.WrongState("It is being sealed right now. Look again in a moment.")
    work.queue_again(Sealing, sealing.pk, at=at)
    data = {"run": sealing.pk, "for": rows.noun(sealing)}
    outbox.record("run.retried", engagement, by=by, at=at, data=data, is_internal=True)
    sealing.refresh_from_db()
    return sealing
