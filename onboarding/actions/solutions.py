"""The solution of step IX: selected from the library, its flows made with the default mapping."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import blueprints, gates
from onboarding.actors import SPECIALISTS, Actor
from onboarding.library import flows as flow_library
from onboarding.library import solutions as library
from onboarding.models import Engagement, Flow
from onboarding.workflow.steps import Step

WANTED = ("must", "should")


@transaction.atomic
def select(engagement_id: int, *, solution: str, by: Actor, at: datetime) -> Engagement:
    """Select a solution of the library. Its flows are made: on when the requirements say must or should, else off.

    Selecting again leaves flows that are there alone; flows of another solution are switched off.
    """
    engagement = gates.writable(
        engagement_id, by, roles=SPECIALISTS, steps={Step.SOLUTION_CONFIGURATION},
        words="Specialists select the solution.",
    )  # fmt: skip
    known = {entry.code: entry for entry in library.SOLUTIONS}
    if (chosen := known.get(solution)) is None:
        raise errors.BadInput(fields={"solution": "Choose one of the library's solutions."})
    engagement.solution, engagement.solution_selected_at = chosen.code, at
    engagement.solution_selected_by = by.name
    engagement.save(update_fields=["solution", "solution_selected_at", "solution_selected_by"])
    engagement.flows.exclude(code__in=chosen.flows).update(direction=Flow.Direction.NONE, configured_at=None)
    for code in chosen.flows:
        _make_flow(engagement, flow_library.flow(code))
    blueprints.supersede(engagement, at=at)
    data = {"solution": chosen.code, "flows": list(chosen.flows)}
    outbox.record("solution.selected", engagement, by=by, at=at, data=data)
    return engagement


def _make_flow(engagement: Engagement, template: flow_library.FlowTemplate) -> None:
    is_wanted = engagement.requirements.filter(flow=template.code, priority__in=WANTED).exclude(state="declined")
    Flow.objects.get_or_create(
        engagement=engagement,
        code=template.code,
        defaults={
            "company_id": engagement.company_id,
            "name": template.name,
            "direction": template.direction if is_wanted.exists() else Flow.Direction.NONE,
            "master": template.master,
            "mapping": [mapping.as_dict() for mapping in template.mappings],
            "mapping_version": 1,
            "interval_seconds": settings.FLOW_INTERVAL_SECONDS,
        },
    )
