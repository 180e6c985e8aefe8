"""Bank statements as camt.053 (ISO 20022), whichever version: read by local names, entry by entry, memory flat.

No DTD, so no entities of the file's own; nothing is fetched; depth, size and number of entries are bounded.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

from lxml import etree

from onboarding.inspection import bank
from onboarding.inspection.bank import Book, Credit
from onboarding.inspection.unfit import Unfit

CHUNK = 64 * 1024
DEEPEST = 40
STATEMENT = "BkToCstmrStmt"
OTHERS = {
    "BkToCstmrAcctRpt": "It is an account report (camt.052), whose entries may still change. Export the statement, camt.053.",
    "BkToCstmrDbtCdtNtfctn": "It is a notification (camt.054), not a statement. Export the statement, camt.053.",
}
NOT_CAMT = "It is XML, but no bank statement of ISO 20022. Export the statement as camt.053 or CSV."
# What is read of a statement beside its entries.
HEAD = {"Acct", "FrToDt"}
YES = {"true", "1"}


def read(source: BinaryIO, released: BinaryIO, extension: str) -> dict[str, Any]:
    """Facts: account, period, number of credits, what was left out. The credits stand in `released`, one JSON a line."""
    target = _Statements()
    parser = etree.XMLParser(
        target=target, resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        attribute_defaults=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    size = 0
    try:
        while block := source.read(CHUNK):
            size += len(block)
            if size > bank.MOST_BYTES:
                raise Unfit("too_large", "It is larger than 10 MB. Export a shorter period.")
            parser.feed(block)
        parser.close()
    except etree.XMLSyntaxError as error:
        line = f" at line {error.lineno}" if error.lineno else ""
        raise Unfit("damaged", f"Its XML is damaged{line}. Export the statement again.") from None
    if not target.is_statement:
        raise Unfit("not_camt", NOT_CAMT)
    return target.book.facts(released)


class _Statements:
    """What the parser tells: subtrees that matter are built and let go one by one, the rest is passed over."""

    def __init__(self) -> None:
        self.book = Book()
        self.is_statement = False
        self.path: list[str] = []
        self.tree: etree.TreeBuilder | None = None
        self.top = 0  # how deep the subtree under construction begins
        self.account, self.currency = "", ""
        self.entries = 0

    def doctype(self, *_: str | None) -> None:
        raise Unfit("dtd", "Its XML defines things of its own (a DTD). Export the statement again.")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = etree.QName(tag).localname
        self.path.append(name)
        if len(self.path) > DEEPEST:
            raise Unfit("deep", NOT_CAMT)
        if len(self.path) == 2:
            self._begin(name)
        if self.tree is None and len(self.path) == 4 and (name == "Ntry" or name in HEAD):
            self.tree, self.top = etree.TreeBuilder(), len(self.path)
        if self.tree is not None:
            self.tree.start(name, dict(attributes))

    def _begin(self, name: str) -> None:
        if name != STATEMENT:
            raise Unfit("not_camt", OTHERS.get(name, NOT_CAMT))
        self.is_statement = True

    def data(self, text: str) -> None:
        if self.tree is not None:
            self.tree.data(text)

    def end(self, tag: str) -> None:
        if self.tree is not None:
            self.tree.end(self.path[-1])
            if len(self.path) == self.top:
                found, self.tree = self.tree.close(), None
                self._take(found)
        if len(self.path) == 3:  # the statement is over: the next one is of another account
            self.account = self.currency = ""
        self.path.pop()

    def close(self) -> None:
        """Nothing is left to do: everything was taken when it ended."""

    def _take(self, found: Any) -> None:
        if found.tag == "Acct":
            self.account = bank.account_of(_text(found, "Id/IBAN") or _text(found, "Id/Othr/Id"))
            self.currency = _text(found, "Ccy")
            self.book.account = self.book.account or self.account
        elif found.tag == "FrToDt":
            self.book.days |= {day for one in ("FrDtTm", "ToDtTm") if (day := _day(_text(found, one)))}
        else:
            self.entries += 1
            self._entry(found)

    def _entry(self, entry: Any) -> None:
        status = (_text(entry, "Sts/Cd") or _text(entry, "Sts")).upper()
        if _text(entry, "RvslInd").lower() in YES:
            self.book.leave_out(bank.REVERSALS)
        elif _text(entry, "CdtDbtInd").upper() != "CRDT":
            self.book.leave_out(bank.DEBITS)
        elif status != "BOOK":
            self.book.leave_out(bank.PENDING)
        else:
            for credit in self._credits(entry):
                self.book.add(credit)

    def _credits(self, entry: Any) -> Iterable[Credit]:
        """One credit; several for a batch whose parts add up to it."""
        where = f"Entry {self.entries}"
        amount, currency = _money(entry.find("Amt"), where=where)
        booked = _day(_text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm") or _text(entry, "ValDt/Dt"))
        if booked is None:
            raise Unfit("date", f"{where} has no day of booking. Export the statement again.")
        about = {"account": self.account, "booked_on": booked.isoformat(), "currency": currency or self.currency}
        if len(about["currency"]) != 3:
            raise Unfit("currency", f"{where} names no currency. Export the statement again.")
        parts, own = entry.findall("NtryDtls/TxDtls"), _text(entry, "AcctSvcrRef")
        sums = [_part_amount(part, about["currency"], where=where) for part in parts]
        if len(parts) > 1 and None not in sums and sum(one for one in sums if one is not None) == amount:
            for number, (part, one) in enumerate(zip(parts, sums, strict=True), 1):
                reference = _text(part, "Refs/AcctSvcrRef")
                if not reference or reference == own:
                    reference = f"{own}/{number}" if own else ""
                yield Credit(**about, amount=f"{one:.2f}", reference=reference, **_said([part]))
        else:
            reference = own or next((ref for part in parts if (ref := _text(part, "Refs/AcctSvcrRef"))), "")
            yield Credit(**about, amount=f"{amount:.2f}", reference=reference, **_said(parts or [entry]))


def _part_amount(part: Any, currency: str, *, where: str) -> Decimal | None:
    """What one part of a batch adds to it; None when that is not told in the account's currency."""
    if _text(part, "CdtDbtInd").upper() == "DBIT":
        return None
    told = [part.find(path) for path in ("Amt", "AmtDtls/TxAmt/Amt")]
    for element in told:
        if element is not None and element.get("Ccy") == currency:
            return _money(element, where=where)[0]
    return None


def _money(element: Any, *, where: str) -> tuple[Decimal, str]:
    try:
        amount = Decimal((element.text or "").strip())
    except (AttributeError, InvalidOperation):
        raise Unfit("amount", f"{where} has no amount. Export the statement again.") from None
    return bank.amount_of(amount, where=where), (element.get("Ccy") or "").upper()


def _said(parts: list[Any]) -> dict[str, str]:
    """Who paid, and every word of what for: the structured reference first, it is the surest."""
    payers = [_text(part, path) for part in parts for path in (
        "RltdPties/UltmtDbtr/Nm", "RltdPties/UltmtDbtr/Pty/Nm", "RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm",
    )]  # fmt: skip
    words = [*_texts(parts, "RmtInf/Strd/CdtrRefInf/Ref"), *_texts(parts, "RmtInf/Ustrd"),
             *_texts(parts, "RmtInf/Strd/AddtlRmtInf"), *_texts(parts, "Refs/EndToEndId"),
             *_texts(parts, "AddtlNtryInf")]  # fmt: skip
    kept = [word for word in dict.fromkeys(words) if word.upper() not in bank.NO_REFERENCE]
    return {
        "payer": bank.told(next((name for name in payers if name), ""), bank.LONGEST_PAYER),
        "remittance": bank.told(" · ".join(kept), bank.LONGEST_TEXT),
    }


def _texts(parts: list[Any], path: str) -> list[str]:
    return [bank.told(one.text, bank.LONGEST_TEXT) for part in parts for one in part.findall(path)]


def _text(element: Any, path: str) -> str:
    return bank.told(element.findtext(path), bank.LONGEST_TEXT)


def _day(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text[:10])
    return None
