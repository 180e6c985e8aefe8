"""What both kinds of bank statement are read into: credits that are booked, and counts of what was left out."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from onboarding.inspection.unfit import Unfit

MOST_BYTES = 10 * 1024 * 1024
MOST_CREDITS = 20_000
LONGEST_REFERENCE, LONGEST_PAYER, LONGEST_TEXT, LONGEST_ACCOUNT = 100, 150, 500, 34
CENT, MOST = Decimal("0.01"), Decimal("999999999999.99")
# What banks write where they have no reference.
NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "NOT PROVIDED", "N/A", "-", "0"})
MADE_UP = "no-ref-"  # how a reference begins that the bank did not give
DEBITS, REVERSALS, PENDING, EMPTY = "debits", "reversals", "pending", "empty"


@dataclass(frozen=True, kw_only=True)
class Credit:
    """One booked credit as the bank tells it; plain text, cut to what the columns hold."""

    account: str
    reference: str  # the bank's own id; made from everything else where the bank gave none
    booked_on: str
    amount: str
    currency: str
    payer: str = ""
    remittance: str = ""


def told(text: str | None, longest: int) -> str:
    """One line of visible text, shortened."""
    plain = unicodedata.normalize("NFC", text or "")
    seen = "".join(one if unicodedata.category(one)[0] != "C" else " " for one in plain)
    return " ".join(seen.split())[:longest].rstrip()


def account_of(text: str | None) -> str:
    """An account as it is compared: no blanks, upper case."""
    return "".join(told(text, 100).split()).upper()[:LONGEST_ACCOUNT]


def amount_of(amount: Decimal, *, where: str) -> Decimal:
    """The amount, when it is money; Unfit naming the place."""
    if not amount.is_finite() or not -MOST <= amount <= MOST or amount != amount.quantize(CENT):
        raise Unfit(
            "amount", f"{where}: the amount is none, or has more than two decimals. Export the statement again."
        )
    return abs(amount)


@dataclass
class Book:
    """The statement as it is read, entry by entry."""

    credits: list[Credit] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    days: set[date] = field(default_factory=set)
    account: str = ""
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)

    def leave_out(self, why: str) -> None:
        """An entry that pays no invoice of ours: counted, not kept."""
        self.left_out[why] += 1

    def add(self, credit: Credit) -> None:
        """Keep a credit; two under one reference are told apart by their order."""
        if len(self.credits) >= MOST_CREDITS:
            raise Unfit("crowd", f"It has more than {MOST_CREDITS:,} credits. Export a shorter period.")
        if Decimal(credit.amount) == 0:
            return self.leave_out(EMPTY)
        reference = told(credit.reference, LONGEST_REFERENCE)
        if reference.upper() in NO_REFERENCE:
            reference = fingerprint(credit)
        self._seen[credit.account, reference] += 1
        if (number := self._seen[credit.account, reference]) > 1:
            reference = f"{reference}/{number}"
        self.credits.append(replace(credit, reference=reference))
        return None

    def facts(self, released: BinaryIO) -> dict[str, Any]:
        """Write the credits, one JSON a line, and say what the whole file is."""
        released.writelines(json.dumps(asdict(one)).encode() + b"\n" for one in self.credits)
        days = sorted(self.days | {date.fromisoformat(one.booked_on) for one in self.credits})
        return {
            "account": self.account or next((one.account for one in self.credits if one.account), ""),
            "from_on": days[0].isoformat() if days else "",
            "to_on": days[-1].isoformat() if days else "",
            "credits": len(self.credits),
            "left_out": dict(self.left_out),
        }


def fingerprint(credit: Credit) -> str:
    """What names a credit whose bank gave it no reference: the same credit in another file gets the same."""
    facts = asdict(replace(credit, reference=""))
    return MADE_UP + hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]
