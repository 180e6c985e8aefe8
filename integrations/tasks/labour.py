"""How a worker does one run: claim the row, tell that secrets are used, work, and say so when it cannot go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.timezone import now

from integrations import registry
from integrations.engine.connector import Connector
from integrations.engine.errors import Failure, failure
from integrations.storage import ConnectionTokens
from onboarding import errors
from onboarding.actions import runs, work
from onboarding.models import Connection, Engagement, Flow
from onboarding.models.base import Work
from onboarding.queries import flows as flow_queries
from onboarding.queries import solutions

W = TypeVar("W", bound=Work)
PULSE_SECONDS = 1.0
GiveUp = Callable[..., bool]


def labour(
    model: type[W],
    pk: int,
    *,
    uses: Callable[[W], Iterable[Connection]],
    do: Callable[[W], None],
    give_up: GiveUp = runs.record_failure,
) -> None:
    """Claim the row and do its work; nothing happens when another worker has it. Nothing is locked meanwhile.

    A vendor's failure is recorded with the catalogue's words, and the row waits for another try where that helps. A
    bug is recorded without its message (it may hold anything), tried again, and raised for the log.
    """
    row = runs.claim(model, pk, uses=uses, at=now())
    if row is None:
        return
    try:
        do(row)
    except Failure as trouble:
        give_up(row, problem=trouble.as_dict(), retry=trouble.entry.retry_helps, at=now())
    except errors.Refused as refusal:
        problem: dict[str, Any] = {
            "words": refusal.words,
            "who_can_fix": "specialist",
            "what_to_do": "",
            "class": refusal.code,
        }
        give_up(row, problem=problem, retry=False, at=now())
    except Exception as bug:
        problem = {**failure("unexpected").as_dict(), "error": type(bug).__name__}
        give_up(row, problem=problem, retry=True, at=now())
        raise


class Pulse:
    """Keeps a claim alive while its worker is, and tells the worker when it was lost (cancelled, put back)."""

    def __init__(self, row: Work) -> None:
        self.row = row
        self._is_lost = False
        self._felt_at = 0.0

    def is_lost(self) -> bool:
        """Asked between calls and records; asks the row once a second."""
        if not self._is_lost and time.monotonic() - self._felt_at > PULSE_SECONDS:
            self._felt_at = time.monotonic()
            self._is_lost = not work.progress(self.row, claimed_at=now())
        return self._is_lost


@dataclass(frozen=True)
class Ends:
    """Both ends of a flow: the records come from `source` and go to `target`."""

    source: Connector
    target: Connector
    scope: str


def ends_of(flow: Flow) -> Ends:
    """The connectors of a flow's two connections. WrongState when one is missing or sandbox would meet production."""
    template = solutions.template_of(flow)
    found = flow_queries.require_connections(flow.engagement)
    by_system = {connection.system: connection for connection in found.values()}
    source, target = by_system[template.source_system], by_system[template.target_system]
    return Ends(connector_of(source), connector_of(target), scope=f"connection:{target.pk}")


def connector_of(connection: Connection) -> Connector:
    """A connection's connector over its own row's credentials."""
    return registry.connector(connection.system, ConnectionTokens(connection))


def connections_of(engagement: Engagement) -> list[Connection]:
    """The connections a flow's run uses, as far as they are there."""
    return [connection for connection in flow_queries.connections(engagement).values() if connection is not None]


def flow_codes(engagement: Engagement) -> tuple[str, ...]:
    """Codes of the flows that the engagement's solution offers."""
    return solutions.of(engagement).flows


def by_flow(row: Any) -> list[Connection]:
    """The connections of a row that belongs to a flow."""
    return connections_of(row.engagement)
