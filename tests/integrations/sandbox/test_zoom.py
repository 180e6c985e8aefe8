"""Zoom's stand-in as a caller of our own sees it: as strict as the real one, refusing in its shapes."""

import ssl

import httpx
import pytest

pytestmark = pytest.mark.usefixtures("no_leftovers")
MEETING = {"topic": "Kick-off", "type": 2, "start_time": "2031-05-05T10:00:00Z", "duration": 30}
HOST = "ann@ours.example"


@pytest.fixture
def account(sandbox) -> dict:
    return sandbox.new_zoom("Ours", domain="ours.example")


@pytest.fixture
def caller(sandbox):
    trust = ssl.create_default_context(cafile=sandbox.ca_path)
    with httpx.Client(base_url=sandbox.zoom_url, verify=trust, trust_env=False) as client:
        yield client


@pytest.fixture
def signed_in(caller, account) -> httpx.Client:
    caller.headers["Authorization"] = f"Bearer {_token(caller, account).json()['access_token']}"
    return caller


def _token(caller, account, **changes: str) -> httpx.Response:
    form = {"grant_type": "account_credentials", "account_id": account["id"]} | changes
    return caller.post("/oauth/token", data=form, auth=(account["client_id"], account["client_secret"]))


def test_a_token_as_zoom_gives_it(caller, account, sandbox):
    body = _token(caller, account).json()

    assert set(body) == {"access_token", "token_type", "expires_in", "scope", "api_url"}
    assert (body["token_type"], body["expires_in"], body["api_url"]) == ("bearer", 3600, sandbox.zoom_url)
    assert "meeting:write:meeting:admin" in body["scope"].split()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"grant_type": "client_credentials"}, ("unsupported grant type", "unsupported_grant_type")),
        ({"account_id": "other"}, ("Bad Request", "invalid_request")),
    ],
)
def test_tokens_that_are_not_given(caller, account, changes, refusal):
    answer = _token(caller, account, **changes)

    assert (answer.status_code, answer.json()) == (400, {"reason": refusal[0], "error": refusal[1]})


def test_the_app_must_prove_itself_by_http_basic(caller, account):
    form = {
        "grant_type": "account_credentials",
        "account_id": account["id"],
        "client_id": account["client_id"],
        "client_secret": account["client_secret"],
    }

    assert caller.post("/oauth/token", data=form).json()["error"] == "invalid_client"


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic x"])
def test_without_a_token_nothing_is_told(caller, header):
    answer = caller.get("/v2/meetings/85000007919", headers={"Authorization": header})

    assert (answer.status_code, answer.json()) == (401, {"code": 124, "message": "Invalid access token."})
    assert answer.headers["x-zm-trackingid"]


def test_a_token_lives_an_hour(signed_in, sandbox):
    sandbox.advance(3601)

    assert signed_in.get("/v2/meetings/1").json() == {"code": 124, "message": "Access token is expired."}


def test_a_meeting_as_zoom_answers_it(signed_in):
    answer = signed_in.post(f"/v2/users/{HOST}/meetings", json=MEETING | {"nonsense": 1})
    body = answer.json()

    assert answer.status_code == 201
    assert isinstance(body["id"], int)
    assert len(str(body["id"])) == 11
    assert "zak=" in body["start_url"]
    assert (body["status"], body["host_email"], "nonsense" in body) == ("waiting", HOST, False)


def test_a_local_start_is_read_in_its_zone(signed_in):
    body = MEETING | {"start_time": "2031-05-05T10:00:00", "timezone": "America/New_York"}

    assert signed_in.post(f"/v2/users/{HOST}/meetings", json=body).json()["start_time"] == "2031-05-05T14:00:00Z"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"start_time": "tomorrow"}, "start_time"),
        ({"start_time": "2031-13-05T10:00:00Z"}, "start_time"),
        ({"duration": 0}, "duration"),
        ({"duration": "30"}, "duration"),
        ({"type": 5}, "type"),
        ({"topic": "x" * 201}, "topic"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"settings": []}, "settings"),
        ({"settings": {"auto_recording": "yes"}}, "settings.auto_recording"),
        ({"settings": {"meeting_invitees": [{"email": "x"}]}}, "settings.meeting_invitees[0].email"),
    ],
)
def test_values_zoom_refuses(signed_in, change, field):
    answer = signed_in.post(f"/v2/users/{HOST}/meetings", json=MEETING | change)

    assert (answer.status_code, answer.json()["code"]) == (400, 300)
    assert [entry["field"] for entry in answer.json()["errors"]] == [field]


def test_a_body_that_is_no_json(signed_in):
    assert signed_in.post(f"/v2/users/{HOST}/meetings", content=b"topic=x").json()["code"] == 300


@pytest.mark.parametrize("user", ["me", "nobody@elsewhere.example"])
def test_users_a_server_to_server_app_does_not_have(signed_in, user):
    answer = signed_in.post(f"/v2/users/{user}/meetings", json=MEETING)

    assert (answer.status_code, answer.json()) == (404, {"code": 1001, "message": f"User does not exist: {user}."})


def test_a_user_may_be_named_by_id(signed_in):
    made = signed_in.post(f"/v2/users/{HOST}/meetings", json=MEETING).json()

    listed = signed_in.get(f"/v2/users/{made['host_id']}/meetings", params={"type": "upcoming"}).json()
    assert [row["id"] for row in listed["meetings"]] == [made["id"]]


def test_meetings_of_another_account_are_not_there(signed_in, caller, sandbox):
    made = signed_in.post(f"/v2/users/{HOST}/meetings", json=MEETING).json()
    other = sandbox.new_zoom("Other", domain="other.example")
    token = _token(caller, other).json()["access_token"]

    answer = caller.get(f"/v2/meetings/{made['id']}", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (404, 3001)


def test_a_hundred_meetings_a_day(signed_in):
    statuses = [signed_in.post(f"/v2/users/{HOST}/meetings", json=MEETING).status_code for _ in range(101)]
    answer = signed_in.post(f"/v2/users/{HOST}/meetings", json=MEETING)
    another = signed_in.post("/v2/users/bob@ours.example/meetings", json=MEETING)

    assert statuses == [201] * 100 + [429]
    assert answer.headers["x-ratelimit-type"] == "Daily-limit"
    assert answer.headers["retry-after"].endswith("T00:00:00Z")
    assert another.status_code == 201


def test_lists_come_in_pages(signed_in):
    for _ in range(3):
        signed_in.post(f"/v2/users/{HOST}/meetings", json=MEETING)
    first = signed_in.get(f"/v2/users/{HOST}/meetings", params={"page_size": 2}).json()
    rest = signed_in.get(
        f"/v2/users/{HOST}/meetings", params={"page_size": 2, "next_page_token": first["next_page_token"]}
    ).json()

    assert (len(first["meetings"]), first["total_records"]) == (2, 3)
    assert (len(rest["meetings"]), rest["next_page_token"]) == (1, "")


def test_a_uuid_that_begins_with_a_slash_is_known_only_encoded_twice(signed_in, sandbox, account):
    made = signed_in.post(f"/v2/users/{HOST}/meetings", json=MEETING).json()
    sandbox.hold(account["id"], str(made["id"]), uuid="/abc==")

    assert signed_in.get("/v2/past_meetings/%2Fabc%3D%3D").status_code == 404
    assert signed_in.get("/v2/past_meetings/%252Fabc%253D%253D").status_code == 200


def test_an_address_that_does_not_answer_the_challenge_gets_nothing(signed_in, sandbox, account):
    sandbox.webhook(f"/zoom/accounts/{account['id']}", url="http://127.0.0.1:1/", secret="s")
    signed_in.post(f"/v2/users/{HOST}/meetings", json=MEETING)

    rows = sandbox.deliveries(account["id"], done=1)
    assert [row["content"]["event"] for row in rows] == ["endpoint.url_validation"]
    assert [row["state"] for row in rows] == ["given up"]
    assert "secret" not in rows[0]


def test_control_knows_its_tenants(sandbox):
    assert sandbox.control.put("/zoom/accounts/none/webhook", json={}).status_code == 404
    assert sandbox.control.post("/zoom/accounts/none/meetings/1/hold", json={}).status_code == 404


def test_other_paths_are_refused_in_zooms_shape(signed_in):
    assert signed_in.get("/v2/webinars").json() == {"code": 404, "message": "Not Found."}
