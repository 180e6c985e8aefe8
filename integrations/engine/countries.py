"""Countries: whatever people write, to the ISO 3166-1 alpha-3 code."""

import functools

from babel import Locale
from babel.core import get_global

# CLDR still knows the codes of countries that are no more: these are the living ones.
_LIVING = {"CW": "CUW", "MM": "MMR", "CD": "COD", "RS": "SRB", "DE": "DEU", "FR": "FRA", "SA": "SAU", "RU": "RUS",
           "TL": "TLS", "YE": "YEM"}  # fmt: skip
_EVERYDAY = {"usa": "USA", "u.s.a.": "USA", "u.s.": "USA", "united states of america": "USA", "america": "USA",
             "uk": "GBR", "u.k.": "GBR", "great britain": "GBR", "england": "GBR", "scotland": "GBR", "wales": "GBR",
             "northern ireland": "GBR", "holland": "NLD", "the netherlands": "NLD", "czech republic": "CZE",
             "south korea": "KOR", "korea": "KOR", "russia": "RUS", "deutschland": "DEU", "österreich": "AUT",
             "schweiz": "CHE", "españa": "ESP", "italia": "ITA", "brasil": "BRA", "méxico": "MEX"}  # fmt: skip


@functools.cache
def _table() -> dict[str, str]:
    named = Locale("en").territories
    aliases = get_global("territory_aliases").items()
    codes = {
        two[0]: three for three, two in aliases if len(three) == 3 and three.isalpha() and two[0] in named
    } | _LIVING
    table = {two.lower(): three for two, three in codes.items()} | {three.lower(): three for three in codes.values()}
    for language in ("en", "de", "fr", "es"):
        names = Locale(language).territories
        table |= {names[two].lower(): three for two, three in codes.items() if two in names}
    return table | _EVERYDAY


def iso3(text: str) -> str | None:
    """`Germany`, `DE`, `deu` → `DEU`; None when nobody knows the country."""
    return _table().get(text.strip().lower())
