"""Bank statements as CSV: columns by the names banks give them, amounts and dates by what the whole file says of itself.

What can be read in two ways is refused with the line's number, never guessed.
"""

from __future__ import annotations

import csv
import encodings.cp1252  # noqa: F401 - the child closes the door before it could be looked for
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from stdnum.iso7064 import mod_97_10

from onboarding.inspection import bank
from onboarding.inspection.bank import Book, Credit
from onboarding.inspection.text import BINARY
from onboarding.inspection.unfit import Unfit

HEADER_WITHIN = 40  # lines; banks write about the account before it
MOST_COLUMNS = 100
MOST_ROWS = 3 * bank.MOST_CREDITS
# Names of columns, as they are compared: small letters and digits alone.
NAMES = {
    "booked": "bookingdate bookeddate bookedon postingdate posteddate transactiondate date completeddate buchungstag "
              "buchungsdatum buchung datecomptable dateoperation boekdatum boekingsdatum datum fecha fechaoperacion "
              "datacontabile datadioperazione",
    "valued": "valuedate valutadatum valuta wertstellung datevaleur valutazione",
    "amount": "amount betrag montant bedrag importe importo umsatz transactionamount betragineur amountinaccountcurrency",
    "credit": "credit creditamount paidin moneyin deposit deposits haben gutschrift amountin entrate",
    "debit": "debit debitamount paidout moneyout withdrawal withdrawals soll lastschrift amountout uscite",
    "mark": "debitcredit creditdebit creditdebitindicator cdtdbtind drcr sollhaben sollhabenkennzeichen afbij dc cd "
            "debitcreditindicator",
    "currency": "currency ccy currencycode wahrung waehrung devise munt divisa moneda accountcurrency",
    "payer": "payer payername name counterparty counterpartyname partnername payee debtor debtorname sender orderingparty "
             "auftraggeber beguenstigterzahlungspflichtiger begunstigterzahlungspflichtiger namezahlungsbeteiligter "
             "zahlungspflichtiger zahlungspflichtiger naamtegenpartij tegenpartij nomcontrepartie ordenante ordinante "
             "empfangerzahlungspflichtiger",
    "text": "remittanceinformation remittance paymentreference reference description details paymentdetails memo "
            "narrative verwendungszweck zahlungsreferenz communication communications libelle omschrijving mededelingen "
            "concepto causale text",
    "id": "transactionid bankreference bankreferenz accountservicerreference transactionreference fitid entryreference "
          "buchungsreferenz referencenumber id",
    "account": "account accountnumber iban accountiban auftragskonto ibanauftragskonto konto rekening rekeningnummer compte "
               "owniban",
    "status": "status state bookingstatus",
}  # fmt: skip
COLUMNS = {name: column for column, names in NAMES.items() for name in names.split()}
CREDITS = frozenset("c cr crdt credit h haben bij in + habenbuchung".split())  # noqa: SIM905 - a list of words
PENDING = re.compile(r"pend|vorgemerkt|offen|reserv|attente|revert|declin|failed", re.IGNORECASE)
CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
SIGNS = {"€": "EUR", "£": "GBP", "$": "USD"}  # a dollar of another kind is told by its code
SLASHED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})")
NUMBER = re.compile(r"\d[\d.,' ’\u00a0\u202f]*")
READABLE = (
    "It names no columns that can be read. It needs a line of headings with at least “Booking date” and “Amount”."
)


def read(source: BinaryIO, released: BinaryIO, extension: str) -> dict[str, Any]:
    """Facts: account, period, number of credits, what was left out. The credits stand in `released`, one JSON a line."""
    sheet = _sheet(_text(source))
    book = Book(account=sheet.account)
    for row in sheet.rows:
        _take(book, sheet, row)
    return book.facts(released)


def _text(source: BinaryIO) -> str:
    content = source.read(bank.MOST_BYTES + 1)
    if len(content) > bank.MOST_BYTES:
        raise Unfit("too_large", "It is larger than 10 MB. Export a shorter period.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif len(content.translate(None, BINARY)) < len(content):
        raise Unfit("binary", "It holds binary data. Export the statement as camt.053 or CSV.")
    else:
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


@dataclass(frozen=True)
class _Row:
    """One line of the file as cells by their columns; `line` is where it ends."""

    line: int
    cells: dict[str, list[str]]

    def cell(self, column: str) -> str:
        return next((one for one in self.cells.get(column, []) if one), "")


@dataclass
class _Sheet:
    """The whole file: its rows, and how it writes amounts and days."""

    rows: list[_Row]
    account: str
    currency: str
    decimal: str = "."
    is_day_first: bool | None = None
    has: frozenset[str] = field(default_factory=frozenset)


def _sheet(text: str) -> _Sheet:
    for delimiter in ";,\t|":
        if found := _table(text, delimiter):
            return found
    raise Unfit("columns", READABLE)


def _table(text: str, delimiter: str) -> _Sheet | None:
    """The file read with this delimiter; None when no line of its beginning names the columns."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before: list[str] = []
    try:
        for _ in range(HEADER_WITHIN):
            cells = next(lines, None)
            if cells is None:
                return None
            if columns := _columns(cells):
                return _read_on(lines, cells, columns, before)
            before += cells[:MOST_COLUMNS]
    except csv.Error:
        raise Unfit("damaged", f"Line {lines.line_num} can't be read as CSV. Export the statement again.") from None
    return None


def _columns(cells: list[str]) -> list[str]:
    """What each column holds, by its heading; empty when this is no line of headings."""
    names = [_column(one) for one in cells[:MOST_COLUMNS]]
    if "booked" not in names:
        names = ["booked" if one == "valued" else one for one in names]
    return names if "booked" in names and {"amount", "credit"} & set(names) else []


def _column(heading: str) -> str:
    plain = re.sub(r"\((?:[A-Za-z]{3})\)|\bin [A-Z]{3}\b", "", heading)
    key = "".join(one for one in plain.lower().replace("ä", "a").replace("ü", "u").replace("é", "e") if one.isalnum())
    return COLUMNS.get(key, "")


def _read_on(lines: Any, headings: list[str], columns: list[str], before: list[str]) -> _Sheet:
    rows = []
    for cells in lines:
        by_column: dict[str, list[str]] = {}
        for column, cell in zip(columns, cells, strict=False):
            if column:
                by_column.setdefault(column, []).append(cell.strip())
        if any(any(found) for found in by_column.values()):
            rows.append(_Row(lines.line_num, by_column))
        if len(rows) > MOST_ROWS:
            raise Unfit("crowd", f"It has more than {MOST_ROWS:,} lines. Export a shorter period.")
    heads = " ".join(one for one, column in zip(headings, columns, strict=False) if column in {"amount", "credit"})
    sheet = _Sheet(rows, _account(before), _code(heads), has=frozenset(columns))
    sheet.decimal = _decimal(sheet)
    sheet.is_day_first = _is_day_first(sheet)
    return sheet


def _account(before: list[str]) -> str:
    """The IBAN among what stands before the headings."""
    for cell in before:
        found = re.search(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b", cell)
        if found and mod_97_10.is_valid((account := bank.account_of(found[0]))[4:] + account[:4]):
            return account
    return ""


def _evidence(sheet: _Sheet, columns: tuple[str, ...]) -> Iterator[tuple[_Row, str]]:
    for row in sheet.rows:
        for column in columns:
            if cell := row.cell(column):
                yield row, cell


def _decimal(sheet: _Sheet) -> str:
    """The mark before the decimals: the last one of some amount, before one or two digits."""
    ends: dict[str, int] = {}
    open_line = 0
    for row, cell in _evidence(sheet, ("amount", "credit", "debit")):
        if found := re.search(r"([.,])\d{1,2}(?!\d)\D*$", cell):
            ends.setdefault(found[1], row.line)
        elif "." in cell and "," in cell:
            ends.setdefault(max(".,", key=cell.rfind), row.line)
        elif re.search(r"[.,]\d{3}(?!\d)", cell):
            open_line = open_line or row.line
    if len(ends) > 1:
        raise Unfit(
            "decimals", f"Line {max(ends.values())} writes its decimals otherwise than line {min(ends.values())}."
        )
    if not ends and open_line:
        raise Unfit(
            "decimals", f"Line {open_line}: the amount can be read in two ways. Export amounts with two decimals."
        )
    return next(iter(ends), ".")


def _is_day_first(sheet: _Sheet) -> bool | None:
    """Whether 03/04 is the third of April; None when no day is written like that."""
    seen, firsts, seconds = 0, 0, 0
    for row, cell in _evidence(sheet, ("booked",)):
        if found := SLASHED.match(cell):
            if "." in found[0]:  # points stand in days of countries that begin with the day
                firsts = firsts or row.line
            elif int(found[1]) > 12:
                firsts = row.line
            elif int(found[2]) > 12:
                seconds = row.line
            seen = seen or row.line
    if firsts and seconds:
        raise Unfit("dates", f"Lines {firsts} and {seconds} write the day in two ways. Export days as 2027-03-12.")
    if seen and not firsts and not seconds:
        raise Unfit("dates", f"Line {seen}: the day can be read in two ways. Export days as 2027-03-12.")
    return bool(firsts) if seen else None


def _take(book: Book, sheet: _Sheet, row: _Row) -> None:
    money = row.cell("credit") or row.cell("amount") or row.cell("debit")
    if not money or not row.cell("booked"):
        if row.cell("booked") and (row.cell("payer") or row.cell("text")):
            raise Unfit("amount", f"Line {row.line} has no amount. Export the statement again.")
        return  # a line of sums, or of nothing
    day = _day(row, is_day_first=bool(sheet.is_day_first))
    book.days.add(day)
    amount = _signed(sheet, row)
    if PENDING.search(row.cell("status")):
        book.leave_out(bank.PENDING)
    elif amount < 0:
        book.leave_out(bank.DEBITS)
    else:
        book.add(_credit(sheet, row, day, amount))


def _credit(sheet: _Sheet, row: _Row, day: date, amount: Decimal) -> Credit:
    currency = _currency(sheet, row)
    if not currency:
        raise Unfit("currency", f"Line {row.line} names no currency. Add a column “Currency”.")
    words = dict.fromkeys(one for one in row.cells.get("text", []) if one)
    return Credit(
        account=bank.account_of(row.cell("account")) or sheet.account, reference=row.cell("id"),
        booked_on=day.isoformat(), amount=f"{amount:.2f}", currency=currency,
        payer=bank.told(row.cell("payer"), bank.LONGEST_PAYER),
        remittance=bank.told(" · ".join(words), bank.LONGEST_TEXT),
    )  # fmt: skip


def _currency(sheet: _Sheet, row: _Row) -> str:
    cell = row.cell("credit") or row.cell("amount")
    return _code(row.cell("currency").upper()) or _code(cell) or sheet.currency


def _code(text: str) -> str:
    """The currency that is named in it, by its code or its sign."""
    if found := CODE.search(text):
        return found[0]
    return next((code for sign, code in SIGNS.items() if sign in text), "")


def _signed(sheet: _Sheet, row: _Row) -> Decimal:
    """The amount; below zero for what left the account. Unfit naming the line."""
    if "credit" in sheet.has:
        came = _number(sheet, row, row.cell("credit")) if row.cell("credit") else Decimal(0)
        if came or not (left := row.cell("debit") or row.cell("amount")):
            return came
        return -abs(_number(sheet, row, left))
    amount = _number(sheet, row, row.cell("amount") or row.cell("debit"))
    if mark := "".join(row.cell("mark").lower().split()):
        return abs(amount) if mark in CREDITS else -abs(amount)
    return amount


def _number(sheet: _Sheet, row: _Row, cell: str) -> Decimal:
    where = f"Line {row.line}"
    found = NUMBER.findall(cell)
    if len(found) != 1:
        raise Unfit("amount", f"{where} has no amount that can be read. Write it like 1250.50.")
    thousands = "," if sheet.decimal == "." else "."
    digits = re.sub(r"[' ’\u00a0\u202f]", "", found[0]).replace(thousands, "").rstrip(".,")
    try:
        amount = bank.amount_of(Decimal(digits.replace(sheet.decimal, ".")), where=where)
    except ArithmeticError:
        raise Unfit("amount", f"{where} has no amount that can be read. Write it like 1250.50.") from None
    is_below = re.search(r"[-−(]", cell) or re.search(r"\b(?:D|DR|S)\b\s*$", cell, re.IGNORECASE)
    return -amount if is_below else amount


def _day(row: _Row, *, is_day_first: bool) -> date:
    cell = row.cell("booked")
    readers: tuple[Callable[[], date | None], ...] = (
        lambda: date.fromisoformat(cell[:10]) if re.match(r"\d{4}-\d\d-\d\d", cell) else None,
        lambda: date.fromisoformat(cell[:8]) if re.match(r"\d{8}", cell) else None,
        lambda: _slashed(cell, is_day_first=is_day_first),
    )
    try:
        day = next((found for read in readers if (found := read())), None)
    except ValueError:
        day = None
    if day is None:
        raise Unfit("dates", f"Line {row.line} has no day that can be read. Write it like 2027-03-12.")
    return day


def _slashed(cell: str, *, is_day_first: bool) -> date | None:
    if not (found := SLASHED.match(cell)):
        return None
    first, second, year = (int(one) for one in found.groups())
    day, month = (first, second) if is_day_first else (second, first)
    return date(year if year > 99 else 2000 + year, month, day)
