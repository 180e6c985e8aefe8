"""Signing in: by password, by code, by a link in a mail; deep links survive, guessing does not pay."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client

from onboarding import outbox
from onboarding.actors import SYSTEM
from onboarding.models import Company, Engagement, User
from portal.middleware import COMPANY_KEY
from tests.factories import NOW, CompanyFactory, EngagementFactory, MemberFactory
from tests.portal.accounts.conftest import PASSWORD, give_password, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return EngagementFactory().company


@pytest.fixture
def user(company: Company) -> User:
    user = give_password(MemberFactory(company=company).user)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_a_deep_link_survives_sign_in(client: Client, user: User) -> None:
    to_sign_in = client.get("/documents/?kind=tax")["Location"]
    assert to_sign_in == "/account/login/?next=/documents/%3Fkind%3Dtax"

    reply = client.post(to_sign_in, {"login": user.email, "password": PASSWORD, "next": "/documents/?kind=tax"})

    assert reply["Location"] == "/documents/?kind=tax"


def test_no_link_leads_elsewhere(client: Client, user: User) -> None:
    assert sign_in(client, user, next="https://evil.example/") == "/"


@pytest.mark.parametrize("login", ["known", "nobody@acme.example"])
def test_a_wrong_password_tells_nothing_of_the_address(client: Client, user: User, login: str) -> None:
    reply = client.post("/account/login/", {"login": user.email if login == "known" else login, "password": "wrong"})

    assert "together they do not sign in" in reply.content.decode()
    assert "_auth_user_id" not in client.session


def test_guessing_is_slowed_down(client: Client, user: User) -> None:
    for _ in range(5):
        client.post("/account/login/", {"login": user.email, "password": "wrong"})

    reply = client.post("/account/login/", {"login": user.email, "password": PASSWORD})

    assert "Wait five minutes" in reply.content.decode()
    assert "_auth_user_id" not in client.session


def test_by_a_mailed_code(client: Client, user: User, mailed_code: Callable[[], str]) -> None:
    assert client.post("/account/login/code/", {"email": user.email})["Location"] == "/account/login/code/confirm/"
    assert client.get("/account/login/code/confirm/").status_code == 200

    assert client.post("/account/login/code/confirm/", {"code": mailed_code()})["Location"] == "/"


def test_a_first_sign_in_by_code_forgets_a_password_nobody_proved(
    client: Client, company: Company, mailed_code: Callable[[], str]
) -> None:
    user = give_password(MemberFactory(company=company).user)
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    client.post("/account/login/code/", {"email": user.email})

    client.post("/account/login/code/confirm/", {"code": mailed_code()})

    user.refresh_from_db()
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    assert client.get("/people/").status_code == 200
    assert client.get("/account/password/change/")["Location"] == "/account/password/set/"
    assert client.get("/account/password/set/").status_code == 200


def test_the_address_is_changed_by_a_code_to_the_new_one(
    client: Client, user: User, mailed_code: Callable[[], str]
) -> None:
    sign_in(client, user)
    reply = client.post("/account/email/", {"email": "Nora@new.example", "action_add": ""})
    assert reply["Location"] == "/account/confirm-email/"
    assert EmailAddress.objects.get(user=user).email == user.email, "not before the code"

    client.post("/account/confirm-email/", {"code": mailed_code()})

    user.refresh_from_db()
    assert user.email == "nora@new.example"
    assert EmailAddress.objects.get(user=user).email == "nora@new.example"


def test_a_forgotten_password_is_set_anew_by_a_link(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    client.post("/account/password/reset/", {"email": user.email})
    link = re.search(r"http\S+(/account/password/reset/key/\S+)", str(mailoutbox[-1].body))
    assert link is not None
    form = client.get(link.group(1))["Location"]

    client.post(form, {"password1": "eight white swans", "password2": "eight white swans"})

    user.refresh_from_db()
    assert user.check_password("eight white swans")
    assert "_auth_user_id" not in client.session


def test_a_link_of_nobody_sets_no_password(client: Client) -> None:
    assert "This link is closed" in client.get("/account/password/reset/key/1-set-password/").content.decode()


def test_the_address_must_be_proven_before_the_first_sign_in(client: Client, company: Company) -> None:
    user = give_password(MemberFactory(company=company).user)

    assert sign_in(client, user) == "/account/confirm-email/"
    assert "_auth_user_id" not in client.session


def test_a_mail_server_that_is_away_is_said(client: Client, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    user = give_password(MemberFactory(company=company).user)

    def refuse(*args: object, **kwargs: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    reply = client.post("/account/login/", {"login": user.email, "password": PASSWORD}, follow=True)

    assert reply.status_code == 200
    assert "could not send the mail" in reply.content.decode()


def test_a_member_of_several_companies_chooses(client: Client, user: User, company: Company) -> None:
    other = MemberFactory(user=user, company=CompanyFactory(name="Second Ltd")).company
    client.force_login(user)
    assert client.get("/people/")["Location"] == "/companies/?next=%2Fpeople%2F"
    assert "Second Ltd" in client.get("/companies/").content.decode()

    reply = client.post("/companies/", {"company": company.pk, "next": "/people/"})

    assert reply["Location"] == "/people/"
    assert company.name in client.get("/people/").content.decode()
    assert client.post("/companies/", {"company": other.pk, "next": "//evil.example"})["Location"] == "/"
    assert client.session[COMPANY_KEY] == other.pk


def test_a_company_of_others_cannot_be_chosen(client: Client, user: User) -> None:
    client.force_login(user)

    assert client.post("/companies/", {"company": CompanyFactory().pk}).status_code == 200
    assert COMPANY_KEY not in client.session


def test_a_removed_member_is_out_within_one_request(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get("/people/").status_code == 200

    user.memberships.update(removed_at="2026-11-23T15:00Z")

    reply = client.get("/people/")
    assert reply.status_code == 403
    assert "no company" in reply.content.decode()
    assert client.post("/account/logout/").status_code == 302


def test_the_profile_is_changed(client: Client, user: User) -> None:
    client.force_login(user)

    reply = client.post("/account/", {"name": "Nora", "phone": "+1 555 0100", "time_zone": "Asia/Tokyo"})

    assert reply["Location"] == "/account/"
    user.refresh_from_db()
    assert (user.name, user.phone, user.time_zone) == ("Nora", "+1 555 0100", "Asia/Tokyo")
    assert client.post("/account/", {"name": "", "time_zone": "Asia/Tokyo"}).status_code == 422


@pytest.mark.parametrize(
    ("own", "cookie", "zone"),
    [
        ("UTC", "Europe%2FBerlin", "CET"),
        ("Asia/Tokyo", "Europe%2FBerlin", "JST"),
        ("UTC", "../../etc/passwd", "UTC"),
        ("UTC", "", "UTC"),
    ],
)
def test_times_are_in_the_viewers_zone(client: Client, user: User, own: str, cookie: str, zone: str) -> None:
    outbox.record("engagement.assigned", Engagement.objects.get(), by=SYSTEM, at=NOW, data={"specialist": "Priya"})
    User.objects.update(time_zone=own)
    client.force_login(user)
    client.cookies["zone"] = cookie

    assert f" {zone}" in client.get("/timeline/").content.decode()
