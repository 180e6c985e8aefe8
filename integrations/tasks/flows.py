from __future__ import annotations

from functools import partial
from typing import Any

from celery import shared_task
from django.utils.timezone import now

from integrations import registry
from integrations.engine import mapping as mappings
from integrations.engine import readiness
from integrations.engine.compare import RULES
from integrations.engine.connector import Connector, Record
from integrations.engine.mapping import ERROR, FieldMapping, Finding
from integrations.engine.patience import patiently
from integrations.engine.transfer import Flow as EngineFlow
from integrations.tasks.labour import Pulse, by_flow, ends_of, labour
from onboarding.actions import flows, work
from onboarding.models import MappingCheck, ReadinessScan

SAMPLE = 1000  # records a scan looks at, at most
PAGE = 200


@shared_task(name="integrations.run_mapping_check", acks_late=True, ignore_result=True)
def run_mapping_check(*, check_id: int, **_: Any) -> None:
    """Read both live schemas and hold one flow's mapping against them. Writes nothing anywhere but here."""
    labour(MappingCheck, check_id, uses=by_flow, do=_check_mapping)


def _check_mapping(run: MappingCheck) -> None:
    ends, flow = ends_of(run.flow), registry.flow(run.flow.code, run.flow.mapping)
    source = patiently(lambda: ends.source.describe(flow.source_object))
    target = patiently(lambda: ends.target.describe(flow.target_object))
    found = [*mappings.validate(flow.mappings, source, target), *_unknown_rules(flow.mappings)]
    flows.record_mapping_check(
        run,
        findings=[finding.as_dict() for finding in found],
        source_schema=source.as_dict(),
        target_schema=target.as_dict(),
        at=now(),
    )


def _unknown_rules(given: tuple[FieldMapping, ...]) -> list[Finding]:
    return [
        Finding(ERROR, entry.target, "unknown_rule", f"There is no comparison “{entry.compare}”.")
        for entry in given
        if entry.compare not in RULES
    ]


@shared_task(name="integrations.run_readiness_scan", acks_late=True, ignore_result=True)
def run_readiness_scan(*, scan_id: int, **_: Any) -> None:
    """Look through up to a thousand source records with the mapping they would be moved by. Writes nothing."""
    labour(ReadinessScan, scan_id, uses=by_flow, do=_scan)


def _scan(run: ReadinessScan) -> None:
    ends, flow = ends_of(run.flow), registry.flow(run.flow.code, run.flow.mapping)
    target = patiently(lambda: ends.target.describe(flow.target_object))
    pulse = Pulse(run)
    records = _sample(run, ends.source, flow, pulse)
    if pulse.is_lost():
        return
    found = readiness.scan(
        records,
        mappings=mappings.usable(flow.mappings, target),
        target=target,
        name_field=flow.name_field,
        target_name_field=flow.target_name_field,
    )
    findings = [finding.as_dict() for finding in found.findings]
    flows.record_scan(run, total=found.total, passing=found.passing, findings=findings, at=now())


def _sample(run: ReadinessScan, source: Connector, flow: EngineFlow, pulse: Pulse) -> list[Record]:
    """The source's records, oldest change first; how many so far is stored for whoever watches."""
    fields = tuple(dict.fromkeys([flow.name_field, *(entry.source for entry in flow.mappings)]))
    records: list[Record] = []
    cursor, has_more = None, True
    while has_more and len(records) < SAMPLE and not pulse.is_lost():
        page = patiently(partial(source.changed_since, flow.source_object, cursor=cursor, limit=PAGE, fields=fields))
        records += page.records
        cursor, has_more = page.cursor, page.has_more
        work.progress(run, total=len(records), claimed_at=now())
    return records
