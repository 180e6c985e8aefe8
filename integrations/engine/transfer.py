"""Moving records: read → map → bind → write → read back; in batches, from a cursor, nothing twice."""

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from integrations.engine.compare import GOOD, FieldResult, compare, compared
from integrations.engine.connector import Connector, ObjectSchema, Page, Record
from integrations.engine.errors import Failure, failure
from integrations.engine.mapping import Applied, FieldMapping, Notice, apply, as_text, usable
from integrations.engine.patience import Result, patiently

CREATED, UPDATED, UNCHANGED, SKIPPED, FAILED = "created", "updated", "unchanged", "skipped", "failed"
WOULD_CREATE, WOULD_UPDATE = "would_create", "would_update"
# What is wrong with one record; every other failure is the connection's and stops the run.
_OF_THE_RECORD = frozenset(
    {
        "duplicate",
        "required_missing",
        "too_long",
        "validation",
        "reference",
        "not_found",
        "ambiguous",
        "stale",
        "locked",
    }
)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One flow as it is configured. Field names as in onboarding.library.flows.FlowTemplate."""

    code: str
    source_object: str
    target_object: str
    mappings: tuple[FieldMapping, ...]
    name_field: str
    target_name_field: str
    binding_source_field: str
    binding_target_field: str
    stamp_field: str = ""
    stamp_name_field: str = ""
    active_field: str = ""
    direction: str = "crm_to_finance"

    @classmethod
    def configured(cls, template: Any, mappings: Iterable[Mapping[str, Any]] | None = None) -> "Flow":
        """A library template with the customer's stored mappings; the template's own when None."""
        stored = [entry.as_dict() for entry in template.mappings] if mappings is None else mappings
        return cls(
            code=template.code,
            source_object=template.source_object,
            target_object=template.target_object,
            mappings=tuple(FieldMapping.from_dict(entry) for entry in stored),
            name_field=template.name_field,
            target_name_field=template.target_name_field,
            binding_source_field=template.binding_source_field,
            binding_target_field=template.binding_target_field,
            stamp_field=template.stamp_field,
            stamp_name_field=template.stamp_name_field,
            active_field=template.active_field,
            direction=template.direction,
        )


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one record."""

    source_id: str
    name: str
    state: str
    target_id: str = ""
    fields: tuple[FieldResult, ...] = ()
    notices: tuple[Notice, ...] = ()
    trouble: Mapping[str, Any] | None = None

    @property
    def is_good(self) -> bool:
        """Moved, and every field read back as meant."""
        return self.state in (CREATED, UPDATED, UNCHANGED) and all(entry.result in GOOD for entry in self.fields)

    def as_dict(self) -> dict[str, Any]:
        return {
            "source_id": self.source_id,
            "name": self.name,
            "state": self.state,
            "target_id": self.target_id,
            "fields": [entry.as_dict() for entry in self.fields],
            "notices": [entry.as_dict() for entry in self.notices],
            "trouble": dict(self.trouble) if self.trouble else None,
        }


class Ledger(Protocol):
    """What must survive the process: which records are tied, and how far the flow has come."""

    def cursor(self) -> str | None:
        """Where to go on; None at the very beginning."""
        ...

    def advance(self, cursor: str) -> None:
        """Everything before this cursor is done."""
        ...

    def binding_for(self, source_id: str) -> str | None:
        """The target record tied to this source record."""
        ...

    def source_for(self, target_id: str) -> str | None:
        """The source record tied to this target record."""
        ...

    def bind(self, source_id: str, target_id: str) -> None:
        """Tie two records; saying it twice is fine."""
        ...

    def record_done(self, outcome: Outcome) -> None:
        """One record is through, well or badly."""
        ...


@dataclass
class MemoryLedger:
    """A ledger for one run that nothing has to survive: tests of step X, dry runs."""

    bindings: dict[str, str] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    at: str | None = None

    def cursor(self) -> str | None:
        return self.at

    def advance(self, cursor: str) -> None:
        self.at = cursor

    def binding_for(self, source_id: str) -> str | None:
        return self.bindings.get(source_id)

    def source_for(self, target_id: str) -> str | None:
        return next((source for source, target in self.bindings.items() if target == target_id), None)

    def bind(self, source_id: str, target_id: str) -> None:
        self.bindings[source_id] = target_id

    def record_done(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


def create_key(flow: Flow, source_id: str, *, scope: str) -> str:
    """The idempotency key of one record's creation: the same for every try, whoever tries. `scope` is the connection."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"interweave:{scope}:{flow.code}:{source_id}"))


class Transfer:
    """One flow between two connections. `scope` keeps idempotency keys of different connections apart."""

    def __init__(
        self,
        flow: Flow,
        *,
        source: Connector,
        target: Connector,
        ledger: Ledger,
        scope: str,
        pause: Callable[[float], None] = time.sleep,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self.flow = flow
        self.source = source
        self.target = target
        self.ledger = ledger
        self.scope = scope
        self.pause = pause
        self.cancelled = cancelled
        self.schema: ObjectSchema = target.describe(flow.target_object)
        self.mappings: Sequence[FieldMapping] = usable(flow.mappings, self.schema)
        self._has_created = False  # within one move(): a second try must still say so

    # --- A whole run ---

    def run(self, *, batch: int = 100, most: int | None = None) -> Counter[str]:
        """Move what changed since the ledger's cursor; returns how many records ended in which state.

        Goes on where a killed run stopped: what it had written is found by its binding and not written again. A
        failure of the connection is raised with the cursor before the batch; a record's own failure is an outcome.
        `most` ends the run after so many records (at a batch's end).
        """
        states: Counter[str] = Counter()
        seen: set[str] = set()
        has_more = True
        while has_more and not self.cancelled() and (most is None or states.total() < most):
            page = self._try(lambda: self._page(self.ledger.cursor(), batch))
            for record in page.records:
                if self.cancelled():
                    return states
                state = self.move(record).state
                # What we wrote back made it a changed record: it comes again, and counts only if that did something.
                if record.id not in seen or state in (CREATED, UPDATED):
                    states[state] += 1
                seen.add(record.id)
            self.ledger.advance(page.cursor)
            has_more = page.has_more
        return states

    def _page(self, cursor: str | None, batch: int) -> Page:
        flow = self.flow
        ties = (flow.name_field, flow.binding_source_field, flow.stamp_name_field, flow.active_field)
        fields = dict.fromkeys(filter(None, (*(mapping.source for mapping in self.mappings), *ties)))
        return self.source.changed_since(flow.source_object, cursor=cursor, limit=batch, fields=tuple(fields))

    def move(self, record: Record) -> Outcome:
        """Bring one source record to the target, tie the two, and tell the ledger. Moving it again changes nothing."""
        self._has_created = False
        try:
            outcome = self._try(lambda: self._moved(record))
        except Failure as trouble:
            if trouble.code not in _OF_THE_RECORD:
                raise
            outcome = self._outcome(record, FAILED, trouble=trouble.as_dict())
        self.ledger.record_done(outcome)
        return outcome

    def foresee(self, record: Record) -> Outcome:
        """The dry run of move(): looks on both sides, writes on neither, tells no ledger."""
        if self._stays_out(record):
            return self._outcome(record, SKIPPED, more=(self._out(),))
        applied = apply(self.mappings, record.values)
        if applied.missing:
            return self._outcome(record, FAILED, applied=applied, trouble=self._missing(applied).as_dict())
        try:
            bound = self._try(lambda: self._bound(record, applied))
        except Failure as trouble:
            if trouble.code not in _OF_THE_RECORD:
                raise
            return self._outcome(record, FAILED, applied=applied, trouble=trouble.as_dict())
        if bound is None:
            return self._outcome(record, WOULD_CREATE, applied=applied)
        state = WOULD_UPDATE if self._changes(bound, applied) else UNCHANGED
        return self._outcome(record, state, target_id=bound.id, applied=applied)

    # --- One record ---

    def _moved(self, record: Record) -> Outcome:
        if self._stays_out(record):
            return self._outcome(record, SKIPPED, more=(self._out(),))
        applied = apply(self.mappings, record.values)
        if applied.missing:
            raise self._missing(applied)
        bound, state = self._bound(record, applied), UNCHANGED
        if bound is None:
            target_id = self._created(record, applied)
        else:
            target_id = bound.id
            self.ledger.bind(record.id, target_id)
            if not bound.is_active:
                notice = Notice(self.flow.target_name_field, "inactive", "Put out of use in the target: left alone.")
                return self._outcome(record, SKIPPED, target_id=target_id, applied=applied, more=(notice,))
            if changes := self._changes(bound, applied):
                self.target.update(self.flow.target_object, target_id, changes)
                state = UPDATED
        state = CREATED if self._has_created else state
        there = self.target.read(self.flow.target_object, target_id)
        self._tell_source(record, there, was_written=state != UNCHANGED)
        results = compare(self.mappings, source=record.values, target=there.values, schema=self.schema)
        return self._outcome(record, state, target_id=target_id, applied=applied, fields=tuple(results))

    def _stays_out(self, record: Record) -> bool:
        return as_text(record.values.get(self.flow.active_field)).strip().lower() in ("no", "false")

    def _out(self) -> Notice:
        return Notice(self.flow.active_field, "not_taking_part", "Marked as not taking part: left alone.")

    def _bound(self, record: Record, applied: Applied) -> Record | None:
        """The target record that belongs to this one: by the ledger, the source's own note, or its name."""
        noted = as_text(record.values.get(self.flow.binding_source_field))
        for target_id in dict.fromkeys(filter(None, (self.ledger.binding_for(record.id), noted))):
            try:
                return self.target.read(self.flow.target_object, target_id)
            except Failure as trouble:
                if trouble.code != "not_found":
                    raise
        name = applied.values[self.flow.target_name_field]
        same_name = self.target.find(self.flow.target_object, where={self.flow.target_name_field: name})
        return self._ours(record, same_name)

    def _ours(self, record: Record, same_name: list[Record]) -> Record | None:
        """The one of these that may be tied to the source record; a name that is another's is a duplicate."""
        for candidate in same_name:
            owner = as_text(candidate.values.get(self.flow.binding_target_field)) or self.ledger.source_for(
                candidate.id
            )
            if owner and owner != record.id:
                raise failure("duplicate", vendor=self.target.system, vendor_message=f"Tied to {owner} already.")
            return candidate
        return None

    def _created(self, record: Record, applied: Applied) -> str:
        key = create_key(self.flow, record.id, scope=self.scope)
        target_id = self.target.create(self.flow.target_object, applied.values, key=key)
        self._has_created = True
        self.ledger.bind(record.id, target_id)
        return target_id

    def _changes(self, there: Record, applied: Applied) -> dict[str, str]:
        rules = {mapping.target: mapping.compare for mapping in self.mappings}
        return {
            name: value
            for name, value in applied.values.items()
            if compared(value, there.values.get(name), rule=rules[name]) not in GOOD
        }

    def _tell_source(self, record: Record, there: Record, *, was_written: bool) -> None:
        """Write the tie back. The stamp only when something was written: else each run would wake the next."""
        values: dict[str, str] = {}
        if as_text(record.values.get(self.flow.binding_source_field)) != there.id:
            values[self.flow.binding_source_field] = there.id
        name = as_text(there.values.get(self.flow.target_name_field))
        if self.flow.stamp_name_field and as_text(record.values.get(self.flow.stamp_name_field)) != name:
            values[self.flow.stamp_name_field] = name
        if self.flow.stamp_field and there.modified_at and (was_written or values):
            values[self.flow.stamp_field] = there.modified_at
        if values:
            self.source.update(self.flow.source_object, record.id, values)

    # --- Small things ---

    def _try(self, call: Callable[[], Result]) -> Result:
        return patiently(call, pause=self.pause, cancelled=self.cancelled)

    def _missing(self, applied: Applied) -> Failure:
        return failure("required_missing", vendor=self.target.system, vendor_message=", ".join(applied.missing))

    def _outcome(
        self,
        record: Record,
        state: str,
        *,
        target_id: str = "",
        applied: Applied | None = None,
        more: tuple[Notice, ...] = (),
        fields: tuple[FieldResult, ...] = (),
        trouble: Mapping[str, Any] | None = None,
    ) -> Outcome:
        return Outcome(
            source_id=record.id,
            name=as_text(record.values.get(self.flow.name_field)),
            state=state,
            target_id=target_id,
            fields=fields,
            notices=(*(applied.notices if applied else ()), *more),
            trouble=trouble,
        )
