"""The solution library: which CRM is joined to which financial application, and by which flows."""

from dataclasses import dataclass

SYSTEM_NAMES = {"salesforce": "Salesforce", "quickbooks_online": "QuickBooks Online"}


@dataclass(frozen=True, kw_only=True)
class Solution:
    """One pair of products. `crm` and `finance` are system codes, `flows` codes of onboarding.library.flows."""

    code: str
    name: str
    crm: str
    finance: str
    flows: tuple[str, ...]


SOLUTIONS: tuple[Solution, ...] = (
    Solution(
        code="salesforce_quickbooks_online",
        name="Salesforce to QuickBooks Online",
        crm="salesforce",
        finance="quickbooks_online",
        flows=("account_to_customer",),
    ),
)


def solution(code: str) -> Solution:
    """The solution of this code; KeyError when the library has none."""
    return {entry.code: entry for entry in SOLUTIONS}[code]
