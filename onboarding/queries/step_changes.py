"""The declared step changes, read from the machine itself: one table for actions, faces, API and tests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from onboarding.actors import Role
from onboarding.models import Engagement
from onboarding.workflow.steps import Step


@dataclass(frozen=True)
class StepChange:
    """One declared edge of the machine."""

    name: str
    source: Step
    target: Step
    roles: frozenset[Role]

    @property
    def is_return(self) -> bool:
        """True for the `return_to_…` family."""
        return self.target.number < self.source.number


@cache
def declared() -> dict[tuple[Step, str], StepChange]:
    """Every declared change by (source, name), in the order of the steps."""
    field = Engagement._meta.get_field("step")
    edges = [
        StepChange(
            name=edge.name,
            source=Step(str(edge.source)),
            target=Step(str(edge.target)),
            roles=edge.custom["roles"],
        )
        for edge in field.get_all_transitions(Engagement)
    ]
    ordered = sorted(edges, key=lambda edge: (edge.source.number, edge.is_return, -edge.target.number))
    return {(edge.source, edge.name): edge for edge in ordered}


def from_step(step: Step) -> list[StepChange]:
    """The changes declared from this step, forward first, then back from the nearest."""
    return [edge for (source, _), edge in declared().items() if source is step]
