"""Step VII: both systems are prepared, each task with what was done and by whom. Step VIII proves the fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onboarding.workflow.criterion import Criterion, Owner, Proof, entry
from onboarding.workflow.lookups import rows


@rows
def setup_tasks_of(engagement: Any) -> Any:
    """The tasks of step VII, in their order."""
    return engagement.setup_tasks.all()


def _workstream_done(workstream: str) -> Callable[[Any], Proof | None]:
    def evidence(engagement: Any) -> Proof | None:
        tasks = [task for task in setup_tasks_of(engagement) if task.workstream == workstream]
        if not tasks or any(task.done_at is None for task in tasks):
            return None
        return [entry(task.title, f"{task.done_note} ({task.done_by})") for task in tasks]

    return evidence


CRITERIA = (
    Criterion(
        code="crm_customisation.incomplete",
        owner=Owner.CUSTOMER,
        title="Prepare your CRM",
        hint="Create the fields listed here, or connect the CRM and let the portal create them for you.",
        place="setup",
        evidence=_workstream_done("crm"),
    ),
    Criterion(
        code="finance_preparation.incomplete",
        owner=Owner.CUSTOMER,
        title="Prepare your financial application",
        hint="AccountID and what else binds the records of both systems.",
        place="setup",
        evidence=_workstream_done("finance"),
    ),
)
