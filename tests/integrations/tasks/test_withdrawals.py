"""Disconnecting ends the consent at the vendor too; the secret is gone in every case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from integrations import registry, tasks
from integrations.engine.errors import Failure
from integrations.quickbooks_online import oauth
from onboarding.actions import connections, credentials, work
from onboarding.actors import SYSTEM
from onboarding.models import Connection, Event, Withdrawal
from tests.integrations.tasks.stage import Stage


@pytest.fixture
def tokens(stage: Stage) -> dict:
    return credentials.read(stage.connect_finance().pk, by=SYSTEM)


def disconnected(stage: Stage) -> Withdrawal:
    connection = Connection.objects.get(engagement=stage.engagement, side="finance")
    connections.revoke(connection.pk, reason="The books move.", by=stage.customer, at=now())
    return Withdrawal.objects.get(connection=connection)


def run(row: Withdrawal) -> Withdrawal:
    tasks.withdraw_consent(withdrawal_id=row.pk)
    row.refresh_from_db()
    return row


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="connection.consent_").values_list("kind", flat=True))


def test_a_disconnected_consent_is_ended_at_the_vendor(stage: Stage, tokens: dict) -> None:
    row = disconnected(stage)
    waiting = row.secret

    row = run(row)

    assert (row.state, row.secret, bool(waiting)) == ("done", "", True)
    assert tokens["refresh_token"] not in waiting
    assert kinds()[-1] == "connection.consent_ended"
    with pytest.raises(Failure) as ended:
        oauth.refreshed(registry.intuit_app(), tokens)
    assert ended.value.code == "auth_revoked"


def test_a_consent_that_ended_there_already_is_no_failure(stage: Stage, tokens: dict) -> None:
    row = disconnected(stage)
    stage.sandbox.fault("quickbooks", stage.books["realm_id"], "revoke_refresh")

    row = run(row)

    assert (row.state, row.secret) == ("done", "")


def test_a_consent_given_anew_meanwhile_lives_on(stage: Stage, tokens: dict) -> None:
    row = disconnected(stage)
    connection = stage.connect_finance()

    row = run(row)

    assert (row.state, row.secret) == ("done", "")
    assert "connection.consent_ended" not in kinds()
    assert oauth.refreshed(registry.intuit_app(), credentials.read(connection.pk, by=SYSTEM))["access_token"]


def test_a_vendor_that_never_answers_leaves_it_to_the_customer(stage: Stage, tokens: dict, settings) -> None:
    row = disconnected(stage)
    settings.INTUIT_DISCOVERY_URL = "https://localhost:9/nobody"
    first = run(row)
    seen = (first.state, bool(first.secret))
    Withdrawal.objects.filter(pk=row.pk).update(attempts=row.max_attempts - 1, not_before=now() - timedelta(seconds=1))

    last = run(row)

    assert (seen, last.state, last.secret) == (("queued", True), "failed", "")
    assert kinds()[-1] == "connection.consent_not_ended"


def test_a_worker_that_never_comes_back_leaves_no_secret(stage: Stage, tokens: dict) -> None:
    row = disconnected(stage)
    Withdrawal.objects.filter(pk=row.pk).update(attempts=row.max_attempts - 1)
    work.claim(Withdrawal, row.pk, at=now())

    work.put_back_abandoned(at=now() + timedelta(hours=1))

    row.refresh_from_db()
    assert (row.state, row.secret) == ("failed", "")


def test_credentials_that_are_no_consent_are_only_forgotten(stage: Stage) -> None:
    crm = stage.connect_crm()

    connections.revoke(crm.pk, reason="Another organisation.", by=stage.customer, at=now())

    assert not Withdrawal.objects.exists()
