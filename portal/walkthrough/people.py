"""The people of a rehearsal: InterWeave's staff with their second factor, and the company that registers."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.db import transaction
from django.utils.timezone import now

from onboarding import tenancy
from onboarding.actions import api_tokens, people
from onboarding.actors import Role
from onboarding.models import User
from onboarding.queries.viewers import staff_actor
from portal.accounts.entering import prove_address
from portal.walkthrough.browser import Browser, Failed, Page

MAIL_DOMAIN = "interweave.example"
PERIOD_SECONDS = 30  # of an authenticator's code
SECOND_FACTOR = "2fa/authenticate"
REFUSED = 422
TOKEN_SCOPES = tuple(api_tokens.SCOPES)


@dataclass(frozen=True)
class StaffMember:
    """One of InterWeave's people, as the demo tells about them."""

    name: str
    email: str
    role: Role
    title: str
    photo: str = ""


STAFF = (
    StaffMember("Priya Patel", f"priya@{MAIL_DOMAIN}", Role.SPECIALIST, "Technical Specialist", "priya.svg"),
    StaffMember("Marcus Webb", f"marcus@{MAIL_DOMAIN}", Role.SPECIALIST, "Technical Specialist", "marcus.svg"),
    StaffMember("Lena Lindqvist", f"lena@{MAIL_DOMAIN}", Role.LEAD, "Onboarding Lead", "lena.svg"),
    StaffMember("Felix Okafor", f"felix@{MAIL_DOMAIN}", Role.FINANCE, "Finance", "felix.svg"),
    StaffMember("Ada Moreau", f"ada@{MAIL_DOMAIN}", Role.AUDITOR, "Auditor"),
)


@dataclass
class Account:
    """Somebody who can sign in."""

    name: str
    email: str
    password: str
    role: str
    company: str = ""
    totp_secret: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def make_staff(*, known: dict[str, Account]) -> list[Account]:
    """InterWeave's people with a password and a second factor; those of an earlier run (`known`) stay as they are."""
    return [known.get(one.email) or _make(one) for one in STAFF]


def _make(one: StaffMember) -> Account:
    password, secret = secrets.token_urlsafe(12), totp.generate_totp_secret()
    with tenancy.acting(staff=True):
        specialist = people.add_staff(
            name=one.name,
            email=one.email,
            password=password,
            role=one.role.value,
            title=one.title,
            photo=one.photo,
            at=now(),
        )
        user = specialist.user
        prove_address(user)
        Authenticator.objects.filter(user=user).delete()
        totp.TOTP.activate(user, secret)
        token = _make_token(user, one.role)
    return Account(one.name, one.email, password, one.role.value, totp_secret=secret, extra={"token": token})


def _make_token(user: User, role: Role) -> str:
    by = staff_actor(user)
    if by is None:
        raise Failed(f"{user.email} is no member of staff.")
    _, secret = api_tokens.create(
        user=user, company_id=None, name="Rehearsal", role=role.value, scopes=TOKEN_SCOPES, days=365, by=by, at=now()
    )
    return secret


def sign_in(account: Account, browser: Browser) -> Browser:
    """This person signs in, with the second factor where there is one."""
    page = browser.send("/account/login/", {"login": account.email, "password": account.password})
    if account.totp_secret:
        page = _second_factor(browser, account)
    if "login" in page.url.path or SECOND_FACTOR in page.url.path:
        raise Failed(f"{account.email} could not sign in: {page.words[:300]}")
    return browser


def confirmed(browser: Browser, account: Account, path: str) -> Page:
    """Open a page that asks first who is there, where it does: the password once more."""
    page = browser.open(path)
    if "reauthenticate" in page.url.path:
        page = browser.answer({"password": account.password})
    return page


def _second_factor(browser: Browser, account: Account) -> Page:
    """Type the authenticator's code; a code already used in this half minute is refused, so wait for the next."""
    used = -1
    give_up = time.monotonic() + 2 * PERIOD_SECONDS + 5
    while time.monotonic() < give_up:
        counter = int(time.time()) // PERIOD_SECONDS
        if counter != used:
            code = totp.format_hotp_value(totp.hotp_value(account.totp_secret, counter))
            used = counter
            try:
                return browser.answer({"code": code})
            except Failed:
                if browser.page.status != REFUSED:
                    raise
        time.sleep(0.5)
    raise Failed(f"{account.email}: the second factor was refused. {browser.page.words[:300]}")
