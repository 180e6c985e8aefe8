"""The stand-in servers as a fixture: really started, on free ports, in a folder of their own."""

import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 20
DOORS = 13


@dataclass(frozen=True)
class RunningSandbox:
    """Where the doors are, and the control of what is behind them."""

    salesforce_url: str
    quickbooks_url: str
    consent_url: str
    zoom_url: str
    fireflies_url: str
    google_url: str
    tsa_url: str
    dns_address: str
    stripe_url: str
    checkout_url: str
    docusign_url: str
    ca_path: str
    directory: Path
    port: int
    control: httpx.Client

    def new_org(self, name: str, **wishes: Any) -> dict[str, Any]:
        """org_id, consumer_key, consumer_secret, my_domain, integration_user."""
        return self._made("/salesforce/orgs", {"name": name, **wishes})

    def new_company(self, name: str, **wishes: Any) -> dict[str, Any]:
        """realm_id, name; wishes: country, sales_fields, name_length."""
        return self._made("/quickbooks/companies", {"name": name, **wishes})

    def new_zoom(self, name: str, **wishes: Any) -> dict[str, Any]:
        """id, client_id, client_secret; wishes: domain, users, scopes."""
        return self._made("/zoom/accounts", {"name": name, **wishes})

    def hold(self, account: str, meeting: str, **wishes: Any) -> dict[str, Any]:
        """A Zoom meeting takes place; wishes: minutes, participants, uuid."""
        return self._made(f"/zoom/accounts/{account}/meetings/{meeting}/hold", wishes)

    def new_workspace(self, name: str, **wishes: Any) -> dict[str, Any]:
        """id and key (a service account's key file) of a Google Workspace; wishes: domain, users, is_delegated."""
        return self._made("/google/workspaces", {"name": name, **wishes})

    def respond(self, workspace: str, host: str, event: str, **answer: str) -> None:
        """Somebody answers a host's invitation: email, response."""
        self._made(f"/google/workspaces/{workspace}/calendars/{host}/events/{event}/respond", answer)

    def new_team(self, name: str, **wishes: Any) -> dict[str, Any]:
        """id, api_key, email of a team at Fireflies; wishes: email, tells_by_status."""
        return self._made("/fireflies/teams", {"name": name, **wishes})

    def record(self, team: str, **wishes: Any) -> dict[str, Any]:
        """The notetaker was in a meeting; wishes as integrations/sandbox/fireflies/control.py lists them."""
        return self._made(f"/fireflies/teams/{team}/meetings", wishes)

    def new_docusign(self, name: str, **wishes: Any) -> dict[str, Any]:
        """id, integration_key, user_id, private_key of an account at DocuSign; wishes: has_consent, connect."""
        return self._made("/docusign/accounts", {"name": name, **wishes})

    def at_docusign(self, account: str, envelope: str, deed: str, **wishes: str) -> dict[str, Any]:
        """A signer (by `recipient`) delivers, signs or declines there, or the sender voids; wishes: reason."""
        return self._made(f"/docusign/accounts/{account}/envelopes/{envelope}/{deed}", wishes)

    def zone(self, domain: str, *texts: str) -> None:
        """The name server knows the domain, with these TXT records."""
        self.control.put(f"/dns/zones/{domain}", json={"txt": list(texts)}).raise_for_status()

    def new_stripe(self, name: str) -> dict[str, Any]:
        """id and secret_key of an account at Stripe."""
        return self._made("/stripe/accounts", {"name": name})

    def dispute(self, account: str, charge: str, **wishes: Any) -> dict[str, Any]:
        """The cardholder disputes a charge; wishes: reason."""
        return self._made(f"/stripe/accounts/{account}/charges/{charge}/dispute", wishes)

    def close_dispute(self, account: str, dispute: str, status: str) -> dict[str, Any]:
        """A dispute is over: won, lost, warning_closed."""
        return self._made(f"/stripe/accounts/{account}/disputes/{dispute}/close", {"status": status})

    def pay(self, checkout_url: str, **typed: str) -> httpx.Response:
        """Press a button of the Checkout page: by card 4242… unless told otherwise; where it leads is not followed."""
        card = {"way": "card", "number": "4242 4242 4242 4242", "expiry": "12/49", "cvc": "123"}
        return httpx.post(checkout_url, data=card | typed, trust_env=False, timeout=30)

    def webhook(self, vendor_path: str, **wishes: Any) -> dict[str, Any]:
        """Where a tenant's webhooks go: url, secret."""
        return self.control.put(f"{vendor_path}/webhook", json=wishes).raise_for_status().json()

    def deliveries(self, tenant: str, *, done: int = 0, seconds: float = 15) -> list[dict[str, Any]]:
        """A tenant's webhooks, once as many of them as asked are over."""
        until = time.monotonic() + seconds
        while True:
            found = self.control.get(f"/deliveries/{tenant}").raise_for_status().json()
            if sum(1 for row in found if row["state"] != "waiting") >= done or time.monotonic() > until:
                return found
            time.sleep(0.05)

    def app(self) -> dict[str, Any]:
        """client_id, client_secret, redirect_uris of our Intuit app."""
        return self.control.get("/quickbooks/app").raise_for_status().json()

    def fault(self, vendor: str, tenant: str, fault: str, **more: Any) -> None:
        """Make something go wrong; more: count, value."""
        self._made("/faults", {"vendor": vendor, "tenant": tenant, "fault": fault, **more})

    def clear_faults(self) -> None:
        self.control.delete("/faults").raise_for_status()

    def advance(self, seconds: float) -> None:
        """Move the stand-ins' clock on, for all of them."""
        self.control.post("/clock", json={"advance_seconds": seconds}).raise_for_status()

    def state(self, vendor: str, tenant: str) -> dict[str, Any]:
        """records, created, calls and total_calls of one org or company."""
        return self.control.get("/state").raise_for_status().json()[vendor][tenant]

    def records(self, vendor: str, tenant: str, name: str) -> list[dict[str, Any]]:
        """All living records of one kind, as stored."""
        return self.control.get(f"/records/{vendor}/{tenant}/{name}").raise_for_status().json()

    def consent(self, authorization_url: str, *, realm_id: str, decision: str = "connect") -> dict[str, str]:
        """Press the button on Intuit's page; what comes back to the redirect address: code, state, realmId or error."""
        form = {name: values[0] for name, values in parse_qs(urlparse(authorization_url).query).items()}
        answer = httpx.post(
            authorization_url.partition("?")[0], data={**form, "realm": realm_id, "decision": decision}, trust_env=False
        )
        assert answer.status_code == 302, answer.text
        return {name: values[0] for name, values in parse_qs(urlparse(answer.headers["location"]).query).items()}

    def _made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.control.post(path, json=body).raise_for_status().json()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    directory = tmp_path_factory.mktemp("sandbox")
    port = free_ports()
    process = start(directory, port)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as control:
        yield RunningSandbox(
            salesforce_url=f"https://localhost:{port + 1}",
            quickbooks_url=f"https://localhost:{port + 2}",
            consent_url=f"http://localhost:{port + 3}",
            zoom_url=f"https://localhost:{port + 4}",
            fireflies_url=f"https://localhost:{port + 5}/graphql",
            google_url=f"https://localhost:{port + 6}",
            tsa_url=f"https://localhost:{port + 7}/",
            dns_address=f"127.0.0.1:{port + 8}",
            stripe_url=f"https://localhost:{port + 9}",
            checkout_url=f"http://localhost:{port + 10}",
            docusign_url=f"https://localhost:{port + 11}",
            ca_path=str(directory / "ca.pem"),
            directory=directory,
            port=port,
            control=control,
        )
    process.terminate()
    stopped(process)


def start(directory: Path, port: int) -> subprocess.Popen[str]:
    """The program itself; returns when it says that it is ready. Raises RuntimeError when it can't be."""
    command = [sys.executable, "-m", "integrations.sandbox", "--port", str(port), "--dir", str(directory)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline() if process.stdout else ""
    if line.startswith("sandbox ready"):
        return process
    process.kill()
    stopped(process)
    raise RuntimeError(f"the sandbox didn't start on port {port}: {line!r}")


def stopped(process: subprocess.Popen[str]) -> int:
    """Wait for its end; its exit code."""
    code = process.wait(timeout=START_SECONDS)
    if process.stdout:
        process.stdout.close()
    return code


def free_ports() -> int:
    """The first of as many neighbouring ports as there are doors, none of them taken, below those the system gives to outgoing connections."""
    while True:
        first = random.randrange(15000, 32000)
        if all(is_free(first + place) for place in range(DOORS)):
            return first


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
