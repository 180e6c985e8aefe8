"""Test records: made in the source, moved, read back, compared, moved again, cleaned away on both sides.

The result is the twin view of step X: per case and field, what was there, what was expected, what arrived.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from integrations.engine.compare import GOOD, FieldResult, compared
from integrations.engine.connector import Connector, Record
from integrations.engine.errors import Failure
from integrations.engine.mapping import as_text, transform
from integrations.engine.patience import patiently
from integrations.engine.transfer import CREATED, Flow, MemoryLedger, Outcome, Transfer

TAG = "IW-TEST"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One test record to make. `values` are source fields without the name; `name` follows the run's tag."""

    code: str
    title: str
    name: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """One case through all its stages. `trouble` is a failure's as_dict() when it stopped half way."""

    code: str
    title: str
    name: str
    source_id: str = ""
    target_id: str = ""
    first_state: str = ""
    fields: tuple[FieldResult, ...] = ()
    notices: tuple[Mapping[str, str], ...] = ()
    created_on_second_run: int = 0
    cleaned_up: Mapping[str, bool] = field(default_factory=lambda: {"crm": False, "finance": False})
    trouble: Mapping[str, Any] | None = None

    @property
    def passed(self) -> bool:
        fields_good = bool(self.fields) and all(entry.result in GOOD for entry in self.fields)
        is_once = self.first_state == CREATED and self.created_on_second_run == 0
        return fields_good and is_once and all(self.cleaned_up.values()) and self.trouble is None

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "title": self.title,
            "name": self.name,
            "source_id": self.source_id,
            "target_id": self.target_id,
            "first_state": self.first_state,
            "fields": [entry.as_dict() for entry in self.fields],
            "notices": [dict(notice) for notice in self.notices],
            "created_on_second_run": self.created_on_second_run,
            "cleaned_up": dict(self.cleaned_up),
            "trouble": dict(self.trouble) if self.trouble else None,
            "passed": self.passed,
        }


def run_cases(
    flow: Flow,
    cases: Sequence[Case],
    *,
    source: Connector,
    target: Connector,
    run: str,
    scope: str,
    on_case: Callable[[CaseResult], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    pause: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Try a flow with test records; returns the twin view as JSON values: {run, flow, cases: […], passed}.

    `run` tags the records (IW-TEST <run>-<n>): the same run started again picks up the records it left. Each case is
    cleaned away on both sides whatever happens to it. A failure of one case is in its result; nothing is raised.
    """
    trial = _Trial(flow, source=source, target=target, run=run, scope=scope, pause=pause, cancelled=cancelled)
    results: list[CaseResult] = []
    for number, case in enumerate(cases, start=1):
        if cancelled():
            break
        result = trial.of(case, number=number)
        results.append(result)
        on_case(result)
    is_complete = len(results) == len(cases) and bool(cases)
    return {
        "run": run,
        "flow": flow.code,
        "cases": [result.as_dict() for result in results],
        "passed": is_complete and all(result.passed for result in results),
    }


class _Trial:
    def __init__(
        self,
        flow: Flow,
        *,
        source: Connector,
        target: Connector,
        run: str,
        scope: str,
        pause: Callable[[float], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self.flow = flow
        self.source = source
        self.target = target
        self.run = run
        self.scope = f"{scope}:{run}"
        self.pause = pause
        self.cancelled = cancelled

    def of(self, case: Case, *, number: int) -> CaseResult:
        tag = f"{TAG} {self.run}-{number}"
        result = CaseResult(code=case.code, title=case.title, name=f"{tag} {case.name}")
        try:
            result = self._proven(case, result, tag=tag)
        except Failure as trouble:
            result = replace(result, trouble=trouble.as_dict())
        try:
            cleaned = self._cleaned(tag, result)
        except Failure as trouble:
            return replace(result, trouble=result.trouble or trouble.as_dict())
        return replace(result, cleaned_up=cleaned)

    def _proven(self, case: Case, result: CaseResult, *, tag: str) -> CaseResult:
        source_id = patiently(lambda: self._made(case, name=result.name, tag=tag), pause=self.pause)
        first = self._moved(source_id)
        fields = (*first.fields, self._tie(source_id, first.target_id)) if first.target_id else first.fields
        second = self._moved(source_id)
        return replace(
            result,
            source_id=source_id,
            target_id=first.target_id,
            first_state=first.state,
            fields=fields,
            notices=tuple(notice.as_dict() for notice in first.notices),
            created_on_second_run=self._doubled(second, first),
            trouble=first.trouble or second.trouble,
        )

    def _made(self, case: Case, *, name: str, tag: str) -> str:
        """The test record in the source: found by its name when an earlier try made it, else upserted under the tag."""
        binding = self.flow.binding_source_field
        if found := self._in_source({binding: tag}) or self._in_source({self.flow.name_field: name}):
            record_id = found[0].id
        else:
            values = {**case.values, self.flow.name_field: name}
            record_id, _ = self.source.upsert(self.flow.source_object, by=binding, value=tag, values=values)
        # The tag was only the key of the upsert; left in, it would look like a tie to the target.
        if as_text(self.source.read(self.flow.source_object, record_id).values.get(binding)).startswith(TAG):
            self.source.update(self.flow.source_object, record_id, {binding: None})
        return record_id

    def _moved(self, source_id: str) -> Outcome:
        """One transfer with an empty ledger: what ties the records must stand in the systems themselves."""
        transfer = Transfer(
            self.flow,
            source=self.source,
            target=self.target,
            ledger=MemoryLedger(),
            scope=self.scope,
            pause=self.pause,
            cancelled=self.cancelled,
        )
        record = patiently(lambda: self.source.read(self.flow.source_object, source_id), pause=self.pause)
        return transfer.move(record)

    def _tie(self, source_id: str, target_id: str) -> FieldResult:
        """The target's id, written back to the source."""
        name = self.flow.binding_source_field
        record = patiently(lambda: self.source.read(self.flow.source_object, source_id), pause=self.pause)
        actual = as_text(record.values.get(name))
        return FieldResult(
            source="Id",
            source_value=target_id,
            rule="exact",
            target=name,
            expected=target_id,
            actual=actual,
            result=compared(target_id, actual, rule="exact"),
        )

    def _doubled(self, second: Outcome, first: Outcome) -> int:
        """Records the second run made: what it says itself, and what stands there under the name beside the first."""
        beside = [record for record in self._in_target(first.name) if record.id != first.target_id]
        return max(int(second.state == CREATED), len(beside))

    def _target_name(self, name: str) -> str:
        mapping = next(entry for entry in self.flow.mappings if entry.target == self.flow.target_name_field)
        return transform(mapping, name)[0]

    def _in_target(self, name: str) -> list[Record]:
        where = {self.flow.target_name_field: self._target_name(name)}
        return patiently(lambda: self.target.find(self.flow.target_object, where=where), pause=self.pause)

    def _in_source(self, where: Mapping[str, str]) -> list[Record]:
        return patiently(lambda: self.source.find(self.flow.source_object, where=where), pause=self.pause)

    def _cleaned(self, tag: str, result: CaseResult) -> dict[str, bool]:
        traces: tuple[dict[str, str], ...] = (
            {self.flow.name_field: result.name},
            {self.flow.binding_source_field: tag},
        )
        ours = {record.id: record for trace in traces for record in self._in_source(trace)}
        target_gone = self._clean_target(result, ours={"", result.source_id, *ours})
        for source_id in ours:
            patiently(partial(self.source.remove, self.flow.source_object, source_id), pause=self.pause)
        source_gone = not any(self._in_source(trace) for trace in traces)
        is_source_crm = self.flow.direction == "crm_to_finance"
        return {
            "crm": source_gone if is_source_crm else target_gone,
            "finance": target_gone if is_source_crm else source_gone,
        }

    def _clean_target(self, result: CaseResult, *, ours: set[str]) -> bool:
        """Removes what bears the test's name, but nothing that is tied to a record of somebody else."""
        for record in self._of_test(result, ours=ours):
            patiently(partial(self.target.remove, self.flow.target_object, record.id), pause=self.pause)
        return not self._of_test(result, ours=ours)

    def _of_test(self, result: CaseResult, *, ours: set[str]) -> list[Record]:
        tie = self.flow.binding_target_field
        return [record for record in self._in_target(result.name) if as_text(record.values.get(tie)) in ours]
