"""Which invoice a credit on our account pays: by its reference, by the invoice's number, else by amount and payer.

A match is a suggestion: a person decides. Read as staff, over all companies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Q, Sum

from onboarding.library import remittances
from onboarding.models import BankEntry, Invoice, Payment
from onboarding.queries import bills
from onboarding.workflow.invoice_machine import OWED

A_QUERY = 500  # values of one IN (…)
NAMED_AT_MOST = 3


@dataclass(frozen=True)
class Match:
    """The invoice's number, empty when none can be suggested, and why, in words."""

    number: str = ""
    words: str = ""


@dataclass(frozen=True)
class _Owed:
    """One invoice that money is expected for."""

    number: str
    currency: str
    names: tuple[str, ...]
    left: Decimal


class Register:
    """The invoices that a set of credits may be for, read in a handful of queries however many credits there are."""

    def __init__(self, entries: Sequence[BankEntry]) -> None:
        texts = [one.remittance for one in entries]
        references = {found for text in texts for found in remittances.references_in(text)}
        numbers = {found for text in texts for found in remittances.numbers_in(text)}
        known = list(_invoices("remittance_reference", references))
        self.by_reference = {one.remittance_reference: one for one in known}
        self.by_number = {one.number: one for one in _invoices("number", numbers)}
        self.owed = _owed({one.currency for one in entries})

    def match(self, entry: BankEntry) -> Match:
        """What the credit pays, as far as can be told."""
        text = entry.remittance
        named = _known(self.by_reference, remittances.references_in(text))
        if named:
            return _named(named, "reference")
        named = _known(self.by_number, remittances.numbers_in(text))
        return _named(named, "invoice number") if named else self._by_amount(entry)

    def _by_amount(self, entry: BankEntry) -> Match:
        found = [
            one for one in self.owed
            if one.left == entry.amount and one.currency == entry.currency
            and any(remittances.is_like(entry.payer, name) for name in one.names)
        ]  # fmt: skip
        if len(found) == 1:
            one = found[0]
            return Match(
                one.number,
                f"No reference; the amount is what is open, and the payer is named like {one.names[0]}"[:100],
            )
        return Match(words="The amount and the payer fit several invoices." if found else "")


def _invoices(column: str, values: set[str]) -> Iterator[Invoice]:
    wanted = sorted(values)
    for start in range(0, len(wanted), A_QUERY):
        rows = Invoice.objects.filter(**{f"{column}__in": wanted[start : start + A_QUERY]})
        yield from rows.exclude(number=None)


def _known(known: dict[str | None, Invoice], found: Iterable[str]) -> list[Invoice]:
    return list(dict.fromkeys(known[one] for one in found if one in known))


def _named(invoices: list[Invoice], by: str) -> Match:
    if len(invoices) > 1:
        numbers = ", ".join(str(one) for one in invoices[:NAMED_AT_MOST])
        return Match(words=f"It names several invoices: {numbers}.")
    [one] = invoices
    if one.state == Invoice.State.VOID:
        return Match(words=f"Its {by} is that of {one}, which is void.")
    return Match(str(one.number), f"Its {by} is that of {one}.")


def _owed(currencies: set[str]) -> list[_Owed]:
    """What is expected in these currencies (two queries)."""
    rows = list(
        Invoice.objects.filter(state__in=OWED, currency__in=currencies).select_related("company").defer("tax_note")
    )
    came = {"payment": Decimal(1), "refund": Decimal(-1)}
    paid: dict[int, Decimal] = {}
    counted = Payment.objects.filter(state=Payment.State.CONFIRMED, invoice__state__in=OWED)
    for one in counted.order_by().values("invoice_id", "kind").annotate(sum=Sum("amount")):
        paid[one["invoice_id"]] = paid.get(one["invoice_id"], Decimal(0)) + came[one["kind"]] * one["sum"]
    return [
        _Owed(str(row.number), row.currency, (row.company.legal_name, row.company.name),
              row.gross - paid.get(row.pk, Decimal(0)))
        for row in rows
    ]  # fmt: skip


def match(entry: BankEntry) -> Match:
    """What one credit pays, as things stand now."""
    return Register([entry]).match(entry)


def invoice_of(entry: BankEntry) -> Invoice | None:
    """The invoice that is suggested for it or was recorded."""
    if not entry.invoice_number:
        return None
    rows = Invoice.objects.select_related("company", "engagement")
    return rows.filter(number=entry.invoice_number).first()


def typed(number: str) -> Invoice | None:
    """The invoice somebody means who types this: its number in any spelling, or its reference."""
    wanted = Q(number__in=[number.strip(), *remittances.numbers_in(f"INV {number}")])
    wanted |= Q(remittance_reference__in=remittances.references_in(number))
    found = list(Invoice.objects.exclude(number=None).filter(wanted)[:2])
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Outcome:
    """What recording a credit for an invoice would do, in words; `tone` as pages colour it."""

    words: tuple[str, ...]
    tone: str
    is_refused: bool = False


def outcome(entry: BankEntry, invoice: Invoice) -> Outcome:
    """What follows when this credit is recorded for this invoice now."""
    if invoice.state == Invoice.State.VOID:
        refused = f"{invoice} is void. Record it for the invoice that took its place, or dismiss it and send it back."
        return Outcome((refused,), "bad", is_refused=True)
    if invoice.currency != entry.currency:
        refused = f"{invoice} is in {invoice.currency}, this money in {entry.currency}: it can't be recorded for it."
        return Outcome((refused,), "bad", is_refused=True)
    left = max(invoice.gross - bills.received(invoice), Decimal(0))
    words, tone = _fit(entry, invoice, left)
    waiting = _waiting(invoice)
    if waiting:
        words += (f"{waiting:,.2f} {invoice.currency} more wait for a second person already.",)
    if entry.amount >= settings.SECOND_PERSON_FROM:
        words += (f"From {settings.SECOND_PERSON_FROM:,.2f} on, a second person confirms it before it counts.",)
    return Outcome(words, "warn" if waiting else tone)


def _fit(entry: BankEntry, invoice: Invoice, left: Decimal) -> tuple[tuple[str, ...], str]:
    code, amount = invoice.currency, entry.amount
    if not left:
        return (f"{invoice} is paid already: {amount:,.2f} {code} would have to go back.",), "warn"
    if amount == left:
        return (f"It is exactly what is open on {invoice}: the invoice is then paid.",), "good"
    if amount < left:
        return (f"{left - amount:,.2f} {code} of {left:,.2f} stay open on {invoice}.",), "info"
    return (f"Only {left:,.2f} {code} are open on {invoice}: {amount - left:,.2f} would have to go back.",), "warn"


def _waiting(invoice: Invoice) -> Decimal:
    waiting = invoice.payments.filter(state=Payment.State.PROPOSED, kind=Payment.Kind.PAYMENT)
    return waiting.aggregate(sum=Sum("amount", default=Decimal(0)))["sum"]
