"""Annex D of the agreement: which terms go with which systems and deployment. Their words are templates, by code."""

from dataclasses import dataclass
from typing import Any

from onboarding.library import solutions


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One set of terms. Without `deployments` or `systems` it goes into every agreement."""

    code: str  # templates/documents/msa/v2/clauses/<code>.html
    title: str
    deployments: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()

    def is_for(self, deployment: str, systems: set[str]) -> bool:
        """True where the deployment and one of the systems are those the terms are about."""
        fits_deployment = not self.deployments or deployment in self.deployments
        return fits_deployment and (not self.systems or not systems.isdisjoint(self.systems))


CLAUSES = (
    Clause(code="cloud", title="Systems in the cloud", deployments=("cloud",)),
    Clause(code="on_premises", title="Systems on the Customer’s own computers", deployments=("on_premises",)),
    Clause(code="salesforce", title="Salesforce", systems=("salesforce",)),
    Clause(code="creatio", title="Creatio", systems=("creatio",)),
    Clause(code="quickbooks_online", title="QuickBooks Online", systems=("quickbooks_online",)),
    Clause(code="quickbooks_desktop", title="QuickBooks Desktop", systems=("quickbooks_desktop",)),
    Clause(code="invoices", title="Invoices and payments", systems=("quickbooks_online", "quickbooks_desktop")),
)


def terms_for(solution: solutions.Solution, deployment: str) -> list[dict[str, Any]]:
    """What Annex D holds for a solution and a deployment, in order, as the agreement's context keeps it."""
    systems = {solution.crm, solution.finance}
    return [
        {"code": one.code, "title": one.title, "template": f"msa/v2/clauses/{one.code}.html"}
        for one in CLAUSES
        if one.is_for(deployment, systems)
    ]
