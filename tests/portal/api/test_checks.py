"""Checks: ordered once however often, followed rung by rung."""

import pytest
from django.utils.timezone import now

from onboarding.actors import Role
from onboarding.models import CheckRun
from tests.factories import ConnectionFactory
from tests.portal.api.conftest import bearing, opened, token_of

JSON = "application/json"
RUNG = {
    "code": "name", "title": "The name is known", "state": "passed", "ms": 3, "words": "acme.example", "who_can_fix": "",
    "what_to_do": "", "details": {},
}  # fmt: skip


@pytest.fixture
def engagement(db):
    return opened(step="connectivity_setup")


@pytest.fixture
def connection(engagement):
    return ConnectionFactory(engagement=engagement, state="connected")


@pytest.fixture
def order(connection, at):
    return lambda client: client.post(at("checks/"), {"connection": connection.pk}, content_type=JSON)


def test_a_check_is_ordered_and_followed(owner, order, at):
    ordered = order(owner)
    CheckRun.objects.update(state="done", rungs=[RUNG], is_passed=True, finished_at=now())

    followed = owner.get(ordered["Location"]).json()

    assert (ordered.status_code, ordered.json()["state"], ordered.json()["is_passed"]) == (202, "queued", None)
    assert ordered.json()["started_by"] == "script (API)"
    assert (followed["state"], followed["rungs"], followed["is_passed"]) == ("done", [RUNG], True)
    assert [one["id"] for one in owner.get(at("checks/")).json()["items"]] == [followed["id"]]


def test_an_open_check_is_not_doubled(owner, order):
    assert order(owner).json()["id"] == order(owner).json()["id"]
    assert CheckRun.objects.count() == 1


@pytest.mark.parametrize(("role", "status"), [(Role.TECHNICAL, 202), (Role.BILLING, 403), (Role.VIEWER, 403)])
def test_only_owners_and_technical_people_order_checks(engagement, order, role, status):
    assert order(bearing(token_of(engagement.company, role))).status_code == status
    assert CheckRun.objects.exists() == (status == 202)


def test_without_credentials_there_is_nothing_to_check(connection, owner, order):
    connection.secret = ""
    connection.save(update_fields=["secret"])

    refused = order(owner)

    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")


def test_a_connection_of_another_engagement_is_not_there(owner, at):
    other = ConnectionFactory()

    refused = owner.post(at("checks/"), {"connection": other.pk}, content_type=JSON)

    assert (refused.status_code, CheckRun.objects.count()) == (404, 0)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_six_queries(engagement, connection, owner, at, number, django_assert_num_queries):
    """The token, its maker's role, the engagement, the checks; and the transaction's begin and end."""
    for _ in range(number):
        CheckRun.objects.create(
            company=engagement.company, engagement=engagement, connection=connection, queued_at=now(), not_before=now()
        )

    with django_assert_num_queries(6):
        assert len(owner.get(at("checks/")).json()["items"]) == number
