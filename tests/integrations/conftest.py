"""The real connectors against the stand-ins, over real HTTPS."""

from collections.abc import Iterator

import pytest

from integrations import registry
from integrations.engine.ladder import climb
from integrations.quickbooks_online.connector import QuickBooksOnlineConnector
from integrations.salesforce.connector import SalesforceConnector
from tests.integrations.held_tokens import HeldTokens
from tests.integrations.odd_server import OddServer, running
from tests.integrations.sandbox_fixture import RunningSandbox, sandbox

__all__ = ["sandbox"]
REDIRECT = "http://localhost:8000/connections/intuit/callback"


@pytest.fixture(scope="session")
def odd_server(tmp_path_factory) -> Iterator[OddServer]:
    with running(tmp_path_factory.mktemp("odd")) as server:
        yield server


@pytest.fixture
def outbound(sandbox: RunningSandbox, settings):
    """Settings that point every client at the stand-ins."""
    app = sandbox.app()
    settings.OUTBOUND_CA_BUNDLE = sandbox.ca_path
    settings.INTUIT_CLIENT_ID = app["client_id"]
    settings.INTUIT_CLIENT_SECRET = app["client_secret"]
    settings.INTUIT_DISCOVERY_URL = f"{sandbox.quickbooks_url}/.well-known/openid_configuration"
    settings.INTUIT_API_URL = sandbox.quickbooks_url
    yield settings
    sandbox.clear_faults()


@pytest.fixture
def org(outbound, sandbox: RunningSandbox) -> dict:
    return sandbox.new_org("Acme Widgets")


@pytest.fixture
def org_tokens(org: dict) -> HeldTokens:
    return HeldTokens(
        my_domain=org["my_domain"], consumer_key=org["consumer_key"], consumer_secret=org["consumer_secret"]
    )


@pytest.fixture
def crm(org_tokens: HeldTokens) -> SalesforceConnector:
    return registry.connector("salesforce", org_tokens)


@pytest.fixture
def books(outbound, sandbox: RunningSandbox) -> dict:
    return sandbox.new_company("Acme Widgets Books")


@pytest.fixture
def books_tokens(sandbox: RunningSandbox, books: dict) -> HeldTokens:
    url = registry.consent_url(state="s1", redirect_uri=REDIRECT)
    back = sandbox.consent(url, realm_id=books["realm_id"])
    return HeldTokens(**registry.consented(code=back["code"], realm_id=back["realmId"], redirect_uri=REDIRECT))


@pytest.fixture
def finance(books_tokens: HeldTokens) -> QuickBooksOnlineConnector:
    return registry.connector("quickbooks_online", books_tokens)


@pytest.fixture
def prepared(crm: SalesforceConnector, finance: QuickBooksOnlineConnector) -> None:
    """Step VII is done: the custom fields of both sides are there."""
    for code, connector in (("salesforce", crm), ("quickbooks_online", finance)):
        target = registry.target(code, tokens=HeldTokens(), run="none", flows=["account_to_customer"])
        for wish in target.fields:
            connector.ensure_field(wish)


@pytest.fixture
def climbed():
    """Climb without waiting between tries."""

    def climbed(target, **more):
        return climb(target, on_rung=lambda _: None, pause=lambda _: None, **more)

    return climbed
