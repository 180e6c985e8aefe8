"""The control door: make orgs and companies, switch faults on, move the clock, count what happened."""

import functools
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from integrations.sandbox.dns import zones
from integrations.sandbox.docusign import accounts as docusign_accounts
from integrations.sandbox.docusign import control as docusign_control
from integrations.sandbox.faults import FAULTS, UnknownFault
from integrations.sandbox.fireflies import control as fireflies_control
from integrations.sandbox.fireflies import teams as fireflies_teams
from integrations.sandbox.google import control as google_control
from integrations.sandbox.google import workspaces as google_workspaces
from integrations.sandbox.quickbooks import oauth as quickbooks_oauth
from integrations.sandbox.quickbooks.seed import new_company
from integrations.sandbox.salesforce import oauth as salesforce_oauth
from integrations.sandbox.salesforce.seed import new_org
from integrations.sandbox.state import Body
from integrations.sandbox.stripe import accounts as stripe_accounts
from integrations.sandbox.stripe import control as stripe_control
from integrations.sandbox.tsa import site as tsa_site
from integrations.sandbox.web import Endpoint, Site, World, answer
from integrations.sandbox.wishes import Wrong, asked
from integrations.sandbox.zoom import accounts as zoom_accounts
from integrations.sandbox.zoom import control as zoom_control

APP_FROM_ENVIRONMENT = {"client_id": "SANDBOX_INTUIT_CLIENT_ID", "client_secret": "SANDBOX_INTUIT_CLIENT_SECRET"}


@dataclass(frozen=True)
class Tenants:
    """One vendor's tenants: where their rows and their records are kept, and what faults do to them at once."""

    kind: str
    id: str
    prefix: str
    deeds: Mapping[str, Callable[[World, str], None]]


TENANTS = {
    "salesforce": Tenants(
        "sf_org",
        "id",
        "sf:",
        {"expire_token": salesforce_oauth.expire_all, "revoke_refresh": salesforce_oauth.revoke_all},
    ),
    "quickbooks": Tenants(
        "qb_company",
        "realm_id",
        "qb:",
        {"expire_token": quickbooks_oauth.expire_all, "revoke_refresh": quickbooks_oauth.revoke_all},
    ),
    "zoom": Tenants("zoom_account", "id", "zoom:", {"expire_token": zoom_accounts.expire_all}),
    "fireflies": Tenants("ff_team", "id", "fireflies:", {}),
    "stripe": Tenants("stripe_account", "id", "stripe:", {}),
    "docusign": Tenants(docusign_accounts.KIND, "id", "docusign:", {"expire_token": docusign_accounts.expire_all}),
    "dns": Tenants(zones.KIND, "id", "dns:", {}),
    "google": Tenants("google_workspace", "id", "google:", {"expire_token": google_workspaces.expire_all}),
}
VENDOR_ROUTES = (
    *zoom_control.ROUTES,
    *fireflies_control.ROUTES,
    *google_control.ROUTES,
    *tsa_site.ROUTES,
    *zones.ROUTES,
    *stripe_control.ROUTES,
    *docusign_control.ROUTES,
)


class ControlSite(Site):
    vendor = "control"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.keep_environment()

    def keep_environment(self) -> None:
        """Ids and secrets the environment gives; those of our Intuit app else from before, else new ones."""
        with self.world.store.transaction():
            given = {name: os.environ[word] for name, word in APP_FROM_ENVIRONMENT.items() if os.environ.get(word)}
            self.world.store.put("qb_app", "", "app", quickbooks_oauth.app(self.world) | given)
            zoom_accounts.keep_from_environment(self.world, os.environ)
            fireflies_teams.keep_from_environment(self.world, os.environ)
            google_workspaces.keep_from_environment(self.world, os.environ)
            stripe_accounts.keep_from_environment(self.world, os.environ)
            docusign_accounts.keep_from_environment(self.world, os.environ)

    def routes(self) -> list[tuple[str, list[str], Endpoint]]:
        return [
            ("/healthz", ["GET"], self.healthz),
            ("/salesforce/orgs", ["GET"], self.orgs),
            ("/salesforce/orgs", ["POST"], self.make_org),
            ("/salesforce/orgs/<org_id>/rotate-secret", ["POST"], self.rotate_secret),
            ("/quickbooks/companies", ["GET"], self.companies),
            ("/quickbooks/companies", ["POST"], self.make_company),
            ("/quickbooks/app", ["GET"], self.app),
            ("/quickbooks/app", ["POST"], self.change_app),
            ("/faults", ["GET"], self.faults),
            ("/faults", ["POST"], self.switch_on),
            ("/faults", ["DELETE"], self.switch_off),
            ("/state", ["GET"], self.state),
            (f"/records/<any({', '.join(TENANTS)}):vendor>/<tenant>/<name>", ["GET"], self.records),
            ("/deliveries/<tenant>", ["GET"], self.deliveries),
            ("/clock", ["GET", "POST"], self.clock),
            ("/reset", ["POST"], self.reset),
            *((path, [method], functools.partial(page, self.world)) for method, path, page in VENDOR_ROUTES),
        ]

    def unrouted(self, request: Request, error: HTTPException) -> Response:
        return answer({"error": f"{request.method} {request.path}: {error.name}"}, error.code or 500)

    def healthz(self, request: Request) -> Response:
        return answer({"status": "ok", **asdict(self.world.addresses)})

    # --- tenants --------------------------------------------------------------------------------------------
    def orgs(self, request: Request) -> Response:
        return answer([self.org_facts(row) for row in self.world.store.all("sf_org", "")])

    def make_org(self, request: Request) -> Response:
        wishes = asked(request)
        name = str(wishes.pop("name", "") or "Untitled Org")
        return answer(self.org_facts(new_org(self.world, name=name, **wishes)), 201)

    def org_facts(self, row: Body) -> Body:
        user = self.world.store.get("sf:User", row["id"], row["user_id"]) or {}
        return {
            "org_id": row["id"],
            "name": row["name"],
            "consumer_key": row["consumer_key"],
            "consumer_secret": row["consumer_secret"],
            "my_domain": self.world.addresses.salesforce,
            "integration_user": user.get("Username"),
            "integration_user_id": row["user_id"],
        }

    def rotate_secret(self, request: Request, org_id: str) -> Response:
        row = self.world.store.get("sf_org", "", org_id)
        if row is None:
            raise Wrong("no such org", 404)
        row = row | {"consumer_secret": os.urandom(32).hex().upper()}
        self.world.store.put("sf_org", "", org_id, row)
        return answer(self.org_facts(row))

    def companies(self, request: Request) -> Response:
        return answer(self.world.store.all("qb_company", ""))

    def make_company(self, request: Request) -> Response:
        wishes = asked(request)
        name, country = str(wishes.pop("name", "") or "Untitled Company"), str(wishes.pop("country", "") or "US")
        return answer(new_company(self.world, name=name, country=country, **wishes), 201)

    def app(self, request: Request) -> Response:
        return answer(quickbooks_oauth.app(self.world))

    def change_app(self, request: Request) -> Response:
        wishes = {
            name: value
            for name, value in asked(request).items()
            if name in {"client_id", "client_secret", "redirect_uris"}
        }
        row = quickbooks_oauth.app(self.world) | wishes
        self.world.store.put("qb_app", "", "app", row)
        return answer(row)

    # --- faults, clock --------------------------------------------------------------------------------------
    def faults(self, request: Request) -> Response:
        known = {name: {"words": fault.words, "vendors": sorted(fault.vendors)} for name, fault in FAULTS.items()}
        return answer({"on": self.world.faults.every(), "known": known})

    def switch_on(self, request: Request) -> Response:
        wish = asked(request)
        try:
            row = self.world.faults.switch_on(
                vendor=str(wish.get("vendor")),
                tenant=str(wish.get("tenant") or "*"),
                fault=str(wish.get("fault")),
                count=wish.get("count"),
                value=wish.get("value"),
            )
        except UnknownFault as error:
            raise Wrong(str(error)) from None
        if FAULTS[row["fault"]].is_deed:
            self.do(row["vendor"], row["tenant"], row["fault"])
        return answer(row, 201)

    def do(self, vendor: str, tenant: str, fault: str) -> None:
        tenants = TENANTS[vendor]
        for one in self.world.store.keys(tenants.kind, "") if tenant == "*" else [tenant]:
            tenants.deeds[fault](self.world, one)

    def switch_off(self, request: Request) -> Response:
        wish = asked(request) | request.args.to_dict()
        wanted = {name: str(wish.get(name) or "") for name in ("vendor", "tenant", "fault")}
        return answer({"switched_off": self.world.faults.switch_off(**wanted)})

    def clock(self, request: Request) -> Response:
        if request.method == "POST":
            self.world.clock.advance(float(asked(request).get("advance_seconds") or 0))
        return answer({"now": self.world.clock.now().isoformat()})

    def reset(self, request: Request) -> Response:
        """Forget every tenant, token, fault and record; our Intuit app and the environment's accounts stay."""
        app = quickbooks_oauth.app(self.world)
        self.world.store.reset()
        self.world.store.put("qb_app", "", "app", app)
        self.keep_environment()
        return answer({"status": "empty"})

    # --- what happened --------------------------------------------------------------------------------------
    def state(self, request: Request) -> Response:
        """Per tenant: records there are, records made through the API, calls by method and path."""
        states = {
            vendor: {
                row[tenants.id]: self.tenant_state(vendor, row[tenants.id], row["name"])
                for row in self.world.store.all(tenants.kind, "")
            }
            for vendor, tenants in TENANTS.items()
        }
        now = self.world.clock.now().isoformat()
        return answer({**states, "faults": self.world.faults.every(), "now": now})

    def tenant_state(self, vendor: str, tenant: str, name: str) -> Body:
        store, prefix = self.world.store, TENANTS[vendor].prefix
        kinds = [kind.removeprefix(prefix) for kind in store.kinds(tenant) if kind.startswith(prefix)]
        calls = store.get("calls", vendor, tenant) or {}
        return {
            "name": name,
            "records": {kind: len(living(store.all(prefix + kind, tenant))) for kind in kinds},
            "created": {
                kind: (store.get("created", tenant, kind) or {})["count"] for kind in store.keys("created", tenant)
            },
            "calls": calls,
            "total_calls": sum(calls.values()),
        }

    def records(self, request: Request, vendor: str, tenant: str, name: str) -> Response:
        return answer(living(self.world.store.all(TENANTS[vendor].prefix + name, tenant)))

    def deliveries(self, request: Request, tenant: str) -> Response:
        """Webhooks of one tenant: what was sent, and what was answered."""
        return answer(self.world.courier.deliveries(tenant))


def living(rows: list[Body]) -> list[Body]:
    return [row for row in rows if not row.get("IsDeleted")]
