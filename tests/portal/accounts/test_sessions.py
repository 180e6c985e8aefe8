"""Where somebody is signed in: this browser marked, the others signed out by one button."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from onboarding.models import User
from portal.accounts.sessions import device
from tests.factories import EngagementFactory, MemberFactory
from tests.portal.accounts.conftest import Visitor, give_password, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/account/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 "
    "Mobile/15E148 Safari/604.1"
)


def member() -> User:
    user = give_password(MemberFactory(company=EngagementFactory().company).user)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def signed_in(user: User, user_agent: str) -> Visitor:
    browser = Visitor(headers={"user-agent": user_agent})
    sign_in(browser, user)
    return browser


def test_every_browser_is_listed_and_this_one_marked() -> None:
    user = member()
    signed_in(user, SAFARI)
    desk = signed_in(user, FIREFOX)
    signed_in(member(), FIREFOX)

    found = desk.get(PAGE).context["sessions"]

    assert [(one["device"], one["ip"], one["is_here"]) for one in found] == [
        ("Firefox on Windows", "127.0.0.1", True),
        ("Safari on iPhone", "127.0.0.1", False),
    ]


def test_the_others_are_signed_out_and_nobody_else() -> None:
    user = member()
    phone, desk, stranger = signed_in(user, SAFARI), signed_in(user, FIREFOX), signed_in(member(), SAFARI)

    answer = desk.post(PAGE)

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert [browser.get("/account/").status_code for browser in (phone, desk, stranger)] == [302, 200, 200]
    assert [one["is_here"] for one in desk.get(PAGE).context["sessions"]] == [True]


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (SAFARI, "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on macOS"),
        ("curl/8.5.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_in_words(user_agent: str, words: str) -> None:
    assert device(user_agent) == words
