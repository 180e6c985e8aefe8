import pytest
import requests
from intuitlib.client import AuthClient
from quickbooks import QuickBooks
from simple_salesforce import Salesforce

from tests.integrations.sandbox_fixture import RunningSandbox, sandbox

__all__ = ["sandbox"]
REDIRECT = "http://localhost:8000/connections/intuit/callback"
ACCOUNTING = "com.intuit.quickbooks.accounting"


@pytest.fixture
def no_leftovers(sandbox: RunningSandbox):
    yield
    sandbox.clear_faults()


@pytest.fixture
def trusting(sandbox: RunningSandbox) -> requests.Session:
    """A requests session that trusts the stand-ins' certificate and no environment."""
    session = requests.Session()
    session.trust_env = False
    session.verify = sandbox.ca_path
    return session


@pytest.fixture
def org(sandbox: RunningSandbox) -> dict:
    return sandbox.new_org("Acme Widgets")


@pytest.fixture
def sign_in(sandbox: RunningSandbox, trusting: requests.Session):
    """Client credentials, then the real client on the session we got."""

    def sign_in(org: dict) -> Salesforce:
        answer = trusting.post(
            f"{org['my_domain']}/services/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(org["consumer_key"], org["consumer_secret"]),
        )
        body = answer.json()
        return Salesforce(
            session_id=body["access_token"], instance_url=body["instance_url"], version="62.0", session=trusting
        )

    return sign_in


@pytest.fixture
def sf(org: dict, sign_in) -> Salesforce:
    return sign_in(org)


@pytest.fixture
def company(sandbox: RunningSandbox) -> dict:
    return sandbox.new_company("Acme Widgets Books")


@pytest.fixture
def connect(sandbox: RunningSandbox, monkeypatch):
    """The whole way in: Intuit's page, the code, the token, the real client."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", sandbox.ca_path)

    def connect(company: dict, scope: str = ACCOUNTING) -> QuickBooks:
        auth = auth_client(sandbox)
        url = f"{sandbox.consent_url}/connect/oauth2?client_id={auth.client_id}&response_type=code&scope={scope}"
        answer = sandbox.consent(f"{url}&redirect_uri={REDIRECT}&state=s1", realm_id=company["realm_id"])
        auth.get_bearer_token(answer["code"], realm_id=answer["realmId"])
        return client_for(sandbox, auth)

    return connect


def auth_client(sandbox: RunningSandbox) -> AuthClient:
    app = sandbox.app()
    discovery = f"{sandbox.quickbooks_url}/.well-known/openid_configuration"
    return AuthClient(app["client_id"], app["client_secret"], REDIRECT, discovery)


def client_for(sandbox: RunningSandbox, auth: AuthClient) -> QuickBooks:
    class StandIn(QuickBooks):
        api_url_v3 = f"{sandbox.quickbooks_url}/v3"

    return StandIn(auth_client=auth, refresh_token=auth.refresh_token, company_id=auth.realm_id, minorversion=75)


@pytest.fixture
def qb(company: dict, connect) -> QuickBooks:
    return connect(company)


@pytest.fixture
def with_field(sf: Salesforce, org: dict):
    """Make a custom text field and open it to the integration user."""

    def with_field(entity: str, name: str, **metadata) -> None:
        own = {"label": name.removesuffix("__c").replace("_", " "), "type": "Text", "length": 50, **metadata}
        sf.toolingexecute("sobjects/CustomField/", "POST", {"FullName": f"{entity}.{name}", "Metadata": own})
        grant(sf, org, entity, name)

    return with_field


def grant(sf: Salesforce, org: dict, entity: str, name: str) -> None:
    held = sf.query(
        f"SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = '{org['integration_user_id']}'"  # noqa: S608 - our own id
    )
    sf.FieldPermissions.create(
        {
            "ParentId": held["records"][0]["PermissionSetId"],
            "SObjectType": entity,
            "Field": f"{entity}.{name}",
            "PermissionsRead": True,
            "PermissionsEdit": True,
        }
    )
