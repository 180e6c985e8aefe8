"""Step VIII: each connection is proven by a worker that climbed its whole ladder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onboarding.workflow.criterion import Criterion, Owner, Proof, entry
from onboarding.workflow.lookups import row, rows
from onboarding.workflow.step_07_initial_setup import setup_tasks_of


@rows
def _connections(engagement: Any) -> Any:
    return engagement.connections.exclude(state="revoked").order_by("environment")  # production < sandbox


def connection_of(engagement: Any, side: str) -> Any:
    """The connection flows would use on this side: production before sandbox; None when there is none."""
    return next((connection for connection in _connections(engagement) if connection.side == side), None)


@row
def _last_check(connection: Any) -> Any:
    return connection.checks.filter(state="done").order_by("-id")[:1]


def _proven(side: str) -> Callable[[Any], Proof | None]:
    def evidence(engagement: Any) -> Proof | None:
        connection = connection_of(engagement, side)
        check = _last_check(connection) if connection and connection.state == "proven" else None
        if check is None or not check.is_passed or check.finished_at < connection.secret_given_at:
            return None
        return [
            entry("Connection", f"{connection.system}, {connection.environment}"),
            entry("Answers as", f"{connection.identity.get('name')} ({connection.identity.get('id')})"),
            entry("Check run", check.pk),
            entry("Rungs passed", sum(rung["state"] in {"passed", "warned"} for rung in check.rungs)),
            entry("Checked at", check.finished_at),
        ]

    return evidence


def _turn(side: str) -> Callable[[Any], Owner]:
    def turn(engagement: Any) -> Owner:
        connection = connection_of(engagement, side)
        if connection is None or connection.secret_given_at is None or connection.state == "failing":
            return Owner.CUSTOMER
        return Owner.WORKER

    return turn


def _setup_proven(engagement: Any) -> Proof | None:
    tasks = [task for task in setup_tasks_of(engagement) if task.spec.get("field")]
    if not tasks or any(task.proven_at is None for task in tasks):
        return None
    return [entry(task.title, task.proof) for task in tasks]


def _setup_turn(engagement: Any) -> Owner:
    proven = all(_proven(side)(engagement) for side in ("crm", "finance"))
    return Owner.CUSTOMER if proven else Owner.WORKER


CRITERIA = (
    Criterion(
        code="crm_connection.unproven",
        owner=Owner.WORKER,
        title="Connect your CRM",
        hint="Enter the credentials of your integration user; we climb every rung and tell you what we find.",
        place="connections",
        evidence=_proven("crm"),
        turn=_turn("crm"),
    ),
    Criterion(
        code="finance_connection.unproven",
        owner=Owner.WORKER,
        title="Connect your financial application",
        hint="An administrator of your company gives consent; we climb every rung and tell you what we find.",
        place="connections",
        evidence=_proven("finance"),
        turn=_turn("finance"),
    ),
    Criterion(
        code="setup.unproven",
        owner=Owner.WORKER,
        title="Prove the fields of step VII",
        hint="Each field is read back from the live schema with its type and length.",
        place="setup",
        evidence=_setup_proven,
        turn=_setup_turn,
    ),
)
