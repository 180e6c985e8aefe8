"""Where an engagement stands, in one statement: the document OpenAPI describes, and 304 while it stands still."""

import psycopg2
import pytest
from django.db import connection
from django.utils.timezone import now

from onboarding import outbox
from onboarding.actors import SYSTEM, Role
from onboarding.models import ApiToken
from portal.api.serializers import StatusSerializer
from portal.api.status import version_in
from tests.portal.api.conftest import bearing, opened, token_of

pytestmark = pytest.mark.both


def test_the_status_is_the_stored_document(owner, engagement, at):
    response = owner.get(at("status/"))

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json() == engagement.status
    assert response["ETag"] == f'W/"{engagement.reference}-{engagement.version}"'
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Length"] == str(len(response.content))


@pytest.mark.parametrize("step", ["welcome_call", "connectivity_setup", "continuous_support"])
def test_the_document_is_what_openapi_describes(db, step):
    engagement = opened(step=step)

    sent = bearing(token_of(engagement.company, Role.VIEWER)).get(f"/api/v1/engagements/{engagement.reference}/status/")

    assert StatusSerializer(engagement.status).data == sent.json()


@pytest.mark.parametrize("others", [0, 2])
def test_it_takes_one_query(owner, at, others, django_assert_num_queries):
    for _ in range(others):
        opened()

    with django_assert_num_queries(1):
        assert owner.get(at("status/")).status_code == 200
    with django_assert_num_queries(1):
        assert owner.get("/api/v1/engagements/IW-0000-0000/status/").status_code == 404
    with django_assert_num_queries(1):
        assert bearing("iw_guess").get(at("status/")).status_code == 401


def test_an_unchanged_status_is_not_sent_again(owner, engagement, at, django_assert_num_queries):
    etag = owner.get(at("status/"))["ETag"]

    with django_assert_num_queries(1):
        again = owner.get(at("status/"), headers={"If-None-Match": etag})
    outbox.record("engagement.held", engagement, by=SYSTEM, at=now(), data={})
    changed = owner.get(at("status/"), headers={"If-None-Match": etag})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert "Content-Type" not in again
    assert (changed.status_code, changed.json()["version"]) == (200, engagement.version)


@pytest.mark.parametrize(
    ("tags", "status"),
    [("*", 304), ('"other-1"', 200), ("nonsense", 200), ('"a", {etag}', 304)],
    ids=["any", "another's", "no tag", "among others"],
)
def test_if_none_match_takes_what_the_standard_says(owner, at, tags, status):
    etag = owner.get(at("status/"))["ETag"]

    assert owner.get(at("status/"), headers={"If-None-Match": tags.format(etag=etag)}).status_code == status


def test_the_latest_of_several_tags_counts():
    assert version_in('W/"IW-1-3", W/"IW-1-12", W/"IW-2-40"', "IW-1") == 12


def test_head_sends_no_body(owner, at):
    response = owner.head(at("status/"))

    assert (response.status_code, response.content) == (200, b"")


def test_a_use_is_noted_once_a_minute(engagement, at, django_assert_num_queries):
    client = bearing(token_of(engagement.company, Role.OWNER, last_used_at=None))

    client.get(at("status/"))
    with django_assert_num_queries(1):
        client.get(at("status/"))

    assert ApiToken.objects.get().last_used_at is not None


def test_another_companys_status_is_not_there(stranger, lead, at):
    assert [stranger.get(at("status/")).status_code, lead.get(at("status/")).status_code] == [404, 200]


def test_a_token_without_the_scope_is_told_which(engagement, at):
    response = bearing(token_of(engagement.company, Role.OWNER, "documents:read")).get(at("status/"))

    assert (response.status_code, response.json()["code"]) == (403, "scope_missing")
    assert "engagements:read" in response.json()["detail"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_cut_is_made_anew(owner, at):
    before = owner.get(at("status/"))
    cut(connection.connection.info.backend_pid)

    assert (before.status_code, owner.get(at("status/")).json()) == (200, before.json())


def cut(backend_pid: int) -> None:
    """As a restart of the server would."""
    other = psycopg2.connect(connection.connection.dsn)
    try:
        other.cursor().execute("SELECT pg_terminate_backend(%s)", [backend_pid])
    finally:
        other.close()
