"""InterWeave's signature at the browser: who is led to it, and identity confirmed anew by whoever gives it."""

from __future__ import annotations

import time
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, expect

from onboarding.actors import Actor
from onboarding.library import consent
from onboarding.models import Agreement, Sealing, Signature
from onboarding.workflow.steps import Step
from portal.accounts.factors import ENROLLED_KEY
from tests.factories import specialist
from tests.journey import journey, phase_one
from tests.journey.cast import Cast
from tests.portal.screens import Screen

pytestmark = pytest.mark.django_db
PASSWORD = "seven brown geese"
LONG_AGO = 301  # seconds: one more than a proof counts


@pytest.fixture
def cast() -> Cast:
    """Step V, signed by the customer; the specialist has a password and an app."""
    cast = journey(Step.CUSTOMER_APPROVAL)
    phase_one.signed(cast)
    user = cast.user(cast.specialist)
    user.set_password(PASSWORD)
    user.save()
    cache.clear()  # who tried how often is kept there
    return cast


@pytest.fixture
def secret(cast: Cast) -> str:
    secret: str = totp.generate_totp_secret()
    totp.TOTP.activate(cast.user(cast.specialist), secret)
    return secret


def browser_of(cast: Cast, actor: Actor, *, proved: float | None = None) -> Client:
    """Signed in with a second factor, `proved` seconds ago in this session; None: the session does not say."""
    browser, user = Client(), cast.user(actor)
    browser.force_login(user)
    session = browser.session
    session[ENROLLED_KEY] = user.pk
    if proved is not None:
        session["account_authentication_methods"] = [{"method": "password", "at": time.time() - proved}]
        session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return browser


def page_of(cast: Cast) -> str:
    return f"/staff/engagements/{cast.engagement.reference}/agreement/countersign/"


def given(cast: Cast, **other: str) -> dict[str, str]:
    found = cast.engagement.agreements.select_related("document").get()
    return {"typed_name": cast.specialist.name, "title": "Technical Specialist", "consent": "on", "consent_sha256": consent.digest(),
            "seen_sha256": found.document.sha256} | other  # fmt: skip


def ours() -> Signature | None:
    return Signature.objects.filter(party="interweave").first()


def code_of(secret: str) -> str:
    cache.clear()  # a code counts once
    return str(totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time())))))


@pytest.mark.parametrize("proved", [None, LONG_AGO])
def test_without_a_fresh_proof_it_is_asked_for_and_nothing_is_signed(cast: Cast, proved: float | None) -> None:
    browser = browser_of(cast, cast.specialist, proved=proved)

    read, sent = browser.get(page_of(cast)), browser.post(page_of(cast), given(cast))

    asks = f"/account/reauthenticate/?{urlencode({'next': page_of(cast)})}"
    assert (read["Location"], sent["Location"], ours()) == (asks, asks, None)


def test_a_proof_in_another_session_is_none_in_this_one(cast: Cast) -> None:
    proven, other = browser_of(cast, cast.specialist, proved=1), browser_of(cast, cast.specialist)

    assert (proven.get(page_of(cast)).status_code, other.post(page_of(cast), given(cast)).status_code) == (200, 302)
    assert ours() is None


def test_a_proof_of_somebody_who_used_this_browser_before_counts_for_nothing(cast: Cast) -> None:
    browser = browser_of(cast, cast.specialist, proved=1)
    session = browser.session
    session["account_authentication_methods_user"] = str(cast.user(cast.lead).pk)
    session.save()

    assert (browser.post(page_of(cast), given(cast)).status_code, ours()) == (302, None)


def test_a_wrong_code_signs_nothing_and_the_right_one_takes_up_what_was_sent(cast: Cast, secret: str) -> None:
    browser = browser_of(cast, cast.specialist, proved=LONG_AGO)
    browser.post(page_of(cast), given(cast))
    asks = f"/account/2fa/reauthenticate/?{urlencode({'next': page_of(cast)})}"

    wrong = browser.post(asks, {"code": "000000", "next": page_of(cast)})
    between = ours()
    browser.post(asks, {"code": code_of(secret), "next": page_of(cast)})

    kept = ours()
    assert (wrong.status_code, between) == (422, None) or (wrong.status_code, between) == (200, None)
    assert "this one did not fit" in wrong.content.decode()
    assert kept is not None
    assert kept.authentication == "identity confirmed again by a code of their authenticator app"
    assert timedelta(0) <= kept.signed_at - kept.authenticated_at < timedelta(seconds=60)


def test_a_password_will_do_and_stands_in_the_certificate(cast: Cast) -> None:
    browser = browser_of(cast, cast.specialist)
    asks = browser.get(page_of(cast))["Location"]
    wrong = browser.post(asks, {"password": "seven white geese", "next": page_of(cast)})
    still_asked = browser.get(page_of(cast))
    back = browser.post(asks, {"password": PASSWORD, "next": page_of(cast)})

    done = browser.post(page_of(cast), given(cast, drawing="[[[10, 20], [200, 150]]]"))

    assert "Enter the password you signed in with." in wrong.content.decode()
    assert (still_asked.status_code, back["Location"], done.status_code) == (302, page_of(cast), 302)
    kept = ours()
    assert kept is not None
    assert (kept.kind, kept.authentication) == ("drawn", "identity confirmed again by their password")
    printed = Sealing.objects.get().context["signatures"][-1]
    assert (printed["name"], printed["authentication"]) == (cast.specialist.name, kept.authentication)


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(cast: Cast) -> None:
    browser = browser_of(cast, cast.specialist, proved=1)

    reply = browser.post(page_of(cast), given(cast, typed_name="Somebody", consent=""))
    stale = browser.post(page_of(cast), given(cast, seen_sha256="0" * 64))

    page = reply.content.decode()
    assert (reply.status_code, stale.status_code, ours()) == (422, 409, None)
    assert f"Type your name as it stands in the agreement: {cast.specialist.name}." in page
    assert 'value="Technical Specialist"' in page


def test_it_is_offered_to_whom_it_would_be_taken_from(cast: Cast) -> None:
    colleague = specialist()
    desk = f"/staff/engagements/{cast.engagement.reference}/agreement/"
    people = {"named": cast.specialist, "lead": cast.lead, "finance": cast.finance, "colleague": colleague}

    offers = {}
    for who, actor in people.items():
        browser = browser_of(cast, actor, proved=1)
        offers[who] = (page_of(cast) in browser.get(desk).content.decode(), browser.get(page_of(cast)).status_code)
    refused = browser_of(cast, colleague, proved=1).post(page_of(cast), given(cast))

    assert offers == {"named": (True, 200), "lead": (True, 200), "finance": (False, 302), "colleague": (False, 302)}
    assert (refused.status_code, ours()) == (403, None)


def test_once_countersigned_it_leads_back(cast: Cast) -> None:
    browser = browser_of(cast, cast.specialist, proved=1)
    browser.post(page_of(cast), given(cast))

    again, read = browser.post(page_of(cast), given(cast, title="Other")), browser.get(page_of(cast))

    assert (again.status_code, read.status_code) == (409, 302)
    assert Agreement.objects.get().state == "countersigned"
    assert Authenticator.objects.count() == 0  # a password alone


@pytest.mark.browser
def test_it_is_read_drawn_and_signed_in_a_browser(browser: Browser, cast: Cast) -> None:
    screen = Screen(browser, browser_of(cast, cast.specialist, proved=1))
    faults = screen.walk([f"/staff/engagements/{cast.engagement.reference}/agreement/", page_of(cast)])
    tab = screen.tab

    tab.get_by_label("Type your full name").fill(cast.specialist.name)
    tab.get_by_label("I have read the agreement").check()
    tab.get_by_role("button", name="Countersign").click()

    expect(tab.get_by_text("Countersigned. Its file is being sealed.")).to_be_visible()
    assert (faults, screen.complaints) == ({}, [])
    assert ours() is not None
