"""Consent at Intuit: begun by one person, finished by the same, once, in time; tokens sealed, never shown."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now

from integrations import consents
from onboarding import errors
from onboarding.actions import connections, credentials
from onboarding.actors import SYSTEM, Actor, Role
from onboarding.models import Connection, Consent, Event
from onboarding.workflow.steps import Step
from tests.factories import EngagementFactory, member, owner, specialist, stranger
from tests.integrations.sandbox_fixture import RunningSandbox


@pytest.fixture
def finance(db, outbound) -> Connection:
    engagement = EngagementFactory(step=Step.CONNECTIVITY_SETUP.value)
    return connections.open(
        engagement.pk, side="finance", environment="production", by=owner(engagement.company), at=now()
    )


@pytest.fixture
def customer(finance: Connection) -> Actor:
    return member(finance.company, Role.TECHNICAL)


def come_back(sandbox: RunningSandbox, finance: Connection, customer: Actor, books: dict, **more: str) -> dict:
    url = consents.begin(finance.pk, by=customer, at=now())
    return sandbox.consent(url, realm_id=books["realm_id"], **more)


def test_a_consent_connects_the_company_and_orders_a_check(sandbox, finance: Connection, customer: Actor, books: dict):
    back = come_back(sandbox, finance, customer, books)

    connected = consents.finish(
        state=back["state"], code=back["code"], realm_id=back["realmId"], by=customer, at=now()
    )  # fmt: skip

    assert (connected.state, connected.settings) == ("connected", {"realm_id": books["realm_id"]})
    assert sorted(credentials.read(connected.pk, by=SYSTEM)) == [
        "access_token",
        "expires_at",
        "refresh_expires_at",
        "refresh_token",
    ]
    assert connected.token_expires_at < connected.consent_expires_at
    assert connected.checks.get().reason == "consent given"
    secret = credentials.read(connected.pk, by=SYSTEM)["refresh_token"]
    assert secret not in str(list(Event.objects.values_list("data", flat=True))) + connected.secret


def test_a_state_is_good_once(sandbox, finance: Connection, customer: Actor, books: dict):
    back = come_back(sandbox, finance, customer, books)
    answer = {"state": back["state"], "code": back["code"], "realm_id": back["realmId"]}
    consents.finish(**answer, by=customer, at=now())

    with pytest.raises(errors.WrongState) as refusal:
        consents.finish(**answer, by=customer, at=now())

    assert refusal.value.words.endswith("Press Connect once more.")
    assert Event.objects.filter(kind="connection.consent_given").count() == 1


def test_a_state_is_good_for_fifteen_minutes(sandbox, finance: Connection, customer: Actor, books: dict):
    back = come_back(sandbox, finance, customer, books)
    late = now() + timedelta(minutes=16)

    with pytest.raises(errors.WrongState):
        consents.finish(state=back["state"], code=back["code"], realm_id=back["realmId"], by=customer, at=late)

    assert Consent.objects.get().spent_at is None


def test_nobody_else_can_bring_a_consent_back(sandbox, finance: Connection, customer: Actor, books: dict):
    back = come_back(sandbox, finance, customer, books)

    for other in (owner(finance.company), stranger()):
        with pytest.raises(errors.NotFound):
            consents.finish(state=back["state"], code=back["code"], realm_id=back["realmId"], by=other, at=now())

    assert Connection.objects.get().secret == ""


def test_a_code_that_intuit_refuses_leaves_everything_as_it_was(sandbox, finance: Connection, customer, books: dict):
    back = come_back(sandbox, finance, customer, books)

    with pytest.raises(errors.Refused) as refusal:
        consents.finish(state=back["state"], code="invented", realm_id=back["realmId"], by=customer, at=now())

    finance.refresh_from_db()
    assert refusal.value.code == "auth_revoked"
    assert (finance.state, finance.secret, finance.checks.count()) == ("new", "", 0)
    assert Event.objects.filter(kind="connection.consent_refused").count() == 1


def test_cancel_at_intuit_is_noted(sandbox, finance: Connection, customer: Actor, books: dict):
    back = come_back(sandbox, finance, customer, books, decision="cancel")

    consents.decline(state=back["state"], by=customer, at=now())

    assert "code" not in back
    assert Event.objects.get(kind="connection.consent_refused").data["reason"] == "Cancelled at Intuit."
    assert Consent.objects.get().spent_at is not None


def test_a_system_with_credentials_needs_no_consent(finance: Connection, customer: Actor):
    crm = connections.open(
        finance.engagement_id, side="crm", environment="production", by=customer, at=now()
    )  # fmt: skip

    with pytest.raises(errors.WrongState):
        consents.begin(crm.pk, by=customer, at=now())

    assert not Consent.objects.exists()


def test_a_specialist_gives_no_consent_for_the_customer(finance: Connection):
    with pytest.raises(errors.NotYours):
        consents.begin(finance.pk, by=specialist(), at=now())

    assert not Consent.objects.exists()


def test_intuit_out_of_reach_is_said_in_words(finance: Connection, customer: Actor, settings):
    settings.INTUIT_DISCOVERY_URL = "https://localhost:1/.well-known/openid_configuration"

    with pytest.raises(errors.Refused) as refusal:
        consents.begin(finance.pk, by=customer, at=now())

    assert refusal.value.code == "port_closed"
    assert not Consent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_consent_is_never_asked_for_inside_a_transaction(finance: Connection, customer: Actor):
    with pytest.raises(RuntimeError), transaction.atomic():
        consents.begin(finance.pk, by=customer, at=now())
