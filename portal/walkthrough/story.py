"""One company and its people on the way through the twelve steps."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from portal.walkthrough import letters
from portal.walkthrough.browser import Browser, Failed
from portal.walkthrough.people import Account, sign_in
from portal.walkthrough.staff import Desk
from portal.walkthrough.systems import Systems

CHANGES = (
    "complete_welcome_call", "complete_data_collection", "complete_requirements_review", "complete_verification",
    "activate", "complete_planning", "complete_setup", "complete_connectivity", "complete_configuration",
    "complete_testing", "complete_go_live",
)  # fmt: skip


@dataclass(frozen=True)
class CompanyDetails:
    """Who registers."""

    name: str
    owner: str
    domain: str
    registration_number: str
    tax_id: str
    street: str
    city: str = "Boston"
    region: str = "MA"
    postal_code: str = "02110"


@dataclass
class Story:
    """One rehearsal: the customer's browser, InterWeave's desks, the API, and where the papers are kept."""

    company: CompanyDetails
    base_url: str
    staff: dict[str, Account]
    papers: Path
    say: Callable[[str], None] = lambda words: None
    mail: Path = field(default_factory=lambda: Path(settings.EMAIL_FILE_PATH))
    browse: Callable[..., Browser] = Browser
    sign: str = "portal"  # or "door", "docusign": how the agreement is signed
    pay: str = "card"  # or "bank", "door": how the rest of the invoice is paid
    systems: Systems = field(init=False)
    owner: Account = field(init=False)
    customer: Browser = field(init=False)
    specialist: Desk = field(init=False)
    lead: Desk = field(init=False)
    finance: Desk = field(init=False)
    reference: str = ""
    token: str = ""

    def __post_init__(self) -> None:
        email = f"{self.company.owner.split()[0].lower()}@{self.company.domain}"
        self.owner = Account(self.company.owner, email, secrets.token_urlsafe(14), "owner", self.company.name)
        self.papers.mkdir(parents=True, exist_ok=True)

    @property
    def signatory(self) -> Account:
        """Who signs for the company: its owner; at a door somebody without an account."""
        if self.sign != "door":
            return self.owner
        return Account("Noor Haddad", f"noor@{self.company.domain}", "", "", self.company.name)

    def register(self) -> None:
        """“New Company? Please Register Here”, the mailed code, and InterWeave's people taking their seats."""
        self.systems = Systems(self.company.name)
        self.customer = self.browse(self.base_url, name=self.owner.name)
        began = time.time()
        self.customer.send("/register/", self._registration())
        code = self.mailed(letters.CODE, self.owner.email, since=began, what="the mailed code")
        self.customer.send("/account/confirm-email/", {"code": code})
        home = self.customer.open("/")
        self.reference = home.find(r"(IW-\d{4}-\d{4,})")
        self.token = self._make_token()
        desks = {}
        for role in ("lead", "specialist", "finance"):
            desks[role] = Desk(self._signed_in(self.staff[role]), self.reference)
        self.lead, self.specialist, self.finance = desks["lead"], desks["specialist"], desks["finance"]

    def _signed_in(self, account: Account) -> Browser:
        """One session a person: a second factor's code works once."""
        kept = _BROWSERS.setdefault(self.browse, {})
        if account.email not in kept:
            kept[account.email] = sign_in(account, self.browse(self.base_url, name=account.name))
        return kept[account.email]

    def _registration(self) -> dict[str, Any]:
        company = self.company
        return {
            "name": company.name, "legal_name": company.name, "country": "US",
            "registration_number": company.registration_number, "tax_id": company.tax_id, "street": company.street,
            "city": company.city, "region": company.region, "postal_code": company.postal_code,
            "website": f"https://www.{company.domain}/", "solution": "salesforce_quickbooks_online",
            "deployment": "cloud", "owner_name": self.owner.name, "owner_email": self.owner.email,
            "password": self.owner.password, "time_zone": "America/New_York",
        }  # fmt: skip

    def _make_token(self) -> str:
        scopes = [
            "engagements:read", "documents:read", "documents:write", "agreements:read", "connections:read",
            "connections:check",
        ]  # fmt: skip
        page = self.customer.send("/people/tokens/", {"name": "Walkthrough", "scopes": scopes, "days": "30"})
        return page.find(r"(iw_[A-Za-z0-9_-]{20,})")

    def api(self, path: str, **parameters: Any) -> httpx.Response:
        """Read from the API as the company's own program; `path` is below the engagement."""
        answer = httpx.get(
            f"{self.base_url}/api/v1/engagements/{self.reference}/{path}", params=parameters, timeout=30,
            headers={"Authorization": f"Bearer {self.token}"}, trust_env=False, follow_redirects=True,
        )  # fmt: skip
        if answer.status_code != 200:
            raise Failed(f"API {path} answered {answer.status_code}: {answer.text[:300]}")
        return answer

    def listed(self, path: str) -> list[dict[str, Any]]:
        """Every row of a list of the API, page after page."""
        rows: list[dict[str, Any]] = []
        answer = self.api(path).json()
        while True:
            rows += answer["items"] if isinstance(answer, dict) else answer
            following = answer.get("next") if isinstance(answer, dict) else None
            if not following:
                return rows
            answer = self.api(path, **dict(httpx.URL(following).params)).json()

    def status(self) -> dict[str, Any]:
        """The status document, over the API."""
        document: dict[str, Any] = self.api("status/").json()
        return document

    def wait_for(self, code: str) -> None:
        """Until the workers have met a criterion of the open step."""

        def is_met() -> bool | None:
            known = {one["code"]: one for one in self.status()["criteria"]}
            return True if code in known and known[code]["met"] else None

        self.customer.until(is_met, f"the criterion {code}")

    def mailed(self, pattern: re.Pattern[str], email: str, *, what: str, since: float = 0.0) -> str:
        """What the newest letter to this address says by the pattern, once there is one that does."""
        return self.customer.until(lambda: letters.newest(pattern, email, folder=self.mail, since=since), what)

    def paper(self, name: str, content: str) -> Path:
        """A file to upload."""
        file = self.papers / name
        file.write_text(content)
        return file

    @property
    def go_live_on(self) -> date:
        """A working day six weeks from now."""
        day = (datetime.now(tz=UTC) + timedelta(weeks=6)).date()
        while day.weekday() != 2 or (day.month, day.day) in {(12, 23), (12, 24), (12, 30), (12, 31)}:
            day += timedelta(days=1)
        return day


_BROWSERS: dict[Callable[..., Browser], dict[str, Browser]] = {}


def base_url() -> str:
    """Where the portal answers."""
    return os.environ.get("BASE_URL", settings.BASE_URL)
