"""The customer's own systems: what its administrators do in Salesforce and QuickBooks, played in the sandbox."""

from __future__ import annotations

import os
import ssl
from typing import Any

import httpx

from portal.walkthrough.browser import Browser, Failed, Page


class Systems:
    """One customer's Salesforce organisation and QuickBooks company in the sandbox."""

    def __init__(self, company: str) -> None:
        address = os.environ.get("SANDBOX_CONTROL_URL", "")
        if not address:
            raise Failed("No sandbox is running: SANDBOX_CONTROL_URL is not set.")
        self.address = address
        self.org = self._made("/salesforce/orgs", {"name": company})
        self.books = self._made("/quickbooks/companies", {"name": company, "country": "US"})

    def _made(self, path: str, values: dict[str, Any]) -> dict[str, Any]:
        answer = httpx.post(f"{self.address}{path}", json=values, timeout=30, trust_env=False)
        if answer.status_code >= 400:
            raise Failed(f"The sandbox refused {path}: {answer.text[:300]}")
        made: dict[str, Any] = answer.json()
        return made

    def add_record(self, domain: str, text: str) -> None:
        """The customer's domain gets a TXT record beside the one it has."""
        path, values = f"/dns/zones/{domain}", {"txt": ["v=spf1 -all", text]}
        answer = httpx.put(f"{self.address}{path}", json=values, timeout=30, trust_env=False)
        if answer.status_code >= 400:
            raise Failed(f"The sandbox refused {path}: {answer.text[:300]}")

    def hold_at_zoom(self, link: str) -> None:
        """The meeting behind this link takes place in our Zoom account; Zoom calls the portal about it."""
        number = link.partition("/j/")[2].partition("?")[0]
        self._made(f"/zoom/accounts/{self._ours('/zoom/accounts')}/meetings/{number}/hold", {})

    def record(
        self, link: str, *, starts_at: str, host: str, said: list[dict[str, str]], summary: dict[str, Any]
    ) -> None:
        """Our notetaker was in the meeting behind this link; Fireflies calls the portal about it."""
        values = {"title": "Requirements review", "meeting_link": link, "started_at": starts_at, "minutes": 52,
                  "organizer_email": host, "sentences": said, "summary": summary}  # fmt: skip
        self._made(f"/fireflies/teams/{self._ours('/fireflies/teams')}/meetings", values)

    def _ours(self, path: str) -> str:
        """The id of InterWeave's own account among those of the sandbox."""
        rows: list[dict[str, Any]] = httpx.get(f"{self.address}{path}", timeout=30, trust_env=False).json()
        found = next((str(row["id"]) for row in rows if row["name"] == "InterWeave"), "")
        if not found:
            raise Failed(f"The sandbox has no account of InterWeave under {path}.")
        return found

    def salesforce_credentials(self) -> dict[str, str]:
        """What Salesforce's administrator types into the portal."""
        return {
            "my_domain": self.org["my_domain"],
            "consumer_key": self.org["consumer_key"],
            "consumer_secret": self.org["consumer_secret"],
        }

    def rotate_salesforce_secret(self) -> None:
        """Salesforce's administrator makes a new consumer secret; the old one is dead at once."""
        self.org |= self._made(f"/salesforce/orgs/{self.org['org_id']}/rotate-secret", {})

    def consent(self, browser: Browser, connection_path: str) -> Page:
        """QuickBooks' administrator presses Connect, chooses the company on Intuit's page and comes back."""
        intuit = browser.send(connection_path, to=f"{connection_path}consent/")
        if "oauth2" not in intuit.url.path:
            raise Failed(f"No consent page was opened, but {intuit.url}: {intuit.words[:300]}")
        return browser.answer({"realm": self.books["realm_id"], "decision": "connect"})

    def add_account(self, **values: str) -> str:
        """Somebody in sales creates an account in Salesforce, as people do; returns its id."""
        return str(self._salesforce("POST", "sobjects/Account/", values)["id"])

    def tell_namesakes_apart(self) -> None:
        """Sales gives accounts of the same name a name of their own, as the readiness scan asked."""
        query = {"q": "SELECT Id, Name, BillingCity FROM Account"}
        seen: set[str] = set()
        for row in self._salesforce("GET", "query/", query)["records"]:
            key = "".join(c for c in row["Name"].casefold() if c.isalnum())
            if key in seen:
                name = f"{row['Name'].strip()} {row['BillingCity'] or row['Id'][-4:]}"
                self._salesforce("PATCH", f"sobjects/Account/{row['Id']}", {"Name": name})
            seen.add(key)

    def _salesforce(self, method: str, path: str, values: dict[str, str]) -> dict[str, Any]:
        """One call as a person of the customer's: signed in, against its own organisation."""
        trusted = ssl.create_default_context(cafile=os.environ["OUTBOUND_CA_BUNDLE"])
        with httpx.Client(verify=trusted, timeout=30, trust_env=False) as person:
            given = {"client_id": self.org["consumer_key"], "client_secret": self.org["consumer_secret"]}
            token = person.post(
                f"{self.org['my_domain']}/services/oauth2/token", data={"grant_type": "client_credentials", **given}
            ).json()
            answer = person.request(
                method,
                f"{token['instance_url']}/services/data/v62.0/{path}",
                json=values if method != "GET" else None,
                params=values if method == "GET" else None,
                headers={"Authorization": f"Bearer {token['access_token']}"},
            )
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise Failed(f"Salesforce refused {method} {path}: {answer.text[:300]}")
        told: dict[str, Any] = answer.json() if answer.content else {}
        return told

    def customers_in_books(self) -> list[dict[str, Any]]:
        """The customers in QuickBooks, as its own user would see them."""
        kept = f"{self.address}/records/quickbooks/{self.books['realm_id']}/Customer"
        listed: list[dict[str, Any]] = httpx.get(kept, timeout=30, trust_env=False).json()
        return listed
