"""Which solution of the library an engagement is about."""

from __future__ import annotations

from onboarding.library import flows, setup, solutions
from onboarding.models import Engagement, Flow


def of(engagement: Engagement) -> solutions.Solution:
    """The solution wished for or selected; the library's first as long as nobody said."""
    known = {entry.code: entry for entry in solutions.SOLUTIONS}
    return known.get(engagement.solution, solutions.SOLUTIONS[0])


def system_of(engagement: Engagement, side: str) -> str:
    """The system code of one side (crm, finance) in the engagement's solution."""
    entry = of(engagement)
    return entry.crm if side == "crm" else entry.finance


def template_of(flow: Flow) -> flows.FlowTemplate:
    """The library's template of a flow; KeyError when the library dropped it."""
    return flows.flow(flow.code)


def setup_templates(engagement: Engagement) -> tuple[setup.SetupTaskTemplate, ...]:
    """What step VII asks for in this engagement's solution, in the order people do it."""
    entry = of(engagement)
    return setup.tasks_for(systems=(entry.crm, entry.finance), flows=entry.flows)
