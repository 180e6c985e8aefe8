"""Ways into Salesforce, and what shuts them."""

import base64
import hashlib
from urllib.parse import parse_qs, urlparse

import pytest
from simple_salesforce.exceptions import SalesforceExpiredSession, SalesforceGeneralError, SalesforceRefusedRequest

pytestmark = pytest.mark.usefixtures("no_leftovers")


def post(trusting, org, form, auth=None) -> tuple[int, dict]:
    answer = trusting.post(f"{org['my_domain']}/services/oauth2/token", data=form, auth=auth)
    return answer.status_code, answer.json()


def test_client_credentials_in_the_body(trusting, org):
    form = {"client_id": org["consumer_key"], "client_secret": org["consumer_secret"]}
    status, body = post(trusting, org, {"grant_type": "client_credentials", **form})

    assert status == 200
    assert body["id"] == f"{org['my_domain']}/id/{org['org_id']}/{org['integration_user_id']}"
    assert "expires_in" not in body
    assert "refresh_token" not in body


@pytest.mark.parametrize(
    ("key", "secret", "error"), [("nobody", "x", "invalid_client_id"), (None, "wrong", "invalid_client")]
)
def test_wrong_credentials(trusting, org, key, secret, error):
    status, body = post(trusting, org, {"grant_type": "client_credentials"}, (key or org["consumer_key"], secret))

    assert (status, body["error"]) == (400, error)


def test_a_rotated_secret_shuts_the_old_one_out(sandbox, trusting, org):
    form = {"grant_type": "client_credentials"}
    new = sandbox.control.post(f"/salesforce/orgs/{org['org_id']}/rotate-secret").json()

    assert post(trusting, org, form, (org["consumer_key"], org["consumer_secret"]))[0] == 400
    assert post(trusting, org, form, (org["consumer_key"], new["consumer_secret"]))[0] == 200


def test_authorization_code_with_proof_key_then_refresh(sandbox, trusting):
    back = "http://localhost:8000/back"
    org = sandbox.new_org("Coded", redirect_uris=[back], rotates=True)
    verifier = "v" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"response_type": "code", "client_id": org["consumer_key"], "redirect_uri": back, "state": "s"}
    sent = trusting.get(
        f"{org['my_domain']}/services/oauth2/authorize",
        params={**asked, "code_challenge": challenge},
        allow_redirects=False,
    )
    code = parse_qs(urlparse(sent.headers["location"]).query)["code"][0]
    auth = (org["consumer_key"], org["consumer_secret"])
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}

    assert post(trusting, org, form, auth)[1]["error"] == "invalid_grant"
    assert post(trusting, org, {**form, "code_verifier": "wrong"}, auth)[1]["error"] == "invalid_request"
    first = post(trusting, org, {**form, "code_verifier": verifier}, auth)[1]
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert post(trusting, org, refresh, auth)[0] == 200
    assert post(trusting, org, refresh, auth)[1] == {
        "error": "invalid_grant",
        "error_description": "expired access/refresh token",
    }


def test_a_session_ends_after_two_hours(sandbox, sf):
    sf.limits()
    sandbox.advance(2 * 3600 + 1)

    with pytest.raises(SalesforceExpiredSession):
        sf.limits()


@pytest.mark.parametrize(
    ("fault", "code"),
    [("throttle", "REQUEST_LIMIT_EXCEEDED"), ("api_disabled", "API_DISABLED_FOR_ORG")],
)
def test_refusals_on_demand(sandbox, org, sf, fault, code):
    sandbox.fault("salesforce", org["org_id"], fault)

    with pytest.raises(SalesforceRefusedRequest) as caught:
        sf.limits()

    assert caught.value.content[0]["errorCode"] == code


def test_an_org_that_used_up_its_calls(sandbox, sign_in):
    sf = sign_in(sandbox.new_org("Small", api_limit=1))
    sf.limits()

    with pytest.raises(SalesforceRefusedRequest) as caught:
        sf.limits()

    assert caught.value.content[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"


def test_one_server_error_and_nothing_done(sandbox, org, sf):
    sandbox.fault("salesforce", org["org_id"], "server_error_once")
    with pytest.raises(SalesforceGeneralError) as caught:
        sf.Account.create({"Name": "x"})

    assert caught.value.status == 503
    assert sandbox.state("salesforce", org["org_id"])["created"] == {}
    assert sf.Account.create({"Name": "x"})["success"] is True


def test_a_lost_answer_is_done_all_the_same(sandbox, org, sf):
    sandbox.fault("salesforce", org["org_id"], "lost_answer")
    with pytest.raises(SalesforceGeneralError) as caught:
        sf.Account.create({"Name": "x"})

    assert caught.value.status == 504
    assert sandbox.state("salesforce", org["org_id"])["created"] == {"Account": 1}


def test_the_wrong_org(sandbox, org, sign_in):
    other = sandbox.new_org("Other")
    sandbox.fault("salesforce", org["org_id"], "wrong_company", value=other["org_id"])

    assert sign_in(org).query("SELECT Id FROM Organization")["records"][0]["Id"] == other["org_id"]


def test_an_inactive_user(sandbox, trusting, org):
    sandbox.fault("salesforce", org["org_id"], "inactive_user")
    auth = (org["consumer_key"], org["consumer_secret"])

    assert post(trusting, org, {"grant_type": "client_credentials"}, auth)[1]["error"] == "inactive_user"


def test_paths_methods_and_bodies_that_are_wrong(trusting, sf):
    root, headers = sf.base_url, sf.headers
    plain = {**headers, "Content-Type": "text/plain"}

    def code(method, path, **more):
        answer = trusting.request(method, root + path, **({"headers": headers} | more))
        return answer.status_code, answer.json()[0]["errorCode"]

    assert code("GET", "nonsense") == (404, "NOT_FOUND")
    assert code("PUT", "sobjects/Account") == (405, "METHOD_NOT_ALLOWED")
    assert code("POST", "sobjects/Account", data="{", headers=headers) == (400, "JSON_PARSER_ERROR")
    assert code("POST", "sobjects/Account", data="{}", headers=plain) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert code("GET", "sobjects/Nonsense/describe") == (404, "NOT_FOUND")
    assert code("GET", "limits", headers={}) == (401, "INVALID_SESSION_ID")


def test_composite_parts_use_earlier_answers_or_undo_everything(sandbox, org, sf):
    root = "/services/data/v62.0/sobjects"
    account = {"method": "POST", "url": f"{root}/Account", "referenceId": "a", "body": {"Name": "Parent"}}
    contact = {
        "method": "POST", "url": f"{root}/Contact", "referenceId": "c", "body": {"LastName": "Child", "AccountId": "@{a.id}"},
    }  # fmt: skip
    bad = {"method": "POST", "url": f"{root}/Contact", "referenceId": "b", "body": {}}

    good = sf.restful("composite", method="POST", json={"allOrNone": True, "compositeRequest": [account, contact]})
    none = sf.restful("composite", method="POST", json={"allOrNone": True, "compositeRequest": [account, bad]})
    batch = sf.restful("composite/batch", method="POST", json={"batchRequests": [
        {"method": "GET", "url": "v62.0/limits"}, {"method": "GET", "url": "v62.0/nonsense"}]})  # fmt: skip

    assert [part["httpStatusCode"] for part in good["compositeResponse"]] == [201, 201]
    assert (
        sf.Contact.get(good["compositeResponse"][1]["body"]["id"])["AccountId"]
        == good["compositeResponse"][0]["body"]["id"]
    )
    assert [part["body"][0]["errorCode"] for part in none["compositeResponse"]] == [
        "PROCESSING_HALTED",
        "REQUIRED_FIELD_MISSING",
    ]
    assert sandbox.state("salesforce", org["org_id"])["created"] == {"Account": 1, "Contact": 1}
    assert [part["statusCode"] for part in batch["results"]] == [200, 404]
