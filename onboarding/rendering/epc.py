"""The QR code that fills in a SEPA credit transfer (EPC069-12, version 002), and its picture. Pure: no storage, no clock."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import qrcode
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from qrcode.constants import ERROR_CORRECT_M
from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum import iso11649

LONGEST_NAME = 70
MOST_BYTES = 331
LARGEST_SYMBOL = 13  # the largest version of a QR code that the standard allows
LEAST, MOST = Decimal("0.01"), Decimal("999999999.99")
QUIET = 4  # modules left white around the code
# Where SEPA credit transfers reach, by the first letters of an IBAN.
_SEPA = """AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS
    SE SI SK SM VA"""
SEPA = frozenset(_SEPA.split())


def payload(*, name: str, iban: str, bic: str, amount: Decimal, currency: str, reference: str) -> str | None:
    """What the code says, one fact a line, or None where no SEPA transfer can be filled in.

    That is for another currency than EUR, an account outside SEPA, an amount beyond the standard's, and a reference
    that is not ISO 11649. The BIC is left empty when it is none: banks inside SEPA need none.
    """
    account, place, quoted = _squeezed(iban), _squeezed(bic), _squeezed(reference)
    is_payable = currency == "EUR" and LEAST <= amount <= MOST and amount == amount.quantize(LEAST)
    is_reachable = account[:2] in SEPA and ibans.is_valid(account) and iso11649.is_valid(quoted)
    payee = _line(name)
    if not (is_payable and is_reachable and payee):
        return None
    money = f"EUR{amount:.2f}"
    said = ["BCD", "002", "1", "SCT", place if bics.is_valid(place) else "", payee, account, money, "", quoted]
    over = len("\n".join(said).encode()) - MOST_BYTES
    if over > 0:
        said[5] = _cut(payee, len(payee.encode()) - over)
    return "\n".join(said)


def code(
    *, name: str, iban: str, bic: str, amount: Decimal, currency: str, reference: str, size: str = ""
) -> SafeString:
    """The picture of such a code for a page or a document; nothing where no SEPA transfer can be filled in."""
    said = payload(name=name, iban=iban, bic=bic, amount=amount, currency=currency, reference=reference)
    if said is None:
        return SafeString("")
    title = f"QR code for a SEPA transfer of {currency} {amount:,.2f} to {name}, reference {reference}"
    return mark_safe(draw(said, title=title, size=size))  # noqa: S308 - numbers, and a title that draw() escapes


def _squeezed(number: str) -> str:
    return "".join(number.split()).upper()


def _line(text: str) -> str:
    """A name as one line of the code: no line ends, no signs nobody sees, at most 70 characters."""
    seen = "".join(
        one if unicodedata.category(one)[0] != "C" else " " for one in unicodedata.normalize("NFC", text)
    )  # fmt: skip
    return " ".join(seen.split())[:LONGEST_NAME].strip()


def _cut(text: str, size: int) -> str:
    """At most `size` bytes of UTF-8, no character broken."""
    return text.encode()[:size].decode(errors="ignore").strip()


def draw(said: str, *, title: str, size: str = "") -> str:
    """The SVG of a code: black on white whatever stands around it; `title` says the same to those who can't see it.

    `size` is a length of CSS for print ("28mm"); pages size it by their style sheet.
    """
    drawn = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    drawn.add_data(said.encode(), optimize=0)
    drawn.make(fit=True)
    if drawn.version > LARGEST_SYMBOL:
        raise ValueError(f"{len(said.encode())} bytes do not fit a code of the standard.")
    rows = drawn.get_matrix()
    sides = f' width="{size}" height="{size}"' if size else ""
    return (
        f'<svg class="epc" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {len(rows)} {len(rows)}"{sides}'
        f' shape-rendering="crispEdges"><title>{escape(title)}</title>'
        f'<path fill="#fff" d="M0 0h{len(rows)}v{len(rows)}H0z"/><path fill="#000" d="{_path(rows)}"/></svg>'
    )


def _path(rows: list[list[bool]]) -> str:
    """Each run of black modules in a row as one rectangle."""
    drawn = []
    for y, row in enumerate(rows):
        start = None
        for x, is_black in enumerate([*row, False]):
            if is_black and start is None:
                start = x
            elif not is_black and start is not None:
                drawn.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
                start = None
    return "".join(drawn)
