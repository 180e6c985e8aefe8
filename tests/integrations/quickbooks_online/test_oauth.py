"""Consent at the stand-in's page, and tokens that are renewed one at a time."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from integrations import registry
from integrations.quickbooks_online.oauth import App
from tests.integrations.conftest import REDIRECT
from tests.integrations.held_tokens import HeldTokens
from tests.integrations.quickbooks_online.refusals import refused


def test_the_consent_page_is_asked_for_both_scopes(outbound, sandbox):
    url = registry.consent_url(state="s t", redirect_uri=REDIRECT)

    assert url.startswith(f"{sandbox.consent_url}/connect/oauth2?client_id=")
    assert "scope=com.intuit.quickbooks.accounting+app-foundations.custom-field-definitions" in url
    assert "state=s+t" in url


def test_consent_gives_credentials(books_tokens, books):
    held = books_tokens.credentials

    assert set(held) == {"realm_id", "access_token", "refresh_token", "expires_at", "refresh_expires_at"}
    assert held["realm_id"] == books["realm_id"]
    left = datetime.fromisoformat(held["refresh_expires_at"]) - datetime.now(tz=UTC)
    assert timedelta(days=99) < left <= timedelta(days=100)


def test_a_spent_code_is_refused(outbound, sandbox, books):
    url = registry.consent_url(state="s", redirect_uri=REDIRECT)
    back = sandbox.consent(url, realm_id=books["realm_id"])
    given = {"code": back["code"], "realm_id": back["realmId"], "redirect_uri": REDIRECT}
    registry.consented(**given)

    trouble = refused(registry.consented, **given)

    assert (trouble.code, trouble.vendor_code, trouble.http_status) == ("auth_revoked", "invalid_grant", 400)


def test_a_wrong_app_secret_is_ours_to_repair(books_tokens, settings):
    settings.INTUIT_CLIENT_SECRET = "wrong"
    books_tokens.credentials["access_token"] = ""

    trouble = refused(registry.connector("quickbooks_online", books_tokens).sign_in)

    assert (trouble.code, trouble.entry.who_can_fix) == ("app_refused", "us")


def test_an_old_token_is_renewed_before_it_is_used(books_tokens, books, sandbox):
    books_tokens.credentials["expires_at"] = (datetime.now(tz=UTC) + timedelta(seconds=30)).isoformat()
    before = books_tokens.credentials["access_token"]

    registry.connector("quickbooks_online", books_tokens).sign_in()

    assert (books_tokens.renewals, books_tokens.credentials["access_token"] != before) == (1, True)


def test_a_token_that_died_is_renewed_unseen(finance, books_tokens, books, sandbox):
    finance.sign_in()
    sandbox.fault("quickbooks", books["realm_id"], "expire_token")

    assert (finance.identify().id, books_tokens.renewals) == (books["realm_id"], 1)


def test_eight_workers_renew_once(books_tokens, books, sandbox):
    """Two refreshes at once would end the connection: the stand-in does what Intuit does."""
    connectors = [registry.connector("quickbooks_online", books_tokens) for _ in range(8)]
    for connector in connectors:
        connector.company._signed_in()
    sandbox.fault("quickbooks", books["realm_id"], "expire_token")
    names: list[str] = []
    threads = [threading.Thread(target=lambda at=entry: names.append(at.identify().name)) for entry in connectors]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (names, books_tokens.renewals) == (["Acme Widgets Books"] * 8, 1)


def test_a_withdrawn_consent(finance, books_tokens):
    registry.withdrawn(books_tokens.credentials)

    trouble = refused(finance.sign_in)

    assert (trouble.code, trouble.entry.what_to_do) == ("auth_revoked", "Press Connect to give consent again.")
    assert refused(registry.withdrawn, books_tokens.credentials).code == "auth_revoked"


def test_nobody_has_connected_yet(outbound):
    assert refused(registry.connector("quickbooks_online", HeldTokens()).sign_in).code == "not_connected"


@pytest.mark.parametrize(
    ("api_url", "graphql_url", "is_sandbox"),
    [
        ("https://quickbooks.api.intuit.com", "https://qb.api.intuit.com/graphql", False),
        ("https://sandbox-quickbooks.api.intuit.com", "https://qb.api.intuit.com/graphql", True),
        ("https://localhost:9102", "https://localhost:9102/graphql", True),
    ],
)
def test_where_the_app_calls(api_url, graphql_url, is_sandbox):
    app = App(client_id="i", client_secret="s", redirect_uri="", discovery="production", api_url=api_url)

    assert (app.graphql_url, app.is_sandbox) == (graphql_url, is_sandbox)
