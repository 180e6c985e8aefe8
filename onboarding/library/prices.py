"""What a solution costs: set-up once, subscription for the first year. Amounts in the seller's currency, before tax."""

from dataclasses import dataclass
from decimal import Decimal

CURRENCY = "USD"


@dataclass(frozen=True, kw_only=True)
class Price:
    """One position of the price list."""

    description: str
    unit_price: Decimal
    quantity: Decimal = Decimal(1)


PRICES: dict[str, tuple[Price, ...]] = {
    "salesforce_quickbooks_online": (
        Price(description="Onboarding and set-up, Salesforce to QuickBooks Online", unit_price=Decimal("2500.00")),
        Price(
            description="SmartIntegration subscription, first year",
            unit_price=Decimal("199.00"),
            quantity=Decimal(12),
        ),
    ),
}
STANDARD = (
    Price(description="Onboarding and set-up", unit_price=Decimal("2500.00")),
    Price(description="SmartIntegration subscription, first year", unit_price=Decimal("199.00"), quantity=Decimal(12)),
)


def of(solution: str) -> tuple[Price, ...]:
    """The positions of one solution; the standard ones where the list has none of its own."""
    return PRICES.get(solution, STANDARD)
