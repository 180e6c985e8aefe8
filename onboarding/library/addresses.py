"""What a complete postal address has, country by country, and the words for its parts there."""

from __future__ import annotations

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
