"""Which tax is charged: by the seller's country, the buyer's, and whether both have a VAT id. Words as each case needs.

Our services are supplied to businesses. Within one country its standard rate is due; between two countries of the EU
the buyer accounts for the tax when both have a VAT id; everywhere else it is out of scope. Whoever issues an invoice
may decide otherwise; this is what a draft starts with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from onboarding.library import tax_rates

EU = frozenset(tax_rates.EU)
WITHOUT = frozenset({"US", "HK"})  # no such tax of the whole country; what a state of the US asks for is finance's call
PART_OF = {"MC": "FR", "IM": "GB"}  # Article 7 of Directive 2006/112/EC: supplies there count as supplies here
VAT_AREA = EU | {"CH", "GB", "NO"}  # their numbers carry the country before them
PREFIXES = {"GR": "EL"}
STANDARD, REVERSE_CHARGE, EXEMPT, ZERO, OUT_OF_SCOPE = "S", "AE", "E", "Z", "O"
NEED_A_REASON = frozenset({REVERSE_CHARGE, EXEMPT, OUT_OF_SCOPE})

UNTAXED = "No sales tax is charged on these services."
ABROAD = "Services supplied to a business abroad: tax is due by the recipient."
REVERSED = "Reverse charge: the recipient accounts for the VAT (Article 196 of Directive 2006/112/EC)."
OUTSIDE_EU = (
    "Outside the scope of EU VAT: the services are supplied where the recipient is established "
    "(Article 44 of Directive 2006/112/EC)."
)
NO_VAT_ID = "The recipient gave no VAT id that could be checked, so VAT of {country} is charged."


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """A category of EN 16931 (UNTDID 5305), its rate in percent, and the words the invoice must carry.

    Of that list, G and K are for goods that leave the country, L and M for taxes of the Canary Islands, Ceuta and
    Melilla: none of them is a service of ours. O names neither rate nor VAT ids (BR-O-2 to BR-O-5).
    """

    category: str
    rate: Decimal
    note: str = ""


def of(*, seller: str, buyer: str, seller_vat_id: str, buyer_vat_id: str, on: date) -> Treatment:
    """How one sale is taxed on that day. Countries as ISO 3166-1 alpha-2; a VAT id is empty where none holds.

    At home in a country whose rate is not known here the note is empty: a person says how it is taxed.
    """
    seller, buyer = PART_OF.get(seller, seller), PART_OF.get(buyer, buyer)
    if seller == buyer:
        return _at_home(seller, on=on)
    if seller in EU and buyer in EU:
        if seller_vat_id and buyer_vat_id:
            return Treatment(category=REVERSE_CHARGE, rate=Decimal(0), note=REVERSED)
        words = NO_VAT_ID.format(country=Locale("en").territories[seller])
        return Treatment(category=STANDARD, rate=tax_rates.rate(seller, on=on), note=words)
    return Treatment(category=OUT_OF_SCOPE, rate=Decimal(0), note=OUTSIDE_EU if seller in EU else ABROAD)


def _at_home(country: str, *, on: date) -> Treatment:
    if country in tax_rates.STANDARD:
        return Treatment(category=STANDARD, rate=tax_rates.rate(country, on=on))
    return Treatment(category=OUT_OF_SCOPE, rate=Decimal(0), note=UNTAXED if country in WITHOUT else "")


def outdated(seller: str, rate: Decimal, *, on: date) -> str:
    """What is wrong with a rate that was or will be the seller's standard one, but is not that day; empty: nothing."""
    country = PART_OF.get(seller, seller)
    if not tax_rates.is_outdated(country, rate, on=on):
        return ""
    where, in_force = Locale("en").territories[country], tax_rates.rate(country, on=on).normalize()
    return f"{rate.normalize():f}% is not the rate of {where} on {on:%-d %B %Y}: {in_force:f}% is."


def is_ours(note: str) -> bool:
    """True for words of this file, or none: nobody wrote others."""
    return note in {"", UNTAXED, ABROAD, REVERSED, OUTSIDE_EU} or note.startswith(NO_VAT_ID.partition("{")[0])


def vat_id(number: str, country: str) -> str:
    """A VAT id with its country before it, as EN 16931 wants it; empty where the number is none or the check fails."""
    country = PART_OF.get(country, country)
    if country not in VAT_AREA:
        return ""
    module: Any = get_cc_module(country.lower(), "vat")  # stdnum has one for each country of the area
    try:
        plain = str(module.validate(number))
    except ValidationError:
        return ""
    prefix = PREFIXES.get(country, country)
    return plain if plain.startswith(prefix) else f"{prefix}{plain}"
