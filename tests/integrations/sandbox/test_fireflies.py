"""Fireflies' stand-in as a caller of our own sees it: it reads GraphQL, and refuses in Fireflies' shapes."""

import ssl

import httpx
import pytest

pytestmark = pytest.mark.usefixtures("no_leftovers")


@pytest.fixture
def team(sandbox) -> dict:
    return sandbox.new_team("Ours", email="notes@ours.example")


@pytest.fixture
def ask(sandbox, team):
    trust = ssl.create_default_context(cafile=sandbox.ca_path)
    with httpx.Client(verify=trust, trust_env=False, headers={"Authorization": f"Bearer {team['api_key']}"}) as client:

        def ask(query: str, **variables) -> httpx.Response:
            return client.post(sandbox.fireflies_url, json={"query": query, "variables": variables})

        ask.client = client
        yield ask


def test_only_what_was_asked_for_is_told(ask, team):
    assert ask("{ user { email } }").json() == {"data": {"user": {"email": "notes@ours.example"}}}
    assert ask("query Q { me: user { id: user_id } }").json() == {"data": {"me": {"id": team["user_id"]}}}


def test_lists_and_their_objects(ask, sandbox, team):
    sandbox.record(team["id"], organizer_email="ann@ours.example", participants=["ann@ours.example"])
    sandbox.record(team["id"], organizer_email="bob@ours.example")

    found = ask(
        "# mine\nquery ($o: [String!]) { transcripts(organizers: $o, limit: 5) { organizer_email speakers { name } } }",
        o=["ann@ours.example"],
    )
    inline = ask('{ transcripts(participants: ["ann@ours.example"]) { title } }')

    assert found.json()["data"]["transcripts"] == [
        {"organizer_email": "ann@ours.example", "speakers": [{"name": "Ann Berg"}, {"name": "Carla Diaz"}]}
    ]
    assert inline.json()["data"]["transcripts"] == [{"title": "Untitled meeting"}]


@pytest.mark.parametrize(
    ("query", "variables", "code", "message"),
    [
        ("{ user { phone } }", {}, "GRAPHQL_VALIDATION_FAILED", 'Cannot query field "phone" on type "User".'),
        ("{ bites { id } }", {}, "GRAPHQL_VALIDATION_FAILED", 'Cannot query field "bites" on type "Query".'),
        (
            "{ user }",
            {},
            "GRAPHQL_VALIDATION_FAILED",
            'Field "user" of type "User" must have a selection of subfields.',
        ),
        (
            "{ user { email { x } } }",
            {},
            "GRAPHQL_VALIDATION_FAILED",
            'Field "email" must not have a selection since it has no subfields.',
        ),
        (
            "{ transcript { id } }",
            {},
            "GRAPHQL_VALIDATION_FAILED",
            'Field "transcript" argument "id" of type "String!" is required, but was not provided.',
        ),
        (
            '{ transcript(key: "x", id: "y") { id } }',
            {},
            "GRAPHQL_VALIDATION_FAILED",
            'Unknown argument "key" on field "transcript".',
        ),
        ("{ transcript(id: $id) { id } }", {}, "GRAPHQL_VALIDATION_FAILED", 'Variable "$id" is not defined.'),
        (
            "query ($id: String!) { transcript(id: $id) { id } }",
            {},
            "BAD_USER_INPUT",
            'Variable "$id" of required type "String!" was not provided.',
        ),
        ("{ user { email }", {}, "GRAPHQL_PARSE_FAILED", "Syntax Error: Unexpected <EOF>."),
        ("query (id) { user { email } }", {}, "GRAPHQL_PARSE_FAILED", 'Syntax Error: Expected ":", found ).'),
        ("{ user { email } } }", {}, "GRAPHQL_PARSE_FAILED", 'Syntax Error: Unexpected Name "}".'),
        ("{ user { email } } %", {}, "GRAPHQL_PARSE_FAILED", "Syntax Error: Unexpected character: ' %'."),
        (
            "mutation { user { email } }",
            {},
            "GRAPHQL_VALIDATION_FAILED",
            'Cannot query field "user" on type "Mutation".',
        ),
    ],
)
def test_documents_that_are_wrong(ask, query, variables, code, message):
    answer = ask(query, **variables)

    assert answer.status_code == 400
    assert answer.json() == {"errors": [{"message": message, "extensions": {"code": code}}]}


def test_a_body_without_a_query(ask, sandbox):
    assert ask.client.post(sandbox.fireflies_url, content=b"{}").status_code == 400


def test_one_field_at_a_time(ask):
    answer = ask("{ user { email } transcripts { id } }")

    assert answer.json()["errors"][0]["message"] == "The stand-in answers one field at a time."


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic x"])
def test_without_the_key_nothing_is_told(ask, sandbox, header):
    answer = ask.client.post(
        sandbox.fireflies_url, json={"query": "{ user { email } }"}, headers={"Authorization": header}
    )

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["code"], error["friendly"]) == (401, "auth_failed", True)
    assert error["extensions"]["status"] == 401
    assert error["extensions"]["helpUrls"] == ["https://docs.fireflies.ai/miscellaneous/error-codes#auth_failed"]


@pytest.mark.parametrize("limit", [0, 51])
def test_at_most_fifty_at_a_time(ask, limit):
    answer = ask("query ($n: Int) { transcripts(limit: $n) { id } }", n=limit)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "invalid_arguments")


def test_how_long_the_notetaker_may_stay(ask):
    join = 'mutation { addToLiveMeeting(meeting_link: "https://zoom.us/j/1", duration: %d) { success } }'

    assert ask(join % 14).json()["errors"][0]["message"] == "duration must be between 15 and 120"
    assert ask(join % 15).json() == {"data": {"addToLiveMeeting": {"success": True}}}


def test_errors_may_come_under_200(sandbox):
    team = sandbox.new_team("Ours", tells_by_status=False)
    trust = ssl.create_default_context(cafile=sandbox.ca_path)
    answer = httpx.post(
        sandbox.fireflies_url,
        json={"query": '{ transcript(id: "none") { id } }'},
        headers={"Authorization": f"Bearer {team['api_key']}"},
        verify=trust,
        trust_env=False,
    )

    assert (answer.status_code, answer.json()["data"]) == (200, None)
    assert answer.json()["errors"][0]["extensions"]["status"] == 404


def test_control_knows_its_tenants(sandbox, team):
    path = f"/fireflies/teams/{team['id']}/webhook"

    assert sandbox.control.post("/fireflies/teams/none/meetings", json={}).status_code == 404
    assert sandbox.control.put(path, json={"url": "x", "secret": "y", "version": "v3"}).status_code == 400


def test_the_environments_team_survives_a_reset(tmp_path, monkeypatch):
    from tests.integrations.sandbox_fixture import free_ports, start, stopped

    monkeypatch.setenv("SANDBOX_FIREFLIES_API_KEY", "kept-key")
    monkeypatch.setenv("SANDBOX_FIREFLIES_WEBHOOK_URL", "http://127.0.0.1:1/")
    monkeypatch.setenv("SANDBOX_FIREFLIES_SECRET", "s")
    for name in ("ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"SANDBOX_ZOOM_{name}", name.lower())
    monkeypatch.setenv("SANDBOX_MEETING_DOMAIN", "ours.example")
    port = free_ports()
    process = start(tmp_path, port)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as control:
        control.post("/reset")
        [team], [account] = control.get("/fireflies/teams").json(), control.get("/zoom/accounts").json()
    process.terminate()
    stopped(process)

    assert (team["api_key"], team["webhooks"]["v2"]["url"]) == ("kept-key", "http://127.0.0.1:1/")
    assert (account["id"], account["client_secret"], account["domain"]) == (
        "account_id",
        "client_secret",
        "ours.example",
    )
