"""Standard rates of VAT and GST, in percent, each with the day it came into force: an invoice is taxed by its own day.

Looked up in November 2026. A change that was made into law is added here before its day comes; a plan is not.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

# The EU: European Commission, "Taxes in Europe Database" (rates since 2017) and "VAT rates applied in the Member States
# of the European Union" (June 2021, section VIII, before). Only reduced rates changed in 2026.
EU = {
    "AT": {"1984-01-01": "20"},
    "BE": {"1996-01-01": "21"},
    "BG": {"1999-01-01": "20"},
    "CY": {"2014-01-13": "19"},
    "CZ": {"2013-01-01": "21"},
    "DE": {"2021-01-01": "19"},
    "DK": {"1992-01-01": "25"},
    "EE": {"2009-07-01": "20", "2024-01-01": "22", "2025-07-01": "24"},
    "ES": {"2012-09-01": "21"},
    "FI": {"2013-01-01": "24", "2024-09-01": "25.5"},
    "FR": {"2014-01-01": "20"},
    "GR": {"2016-06-01": "24"},
    "HR": {"2012-03-01": "25"},
    "HU": {"2012-01-01": "27"},
    "IE": {"2021-03-01": "23"},
    "IT": {"2013-10-01": "22"},
    "LT": {"2009-09-01": "21"},
    "LU": {"2023-01-01": "16", "2024-01-01": "17"},
    "LV": {"2012-07-01": "21"},
    "MT": {"2004-01-01": "18"},
    "NL": {"2012-10-01": "21"},
    "PL": {"2011-01-01": "23"},
    "PT": {"2011-01-01": "23"},
    "RO": {"2017-01-01": "19", "2025-08-01": "21"},  # Legea 141/2025
    "SE": {"1990-07-01": "25"},
    "SI": {"2013-07-01": "22"},
    "SK": {"2011-01-01": "20", "2025-01-01": "23"},
}
ELSEWHERE = {
    "AU": {"2000-07-01": "10"},  # A New Tax System (Goods and Services Tax) Act 1999
    "CH": {"2018-01-01": "7.7", "2024-01-01": "8.1"},  # ESTV, "MWST-Sätze"; AHV 21. A higher one is put off to 2028
    "GB": {"2011-01-04": "20"},  # HMRC, "VAT rates"; Value Added Tax Act 1994, section 2
    "IS": {"2015-01-01": "24"},  # Skatturinn, value added tax; Act No. 50/1988
    "NO": {"2005-01-01": "25"},  # Skatteetaten, "Merverdiavgift: satser"
    "NZ": {"2010-10-01": "15"},  # Inland Revenue, net GST statistics: "technical information"
    "SG": {"2023-01-01": "8", "2024-01-01": "9"},  # IRAS, "Current GST rates"
    "ZA": {"2018-04-01": "15"},  # SARS, April 2025: the rise to 15.5 % was withdrawn (Government Notice 6157)
}
STANDARD = {
    country: tuple((date.fromisoformat(day), Decimal(rate)) for day, rate in sorted(periods.items()))
    for country, periods in (EU | ELSEWHERE).items()
}


def rate(country: str, *, on: date) -> Decimal:
    """The standard rate in percent on that day; the first one kept for a day before it. KeyError: none is known."""
    periods = STANDARD[country]
    return [each for began, each in periods if began <= on or began == periods[0][0]][-1]


def is_outdated(country: str, given: Decimal, *, on: date) -> bool:
    """True for what is a standard rate of the country, but not on that day."""
    known = {each for _, each in STANDARD.get(country, ())}
    return given in known and given != rate(country, on=on)
