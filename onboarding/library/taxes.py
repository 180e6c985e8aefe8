"""Which tax is charged: by the seller's country, the buyer's, and whether both have a VAT id. Words as each case needs.

Our services are supplied to businesses. Within one country its standard rate is due; between two countries of the EU
the buyer accounts for the tax when both have a VAT id; everywhere else it is out of scope. Whoever issues an invoice
may decide otherwise; this is what a draft starts with.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel import Locale
from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT",
    "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
# Standard rates in percent where such services are taxed at home; as of January 2026.
RATES = {
    "AT": "20", "AU": "10", "BE": "21", "BG": "20", "CH": "8.1", "CY": "19", "CZ": "21", "DE": "19", "DK": "25",
    "EE": "24", "ES": "21", "FI": "25.5", "FR": "20", "GB": "20", "GR": "24", "HR": "25", "HU": "27", "IE": "23",
    "IS": "24", "IT": "22", "LT": "21", "LU": "17", "LV": "21", "MT": "18", "NL": "21", "NO": "25", "NZ": "15",
    "PL": "23", "PT": "23", "RO": "21", "SE": "25", "SG": "9", "SI": "22", "SK": "23", "ZA": "15",
}  # fmt: skip
VAT_AREA = EU | {"CH", "GB", "NO"}  # their numbers carry the country before them
PREFIXES = {"GR": "EL"}
STANDARD, REVERSE_CHARGE, EXEMPT, ZERO, OUT_OF_SCOPE = "S", "AE", "E", "Z", "O"
NEED_A_REASON = frozenset({REVERSE_CHARGE, EXEMPT, OUT_OF_SCOPE})

UNTAXED = "No sales tax is due on these services."
ABROAD = "Services supplied to a business abroad: tax is due by the recipient."
REVERSED = "Reverse charge: the recipient accounts for the VAT (Article 196 of Directive 2006/112/EC)."
OUTSIDE_EU = (
    "Outside the scope of EU VAT: the services are supplied where the recipient is established "
    "(Article 44 of Directive 2006/112/EC)."
)
NO_VAT_ID = "The recipient gave no VAT id that could be checked, so VAT of {country} is charged."


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """A category of EN 16931 (UNTDID 5305), its rate in percent, and the words the invoice must carry."""

    category: str
    rate: Decimal
    note: str = ""


def of(*, seller: str, buyer: str, seller_vat_id: str, buyer_vat_id: str) -> Treatment:
    """How one sale is taxed. Countries as ISO 3166-1 alpha-2; a VAT id is empty where there is none that holds."""
    if seller == buyer:
        return _at_home(seller)
    if seller in EU and buyer in EU:
        if seller_vat_id and buyer_vat_id:
            return Treatment(category=REVERSE_CHARGE, rate=Decimal(0), note=REVERSED)
        words = NO_VAT_ID.format(country=Locale("en").territories[seller])
        return Treatment(category=STANDARD, rate=Decimal(RATES[seller]), note=words)
    return Treatment(category=OUT_OF_SCOPE, rate=Decimal(0), note=OUTSIDE_EU if seller in EU else ABROAD)


def _at_home(country: str) -> Treatment:
    if country not in RATES:
        return Treatment(category=OUT_OF_SCOPE, rate=Decimal(0), note=UNTAXED)
    return Treatment(category=STANDARD, rate=Decimal(RATES[country]))


def is_ours(note: str) -> bool:
    """True for words of this file, or none: nobody wrote others."""
    return note in {"", UNTAXED, ABROAD, REVERSED, OUTSIDE_EU} or note.startswith(NO_VAT_ID.partition("{")[0])


def vat_id(number: str, country: str) -> str:
    """A VAT id with its country before it, as EN 16931 wants it; empty where the number is none or the check fails."""
    if country not in VAT_AREA:
        return ""
    module: Any = get_cc_module(country.lower(), "vat")  # stdnum has one for each country of the area
    try:
        plain = str(module.validate(number))
    except ValidationError:
        return ""
    prefix = PREFIXES.get(country, country)
    return plain if plain.startswith(prefix) else f"{prefix}{plain}"
