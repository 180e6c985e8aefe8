from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.utils.timezone import now

from integrations import registry
from integrations.engine.testcase import CaseResult, run_cases
from integrations.tasks.labour import Pulse, by_flow, ends_of, labour
from onboarding.actions import test_runs
from onboarding.models import TestRun


@shared_task(name="integrations.run_test", acks_late=True, ignore_result=True)
def run_test(*, run_id: int, **_: Any) -> None:
    """Try one flow with the library's test records, case by case, and clean them away on both sides.

    Safe to run twice and to be killed: the next attempt cleans away what the killed one left, then tries anew.
    """
    labour(TestRun, run_id, uses=by_flow, do=_try_out)


def _try_out(run: TestRun) -> None:
    ends, pulse = ends_of(run.flow), Pulse(run)
    *abandoned, tag = _tags(run)

    def cases(under: str, on_case: Callable[[CaseResult], None]) -> dict[str, Any]:
        return run_cases(
            registry.flow(run.flow.code, run.flow.mapping),
            registry.cases(run.flow.code),
            source=ends.source,
            target=ends.target,
            run=under,
            scope=ends.scope,
            on_case=on_case,
            cancelled=pulse.is_lost,
        )

    def on_case(result: CaseResult) -> None:
        test_runs.record_progress(run, case=result.as_dict(), at=now())

    for earlier in abandoned:
        cases(earlier, lambda _: None)  # finds what a killed worker left and cleans it away; its result is no proof
    results = cases(tag, on_case)
    test_runs.record_result(run, results=results, at=now())


def _tags(run: TestRun) -> list[str]:
    """A tag for each attempt, the present one last: a name used once is taken for good, even after clean-up."""
    return [run.tag, *(f"{run.tag}.{attempt}" for attempt in range(2, run.attempts + 1))]
