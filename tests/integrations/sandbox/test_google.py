"""Google's stand-in as a caller of our own sees it: it checks signed claims, and refuses in Google's shapes."""

import ssl
import time

import httpx
import jwt
import pytest

pytestmark = pytest.mark.usefixtures("no_leftovers")
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/calendar.events"
HOST = "ann@ours.example"
EVENTS = "/calendar/v3/calendars/primary/events"
TIMES = {"start": {"dateTime": "2031-05-05T10:00:00Z"}, "end": {"dateTime": "2031-05-05T11:00:00Z"}}
LINK = {"createRequest": {"requestId": "r1", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}


@pytest.fixture
def workspace(sandbox) -> dict:
    return sandbox.new_workspace("Ours", domain="ours.example")


@pytest.fixture
def caller(sandbox):
    trust = ssl.create_default_context(cafile=sandbox.ca_path)
    with httpx.Client(base_url=sandbox.google_url, verify=trust, trust_env=False) as client:
        yield client


def token(caller, workspace, **changes) -> httpx.Response:
    now = int(time.time())
    claims = {
        "iss": workspace["key"]["client_email"],
        "sub": HOST,
        "scope": SCOPE,
        "aud": "https://oauth2.googleapis.com/token",
        "iat": now,
        "exp": now + 3600,
    } | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    assertion = jwt.encode(kept, workspace["key"]["private_key"], algorithm="RS256")
    return caller.post("/token", data={"grant_type": GRANT, "assertion": assertion})


@pytest.fixture
def signed_in(caller, workspace) -> httpx.Client:
    caller.headers["Authorization"] = f"Bearer {token(caller, workspace).json()['access_token']}"
    return caller


def test_a_token_as_google_gives_it(caller, workspace):
    body = token(caller, workspace).json()

    assert set(body) == {"access_token", "expires_in", "token_type"}
    assert (body["expires_in"], body["token_type"]) == (3599, "Bearer")


@pytest.mark.parametrize(
    ("changes", "status", "error", "description"),
    [
        ({"iss": "x@y.example"}, 400, "invalid_grant", "Invalid grant: account not found"),
        ({"sub": "bob@elsewhere.example"}, 400, "invalid_grant", "Invalid email or User ID"),
        ({"aud": "https://elsewhere.example/"}, 400, "invalid_grant", "Invalid JWT: Failed audience check."),
        ({"exp": 1}, 400, "invalid_grant", "Invalid JWT: Token must be a short-lived token"),
        ({"exp": int(time.time()) + 90_000}, 400, "invalid_grant", "Invalid JWT: Token must be a short-lived token"),
        ({"iat": None}, 400, "invalid_grant", "Invalid JWT: Token must be a short-lived token"),
        ({"scope": ""}, 400, "invalid_scope", "Invalid OAuth scope or ID token audience provided."),
        ({"scope": "https://mail.google.com/"}, 400, "invalid_scope", "Invalid OAuth scope or ID token audience"),
    ],
)
def test_claims_that_are_refused(caller, workspace, changes, status, error, description):
    answer = token(caller, workspace, **changes)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"].startswith(description)


def test_other_grants_and_nonsense(caller):
    other = caller.post("/token", data={"grant_type": "authorization_code"})
    nonsense = caller.post("/token", data={"grant_type": GRANT, "assertion": "x.y.z"})

    assert (other.json()["error"], nonsense.json()["error"]) == ("unsupported_grant_type", "invalid_grant")


def test_without_delegation_the_account_acts_for_nobody_but_itself(caller, sandbox):
    alone = sandbox.new_workspace("Alone", domain="ours.example", is_delegated=False)
    for_host = token(caller, alone)
    caller.headers["Authorization"] = f"Bearer {token(caller, alone, sub=None).json()['access_token']}"

    link = caller.post(EVENTS, params={"conferenceDataVersion": 1}, json=TIMES | {"conferenceData": LINK})
    guests = caller.post(EVENTS, json=TIMES | {"attendees": [{"email": "a@b.example"}]})

    assert (for_host.status_code, for_host.json()["error"]) == (401, "unauthorized_client")
    assert (link.status_code, link.json()["error"]["message"]) == (400, "Invalid conference type value.")
    assert (guests.status_code, guests.json()["error"]["errors"][0]["reason"]) == (403, "forbiddenForServiceAccounts")
    assert caller.post(EVENTS, json=TIMES).status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer nonsense"])
def test_without_a_token_nothing_is_told(caller, header):
    answer = caller.get(f"{EVENTS}/abcde", headers={"Authorization": header})

    entry = {
        "domain": "global",
        "reason": "authError",
        "message": "Invalid Credentials",
        "locationType": "header",
        "location": "Authorization",
    }
    assert answer.status_code == 401
    assert answer.json() == {"error": {"errors": [entry], "code": 401, "message": "Invalid Credentials"}}


def test_an_event_as_google_answers_it(signed_in):
    body = signed_in.post(EVENTS, json=TIMES | {"summary": "Kick-off", "nonsense": 1}).json()

    assert (body["kind"], body["status"], body["sequence"]) == ("calendar#event", "confirmed", 0)
    assert body["iCalUID"] == f"{body['id']}@google.com"
    assert not {"nonsense", "mailed", "waits", "conferenceData"} & set(body)


def test_without_the_version_conference_data_is_ignored(signed_in):
    assert "conferenceData" not in signed_in.post(EVENTS, json=TIMES | {"conferenceData": LINK}).json()


def test_the_link_comes_with_the_second_look_and_stays(signed_in):
    asked = {"conferenceDataVersion": 1}
    made = signed_in.post(EVENTS, params=asked, json=TIMES | {"conferenceData": LINK}).json()
    looks = [signed_in.get(f"{EVENTS}/{made['id']}").json() for _ in range(3)]
    again = signed_in.patch(f"{EVENTS}/{made['id']}", params=asked, json={"conferenceData": LINK}).json()

    statuses = [one["conferenceData"]["createRequest"]["status"]["statusCode"] for one in (made, *looks)]
    assert statuses == ["pending", "pending", "success", "success"]
    [door] = looks[2]["conferenceData"]["entryPoints"]
    assert (door["entryPointType"], door["uri"]) == ("video", looks[2]["hangoutLink"])
    assert again["hangoutLink"] == looks[2]["hangoutLink"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": "UPPER"}, "invalid"),
        ({"id": "xyz12"}, "invalid"),
        ({"start": None}, "badRequest"),
        ({"start": {"date": "2031-05-05"}}, "badRequest"),
        ({"start": {"dateTime": "2031-05-05T10:00:00"}}, "required"),
        ({"start": {"dateTime": "2031-05-05T10:00:00", "timeZone": "Mars/Base"}}, "badRequest"),
        ({"end": {"dateTime": "2031-05-05T09:00:00Z"}}, "timeRangeEmpty"),
        ({"attendees": [{"email": "nobody"}]}, "invalid"),
        ({"attendees": ["a@b.example"]}, "invalid"),
    ],
)
def test_values_google_refuses(signed_in, change, reason):
    answer = signed_in.post(EVENTS, json=TIMES | change)

    assert (answer.status_code, answer.json()["error"]["errors"][0]["reason"]) == (400, reason)


def test_what_an_event_needs(signed_in):
    no_end = signed_in.post(EVENTS, json={"start": TIMES["start"]})
    no_json = signed_in.post(EVENTS, content=b"summary=x")
    odd_mail = signed_in.post(EVENTS, params={"sendUpdates": "some"}, json=TIMES)

    reasons = [one.json()["error"]["errors"][0]["reason"] for one in (no_end, no_json, odd_mail)]
    assert reasons == ["required", "parseError", "invalid"]


def test_an_id_is_taken_once_and_shown_when_cancelled(signed_in):
    first = signed_in.post(EVENTS, json=TIMES | {"id": "abcde"})
    second = signed_in.post(EVENTS, json=TIMES | {"id": "abcde"})
    gone = [signed_in.delete(f"{EVENTS}/abcde").status_code for _ in range(2)]
    third = signed_in.post(EVENTS, json=TIMES | {"id": "abcde"})

    assert (first.status_code, second.status_code, third.status_code) == (200, 409, 409)
    assert gone == [204, 410]
    assert signed_in.get(f"{EVENTS}/abcde").json()["status"] == "cancelled"


def test_another_hosts_events_are_not_there(signed_in, caller, workspace):
    signed_in.post(EVENTS, json=TIMES | {"id": "abcde"})
    other = token(caller, workspace, sub="bob@ours.example").json()["access_token"]

    answer = caller.get(f"{EVENTS}/abcde", headers={"Authorization": f"Bearer {other}"})
    assert (answer.status_code, answer.json()["error"]["errors"][0]["reason"]) == (404, "notFound")
    assert signed_in.get("/calendar/v3/calendars/bob@ours.example/events/abcde").status_code == 404
    assert signed_in.get(f"/calendar/v3/calendars/{HOST}/events/abcde").status_code == 200


def test_other_paths_are_not_found(signed_in):
    assert signed_in.get("/calendar/v3/colors").json()["error"]["code"] == 404


def test_control_knows_its_events(sandbox, workspace):
    path = f"/google/workspaces/{workspace['id']}/calendars/{HOST}/events/none/respond"

    assert sandbox.control.post(path, json={}).status_code == 404
    assert workspace["id"] in [row["id"] for row in sandbox.control.get("/google/workspaces").json()]
