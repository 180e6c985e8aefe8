"""Connections of step VIII: opened, given credentials or a consent, checked, revoked. Secrets go in and never out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from onboarding import errors, outbox, vault
from onboarding.actions import gates, rows, withdrawals, work
from onboarding.actors import SPECIALISTS, SYSTEM, Actor, Role
from onboarding.models import CheckRun, Connection, Consent, Engagement, SetupRun
from onboarding.models.base import Work
from onboarding.queries import solutions
from onboarding.workflow.steps import STEPS

OPENERS = frozenset({Role.OWNER, Role.TECHNICAL}) | SPECIALISTS
SECRET_GIVERS = frozenset({Role.OWNER, Role.TECHNICAL})
SINCE_SETUP = frozenset(STEPS[6:])  # VII to XII
CONSENT_TIME = timedelta(minutes=15)
OPEN = (Work.State.QUEUED, Work.State.RUNNING)


@transaction.atomic
def open(engagement_id: int, *, side: str, environment: str, by: Actor, at: datetime) -> Connection:  # noqa: A001 - the noun's own verb
    """Open the connection of one side (crm, finance) in one environment (sandbox, production), from step VII on.

    One there already is returned; a disconnected one starts anew.
    """
    engagement = gates.writable(engagement_id, by, roles=OPENERS, steps=SINCE_SETUP, words=_words("opens connections"))
    if side not in Connection.Side.values:
        raise errors.BadInput(fields={"side": "Choose the CRM or the financial application."})
    if environment not in Connection.Environment.values:
        raise errors.BadInput(fields={"environment": "Choose sandbox or production."})
    connection = engagement.connections.filter(side=side, environment=environment).first()
    if connection and connection.state != Connection.State.REVOKED:
        return connection
    if connection is None:
        connection = Connection(
            company_id=engagement.company_id, engagement=engagement, side=side, environment=environment, created_at=at
        )
    connection.system, connection.state = solutions.system_of(engagement, side), Connection.State.NEW
    connection.save()
    outbox.record("connection.opened", engagement, by=by, at=at, data=facts(connection))
    return connection


@transaction.atomic
def give_credentials(
    connection_id: int, *, values: Mapping[str, str], public: Mapping[str, Any], by: Actor, at: datetime
) -> Connection:
    """Take credentials in, sealed for this row alone and never shown again, and order a check.

    `values` are the secrets, `public` what is none (host, organisation). Only the customer's own people give them.
    """
    connection, engagement = _for(connection_id, by, roles=SECRET_GIVERS, words=_words("enters its credentials"))
    if connection.state == Connection.State.REVOKED:
        raise errors.WrongState("This connection was disconnected. Open it again first.")
    if empty := [name for name, value in {**values, **public}.items() if not str(value).strip()]:
        raise errors.BadInput(fields=dict.fromkeys(empty, "Enter this value as the vendor's page shows it."))
    if not values:
        raise errors.BadInput("Enter the credentials first.")
    _store(connection, engagement, {name: value.strip() for name, value in values.items()}, by=by, at=at)
    connection.settings = {**connection.settings, **public}
    connection.save()
    outbox.record("connection.credentials_given", engagement, by=by, at=at, data=facts(connection))
    order_check(connection, engagement, reason="credentials given", by=by, at=at)
    return connection


@transaction.atomic
def begin_consent(connection_id: int, *, state_digest: str, by: Actor, at: datetime) -> Consent:
    """Somebody is being sent to the vendor's consent page. The digest of the state sent along is good for 15 minutes."""
    connection, engagement = _for(connection_id, by, roles=SECRET_GIVERS, words=_words("gives consent"))
    if connection.state == Connection.State.REVOKED:
        raise errors.WrongState("This connection was disconnected. Open it again first.")
    consent = Consent.objects.create(
        company_id=connection.company_id, connection=connection, digest=state_digest, created_at=at,
        created_by=by.name, expires_at=at + CONSENT_TIME,
    )  # fmt: skip
    outbox.record("connection.consent_begun", engagement, by=by, at=at, data=facts(connection))
    return consent


@transaction.atomic
def spend_consent(state_digest: str, *, by: Actor, at: datetime) -> Consent:
    """Spend the consent somebody came back with: once, within its time. NotFound, or WrongState with what to do."""
    consent = Consent.objects.visible_to(by).filter(digest=state_digest).first()
    if consent is None:
        raise errors.NotFound
    _for(consent.connection_id, by, roles=SECRET_GIVERS, words=_words("gives consent"))
    spent = Consent.objects.filter(pk=consent.pk, spent_at=None, expires_at__gt=at).update(spent_at=at)
    if not spent:
        raise errors.WrongState("This consent took too long or was used already. Press Connect once more.")
    consent.spent_at = at
    return consent


@transaction.atomic
def finish_consent(
    consent: Consent, *, values: Mapping[str, Any], public: Mapping[str, Any], token_expires_at: datetime | None,
    consent_expires_at: datetime | None, by: Actor, at: datetime,
) -> Connection:  # fmt: skip
    """Store what the vendor gave for a spent consent and order a check."""
    connection, engagement = _for(consent.connection_id, by, roles=SECRET_GIVERS, words=_words("gives consent"))
    _store(connection, engagement, values, by=by, at=at)
    connection.settings = {**connection.settings, **public}
    connection.token_expires_at, connection.consent_expires_at = token_expires_at, consent_expires_at
    connection.save()
    outbox.record("connection.consent_given", engagement, by=by, at=at, data=facts(connection))
    order_check(connection, engagement, reason="consent given", by=by, at=at)
    return connection


@transaction.atomic
def refuse_consent(consent: Consent, *, reason: str, by: Actor, at: datetime) -> Connection:
    """The person pressed Cancel at the vendor, or the vendor gave no tokens: noted, nothing changes."""
    connection, engagement = _for(consent.connection_id, by, roles=SECRET_GIVERS, words=_words("gives consent"))
    data = facts(connection) | {"reason": reason[:200]}
    outbox.record("connection.consent_refused", engagement, by=by, at=at, data=data)
    return connection


@transaction.atomic
def revoke(connection_id: int, *, reason: str, by: Actor, at: datetime) -> Connection:
    """Disconnect: the secret is wiped, open checks stop, flows using it stop with an incident. Says why.

    A consent is ended at the vendor too, by a worker.
    """
    connection, engagement = _for(connection_id, by, roles=OPENERS, words=_words("disconnects systems"))
    if connection.state == Connection.State.REVOKED:
        raise errors.WrongState("This connection is disconnected already.")
    if not reason.strip():
        raise errors.BadInput(fields={"reason": "Say why the system is disconnected."})
    _cancel_open_work(connection, at=at)
    if connection.secret and connection.consent_expires_at:
        withdrawals.order(connection, engagement, at=at)
    connection.state, connection.secret, connection.identity = Connection.State.REVOKED, "", {}
    connection.secret_given_at = connection.proven_at = connection.renewing_until = None
    connection.token_expires_at = connection.consent_expires_at = None
    connection.secret_given_by = ""
    connection.save()
    data = facts(connection) | {"reason": reason.strip()[:500]}
    outbox.record("connection.revoked", engagement, by=by, at=at, data=data)
    return connection


@transaction.atomic
def check(connection_id: int, *, reason: str, by: Actor, at: datetime) -> CheckRun:
    """Have a worker climb the ladder; a climb that is still open is returned, not doubled."""
    connection, engagement = _for(connection_id, by, roles=OPENERS, words=_words("checks connections"))
    if not connection.secret:
        raise errors.WrongState("Connect this system first: there are no credentials to check.")
    return order_check(connection, engagement, reason=reason, by=by, at=at)


def order_check(connection: Connection, engagement: Engagement, *, reason: str, by: Actor, at: datetime) -> CheckRun:
    """The check that is open, or a new one. Called inside other actions, which hold the engagement."""
    if earlier := connection.checks.filter(state__in=OPEN).first():
        return earlier
    run = work.new(
        CheckRun, at=at, company_id=engagement.company_id, engagement=engagement, connection=connection,
        started_by=by.name, reason=reason[:100],
    )  # fmt: skip
    data = facts(connection) | {"check": run.pk, "reason": run.reason}
    outbox.record("connection.check_started", engagement, by=by, at=at, data=data)
    return run


@transaction.atomic
def cancel_check(check_id: int, *, by: Actor, at: datetime) -> CheckRun:
    """Stop a climb; the worker cleans away what it wrote and goes no further."""
    found = rows.visible(CheckRun, check_id, by)
    connection, engagement = _for(found.connection_id, by, roles=OPENERS, words=_words("checks connections"))
    if not work.cancel(found, at=at):
        raise errors.WrongState("This check is over already.")
    data = facts(connection) | {"check": found.pk}
    outbox.record("connection.check_cancelled", engagement, by=by, at=at, data=data)
    return CheckRun.objects.get(pk=found.pk)


@transaction.atomic
def record_check(
    run: CheckRun, *, rungs: list[dict[str, Any]], is_passed: bool, identity: Mapping[str, Any] | None, at: datetime
) -> bool:
    """Close a climb: the connection is proven, or failing. `identity` is who answered, None when nobody did.

    False (nothing written) when the claim was lost: cancelled, or new credentials came meanwhile.
    """
    engagement = gates.locked(run.engagement_id, SYSTEM)
    if not work.finish(run, at=at, rungs=rungs, is_passed=is_passed):
        return False
    connection = Connection.objects.get(pk=run.connection_id)
    connection.state = Connection.State.PROVEN if is_passed else Connection.State.FAILING
    if is_passed:
        connection.proven_at = at
        connection.identity = dict(identity or connection.identity)
    connection.save(update_fields=["state", "proven_at", "identity"])
    failed = [rung["code"] for rung in rungs if rung["state"] == "failed"]
    data = facts(connection) | {"check": run.pk, "failed": failed}
    outbox.record(f"connection.{'proven' if is_passed else 'failing'}", engagement, by=SYSTEM, at=at, data=data)
    return True


def _for(connection_id: int, by: Actor, *, roles: frozenset[Role], words: str) -> tuple[Connection, Engagement]:
    found = rows.visible(Connection, connection_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=roles, steps=SINCE_SETUP, words=words)
    return Connection.objects.select_for_update(no_key=True).get(pk=found.pk), engagement


def _store(
    connection: Connection, engagement: Engagement, values: Mapping[str, Any], *, by: Actor, at: datetime
) -> None:
    """Seal a new secret. Work that still runs on the old one is stopped: its result would prove nothing."""
    _cancel_open_work(connection, at=at)
    connection.secret = vault.seal(engagement.company, f"connection:{connection.pk}", dict(values))
    connection.secret_given_at, connection.secret_given_by = at, by.name
    connection.state, connection.renewing_until = Connection.State.CONNECTED, None


def _cancel_open_work(connection: Connection, *, at: datetime) -> None:
    for model in (CheckRun, SetupRun):
        for row in model.objects.filter(connection=connection, state__in=OPEN):
            work.cancel(row, at=at)


def facts(connection: Connection) -> dict[str, Any]:
    """What an event says of a connection: no secret, no address."""
    return {
        "connection": connection.pk,
        "side": connection.side,
        "system": connection.system,
        "environment": connection.environment,
    }


def _words(does: str) -> str:
    return f"The owner or a technical member of the company {does}."
