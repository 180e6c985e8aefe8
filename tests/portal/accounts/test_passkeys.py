"""Passkeys in a real browser, under the strict content security policy: added, used to sign in, refused in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page, expect

from onboarding.models import User
from tests.factories import EngagementFactory, MemberFactory
from tests.portal.accounts.conftest import PASSWORD, give_password

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complained about; asserted empty where it counts."""
    return []


@pytest.fixture
def page(browser: Browser, live_server, complaints: list[str]) -> Iterator[Page]:
    # WebAuthn wants a name, not an address.
    context = browser.new_context(base_url=live_server.url.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()


@pytest.fixture
def device(page: Page) -> CDPSession:
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return device


@pytest.fixture
def user() -> User:
    user = give_password(MemberFactory(company=EngagementFactory().company).user)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(page: Page, user: User) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_added_and_signs_in_without_a_password(
    page: Page, device: CDPSession, user: User, complaints: list[str]
) -> None:
    sign_in(page, user)
    page.goto("/account/2fa/webauthn/add/")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert Axe().run(page, options=RULES).response["violations"] == []
    assert Authenticator.objects.filter(user=user, type="webauthn").count() == 1
    page.goto("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page).to_have_url(page.url.partition("/account")[0].rstrip("/") + "/")
    assert complaints == []


def test_a_refused_passkey_is_said_on_the_page(page: Page, device: CDPSession, complaints: list[str]) -> None:
    page.goto("/account/login/")

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
    assert complaints == []
