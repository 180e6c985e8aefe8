"""Steps VII to XII, each stage by the real actions; what a worker finds out is what a good run says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from onboarding.actions import (
    blueprints,
    connections,
    flow_runs,
    flows,
    launches,
    pilots,
    registrations,
    setup_tasks,
    solutions,
    test_runs,
    trainings,
    work,
)
from onboarding.models import CheckRun, FlowRun, MappingCheck, ReadinessScan, TestRun
from tests.journey.cast import Cast
from tests.journey.phase_one import met
from tests.journey.results import BOOKS, CRM, FINDINGS, RUNGS, failed_rungs, twin_view

SECRETS = {"crm": {"consumer_key": "3MVG9key", "consumer_secret": "s3cr3t-value"}, "finance": {"access_token": "t"}}
PUBLIC = {"crm": {"my_domain": "https://acme.my.salesforce.com"}, "finance": {"realm_id": "9130357"}}


def prepared(cast: Cast) -> None:
    """Step VII: every task done by hand."""
    for task in cast.engagement.setup_tasks.all():
        setup_tasks.mark_done(task.pk, note="Created, visible for the integration user", by=cast.owner, at=cast.later())


def given(cast: Cast, side: str, environment: str = "production") -> Any:
    """Step VIII: one side has its credentials (the CRM's keys, the books' tokens) and a check is ordered."""
    opened = connections.open(
        cast.engagement.pk, side=side, environment=environment, by=cast.owner, at=cast.later()
    )  # fmt: skip
    return connections.give_credentials(
        opened.pk, values=SECRETS[side], public=PUBLIC[side], by=cast.owner, at=cast.later()
    )


def checked(cast: Cast, connection: Any, *, broken: str = "") -> CheckRun:
    """The open check climbed: to the top, or broken at a rung."""
    waiting = connection.checks.get(state="queued")
    run = work.claim(CheckRun, waiting.pk, at=waiting.not_before)
    assert run is not None
    rungs = failed_rungs(broken) if broken else RUNGS
    identity = CRM if connection.side == "crm" else BOOKS
    connections.record_check(run, rungs=rungs, is_passed=not broken, identity=identity, at=cast.later())
    return run


def connected(cast: Cast) -> None:
    """Step VIII: both sides proven, and the fields of step VII."""
    for side in ("crm", "finance"):
        checked(cast, given(cast, side))
    proven = {
        task.code: f"{task.spec['field']['name']}: text, 40 characters"
        for task in cast.engagement.setup_tasks.all()
        if task.spec.get("field")
    }
    setup_tasks.prove(cast.engagement.pk, found=proven, at=cast.later())


def registered(cast: Cast) -> None:
    """Step IX: on the Solutions Portal."""
    registrations.register(
        cast.engagement.pk, workspace=f"acme-{cast.company.pk}", administrator_name=cast.owner.name,
        administrator_email=cast.owner.email, time_zone="America/New_York", base_currency="USD", fiscal_year_starts=1,
        by=cast.owner, at=cast.later(),
    )  # fmt: skip


def drawn(cast: Cast) -> None:
    """Step IX: solution selected, flow configured, records scanned, blueprint made."""
    registered(cast)
    solutions.select(
        cast.engagement.pk, solution="salesforce_quickbooks_online", by=cast.specialist, at=cast.later()
    )  # fmt: skip
    flow = cast.engagement.flows.get()
    ordered = flows.check_mapping(flow.pk, by=cast.specialist, at=cast.later())
    check = work.claim(MappingCheck, ordered.pk, at=cast.later())
    assert check is not None
    flows.record_mapping_check(check, findings=[], source_schema={}, target_schema={}, at=cast.later())
    flows.configure(flow.pk, by=cast.specialist, at=cast.later())
    waiting = flows.start_scan(flow.pk, by=cast.specialist, at=cast.later())
    scan = work.claim(ReadinessScan, waiting.pk, at=cast.later())
    assert scan is not None
    flows.record_scan(scan, total=230, passing=228, findings=FINDINGS, at=cast.later())
    blueprints.make(cast.engagement.pk, by=cast.specialist, at=cast.later())
    cast.printed()


def configured(cast: Cast) -> None:
    """Step IX: the blueprint confirmed."""
    drawn(cast)
    blueprint = cast.engagement.blueprints.get()
    blueprints.confirm(blueprint.pk, sha256=blueprint.sha256, by=cast.owner, at=cast.later())
    cast.printed()


def tried(cast: Cast, *, passed: bool = True) -> TestRun:
    """Step X: the flow's test run to its end."""
    waiting = test_runs.start(cast.engagement.flows.get().pk, by=cast.specialist, at=cast.later())
    run = work.claim(TestRun, waiting.pk, at=cast.later())
    assert run is not None
    test_runs.record_result(run, results=twin_view(run, passed=passed), at=cast.later())
    return run


def piloted(cast: Cast) -> None:
    """Step X: the pilot open, with a problem resolved and a wish."""
    today = cast.later().date()
    pilots.open(
        cast.engagement.pk, starts_on=today, ends_on=today + timedelta(days=14),
        participants=["Maria Fernández", "Tom Baker"], scenarios="Create an account.\nRename it.\nMerge two.",
        by=cast.specialist, at=cast.at,
    )  # fmt: skip
    item = pilots.add_feedback(
        cast.engagement.pk, text="A renamed account kept its old name once.", severity="problem", by=cast.owner,
        at=cast.later(),
    )  # fmt: skip
    pilots.add_feedback(
        cast.engagement.pk, text="A weekly summary by mail would help.", severity="wish", by=cast.owner, at=cast.later()
    )
    pilots.resolve(item.pk, resolution="The mapping now follows renames.", by=cast.specialist, at=cast.later())


def tested(cast: Cast) -> None:
    """Step X: tested, pilot accepted, team trained."""
    tried(cast)
    piloted(cast)
    pilots.close(cast.engagement.pk, conclusion="We can work with it.", by=cast.owner, at=cast.later())
    met(cast, "training", topic="Day to day with the integration")
    trainings.sign_off(cast.engagement.pk, statement="Our team was trained.", by=cast.owner, at=cast.later())


def decided(cast: Cast) -> None:
    """Step XI: credentials rotated since the tests, both sides say go."""
    for side in ("crm", "finance"):
        checked(cast, given(cast, side))
    for by in (cast.owner, cast.specialist):
        launches.decide(cast.engagement.pk, is_go=True, comment="Ready.", by=by, at=cast.later())


def ran(cast: Cast, *, failures: list[dict[str, Any]] | None = None) -> FlowRun:
    """Steps XI and XII: one scheduled run of the flow, with these failures."""
    flow = cast.engagement.flows.get()
    flow_runs.start_due(at=max(flow.next_run_at, cast.later()))
    waiting = flow.runs.get(state="queued")
    run = work.claim(FlowRun, waiting.pk, at=waiting.not_before)
    assert run is not None
    counts = {"read": 4, "created": 1, "updated": 3, "unchanged": 0, "failed": len(failures or [])}
    flow_runs.record_run(run, counts=counts, failures=failures or [], cursor="", has_more=True, at=cast.later(0.2))
    return run


def launched(cast: Cast) -> None:
    """Step XI: cut over, hypercare under way."""
    decided(cast)
    at = cast.later()
    launches.cut_over(cast.engagement.pk, hypercare_until=at.date(), by=cast.specialist, at=at)


def live(cast: Cast) -> None:
    """Step XI: three clean runs in a row."""
    launched(cast)
    for _ in range(3):
        ran(cast)
