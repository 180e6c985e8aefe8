"""Sealing: the executed agreement rendered, sealed by our key, stamped by the authority that is set, stored once."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from integrations.engine.errors import failure
from integrations.tasks.labour import labour
from integrations.tsa.client import Stamper
from onboarding import sealing_keys
from onboarding.actions import sealings
from onboarding.models import Sealing
from onboarding.rendering import pdf, seal
from onboarding.rendering.seal import KeyUnfit


@shared_task(name="integrations.seal_agreement", acks_late=True, ignore_result=True)
def seal_agreement(*, sealing_id: int, **_: Any) -> None:
    """Make the sealed file of one countersigned agreement. Safe to run twice, or to be killed anywhere."""
    labour(Sealing, sealing_id, uses=lambda row: [], do=_seal, give_up=sealings.give_up)


def _seal(row: Sealing) -> None:
    try:
        sealing_keys.require_fit(at=now())
        key, stamper = sealing_keys.key(), _stamper()
    except KeyUnfit as unfit:
        raise failure("seal_key_unfit", vendor_message=unfit.words) from unfit
    context = sealings.context_with(row, subject=key.subject, serial=key.serial)
    rendered, at = pdf.render("msa", context), now()
    sealed = seal.seal(
        rendered, key=key, timestamper=stamper, name=settings.SELLER["name"],
        reason=f"Agreement {row.agreement.number} executed by both parties", at=at,
    )  # fmt: skip
    made = sealings.Made(subject=key.subject, serial=key.serial, is_time_stamped=stamper is not None)
    sealings.complete(row, sealed=sealed, made=made, at=at)


def _stamper() -> Stamper | None:
    """The authority that is set; None only when none is."""
    return Stamper(settings.TSA_URL, roots=sealing_keys.roots()) if settings.TSA_URL else None
