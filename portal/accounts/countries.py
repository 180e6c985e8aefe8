"""Countries, time zones and currencies as a form offers them, from the CLDR data Babel carries."""

from __future__ import annotations

import zoneinfo
from functools import cache

from babel import Locale
from babel.numbers import get_territory_currencies

# In the CLDR among the countries, but nobody registers a company there.
NOT_COUNTRIES = frozenset(["EU", "EZ", "UN", "ZZ", "XA", "XB", "QO", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"])


@cache
def countries() -> list[tuple[str, str]]:
    """ISO 3166-1 alpha-2 codes and English names, by name."""
    names = Locale("en").territories.items()
    known = [(code, name) for code, name in names if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES]
    return sorted(known, key=lambda entry: entry[1])


@cache
def time_zones() -> list[tuple[str, str]]:
    """IANA names with spaces for people, UTC first."""
    areas = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in areas)]


def currency_of(country: str) -> str:
    """The currency most likely a company's base there; dollars where the CLDR knows none."""
    return next(iter(get_territory_currencies(country)), "USD")
