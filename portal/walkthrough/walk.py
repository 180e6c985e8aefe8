"""The walk itself: every step acted, then closed; what proves it is read back over the API."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from onboarding.workflow.steps import STEPS, Step
from portal.walkthrough import phase_one, phase_two
from portal.walkthrough.browser import Failed
from portal.walkthrough.story import CHANGES, Story

ACTS: dict[Step, Callable[[Story], None]] = {
    Step.WELCOME_CALL: phase_one.welcome_call,
    Step.DATA_COLLECTION: phase_one.data_collection,
    Step.REQUIREMENTS_REVIEW: phase_one.requirements_review,
    Step.CUSTOMER_VERIFICATION: phase_one.customer_verification,
    Step.CUSTOMER_APPROVAL: phase_one.customer_approval,
    Step.PLAN_TIMELINE: phase_one.plan_timeline,
    Step.INITIAL_SETUP: phase_two.initial_setup,
    Step.CONNECTIVITY_SETUP: phase_two.connectivity_setup,
    Step.SOLUTION_CONFIGURATION: phase_two.solution_configuration,
    Step.ACTIVATION_TESTING: phase_two.activation_testing,
    Step.GO_LIVE: phase_two.go_live,
    Step.CONTINUOUS_SUPPORT: phase_two.continuous_support,
}


def walk(story: Story, *, until: Step = Step.CONTINUOUS_SUPPORT, finish_last: bool = True) -> None:
    """Register and go on step by step up to `until`, which is entered; its own acts are done when `finish_last`."""
    story.register()
    for step in STEPS[: until.number]:
        if step is until and not finish_last:
            break
        ACTS[step](story)
        if step is not until:
            close(story, step)


def close(story: Story, step: Step) -> None:
    """Close one step: in phase 1 on the specialist's page, in phase 2 over the API, as programs do."""
    change = CHANGES[step.number - 1]
    if step.phase == 1:
        story.specialist.move(change)
    else:
        _move_over_api(story, change)
    record = next(one for one in steps(story) if one["number"] == step.number)
    story.say(f"{step.numeral:>4}  {step.title} · closed {record['closed_at']}")
    for proof in record["criteria"]:
        shown = "; ".join(f"{one['label']}: {one['value']}" for one in proof["evidence"])
        story.say(f"        {proof['code']:32} {shown}")


def _move_over_api(story: Story, change: str) -> None:
    answer = httpx.post(
        f"{story.base_url}/api/v1/engagements/{story.reference}/moves/",
        json={"change": change},
        headers={
            "Authorization": f"Bearer {story.staff['specialist'].extra['token']}",
            "Idempotency-Key": f"{story.reference}-{change}",
        },
        timeout=30,
        trust_env=False,
    )
    if answer.status_code not in {200, 201}:
        raise Failed(f"API move {change} answered {answer.status_code}: {answer.text[:600]}")


def steps(story: Story) -> list[dict[str, Any]]:
    """The steps with their frozen evidence, over the API."""
    return story.listed("steps/")


def documents(story: Story) -> list[dict[str, Any]]:
    """The documents that are ready, over the API."""
    return [one for one in story.listed("documents/") if one["is_ready"]]


def timeline(story: Story) -> list[dict[str, Any]]:
    """Every event, the first one first, over the API."""
    return sorted(story.listed("timeline/"), key=lambda event: int(event["number"]))


def keep(story: Story, folder: Path) -> list[dict[str, str]]:
    """Download every document beside the report; returns kind, path and hash of each. Failed when a hash differs."""
    kept = []
    for one in documents(story):
        content = story.api(f"documents/{one['uuid']}/download/").content
        digest = hashlib.sha256(content).hexdigest()
        if digest != one["sha256"]:
            raise Failed(f"{one['file_name']} came down with another hash: {digest}")
        path = folder / f"{one['kind']}-v{one['version']}-{one['file_name']}"
        path.write_bytes(content)
        kept.append({"kind": one["kind"], "path": str(path), "sha256": digest})
    return kept
