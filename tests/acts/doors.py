"""Links for people without an account."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now

from onboarding.actions import doors
from onboarding.models import Invoice
from tests.acts import ANY, Act

WHO = "obSLF"  # the invoice's; the signer's door has its owner, signatory and specialists

ACTS = [
    Act("doors.let_pay", WHO, ANY, lambda w, by: doors.let_pay(w.invoice.pk, name="Pia", email="pia@payers.example",
        by=by, at=now())),
    Act("doors.send_again", WHO, ANY, lambda w, by: doors.send_again(w.door.pk, by=by, at=now())),
    Act("doors.send_again to sign", "osSL", ANY, lambda w, by: doors.send_again(w.signers_door.pk, by=by, at=now())),
    Act("doors.revoke", WHO, ANY, lambda w, by: doors.revoke(w.door.pk, by=by, at=now()), is_paused=False),
    Act("doors.revoke to sign", "osSL", ANY, lambda w, by: doors.revoke(w.signers_door.pk, by=by, at=now()),
        is_paused=False),
]  # fmt: skip


def rows(cast: Any) -> dict[str, Any]:
    """A door to the invoice, which is paid by now, and one to the agreement, which is signed."""
    row, at = cast.engagement, now()
    invoice = row.invoices.get()
    Invoice.objects.filter(pk=invoice.pk).update(state=Invoice.State.ISSUED)
    payers = doors.let_pay(invoice.pk, name="Pia", email="pia@payers.example", by=cast.owner, at=at)
    Invoice.objects.filter(pk=invoice.pk).update(state=invoice.state)
    signer = row.agreements.get().signers.filter(party="customer")[0]
    signers, _ = doors.ask(row, purpose="sign", signer=signer, by=cast.specialist, at=at)
    return {"door": payers, "signers_door": signers}
