"""Connections: opened, given secrets that never come out again, checked one at a time, disconnected."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding import errors
from onboarding.actions import connections, credentials, work
from onboarding.actors import SYSTEM, Role
from onboarding.models import CheckRun, Connection, Consent, Engagement, Event, SetupRun
from onboarding.workflow.steps import Step
from tests.factories import NOW, ConnectionFactory, EngagementFactory, member, owner, specialist, stranger, viewer

pytestmark = pytest.mark.django_db
SECRETS = {"consumer_key": "3MVG9key", "consumer_secret": "s3cr3t-value"}
PUBLIC = {"my_domain": "https://acme.my.salesforce.com"}


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(step=Step.CONNECTIVITY_SETUP.value)


@pytest.fixture
def opened(engagement: Engagement) -> Connection:
    return connections.open(
        engagement.pk, side="crm", environment="production", by=owner(engagement.company), at=NOW
    )  # fmt: skip


def given(connection: Connection, **more) -> Connection:
    arguments = {"values": SECRETS, "public": PUBLIC, "by": owner(connection.company), "at": NOW} | more
    return connections.give_credentials(connection.pk, **arguments)


def running(connection: Connection) -> CheckRun:
    run = connections.check(connection.pk, reason="by hand", by=owner(connection.company), at=NOW)
    row = work.claim(CheckRun, run.pk, at=NOW)
    assert row is not None
    return row


# --- Opening ------------------------------------------------------------------------------------------------------------


def test_a_connection_is_opened_once_a_side_and_environment(engagement: Engagement, opened: Connection) -> None:
    again = connections.open(engagement.pk, side="crm", environment="production", by=specialist(), at=NOW)

    assert (again.pk, opened.system, opened.state) == (opened.pk, "salesforce", "new")
    assert Event.objects.filter(kind="connection.opened").count() == 1


@pytest.mark.parametrize(
    ("by", "side", "environment", "refusal"),
    [
        (viewer, "crm", "production", errors.NotYours),
        (lambda company: member(company, Role.BILLING), "crm", "production", errors.NotYours),
        (lambda company: stranger(), "crm", "production", errors.NotFound),
        (owner, "warehouse", "production", errors.BadInput),
        (owner, "crm", "moon", errors.BadInput),
    ],
    ids=["by a viewer", "by billing", "by a stranger", "no such side", "no such environment"],
)
def test_opening_is_refused(engagement, by, side: str, environment: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        connections.open(engagement.pk, side=side, environment=environment, by=by(engagement.company), at=NOW)

    assert not Connection.objects.exists()


def test_nothing_is_connected_before_step_seven() -> None:
    engagement = EngagementFactory(step=Step.PLAN_TIMELINE.value)

    with pytest.raises(errors.WrongStep):
        connections.open(engagement.pk, side="crm", environment="sandbox", by=owner(engagement.company), at=NOW)


# --- Credentials ----------------------------------------------------------------------------------------------------------


def test_credentials_are_sealed_trimmed_and_checked(opened: Connection) -> None:
    connection = given(opened, values={**SECRETS, "consumer_key": "  3MVG9key "})

    assert (connection.state, connection.settings, connection.secret_given_at) == ("connected", PUBLIC, NOW)
    assert credentials.read(opened.pk, by=SYSTEM) == SECRETS
    assert connection.checks.get().reason == "credentials given"
    told = str(list(Event.objects.values("kind", "data", "by")))
    assert not any(secret in told + connection.secret for secret in SECRETS.values())


@pytest.mark.parametrize(
    ("more", "refusal", "fields"),
    [
        ({"values": {**SECRETS, "consumer_secret": " "}}, errors.BadInput, ["consumer_secret"]),
        ({"public": {"my_domain": ""}}, errors.BadInput, ["my_domain"]),
        ({"values": {}}, errors.BadInput, []),
        ({"by": specialist}, errors.NotYours, None),
    ],
    ids=["an empty secret", "an empty address", "nothing", "by a specialist"],
)
def test_credentials_are_refused(opened: Connection, more: dict, refusal: type[Exception], fields) -> None:
    if callable(more.get("by")):
        more = {"by": more["by"]()}

    with pytest.raises(refusal) as refused:
        given(opened, **more)

    if fields is not None:
        assert list(refused.value.fields) == fields
    assert (Connection.objects.get().secret, CheckRun.objects.count()) == ("", 0)


def test_a_secret_belongs_to_its_row(opened: Connection) -> None:
    given(opened)
    other = ConnectionFactory(engagement=opened.engagement, side="finance")
    Connection.objects.filter(pk=other.pk).update(secret=Connection.objects.get(pk=opened.pk).secret)

    with pytest.raises(Exception, match="cannot be read here"):
        credentials.read(other.pk, by=SYSTEM)


def test_new_credentials_stop_what_runs_on_the_old_ones(opened: Connection) -> None:
    given(opened)
    old = running(opened)
    setup = work.new(
        SetupRun, at=NOW, company=opened.company, engagement=opened.engagement, connection=opened, started_by="Ada"
    )

    given(opened)

    old.refresh_from_db()
    setup.refresh_from_db()
    assert (old.state, setup.state, opened.checks.first().state) == ("cancelled", "cancelled", "queued")


# --- Consent ----------------------------------------------------------------------------------------------------------------


def test_a_consent_is_spent_once_and_its_tokens_sealed(opened: Connection) -> None:
    by = owner(opened.company)
    connections.begin_consent(opened.pk, state_digest="d" * 64, by=by, at=NOW)

    consent = connections.spend_consent("d" * 64, by=by, at=NOW)
    connected = connections.finish_consent(
        consent, values={"refresh_token": "r3fresh"}, public={"realm_id": "42"}, token_expires_at=None,
        consent_expires_at=NOW + timedelta(days=100), by=by, at=NOW,
    )  # fmt: skip

    assert (connected.settings, connected.consent_expires_at) == ({"realm_id": "42"}, NOW + timedelta(days=100))
    assert credentials.read(opened.pk, by=SYSTEM) == {"refresh_token": "r3fresh"}
    with pytest.raises(errors.WrongState):
        connections.spend_consent("d" * 64, by=by, at=NOW)
    assert "r3fresh" not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_consent_expires(opened: Connection) -> None:
    by = owner(opened.company)
    connections.begin_consent(opened.pk, state_digest="d" * 64, by=by, at=NOW)

    with pytest.raises(errors.WrongState):
        connections.spend_consent("d" * 64, by=by, at=NOW + timedelta(minutes=15))
    with pytest.raises(errors.NotFound):
        connections.spend_consent("d" * 64, by=stranger(), at=NOW)

    assert Consent.objects.get().spent_at is None


# --- Checks -------------------------------------------------------------------------------------------------------------------


def test_one_check_at_a_time(opened: Connection) -> None:
    given(opened)
    by = owner(opened.company)

    first, second = (connections.check(opened.pk, reason="by hand", by=by, at=NOW) for _ in range(2))

    assert (first.pk, CheckRun.objects.count()) == (second.pk, 1)


def test_without_credentials_there_is_nothing_to_check(opened: Connection) -> None:
    with pytest.raises(errors.WrongState):
        connections.check(opened.pk, reason="by hand", by=owner(opened.company), at=NOW)

    assert not CheckRun.objects.exists()


def test_a_passed_check_proves_who_answered_and_a_failed_one_keeps_it(opened: Connection) -> None:
    given(opened)
    identity = {"id": "00D1", "name": "Acme", "is_sandbox": False}

    connections.record_check(running(opened), rungs=[], is_passed=True, identity=identity, at=NOW)
    proven = Connection.objects.get()
    failed = [{"code": "sign_in", "state": "failed"}]
    connections.record_check(running(opened), rungs=failed, is_passed=False, identity=None, at=NOW)

    failing = Connection.objects.get()
    assert (proven.state, proven.identity, proven.proven_at) == ("proven", identity, NOW)
    assert (failing.state, failing.identity) == ("failing", identity)
    assert Event.objects.get(kind="connection.failing").data["failed"] == ["sign_in"]


def test_a_check_can_be_stopped_once(opened: Connection) -> None:
    given(opened)
    check = opened.checks.get()

    stopped = connections.cancel_check(check.pk, by=owner(opened.company), at=NOW)

    assert stopped.state == "cancelled"
    with pytest.raises(errors.WrongState):
        connections.cancel_check(check.pk, by=owner(opened.company), at=NOW)
    assert Event.objects.filter(kind="connection.check_cancelled").count() == 1


# --- Disconnecting --------------------------------------------------------------------------------------------------------------


def test_a_disconnected_system_keeps_no_secret_and_can_be_opened_anew(opened: Connection) -> None:
    given(opened)
    by = owner(opened.company)

    gone = connections.revoke(opened.pk, reason="The admin left", by=by, at=NOW)
    anew = connections.open(opened.engagement_id, side="crm", environment="production", by=by, at=NOW)

    assert (gone.state, gone.secret, gone.secret_given_at, gone.identity) == ("revoked", "", None, {})
    assert (opened.checks.get().state, anew.pk, anew.state) == ("cancelled", opened.pk, "new")
    assert Event.objects.get(kind="connection.revoked").data["reason"] == "The admin left"


def test_a_disconnected_system_takes_nothing_until_it_is_opened(opened: Connection) -> None:
    by = owner(opened.company)
    connections.revoke(opened.pk, reason="The admin left", by=by, at=NOW)

    for act in (
        lambda: given(opened),
        lambda: connections.begin_consent(opened.pk, state_digest="d", by=by, at=NOW),
        lambda: connections.revoke(opened.pk, reason="Again", by=by, at=NOW),
    ):
        with pytest.raises(errors.WrongState):
            act()

    assert (Connection.objects.get().secret, Consent.objects.count()) == ("", 0)


def test_disconnecting_needs_a_reason(opened: Connection) -> None:
    with pytest.raises(errors.BadInput):
        connections.revoke(opened.pk, reason=" ", by=owner(opened.company), at=NOW)

    assert Connection.objects.get().state == "new"


# --- Credentials in a worker's hands ----------------------------------------------------------------------------------------------


def test_a_lease_is_one_workers_until_its_time_is_over(opened: Connection) -> None:
    given(opened)

    first = credentials.take_lease(opened.pk, by=SYSTEM, at=NOW)
    second = credentials.take_lease(opened.pk, by=SYSTEM, at=NOW + timedelta(seconds=59))
    third = credentials.take_lease(opened.pk, by=SYSTEM, at=NOW + timedelta(seconds=60))

    assert (first.values, second, third is not None) == (SECRETS, None, True)
    assert credentials.give_back(first, values={"token": "too late"}, by=SYSTEM) is False
    assert credentials.give_back(third, values={"token": "new"}, by=SYSTEM) is True
    assert credentials.read(opened.pk, by=SYSTEM) == {"token": "new"}


def test_a_secret_is_read_by_nobody_else(opened: Connection) -> None:
    given(opened)

    with pytest.raises(errors.NotFound):
        credentials.read(opened.pk, by=stranger())
    with pytest.raises(errors.NotFound):
        credentials.take_lease(opened.pk, by=stranger(), at=NOW)

    assert Connection.objects.get().renewing_until is None
