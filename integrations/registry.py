"""Which systems there are, how a customer connects each, and how the engine reaches them. Vendors are named only here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from integrations.engine.connector import Connector, TokenStore
from integrations.engine.fields import wish
from integrations.engine.ladder import Canary, Target
from integrations.engine.testcase import Case
from integrations.engine.transfer import Flow
from integrations.quickbooks_online import oauth
from integrations.quickbooks_online.connector import QuickBooksOnlineConnector
from integrations.salesforce.client import domain_of
from integrations.salesforce.connector import SalesforceConnector
from onboarding.library import flows as flow_library
from onboarding.library import setup as setup_library
from onboarding.library import test_cases

CRM, FINANCE = "crm", "finance"
BY_CREDENTIALS, BY_CONSENT = "credentials", "consent"


@dataclass(frozen=True, kw_only=True)
class CredentialField:
    """One field of a connection's form. A secret one is written, never shown."""

    name: str
    label: str
    help: str
    is_secret: bool = True
    placeholder: str = ""
    clean: Callable[[str], str] = str.strip


@dataclass(frozen=True, kw_only=True)
class System:
    """One product. `connects` is by credentials (a form of `fields`) or by consent (the vendor's own page)."""

    code: str
    name: str
    side: str
    connects: str
    connector: Callable[[TokenStore], Connector]
    canary: Canary
    fields: tuple[CredentialField, ...] = ()

    def cleaned(self, given: Mapping[str, str]) -> dict[str, str]:
        """The form's values, put right: what a person pastes carries spaces and paths. KeyError when one is missing."""
        return {field.name: field.clean(given[field.name]) for field in self.fields}


def intuit_app(*, redirect_uri: str = "") -> oauth.App:
    """Our app at Intuit, from the settings; `redirect_uri` only matters for giving consent."""
    return oauth.App(
        client_id=settings.INTUIT_CLIENT_ID,
        client_secret=settings.INTUIT_CLIENT_SECRET,
        redirect_uri=redirect_uri,
        discovery=settings.INTUIT_DISCOVERY_URL,
        api_url=settings.INTUIT_API_URL.rstrip("/"),
    )


SYSTEMS: dict[str, System] = {
    entry.code: entry
    for entry in (
        System(
            code="salesforce",
            name="Salesforce",
            side=CRM,
            connects=BY_CREDENTIALS,
            connector=SalesforceConnector,
            canary=Canary(object="Account", name_field="Name", values={"Phone": "555-0100"}),
            fields=(
                CredentialField(
                    name="my_domain",
                    label="My Domain address",
                    help="In Salesforce: Setup, then My Domain. It ends in .my.salesforce.com.",
                    is_secret=False,
                    placeholder="https://acme.my.salesforce.com",
                    clean=domain_of,
                ),
                CredentialField(
                    name="consumer_key",
                    label="Consumer key",
                    help="In Salesforce: External Client App Manager, your app, Settings, OAuth Settings, Consumer Key.",
                ),
                CredentialField(
                    name="consumer_secret", label="Consumer secret", help="On the same page, beneath the consumer key."
                ),
            ),
        ),
        System(
            code="quickbooks_online",
            name="QuickBooks Online",
            side=FINANCE,
            connects=BY_CONSENT,
            connector=lambda tokens: QuickBooksOnlineConnector(tokens, app=intuit_app()),
            canary=Canary(
                object="Customer", name_field="DisplayName", values={"PrimaryPhone.FreeFormNumber": "555-0100"}
            ),
        ),
    )
}


def system(code: str) -> System:
    """The system of this code; KeyError when there is none."""
    return SYSTEMS[code]


def connector(code: str, tokens: TokenStore) -> Connector:
    """A connection's way into its system. Builds only; the first call goes out."""
    return SYSTEMS[code].connector(tokens)


def consent_url(*, state: str, redirect_uri: str) -> str:
    """Intuit's consent page for this state. Raises engine.errors.Failure."""
    return oauth.authorization_url(intuit_app(redirect_uri=redirect_uri), state=state)


def consented(*, code: str, realm_id: str, redirect_uri: str) -> dict[str, Any]:
    """The credentials behind the code that came back from the consent page. Raises engine.errors.Failure."""
    return oauth.exchange(intuit_app(redirect_uri=redirect_uri), code=code, realm_id=realm_id)


def withdrawn(credentials: dict[str, Any]) -> None:
    """End a consent at Intuit. Raises engine.errors.Failure."""
    oauth.revoke(intuit_app(), credentials)


def target(
    code: str,
    *,
    tokens: TokenStore,
    run: str,
    flows: Iterable[str] = (),
    with_fields: bool = True,
    writes: bool = True,
    expected_identity: str | None = None,
    expects_sandbox: bool | None = None,
) -> Target:
    """What the ladder climbs for one connection: the rights and custom fields that these flows (codes) need of it.

    `run` names the climb and its test record; `writes` False looks only.
    """
    entry, codes = SYSTEMS[code], tuple(flows)
    templates = [flow_library.flow(flow) for flow in codes]
    wanted = [
        rights
        for template in templates
        for side, rights in (
            (template.source_system, template.source_rights),
            (template.target_system, template.target_rights),
        )
        if side == code
    ]
    tasks = setup_library.tasks_for(systems=(code,), flows=codes) if with_fields else ()
    return Target(
        connector=entry.connector(tokens),
        run=run,
        expected_identity=expected_identity,
        expects_sandbox=expects_sandbox,
        rights={name: held for rights in wanted for name, held in rights},
        fields=tuple(wish(task.field, is_optional=bool(task.optional_because)) for task in tasks if task.field),
        canary=entry.canary if writes else None,
    )


def flow(code: str, mappings: Iterable[Mapping[str, Any]] | None = None) -> Flow:
    """A flow of the library with the customer's stored mappings, or its default ones."""
    return Flow.configured(flow_library.flow(code), mappings)


def cases(code: str) -> list[Case]:
    """The library's test records for a flow."""
    return [
        Case(code=entry.code, title=entry.title, name=entry.name, values=entry.values)
        for entry in test_cases.cases_for(code)
    ]
