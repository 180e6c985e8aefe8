"""Mails to whoever pays an invoice: members who answer for billing, billing contacts, and payers who came by a door.

People without an account can't open the portal: they have the file attached, and no button.
"""

from __future__ import annotations

from datetime import datetime

from onboarding.actions import letters, messages
from onboarding.actors import Role
from onboarding.models import Checkout, Contact, Document, Door, Engagement, Invoice
from onboarding.queries.doors import has_account

PAYERS = frozenset({Role.OWNER, Role.BILLING})
BILLING = (Contact.Kind.BILLING,)
PAGE, BUTTON = "/invoice/", "See the invoice"


def receipt(invoice: Invoice, engagement: Engagement, document: Document, *, at: datetime) -> None:
    """The invoice is paid in full, however it was paid: each of them hears once for this receipt.

    An attached receipt goes along once it is made; the mail waits for it.
    """
    text = f"We received {invoice.gross:,.2f} {invoice.currency} in full. Thank you."
    _mail(
        invoice, engagement, kind="invoice.paid", subject=f"Receipt for invoice {invoice.number}", text=text,
        elsewhere=f"{text} The receipt is attached.", key=f"invoice-paid:{document.pk}", at=at, document=document,
    )  # fmt: skip


def refused(checkout: Checkout, invoice: Invoice, engagement: Engagement, *, at: datetime) -> None:
    """The bank refused a direct debit after days: the payer tries again or pays otherwise."""
    text = f"The bank refused the direct debit of {checkout.amount:,.2f} {checkout.currency}. Nothing was taken."
    _mail(
        invoice, engagement, kind="checkout.failed", subject=f"Invoice {invoice.number} could not be paid",
        text=f"{text} Try again, pay by card, or by bank transfer.",
        elsewhere=f"{text} Open the link you got by mail to try again, pay by card, or by bank transfer.",
        key=f"checkout-failed:{checkout.pk}", at=at,
    )  # fmt: skip


def _mail(
    invoice: Invoice, engagement: Engagement, *, kind: str, subject: str, text: str, elsewhere: str, key: str,
    at: datetime, document: Document | None = None,
) -> None:  # fmt: skip
    """One mail an address; `elsewhere` is the text for people without an account."""
    for address in dict.fromkeys([*letters.addresses(engagement, PAYERS, BILLING), *_at_doors(invoice)]):
        is_member = has_account(engagement.company_id, address)
        messages.send(
            company=engagement.company, engagement=engagement, kind=kind, to=address, subject=subject,
            text=text if is_member else elsewhere, key=f"{key}:{address}"[:200], at=at,
            path=PAGE if is_member else "", button=BUTTON if is_member else "",
            document=None if is_member else document,
        )  # fmt: skip


def _at_doors(invoice: Invoice) -> list[str]:
    """Who opened a link to this invoice that was not revoked since, whatever became of the link by now."""
    rows = Door.objects.filter(invoice=invoice).order_by("pk")
    newest = {one.email.lower(): one for one in rows}
    opened = {one.email.lower() for one in rows if one.opened_at}
    return [email for email, one in newest.items() if email in opened and one.closed_because != Door.Reason.REVOKED]
