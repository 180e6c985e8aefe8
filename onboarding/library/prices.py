"""What a solution costs: one price list a currency, before tax. Set-up once, subscription for the first year.

The set-up brings a number of flows along; every further flow that was agreed is a position of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from onboarding.library import flows

CURRENCY = "USD"  # whoever works in a currency without a price list is billed in this one
ONE, MONTH = "C62", "MON"  # units of UN/ECE Recommendation 20
UNITS = {ONE: "piece", MONTH: "month", "HUR": "hour", "DAY": "day"}


@dataclass(frozen=True, kw_only=True)
class Price:
    """One position of the price list."""

    description: str
    unit_price: Decimal
    quantity: Decimal = Decimal(1)
    unit: str = ONE

    @property
    def net(self) -> Decimal:
        """Quantity times price."""
        return self.quantity * self.unit_price


@dataclass(frozen=True, kw_only=True)
class PriceList:
    """The amounts of one currency: the set-up with its flows, the subscription a month, a further flow."""

    set_up: Decimal
    flows_in_set_up: int
    month: Decimal
    further_flow: Decimal


LISTS = {
    "USD": PriceList(
        set_up=Decimal("2500.00"), flows_in_set_up=5, month=Decimal("199.00"), further_flow=Decimal("300.00")
    ),
    "EUR": PriceList(
        set_up=Decimal("2300.00"), flows_in_set_up=5, month=Decimal("185.00"), further_flow=Decimal("275.00")
    ),
    "GBP": PriceList(
        set_up=Decimal("1950.00"), flows_in_set_up=5, month=Decimal("159.00"), further_flow=Decimal("235.00")
    ),
}
SET_UPS = {"salesforce_quickbooks_online": "Onboarding and set-up, Salesforce to QuickBooks Online"}
MONTHS = Decimal(12)


def currency_of(wanted: str) -> str:
    """The currency somebody is billed in who works in this one."""
    return wanted if wanted in LISTS else CURRENCY


def of(solution: str, *, currency: str = CURRENCY, agreed: Sequence[str] = ()) -> tuple[Price, ...]:
    """The positions of one solution with the flows that were agreed, by their codes; KeyError without a price list."""
    prices = LISTS[currency]
    further = [
        Price(description=f"Further flow: {flows.NAMES.get(code, code)}", unit_price=prices.further_flow)
        for code in list(dict.fromkeys(agreed))[prices.flows_in_set_up :]
    ]
    return (
        Price(description=SET_UPS.get(solution, "Onboarding and set-up"), unit_price=prices.set_up),
        *further,
        Price(
            description="SmartIntegration subscription, first year", unit_price=prices.month, quantity=MONTHS,
            unit=MONTH,
        ),
    )  # fmt: skip
