"""Test records of step X: what a flow is tried with before real records move. Names get the run's tag in front."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class TestCaseTemplate:
    """One test record. `values` are the source system's fields without the name, `name` follows the run's tag."""

    __test__ = False  # not a test class, whatever pytest thinks of the name

    code: str
    title: str
    flow: str
    name: str
    values: Mapping[str, str] = field(default_factory=dict)


CASES: tuple[TestCaseTemplate, ...] = (
    TestCaseTemplate(
        code="complete",
        title="A complete account",
        flow="account_to_customer",
        name="Complete Trading Ltd",
        values={
            "Phone": "+1 (617) 555-0142",
            "Fax": "+1 617 555 0143",
            "Website": "www.complete-trading.example",
            "BillingStreet": "12 Harbour Street\nSuite 4",
            "BillingCity": "Boston",
            "BillingState": "MA",
            "BillingPostalCode": "02110",
            "BillingCountry": "United States",
            "ShippingStreet": "Dock 7",
            "ShippingCity": "Portland",
            "ShippingState": "ME",
            "ShippingPostalCode": "04101",
            "ShippingCountry": "USA",
            "Description": "A test record of the onboarding. It is removed after the test.",
        },
    ),
    TestCaseTemplate(
        code="colon",
        title="A name with a colon and spare spaces",
        flow="account_to_customer",
        name="Colon: North  Branch",
        values={"Phone": "617.555.0199", "BillingCity": "Salem", "BillingCountry": "Germany"},
    ),
    TestCaseTemplate(
        code="long_name",
        title="A name longer than QuickBooks holds",
        flow="account_to_customer",
        name="Long Name " + "Integration and Reconciliation Partners " * 3 + "Ltd",
    ),
    TestCaseTemplate(code="bare", title="Nothing but a name", flow="account_to_customer", name="Bare Minimum Inc"),
)


def cases_for(flow: str) -> tuple[TestCaseTemplate, ...]:
    """The library's test cases of one flow, in the order they run."""
    return tuple(case for case in CASES if case.flow == flow)
