"""What people write beside a transfer: remittance references (ISO 11649) and invoice numbers, in any spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iso11649

from onboarding.library.company_keys import name_key

SHORTEST_REFERENCE, LONGEST_REFERENCE = 5, 25
SHORTEST_NAME = 5  # letters that a part of a payer's name needs to stand for a company's
# A word for an invoice before year and number ("Invoice no. 2026/1"), or the two as our series writes them.
_WORDS = """inv invoice rechnung rechnungsnr rechnungsnummer re rg facture factuur factura fattura faktura faktur
    laskunro nota bill"""
WORDS = "|".join(sorted(_WORDS.split(), key=len, reverse=True))
NAMED = re.compile(
    rf"(?<![a-z])(?:{WORDS})[\W_]*(?:(?:no|nr|num|number|nummer|numero|n)[\W_]*)?(?:inv[\W_]*)?(20\d\d)[\W_]*(\d{{1,6}})(?!\d)",
    re.IGNORECASE,
)
PLAIN = re.compile(r"(?<![\d.,/-])(20\d\d)[\W_](\d{4,6})(?![\d.,/-]*\d)")
SQUEEZED = re.compile(r"INV(20\d\d)(\d{4,6})")


def squeezed(text: str) -> str:
    """Letters and digits alone, upper case: how banks' line ends and people's blanks go away."""
    return "".join(one for one in text.upper() if one.isascii() and one.isalnum())


def references_in(text: str) -> list[str]:
    """Every remittance reference that may stand in it: "RF", and check digits that are right. Blanks don't matter.

    Where the reference ends is not marked, so that several may fit; who knows the references given out tells.
    """
    plain = squeezed(text)
    return list(dict.fromkeys(_references(plain)))


def _references(plain: str) -> Iterator[str]:
    for start in (found.start() for found in re.finditer(r"(?=RF\d\d)", plain)):
        for length in range(SHORTEST_REFERENCE, LONGEST_REFERENCE + 1):
            reference = plain[start : start + length]
            if len(reference) == length and iso11649.is_valid(reference):
                yield reference


def numbers_in(text: str) -> list[str]:
    """Every invoice number that may be meant, as our series writes it: "invoice 2026/42" is INV-2026-0042."""
    found = [*NAMED.findall(text), *PLAIN.findall(text)] or list(_run_together(squeezed(text)))
    return list(dict.fromkeys(f"INV-{year}-{int(number):04d}" for year, number in found if int(number)))


def _run_together(plain: str) -> Iterator[tuple[str, str]]:
    """Line ends of the bank fell into the number; what follows it may have run into its end."""
    for year, digits in SQUEEZED.findall(plain):
        for length in range(4, len(digits) + 1):
            yield year, digits[:length]


def is_like(payer: str, company: str) -> bool:
    """The payer's name is the company's but for legal form, accents and signs, or begins with it, or the reverse."""
    one, other = sorted((name_key(payer), name_key(company)), key=len)
    return bool(one) and (one == other or (len(one) >= SHORTEST_NAME and other.startswith(one)))
