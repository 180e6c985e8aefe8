"""Twice is once: the same request has one effect and one reply, also when both arrive at the same moment."""

import threading
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils.timezone import now

from onboarding import tenancy
from onboarding.models import CheckRun, Document, IdempotencyKey
from onboarding.tasks import sweep
from tests.factories import ConnectionFactory
from tests.portal.api.conftest import opened

JSON = "application/json"
KEY = {"Idempotency-Key": "4f2c"}


@pytest.fixture
def engagement(db):
    return opened(step="connectivity_setup")


@pytest.fixture
def order(engagement, at):
    """Order a check; each one finishes at once, so that only the key keeps a second from being made."""
    checked = ConnectionFactory(engagement=engagement, state="connected").pk

    def send(client, key=KEY, **more):
        answer = client.post(at("checks/"), {"connection": checked, **more}, content_type=JSON, headers=key)
        CheckRun.objects.update(state="done")
        return answer

    return send


def test_a_repeat_gets_the_first_reply(owner, order):
    first, second = order(owner), order(owner)

    assert (first.status_code, second.status_code, second.json()) == (202, 202, first.json())
    assert second["Location"] == first["Location"]
    assert (first.get("Idempotency-Replayed"), second["Idempotency-Replayed"]) == (None, "true")
    assert CheckRun.objects.count() == 1


def test_the_same_key_with_another_request_is_refused(owner, order):
    order(owner)

    refused = order(owner, reason="again")

    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["Idempotency-Key"])
    assert CheckRun.objects.count() == 1


def test_the_sweep_forgets_a_key_after_a_day(owner, order):
    order(owner)
    order(owner, {"Idempotency-Key": "b"})
    IdempotencyKey.objects.filter(key="4f2c").update(created_at=now() - timedelta(hours=24, seconds=1))

    sweep()

    assert [row.key for row in IdempotencyKey.objects.all()] == ["b"]


def test_another_key_or_none_is_another_request(owner, order):
    for key in (KEY, {"Idempotency-Key": "b"}, {}, {}):
        assert order(owner, key).status_code == 202

    assert CheckRun.objects.count() == 4


def test_two_tokens_may_choose_the_same_key(owner, lead, order):
    assert [order(owner).status_code, order(lead).status_code, CheckRun.objects.count()] == [202, 202, 2]


def test_a_refused_request_keeps_no_key(lead, at):
    refused = lead.post(at("moves/"), {"change": "activate"}, content_type=JSON, headers=KEY)
    corrected = lead.post(
        at("moves/"), {"change": "return_to_plan_timeline", "reason": "Replan."}, content_type=JSON, headers=KEY
    )

    assert (refused.status_code, corrected.status_code) == (409, 200)


def test_a_repeated_move_keeps_its_etag(lead, at):
    body = {"change": "return_to_plan_timeline", "reason": "Replan."}

    first, second = (lead.post(at("moves/"), body, content_type=JSON, headers=KEY) for _ in range(2))

    assert (second.json(), second["ETag"]) == (first.json(), first["ETag"])


def test_a_repeated_upload_is_known_by_its_bytes(owner, at):
    def send(content):
        return owner.post(at("documents/"), {"file": ContentFile(content, name="a.csv")}, headers=KEY)

    first, second, other = send(b"a,b"), send(b"a,b"), send(b"a,c")

    assert [first.status_code, second.status_code, other.status_code] == [201, 201, 422]
    assert (second.json(), Document.objects.count()) == (first.json(), 1)


@pytest.mark.parametrize("key", ["x" * 101, "a\tb", "ü"])
def test_an_unfit_key_is_refused(owner, order, key):
    assert order(owner, {"Idempotency-Key": key}).status_code == 422
    assert not IdempotencyKey.objects.exists()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_have_one_effect_and_one_reply(owner, engagement, at):
    checked = ConnectionFactory(engagement=engagement, state="connected").pk
    answers, together = [], threading.Barrier(4)

    def send():
        with tenancy.acting(staff=True):
            together.wait()
            answers.append(owner.post(at("checks/"), {"connection": checked}, content_type=JSON, headers=KEY))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} == {202}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 3
    assert CheckRun.objects.count() == 1
