"""Credentials that several workers renew at once, and what a flow's ledger keeps."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.utils.timezone import now

from integrations.engine.errors import PermanentFailure
from integrations.engine.transfer import Outcome
from integrations.storage import ConnectionTokens, FlowLedger
from onboarding import tenancy
from onboarding.actions import connections, credentials
from onboarding.actors import SYSTEM
from onboarding.models import Binding, Connection, Flow, FlowRun
from onboarding.models.base import Work
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory, owner


@pytest.fixture
def crm(db) -> Connection:
    engagement = EngagementFactory(step=Step.CONNECTIVITY_SETUP.value)
    customer = owner(engagement.company)
    opened = connections.open(engagement.pk, side="crm", environment="production", by=customer, at=NOW)
    return connections.give_credentials(
        opened.pk,
        values={"consumer_key": "key", "consumer_secret": "secret"},
        public={"my_domain": "https://acme.my.salesforce.com"},
        by=customer,
        at=NOW,
    )


@pytest.fixture
def run(crm: Connection) -> FlowRun:
    engagement = crm.engagement
    flow = Flow.objects.create(
        company=crm.company, engagement=engagement, code="account_to_customer", name="Account to Customer"
    )
    return FlowRun.objects.create(
        company=crm.company, engagement=engagement, flow=flow, queued_at=NOW, not_before=NOW, started_by="InterWeave",
        state=Work.State.RUNNING, attempts=1,
    )  # fmt: skip


def with_token(token: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda before: {**before, "access_token": token}


# --- Tokens -----------------------------------------------------------------------------------------------------------


def test_settings_and_secret_are_read_as_one(crm: Connection):
    assert ConnectionTokens(crm).current() == {
        "my_domain": "https://acme.my.salesforce.com",
        "consumer_key": "key",
        "consumer_secret": "secret",
    }


def test_a_renewed_token_is_sealed_and_the_settings_stay_outside(crm: Connection):
    expires = {"access_token": "new", "expires_at": "2026-11-23T16:00:00+00:00"}

    renewed = ConnectionTokens(crm).renewed(lambda before: {**before, **expires})

    crm.refresh_from_db()
    assert (renewed, renewed["access_token"]) == (ConnectionTokens(crm).current(), "new")
    assert "my_domain" not in credentials.read(crm.pk, by=SYSTEM)
    assert (crm.renewing_until, crm.token_expires_at.isoformat()) == (None, "2026-11-23T16:00:00+00:00")


def test_a_renewal_that_fails_gives_the_turn_back(crm: Connection):
    def refused(_: dict[str, Any]) -> dict[str, Any]:
        raise RuntimeError("the vendor's page is down")

    with pytest.raises(RuntimeError):
        ConnectionTokens(crm).renewed(refused)

    sealed = crm.secret
    crm.refresh_from_db()
    assert (crm.renewing_until, crm.secret) == (None, sealed)


def test_nothing_is_written_when_another_flight_had_renewed_it_already(crm: Connection):
    assert ConnectionTokens(crm).renewed(lambda before: before)["consumer_key"] == "key"

    sealed = crm.secret
    crm.refresh_from_db()
    assert (crm.renewing_until, crm.secret) == (None, sealed)


def test_credentials_given_meanwhile_win_over_a_renewal(crm: Connection):
    def slowly(before: dict[str, Any]) -> dict[str, Any]:
        connections.give_credentials(
            crm.pk, values={"consumer_key": "newer"}, public={}, by=owner(crm.company), at=NOW
        )  # fmt: skip
        return {**before, "access_token": "of the old ones"}

    assert ConnectionTokens(crm).renewed(slowly) == {
        "my_domain": "https://acme.my.salesforce.com",
        "consumer_key": "newer",
    }


def test_a_worker_that_died_while_renewing_holds_nobody_up_for_long(crm: Connection):
    Connection.objects.filter(pk=crm.pk).update(renewing_until=now() + timedelta(seconds=1))

    renewed = ConnectionTokens(crm).renewed(with_token("after the wait"))

    assert renewed["access_token"] == "after the wait"


def test_a_disconnected_system_has_no_credentials_any_more(crm: Connection):
    tokens = ConnectionTokens(crm)
    connections.revoke(crm.pk, reason="The admin left", by=owner(crm.company), at=NOW)

    for ask in (tokens.current, lambda: tokens.renewed(with_token("x"))):
        with pytest.raises(PermanentFailure) as refusal:
            ask()
        assert refusal.value.code == "not_connected"


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_ten_workers_renew_an_old_token_once(crm: Connection):
    flights: list[str] = []
    start = threading.Barrier(10)

    def renew(before: dict[str, Any]) -> dict[str, Any]:
        if before.get("access_token"):
            return before
        assert not database.in_atomic_block  # nothing is locked while the vendor is asked
        flights.append("to the vendor")
        return {**before, "access_token": "the one"}

    got: list[str] = []

    def worker() -> None:
        with tenancy.acting(company_id=crm.company_id):
            start.wait(timeout=10)
            got.append(ConnectionTokens(crm).renewed(renew)["access_token"])
        database.close()

    threads = [threading.Thread(target=worker) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert (flights, got) == (["to the vendor"], ["the one"] * 10)


# --- The ledger ----------------------------------------------------------------------------------------------------------


def test_a_tie_is_kept_and_said_twice_is_once(run: FlowRun):
    ledger = FlowLedger(run)

    ledger.bind("001A", "77")
    ledger.bind("001A", "77")

    assert (ledger.binding_for("001A"), ledger.source_for("77"), Binding.objects.count()) == ("77", "001A", 1)


def test_a_source_whose_target_was_made_anew_is_tied_to_the_new_one(run: FlowRun):
    ledger = FlowLedger(run)
    ledger.bind("001A", "77")

    ledger.bind("001A", "78")

    assert (ledger.binding_for("001A"), ledger.source_for("77")) == ("78", None)


def test_a_target_belongs_to_one_source(run: FlowRun):
    ledger = FlowLedger(run)
    ledger.bind("001A", "77")

    with pytest.raises(PermanentFailure) as refusal:
        ledger.bind("001B", "77")

    assert (refusal.value.code, ledger.source_for("77"), ledger.binding_for("001B")) == ("duplicate", "001A", None)


def test_outcomes_are_counted_and_failures_kept_until_they_are_mended(run: FlowRun):
    ledger = FlowLedger(run)

    ledger.record_done(Outcome(source_id="001A", name="Acme", state="created"))
    ledger.record_done(Outcome(source_id="001B", name="Bell", state="failed", trouble={"class": "duplicate"}))
    ledger.advance("cursor 1")
    run.refresh_from_db()
    kept = run.failures
    ledger.record_done(Outcome(source_id="001B", name="Bell", state="updated"))
    ledger.advance("cursor 2")

    run.refresh_from_db()
    assert kept == [{"source_id": "001B", "name": "Bell", "trouble": {"class": "duplicate"}}]
    assert (run.counts, run.failures) == ({"read": 2, "created": 1, "updated": 1}, [])
    assert (run.cursor_after, Flow.objects.get().cursor, ledger.cursor()) == ("cursor 2", "cursor 2", "cursor 2")


def test_a_run_that_lost_its_claim_moves_no_cursor(run: FlowRun):
    ledger = FlowLedger(run)
    FlowRun.objects.update(attempts=2)  # put back, and taken by another worker

    ledger.advance("cursor 1")

    run.refresh_from_db()
    assert (ledger.cursor(), run.cursor_after, run.counts) == (None, "", {})


def test_failures_of_the_run_before_are_carried_until_their_record_is_gone(run: FlowRun):
    ledger = FlowLedger(run)
    ledger.carry([{"source_id": "001B", "name": "Bell", "trouble": {}}])

    ledger.drop("001B")
    ledger.advance("cursor 1")

    run.refresh_from_db()
    assert run.failures == []
