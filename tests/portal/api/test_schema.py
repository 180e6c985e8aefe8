"""The OpenAPI description holds: what it offers is answered as it says, whatever is sent; and its page shows it."""

from collections.abc import Iterator

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.validation import validate_schema
from schemathesis import checks as rules

from onboarding.actions import questionnaires
from onboarding.actors import SYSTEM, Role
from portal.api.schema import described
from portal.wsgi import application
from tests.factories import NOW, ConnectionFactory, handed_in
from tests.portal.api.conftest import bearing, opened, token_of

HOLDS = (
    rules.not_a_server_error,
    rules.status_code_conformance,
    rules.content_type_conformance,
    rules.response_headers_conformance,
    rules.response_schema_conformance,
)


schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")  # a piece of a file
OPERATIONS = [found.ok() for found in schemathesis.openapi.from_dict(described()).get_all_operations()]


def read_and_close(environ, start_response):
    """The portal, with each answer closed as a server closes it."""
    answer = application(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Each request of the WSGI application leaves the test's own connection open, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def spoken_for(db, one_connection) -> dict[str, str]:
    """An engagement far enough for every address, and the token of a lead."""
    engagement = opened(step="connectivity_setup")
    ConnectionFactory(engagement=engagement)
    questionnaires.open_for(engagement, by=SYSTEM, at=NOW)
    for answers in ({"crm": "salesforce"}, {"crm": "creatio"}):
        handed_in(engagement, "technical_details", answers)
    return {"reference": engagement.reference, "secret": token_of(None, Role.LEAD)}


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.label for one in OPERATIONS])
def test_each_operation_answers_as_described(operation, spoken_for):
    @hypothesis.settings(max_examples=15, suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(case=operation.as_strategy())
    def answers(case):
        if "reference" in case.path_parameters:
            case.path_parameters["reference"] = spoken_for["reference"]
        case.headers.update({"Authorization": f"Bearer {spoken_for['secret']}", "Accept-Encoding": "identity"})
        response = case.call(app=read_and_close, base_url="http://localhost")
        case.validate_response(response, checks=HOLDS)

    answers()


def test_the_description_is_openapi_31_and_names_no_other_room(client):
    told = client.get("/api/v1/schema/").json()

    assert told["openapi"] == "3.1.0"
    assert all(path.startswith("/api/v1/") for path in told["paths"])
    assert told["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
    methods = {operation for found in told["paths"].values() for operation in found}
    assert methods <= {"get", "post", "put", "patch", "delete", "head", "options"}


def test_the_description_keeps_to_the_rules_of_openapi():
    validate_schema(described())


def test_every_operation_parameter_and_answer_is_told_in_words():
    operations = {
        f"{method} {path}": operation
        for path, methods in described()["paths"].items()
        for method, operation in methods.items()
    }

    bare = [name for name, one in operations.items() if not (one.get("summary") and one.get("description"))]
    bare += [f"{name}: {one['name']}" for name, operation in operations.items()
             for one in operation.get("parameters", []) if not one.get("description")]  # fmt: skip
    bare += [f"{name}: {status}" for name, operation in operations.items()
             for status, one in operation["responses"].items() if not one.get("description")]  # fmt: skip
    assert len(operations) > 60
    assert bare == []


def test_an_operation_names_its_scope_and_every_problem_it_may_answer_with():
    move = described()["paths"]["/api/v1/engagements/{reference}/moves/"]["post"]

    assert move["description"].endswith("Scope: `engagements:move`.")
    assert sorted(move["responses"]) == "200 400 401 403 404 406 409 413 415 422 429 500".split()
    assert move["responses"]["403"]["description"] == (
        "`scope_missing`: The token lacks a scope; `not_yours`: Another role does this"
    )


def test_every_post_takes_an_idempotency_key(client):
    paths = client.get("/api/v1/schema/").json()["paths"]

    posts = [methods["post"] for methods in paths.values() if "post" in methods]

    assert len(posts) > 25
    assert all("Idempotency-Key" in {one["name"] for one in post["parameters"]} for post in posts)


def test_the_pages_script_is_a_file_of_its_own(client):
    page = client.get("/api/v1/docs/")

    assert page.status_code == 200
    assert b'<script src="/api/v1/docs/?script="' in page.content
    assert client.get("/api/v1/docs/?script=")["Content-Type"].startswith("application/javascript")


def test_the_long_way_and_the_short_way_answer_alike(client, db):
    """A path the short way does not know, such as another method, goes through all middleware to the same view."""
    engagement = opened()
    asked = bearing(token_of(engagement.company, Role.OWNER))

    short = asked.get(f"/api/v1/engagements/{engagement.reference}/status/")
    refused = asked.put(f"/api/v1/engagements/{engagement.reference}/status/")

    assert "frame-ancestors 'none'" in short["Content-Security-Policy"]
    assert (short.status_code, refused.status_code, refused["Allow"]) == (200, 405, "GET, HEAD, OPTIONS")
