"""The lines of a draft: checked in words, and summed to the cent with discount and tax."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from onboarding import errors
from onboarding.library import prices
from onboarding.models import Invoice, InvoiceLine

CENT = Decimal("0.01")
MOST = Decimal("9999999999.99")
MOST_OF_ONE = Decimal("999999.99")


def checked(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines as they will stand: {description, quantity, unit_price, unit}. BadInput naming the first that is wrong."""
    found = [_line(number, line) for number, line in enumerate(lines, start=1)]
    if not found:
        raise errors.BadInput(fields={"lines": "Enter at least one line."})
    if not 0 < total(found) <= MOST / 2:
        raise errors.BadInput(fields={"lines": "The sum of the lines must be more than zero, and sensible."})
    return found


def total(lines: Sequence[dict[str, Any]]) -> Decimal:
    """What the lines come to before discount and tax, each rounded to the cent."""
    return sum((_net(line) for line in lines), Decimal(0))


def _net(line: dict[str, Any]) -> Decimal:
    return Decimal(line["quantity"] * line["unit_price"]).quantize(CENT, ROUND_HALF_UP)


def _line(number: int, line: dict[str, Any]) -> dict[str, Any]:
    description, unit = str(line.get("description", "")).strip(), str(line.get("unit") or prices.ONE)
    try:
        quantity, unit_price = Decimal(str(line["quantity"])), Decimal(str(line["unit_price"]))
    except (InvalidOperation, KeyError):
        raise _wrong(number, "enter quantity and price as numbers.") from None
    if not description:
        raise _wrong(number, "say what it is for.")
    if len(description) > 300:
        raise _wrong(number, f"shorten what it is for to 300 characters: it has {len(description)}.")
    if unit not in prices.UNITS:
        raise _wrong(number, "choose one of the units.")
    if fits(unit_price, least=-MOST, most=Decimal(0)) and unit_price < 0:
        raise _wrong(number, "enter a price of zero or more. A discount has a field of its own.")
    if not fits(quantity, least=CENT, most=MOST_OF_ONE) or not fits(unit_price, least=Decimal(0), most=MOST):
        raise _wrong(number, "enter a quantity above zero and a price, each with at most two decimals.")
    return {"description": description, "quantity": quantity, "unit_price": unit_price, "unit": unit}


def _wrong(number: int, words: str) -> errors.BadInput:
    return errors.BadInput(fields={"lines": f"Line {number}: {words}"})


def fits(number: Decimal, *, least: Decimal, most: Decimal) -> bool:
    """True for a finite number within the bounds and with at most two decimals: what a column holds."""
    return number.is_finite() and least <= number <= most and number == number.quantize(CENT)


def put(invoice: Invoice, lines: Sequence[dict[str, Any]]) -> None:
    """Replace a draft's lines with checked ones and sum it up; the caller holds its lock."""
    invoice.lines.all().delete()
    InvoiceLine.objects.bulk_create(
        InvoiceLine(company_id=invoice.company_id, invoice=invoice, position=position, net=_net(line), **line)
        for position, line in enumerate(lines, start=1)
    )
    sum_up(invoice, total(lines))


def sum_up(invoice: Invoice, lines_total: Decimal) -> None:
    """Net, tax and gross of a draft from the sum of its lines, saved."""
    invoice.net = lines_total - invoice.discount
    invoice.tax = (invoice.net * invoice.tax_rate / 100).quantize(CENT, ROUND_HALF_UP)
    invoice.gross = invoice.net + invoice.tax
    invoice.save()
