"""Amounts as Stripe counts them: whole numbers of the currency's smallest unit."""

from decimal import Decimal

# Where the unit itself is the smallest. UGX and ISK have none either, but Stripe goes on counting them in hundredths.
WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
THOUSANDTHS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
NO_HUNDREDTHS = WHOLE | {"UGX", "ISK"}


def to_units(amount: Decimal, currency: str) -> int:
    """12.34 EUR → 1234, 1200 JPY → 1200. ValueError when the currency has no such part."""
    units = amount.scaleb(places(currency))
    if units != units.to_integral_value() or (currency in NO_HUNDREDTHS and amount != amount.to_integral_value()):
        raise ValueError(f"{amount} {currency} has parts this currency does not have")
    return int(units)


def from_units(units: int, currency: str) -> Decimal:
    """1234 of eur → 12.34, as the columns keep it."""
    return Decimal(units).scaleb(-places(currency)).quantize(Decimal("0.01"))


def places(currency: str) -> int:
    """How many decimals Stripe counts in."""
    name = currency.upper()
    return 0 if name in WHOLE else 3 if name in THOUSANDTHS else 2
