"""What must survive a worker: a connection's credentials, and which records a flow has tied and moved."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.utils.timezone import now

from integrations.engine.errors import failure
from integrations.engine.transfer import FAILED, Outcome
from onboarding import errors
from onboarding.actions import bindings, credentials, flow_runs
from onboarding.actors import SYSTEM
from onboarding.models import Connection, Flow, FlowRun

POLL_SECONDS = 0.1
PROGRESS_SECONDS = 0.5
MOST_FAILURES = 200


class ConnectionTokens:
    """engine.connector.TokenStore over one connection's row: settings and secret together, renewed by one at a time.

    While one worker asks the vendor for a new token nothing is locked; the others wait for its lease to end.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection_id = connection.pk
        self.settings: dict[str, Any] = dict(connection.settings)
        self.system = connection.system

    def current(self) -> dict[str, Any]:
        """The credentials as last saved. Raises Failure not_connected when they are gone."""
        try:
            return {**self.settings, **credentials.read(self.connection_id, by=SYSTEM)}
        except (errors.WrongState, errors.NotFound):
            raise failure("not_connected", vendor=self.system) from None

    def renewed(self, renew: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        """Single flight: waits for its turn, reads again, saves and returns what `renew` made of it."""
        lease = self._turn()
        before = {**self.settings, **lease.values}
        fresh: dict[str, Any] | None = None
        try:
            after = renew(dict(before))
            fresh = after if after != before else None
        finally:
            is_saved = self._give_back(lease, fresh)
        return after if is_saved or fresh is None else self.current()

    def _turn(self) -> credentials.Lease:
        until = time.monotonic() + credentials.LEASE.total_seconds() + 5
        while time.monotonic() < until:
            try:
                lease = credentials.take_lease(self.connection_id, by=SYSTEM, at=now())
            except (errors.WrongState, errors.NotFound):
                raise failure("not_connected", vendor=self.system) from None
            if lease is not None:
                return lease
            time.sleep(POLL_SECONDS)
        raise failure("timed_out", vendor=self.system)

    def _give_back(self, lease: credentials.Lease, fresh: dict[str, Any] | None) -> bool:
        if fresh is None:
            return credentials.give_back(lease, values=None, by=SYSTEM)
        secret = {name: value for name, value in fresh.items() if name not in self.settings}
        return credentials.give_back(
            lease,
            values=secret,
            by=SYSTEM,
            token_expires_at=moment(fresh.get("expires_at")),
            consent_expires_at=moment(fresh.get("refresh_expires_at")),
        )


def moment(text: str | None) -> datetime | None:
    """A time as credentials carry it (ISO 8601), or None."""
    return datetime.fromisoformat(text) if text else None


class FlowLedger:
    """engine.transfer.Ledger over one run of a flow: bindings at once, counts and failures as they come.

    Counts of a run taken up again go on where the killed one was; a record it had moved counts as unchanged.
    """

    def __init__(self, run: FlowRun) -> None:
        self.run = run
        self.flow: Flow = run.flow
        self.counts: Counter[str] = Counter(run.counts)
        self.failures: dict[str, dict[str, Any]] = {entry["source_id"]: entry for entry in run.failures}
        self._states: dict[str, str] = {}
        self._told_at = 0.0

    def carry(self, earlier: Iterable[dict[str, Any]]) -> None:
        """Failures of the run before: they stay this run's until their records are moved or gone."""
        for entry in earlier:
            self.failures.setdefault(entry["source_id"], entry)
        self._tell()

    def drop(self, source_id: str) -> None:
        """The failed record is gone from the source: nothing is left to move."""
        self.failures.pop(source_id, None)

    def totals(self) -> dict[str, int]:
        """How many records were read, and what became of how many."""
        return {name: number for name, number in self.counts.items() if number}

    def cursor(self) -> str | None:
        return Flow.objects.values_list("cursor", flat=True).get(pk=self.flow.pk) or None

    def advance(self, cursor: str) -> None:
        self._tell()
        flow_runs.advance(self.run, cursor=cursor)

    def binding_for(self, source_id: str) -> str | None:
        return bindings.target_of(self.flow, source_id)

    def source_for(self, target_id: str) -> str | None:
        return bindings.source_of(self.flow, target_id)

    def bind(self, source_id: str, target_id: str) -> None:
        try:
            bindings.bind(self.flow, source_id=source_id, target_id=target_id, at=now())
        except errors.WrongState as refusal:
            raise failure("duplicate", vendor_message=refusal.words) from None

    def record_done(self, outcome: Outcome) -> None:
        self._count(outcome)
        self.failures.pop(outcome.source_id, None)
        if outcome.state == FAILED and len(self.failures) < MOST_FAILURES:
            self.failures[outcome.source_id] = {
                "source_id": outcome.source_id,
                "name": outcome.name,
                "trouble": dict(outcome.trouble or {}),
            }
        if time.monotonic() - self._told_at > PROGRESS_SECONDS:
            self._tell()

    def _count(self, outcome: Outcome) -> None:
        """Each record once, by what became of it last: one that failed before and changed since comes by twice."""
        if earlier := self._states.get(outcome.source_id):
            self.counts[earlier] -= 1
        else:
            self.counts["read"] += 1
        self._states[outcome.source_id] = outcome.state
        self.counts[outcome.state] += 1

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        flow_runs.record_progress(self.run, counts=self.totals(), failures=list(self.failures.values()), at=now())
