"""The links without an account to an agreement or an invoice: sent again, revoked, and a new one for another payer."""

from __future__ import annotations

from typing import Any

from django import forms

from onboarding.actions import doors
from onboarding.actors import Role
from onboarding.models import Agreement, Door, Invoice
from onboarding.queries import doors as queries
from onboarding.workflow.invoice_machine import OWED
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, on_row

STAFF = frozenset({Role.SPECIALIST, Role.LEAD, Role.FINANCE})


class DoorForm(forms.Form):
    door_id = fields.row_id()


class PayerForm(forms.Form):
    invoice_id = fields.row_id()
    name = fields.line("Name", longest=150)
    email = forms.EmailField(label="E-mail address", max_length=254)


def acts(purpose: str) -> dict[str, Act]:
    """What a page about such links offers to whom."""
    roles = doors.KEEPERS[Door.Purpose(purpose)] & STAFF
    return {
        "send_door": Act(button="Send again", done="A new link is on its way; the old one leads nowhere any more.",
                         form=DoorForm, kind="quiet small", key="door_id", roles=roles,
                         call=on_row(doors.send_again, "door_id")),
        "revoke_door": Act(button="Revoke", done="Revoked. The link leads nowhere from now on.", form=DoorForm,
                           kind="quiet small", key="door_id", roles=roles, is_always=True,
                           call=on_row(doors.revoke, "door_id")),
    }  # fmt: skip


ACTS_TO_SIGN = acts(Door.Purpose.SIGN)
ACTS_TO_PAY = acts(Door.Purpose.PAY) | {
    "let_pay": Act(button="Send the link", done="The link is on its way.", form=PayerForm, kind="secondary",
                   roles=doors.KEEPERS[Door.Purpose.PAY] & STAFF, call=on_row(doors.let_pay, "invoice_id")),
}  # fmt: skip


def to_agreement(desk: Desk, agreement: Agreement, *, at: Any) -> list[dict[str, Any]]:
    """Its doors, as `_doors.html` draws them."""
    return [_drawn(desk, one) for one in queries.to_agreement(agreement, at=at)]


def to_invoice(desk: Desk, invoice: Invoice, *, at: Any) -> dict[str, Any]:
    """Its doors, and the form for one more payer while money is owed."""
    form = desk.form("let_pay", initial={"invoice_id": invoice.pk}) if invoice.state in OWED else None
    return {"doors": [_drawn(desk, one) for one in queries.to_invoice(invoice, at=at)], "let_pay": form}


def _drawn(desk: Desk, line: queries.Line) -> dict[str, Any]:
    about = {"door_id": line.door.pk}
    return {
        "line": line,
        "acts": [
            act
            for act in (
                desk.form("send_door", initial=about) if line.may_be_sent_again else None,
                desk.form("revoke_door", initial=about) if line.is_open else None,
            )
            if act is not None
        ],
    }
