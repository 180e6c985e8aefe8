"""Every error is application/problem+json with its code, and the list of problems knows each code."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client, RequestFactory
from rest_framework import exceptions

from onboarding import errors
from portal.api import problems

JSON = "application/json"


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [
        (lambda client, at: client.post(at("moves/"), "{", content_type=JSON), 400, "malformed"),
        (lambda client, at: Client().get(at("steps/")), 401, "unauthorized"),
        (lambda client, at: client.get(at("nothing/")), 404, "not_found"),
        (lambda client, at: client.get(at("steps")), 404, "not_found"),
        (lambda client, at: client.get("/api/v2/"), 404, "not_found"),
        (lambda client, at: client.get(at("checks/99999999999999999999/")), 404, "not_found"),
        (lambda client, at: client.delete(at("steps/")), 405, "method_not_allowed"),
        (lambda client, at: client.post(at("status/")), 405, "method_not_allowed"),
        (lambda client, at: client.options(at("steps/")), 405, "method_not_allowed"),
        (lambda client, at: client.get(at("steps/"), headers={"Accept": "text/html"}), 406, "not_acceptable"),
        (lambda client, at: client.post(at("moves/"), {"change": "x" * 70_000}, content_type=JSON), 413, "too_large"),
        (lambda client, at: client.post(at("moves/"), "a=b", content_type="text/plain"), 415, "unsupported_media_type"),
        (lambda client, at: client.post(at("documents/"), "{}", content_type=JSON), 415, "unsupported_media_type"),
        (lambda client, at: client.post(at("moves/"), {}, content_type=JSON), 422, "bad_input"),
        (lambda client, at: client.post(at("moves/"), [], content_type=JSON), 422, "bad_input"),
        (lambda client, at: client.get(at("timeline/?page=2")), 422, "bad_input"),
    ],
)
def test_each_error_over_http(owner, at, ask, status, code):
    response = ask(owner, at)

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    body = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"http://localhost:8000/api/v1/problems/#{code}"
    assert body["instance"].startswith("/api/")
    assert body["title"]
    assert body["detail"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.NotFound(), 404, "not_found"),
        (errors.NotYours("no"), 403, "not_yours"),
        (errors.WrongStep("no"), 409, "wrong_step"),
        (errors.WrongState("no"), 409, "wrong_state"),
        (errors.Stale("no"), 409, "stale"),
        (errors.CriteriaUnmet([{"title": "Sign"}]), 409, "criteria_unmet"),
        (errors.Refused("no", code="not_waivable"), 409, "not_waivable"),
        (errors.Refused("no", code="something_new"), 409, "refused"),
        (errors.BadInput(fields={"a": "b"}), 422, "bad_input"),
        (exceptions.PermissionDenied(), 403, "scope_missing"),
        (exceptions.APIException(), 500, "internal_error"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "not_yours"),
        (SuspiciousOperation(), 400, "malformed"),
        (exceptions.ValidationError({"a": ["b.", "c."]}), 422, "bad_input"),
        (exceptions.ValidationError({"a": {"b": ["c"]}}), 422, "bad_input"),
    ],
)
def test_each_exception(error, status, code):
    told, body, _ = problems.describe(error, RequestFactory().get("/api/v1/x/"))

    assert (told, body["status"], body["code"]) == (status, status, code)


def test_a_bug_is_logged_and_tells_nothing(caplog):
    status, body, _ = problems.describe(LookupError("secret"), RequestFactory().get("/api/v1/x/"))

    assert (status, body["code"], "secret" in str(body)) == (500, "internal_error", False)
    assert caplog.records[0].exc_info[1].args == ("secret",)


def test_what_a_refusal_knows_comes_along():
    refusal = errors.CriteriaUnmet([{"title": "Sign", "code": "msa.unsigned"}])

    _, body, _ = problems.describe(refusal, RequestFactory().get("/api/v1/x/"))

    assert body["unmet"] == [{"title": "Sign", "code": "msa.unsigned"}]


def test_the_list_of_problems_needs_no_token(client):
    listed = client.get("/api/v1/problems/").json()

    assert [one["code"] for one in listed] == list(problems.KINDS)
    assert all(one["advice"] and one["type"].endswith(f"#{one['code']}") for one in listed)


def test_what_is_wrong_in_a_list_says_at_which_place():
    refusal = exceptions.ValidationError({"file_types": {1: ["“exe” is no type."]}, "title": ["Enter a title."]})

    _, body, _ = problems.describe(refusal, RequestFactory().get("/api/v1/x/"))

    assert body["fields"] == {"file_types": "item 2: “exe” is no type.", "title": "Enter a title."}
