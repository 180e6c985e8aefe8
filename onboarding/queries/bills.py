"""What an invoice and its relatives say: the contexts of their PDFs, frozen when they are ordered."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from onboarding.library import prices, taxes
from onboarding.models import Company, CreditNote, Engagement, Invoice, Payment, Requirement
from onboarding.queries import parties
from onboarding.queries.solutions import of as solution_of
from onboarding.workflow.step_04_customer_verification import agreement_in_force

AGREED = (Requirement.State.AGREED, Requirement.State.CHANGED)


def zone_of(company: Company) -> ZoneInfo:
    """The company's own time zone."""
    return ZoneInfo(company.time_zone)


def local(company: Company, at: datetime) -> datetime:
    """This moment where the company is: the day on its invoices, and the year of their series."""
    return at.astimezone(zone_of(company))


def day(company: Company, at: datetime) -> date:
    """The day it is at this moment where the company is."""
    return local(company, at).date()


def latest_day(company: Company, at: datetime) -> date:
    """The later of the two days it is at this moment, in UTC and where the company is: what may be dated today."""
    return max(at.date(), day(company, at))


def offered(engagement: Engagement) -> tuple[str, tuple[prices.Price, ...]]:
    """Currency and positions of the price list for the agreed scope."""
    currency = prices.currency_of(engagement.company.currency)
    flows = engagement.requirements.filter(state__in=AGREED, kind=Requirement.Kind.FLOW)
    agreed = list(flows.exclude(priority=Requirement.Priority.WONT).order_by("number").values_list("flow", flat=True))
    return currency, prices.of(solution_of(engagement).code, currency=currency, agreed=agreed)


def treatment(company: Company, *, at: datetime) -> taxes.Treatment:
    """How a sale to this company at this moment is taxed, by its details as they stand."""
    return taxes.of(
        seller=settings.SELLER["country"], buyer=company.country, seller_vat_id=parties.biller()["vat_id"],
        buyer_vat_id=parties.billed(company)["vat_id"], on=day(company, at),
    )  # fmt: skip


def received(invoice: Invoice) -> Decimal:
    """Confirmed payments less confirmed refunds."""
    return sum((_signed(one) for one in invoice.payments.filter(state=Payment.State.CONFIRMED)), Decimal(0))


def _signed(payment: Payment) -> Decimal:
    return -payment.amount if payment.kind == Payment.Kind.REFUND else payment.amount


def invoice_context(invoice: Invoice, engagement: Engagement) -> dict[str, Any]:
    """The context of an issued invoice: everything its PDF and its data say."""
    agreement = agreement_in_force(engagement)
    return {
        "number": invoice.number,
        "reference": engagement.reference,
        "agreement": agreement.number if agreement else "",
        "issued_on": _day(engagement, invoice.issued_at),
        "due_on": invoice.due_on.isoformat() if invoice.due_on else "",
        "seller": parties.biller(),
        "buyer": parties.billed(engagement.company),
        **_sums(invoice),
        "payment": {
            "iban": settings.SELLER["iban"],
            "bic": settings.SELLER["bic"],
            "remittance_reference": invoice.remittance_reference,
            "card_url": f"{settings.BASE_URL}/invoice/",
        },
        "notes": "",
    }


def credit_note_context(note: CreditNote, invoice: Invoice, engagement: Engagement) -> dict[str, Any]:
    """The context of a credit note: the parties and sums of the invoice as they were, under a number of its own."""
    frozen = invoice.document.rendering.context if invoice.document else invoice_context(invoice, engagement)
    return frozen | {
        "number": note.number,
        "issued_on": _day(engagement, note.issued_at),
        "due_on": "",
        "payment": {"iban": "", "bic": "", "remittance_reference": ""},
        "notes": "",
        "reason": note.reason,
        "invoice": {"number": invoice.number, "issued_on": frozen["issued_on"]},
    }


def _day(engagement: Engagement, at: datetime | None) -> str:
    return day(engagement.company, at).isoformat() if at else ""


def _sums(invoice: Invoice) -> dict[str, Any]:
    lines, rate = list(invoice.lines.all()), plain(invoice.tax_rate)
    return {
        "lines": [
            {
                "description": line.description,
                "quantity": plain(line.quantity),
                "unit": line.unit,
                "unit_price": f"{line.unit_price:.2f}",
                "net": f"{line.net:.2f}",
                "tax_rate": rate,
            }
            for line in lines
        ],
        "lines_total": f"{sum((line.net for line in lines), Decimal(0)):.2f}",
        "discount": f"{invoice.discount:.2f}",
        "discount_reason": invoice.discount_reason,
        "currency": invoice.currency,
        "net": f"{invoice.net:.2f}",
        "tax": f"{invoice.tax:.2f}",
        "gross": f"{invoice.gross:.2f}",
        "tax_category": invoice.tax_category,
        "tax_rate": rate,
        "tax_note": invoice.tax_note,
    }


def plain(number: Decimal) -> str:
    """'12' for 12.00 and '2.5' for 2.50."""
    return format(number.normalize(), "f")


def receipt_context(invoice: Invoice, engagement: Engagement, *, at: datetime) -> dict[str, Any]:
    """The context of a receipt: what was paid for an invoice, and when."""
    payments = list(invoice.payments.filter(state=Payment.State.CONFIRMED).order_by("received_on", "pk"))
    return {
        "number": invoice.number,
        "reference": engagement.reference,
        "made_on": _day(engagement, at),
        "seller": parties.biller(),
        "buyer": parties.billed(engagement.company),
        "currency": invoice.currency,
        "gross": f"{invoice.gross:.2f}",
        "tax": f"{invoice.tax:.2f}",
        "tax_note": invoice.tax_note,
        "issued_on": _day(engagement, invoice.issued_at),
        "paid_on": max((one.received_on for one in payments), default=_date(engagement, at)).isoformat(),
        "payments": [
            {"on": one.received_on.isoformat(), "method": _method(one), "reference": one.reference,
             "amount": f"{_signed(one):.2f}"}
            for one in payments
        ],
    }  # fmt: skip


def _date(engagement: Engagement, at: datetime) -> date:
    return day(engagement.company, at)


def _method(payment: Payment) -> str:
    return (
        f"{payment.get_method_display()}, sent back"
        if payment.kind == Payment.Kind.REFUND
        else payment.get_method_display()
    )
