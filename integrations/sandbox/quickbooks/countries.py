"""Intuit gives addresses back with ISO 3166 alpha-3 codes, whatever was sent."""

NAMES = {
    "USA": ("US", "UNITED STATES", "UNITED STATES OF AMERICA", "U.S.", "U.S.A."),
    "CAN": ("CA", "CANADA"),
    "MEX": ("MX", "MEXICO"),
    "GBR": ("GB", "UK", "UNITED KINGDOM", "GREAT BRITAIN", "ENGLAND", "SCOTLAND"),
    "IRL": ("IE", "IRELAND"),
    "DEU": ("DE", "GERMANY", "DEUTSCHLAND"),
    "FRA": ("FR", "FRANCE"),
    "DNK": ("DK", "DENMARK", "DANMARK"),
    "SWE": ("SE", "SWEDEN"),
    "NOR": ("NO", "NORWAY"),
    "NLD": ("NL", "NETHERLANDS", "THE NETHERLANDS"),
    "BEL": ("BE", "BELGIUM"),
    "CHE": ("CH", "SWITZERLAND"),
    "AUT": ("AT", "AUSTRIA"),
    "ESP": ("ES", "SPAIN"),
    "PRT": ("PT", "PORTUGAL"),
    "ITA": ("IT", "ITALY"),
    "POL": ("PL", "POLAND"),
    "AUS": ("AU", "AUSTRALIA"),
    "NZL": ("NZ", "NEW ZEALAND"),
    "IND": ("IN", "INDIA"),
    "JPN": ("JP", "JAPAN"),
    "CHN": ("CN", "CHINA"),
    "SGP": ("SG", "SINGAPORE"),
    "ZAF": ("ZA", "SOUTH AFRICA"),
    "BRA": ("BR", "BRAZIL"),
}
ISO3 = {name: code for code, names in NAMES.items() for name in (code, *names)}


def iso3(given: str) -> str:
    """The three-letter code, or the text as it was when it names no country we know."""
    return ISO3.get(given.strip().upper(), given)
