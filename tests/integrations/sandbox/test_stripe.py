"""The Stripe stand-in: as strict as Stripe about keys, forms, idempotency and states."""

import ssl

import httpx
import pytest
import stripe

from tests.integrations.sandbox_fixture import RunningSandbox

GOOD = {
    "mode": "payment", "success_url": "http://localhost:8000/paid/?s={CHECKOUT_SESSION_ID}",
    "line_items[0][quantity]": "2", "line_items[0][price_data][currency]": "EUR",
    "line_items[0][price_data][unit_amount]": "1250", "line_items[0][price_data][product_data][name]": "Set-up",
}  # fmt: skip


@pytest.fixture
def account(sandbox: RunningSandbox, no_leftovers) -> dict:
    return sandbox.new_stripe("Acme")


@pytest.fixture
def call(sandbox: RunningSandbox, account: dict):
    """One call as the account, with whatever else is asked."""

    def call(method: str, path: str, *, data=None, headers=None, key: str = account["secret_key"], **more):
        own = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.request(
            method, sandbox.stripe_url + path, data=data, headers=own | (headers or {}), verify=ssl.create_default_context(cafile=sandbox.ca_path),
            trust_env=False, **more,
        )  # fmt: skip

    return call


def test_a_session_has_stripes_shape(call):
    made = call("POST", "/v1/checkout/sessions", data=GOOD | {"metadata[invoice]": "INV-1"})

    row = made.json()
    assert made.status_code == 200
    assert made.headers["request-id"].startswith("req_")
    assert (row["object"], row["status"], row["payment_status"], row["amount_total"], row["currency"]) == (
        "checkout.session", "open", "unpaid", 2500, "eur",
    )  # fmt: skip
    assert row["metadata"] == {"invoice": "INV-1"}
    assert row["payment_method_types"] == ["card", "sepa_debit"]
    assert row["expires_at"] - row["created"] == 24 * 3600
    assert not [name for name in row if name.startswith("_")]


@pytest.mark.parametrize(
    ("changed", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"line_items[0][colour]": "red"}, "parameter_unknown", "line_items[0][colour]"),
        ({"mode": ""}, "parameter_missing", "mode"),
        ({"success_url": ""}, "parameter_missing", "success_url"),
        ({"success_url": "/paid/"}, "url_invalid", "success_url"),
        ({"line_items[0][quantity]": "two"}, "parameter_invalid_integer", "line_items[0][quantity]"),
        (
            {"line_items[0][price_data][unit_amount]": "12.50"},
            "parameter_invalid_integer",
            "line_items[0][unit_amount]",
        ),
        ({"line_items[0][price_data][unit_amount]": "1"}, "amount_too_small", None),
        ({"line_items[0][price_data][unit_amount]": "99999999"}, "amount_too_large", None),
        ({"expires_at": "60"}, None, "expires_at"),
        ({"metadata[x]": "y" * 501}, None, "metadata[x]"),
        ({"client_reference_id": "x" * 201}, "parameter_invalid_string", "client_reference_id"),
        ({"payment_method_types[0]": "gold"}, None, "payment_method_types"),
        ({"[broken": "1"}, None, "[broken"),
        ({"mode[a]": "payment"}, None, "mode[a]"),
    ],
)
def test_a_session_that_stripe_would_refuse(call, changed, code, param):
    refused = call("POST", "/v1/checkout/sessions", data=GOOD | changed)

    error = refused.json()["error"]
    assert (refused.status_code, error["type"]) == (400, "invalid_request_error")
    assert (error.get("code"), error.get("param")) == (code, param)
    assert error["message"]


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ({"key": ""}, 401, "You did not provide an API key"),
        ({"key": "sk_test_wrong_key_of_a_stranger"}, 401, "Invalid API Key provided: sk_test_"),
        ({"headers": {"Stripe-Version": "yesterday"}}, 400, "Invalid Stripe API version"),
    ],
)
def test_who_asks_and_in_which_version(call, more, status, words):
    refused = call("GET", "/v1/refunds", **more)

    assert (refused.status_code, words in refused.json()["error"]["message"]) == (status, True)
    assert refused.headers["request-id"].startswith("req_")


def test_json_unknown_pages_and_unknown_objects(call):
    as_json = call("POST", "/v1/checkout/sessions", json=GOOD)
    nowhere = call("GET", "/v1/moons")
    nobody = call("GET", "/v1/disputes/du_x")

    assert as_json.status_code == 400
    assert "x-www-form-urlencoded" in as_json.json()["error"]["message"]
    assert (nowhere.status_code, "Unrecognized request URL" in nowhere.json()["error"]["message"]) == (404, True)
    assert nobody.json()["error"]["code"] == "resource_missing"


def test_one_key_is_one_call(call):
    key = {"Idempotency-Key": "k1"}
    first = call("POST", "/v1/checkout/sessions", data=GOOD, headers=key)
    again = call("POST", "/v1/checkout/sessions", data=GOOD, headers=key)
    other = call("POST", "/v1/checkout/sessions", data=GOOD | {"mode": "payment", "locale": "de"}, headers=key)

    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")


def test_a_refused_call_leaves_its_key_free(call):
    key = {"Idempotency-Key": "k2"}
    refused = call("POST", "/v1/checkout/sessions", data=GOOD | {"success_url": ""}, headers=key)
    made = call("POST", "/v1/checkout/sessions", data=GOOD, headers=key)

    assert (refused.status_code, made.status_code) == (400, 200)


def test_lists_go_newest_first_and_page_by_page(call):
    made = [call("POST", "/v1/checkout/sessions", data=GOOD).json()["id"] for _ in range(3)]

    first = call("GET", "/v1/checkout/sessions?limit=2").json()
    rest = call("GET", f"/v1/checkout/sessions?limit=2&starting_after={first['data'][-1]['id']}").json()

    assert [row["id"] for row in first["data"] + rest["data"]] == made[::-1]
    assert (first["has_more"], rest["has_more"], first["object"]) == (True, False, "list")
    assert call("GET", "/v1/checkout/sessions?limit=0").status_code == 400


def test_another_account_sees_nothing_of_it(call, sandbox):
    made = call("POST", "/v1/checkout/sessions", data=GOOD).json()["id"]
    other = sandbox.new_stripe("Other")["secret_key"]

    assert call("GET", f"/v1/checkout/sessions/{made}", key=other).status_code == 404


def test_the_official_library_believes_its_events(call, sandbox, account, tmp_path):
    from tests.integrations.listener import listening

    with listening() as ear:
        sandbox.webhook(f"/stripe/accounts/{account['id']}", url=ear.address, secret="whsec_x")
        sandbox.pay(call("POST", "/v1/checkout/sessions", data=GOOD).json()["url"])
        sandbox.deliveries(account["id"], done=3)
        events = [
            stripe.Webhook.construct_event(raw, {k.lower(): v for k, v in headers.items()}["stripe-signature"], "whsec_x", api_key="x")
            for raw, headers in ear.calls
        ]  # fmt: skip

    assert sorted(event.type for event in events) == [
        "charge.succeeded", "checkout.session.completed", "payment_intent.succeeded",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"number": "4000 0000 0000 0002"}, "Your card was declined."),
        ({"number": "4000 0000 0000 9995"}, "insufficient funds"),
        ({"number": "1234"}, "Your card number is invalid."),
        ({"expiry": "01/20"}, "expiration date is in the past"),
        ({"expiry": "13/49"}, "expiration date is in the past"),
        ({"cvc": "1"}, "security code is incomplete"),
        ({"way": "sepa_debit", "iban": "DE1"}, "The IBAN you entered is incomplete."),
        ({"number": "<script>alert(1)</script>"}, "Your card number is invalid."),
    ],
)
def test_the_page_says_what_is_wrong_and_stays_open(call, sandbox, typed, words):
    made = call("POST", "/v1/checkout/sessions", data=GOOD).json()

    answer = sandbox.pay(made["url"], **typed)

    assert (answer.status_code, words in answer.text, "<script>" in answer.text) == (402, True, False)
    assert call("GET", f"/v1/checkout/sessions/{made['id']}").json()["status"] == "open"


def test_the_page_pays_once(call, sandbox):
    made = call("POST", "/v1/checkout/sessions", data=GOOD).json()
    shown = httpx.get(made["url"], trust_env=False)

    first, again = sandbox.pay(made["url"]), sandbox.pay(made["url"])

    assert "25.00 EUR" in shown.text
    assert (first.status_code, first.headers["location"]) == (303, f"http://localhost:8000/paid/?s={made['id']}")
    assert (again.status_code, "made already" in again.text) == (200, True)
    assert httpx.get(made["url"] + "x", trust_env=False).status_code == 404
    assert len(call("GET", "/v1/charges").json()["data"]) == 1


def test_a_card_that_is_disputed_afterwards(call, sandbox):
    made = call("POST", "/v1/checkout/sessions", data=GOOD).json()
    sandbox.pay(made["url"], number="4000 0000 0000 0259")

    [dispute] = call("GET", "/v1/disputes").json()["data"]

    assert (dispute["status"], dispute["amount"], dispute["reason"]) == ("needs_response", 2500, "fraudulent")


def test_control_refuses_what_it_does_not_know(sandbox, account):
    nobody = sandbox.control.post("/stripe/accounts/acct_x/disputes/du_x/close", json={"status": "won"})
    strange = sandbox.control.post(f"/stripe/accounts/{account['id']}/disputes/du_x/close", json={"status": "draw"})

    assert (nobody.status_code, strange.status_code) == (404, 400)
