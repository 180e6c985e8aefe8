"""The back office: superusers with a second factor, who look and hardly touch; and how staff are let in."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client

from onboarding.models import Company, Specialist, User
from portal.accounts.factors import ENROLLED_KEY
from tests.factories import EngagementFactory, MemberFactory, SpecialistFactory
from tests.portal.accounts.conftest import Visitor

pytestmark = pytest.mark.django_db
TABLES = ["company", "member", "specialist", "user", "engagement", "event", "message"]


@pytest.fixture
def superuser(client: Client) -> User:
    user = User.objects.create_superuser("root@interweave.example", "x", name="Rosa Root")
    client.force_login(user)
    session = client.session
    session[ENROLLED_KEY] = user.pk
    session.save()
    return user


@pytest.mark.parametrize("table", TABLES)
def test_every_table_opens_and_nothing_is_added(client: Client, superuser: User, table: str) -> None:
    row = {"company": EngagementFactory().company}
    MemberFactory(**row)

    assert client.get(f"/admin/onboarding/{table}/").status_code == 200
    assert client.get(f"/admin/onboarding/{table}/add/").status_code == 403


def test_no_secret_is_shown(client: Client, superuser: User) -> None:
    company = EngagementFactory().company

    page = client.get(f"/admin/onboarding/company/{company.pk}/change/").content.decode()

    assert company.name in page
    assert Company.objects.get(pk=company.pk).data_key not in page
    assert superuser.password not in client.get(f"/admin/onboarding/user/{superuser.pk}/change/").content.decode()


@pytest.mark.parametrize("path", ["mfa/authenticator", "account/emailaddress", "auth/group", "onboarding/connection"])
def test_other_tables_are_not_there(client: Client, superuser: User, path: str) -> None:
    assert client.get(f"/admin/{path}/").status_code == 404


def test_a_person_is_locked_out(client: Client, superuser: User) -> None:
    member = MemberFactory()
    browser = Visitor()
    browser.force_login(member.user)

    client.post(f"/admin/onboarding/user/{member.user_id}/change/", {"name": "Nora", "email": "x@y.example"})

    member.user.refresh_from_db()
    assert (member.user.name, member.user.is_active) == ("Nora", False)
    assert member.user.email != "x@y.example"
    assert browser.get("/people/")["Location"].startswith("/account/login/")


def test_a_step_cannot_be_changed_here(client: Client, superuser: User) -> None:
    engagement = EngagementFactory()

    assert client.post(f"/admin/onboarding/engagement/{engagement.pk}/change/", {"step": "go_live"}).status_code == 403
    assert client.post(f"/admin/onboarding/engagement/{engagement.pk}/delete/", {"post": "yes"}).status_code == 403


def test_visitors_go_to_the_portals_own_sign_in(client: Client) -> None:
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/account/login/?next=/admin/"


def test_passwords_and_leaving_are_the_portals(client: Client, superuser: User) -> None:
    assert client.get("/admin/password_change/")["Location"] == "/account/password/change/"
    assert client.post("/admin/logout/")["Location"] == "/account/login/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("factory", [MemberFactory, SpecialistFactory])
def test_nobody_else_enters(client: Client, factory: type) -> None:
    user = factory().user
    client.force_login(user)
    session = client.session
    session[ENROLLED_KEY] = user.pk
    session.save()

    assert client.get("/admin/", follow=True).status_code == 403


def test_staff_are_let_in_by_command(monkeypatch: pytest.MonkeyPatch) -> None:
    said = StringIO()
    arguments = ["--email", "Priya@interweave.example", "--name", "Priya Patel", "--role", "lead"]

    call_command("create_staff", *arguments, stdout=said)
    password = said.getvalue().rsplit(": ", 1)[1].strip()

    specialist = Specialist.objects.get()
    assert (specialist.user.email, specialist.role) == ("priya@interweave.example", "lead")
    assert specialist.user.check_password(password)
    assert EmailAddress.objects.get().verified
    monkeypatch.setenv("STAFF_PASSWORD", "eight white swans")
    said = StringIO()
    call_command("create_staff", *arguments, "--title", "Head", "--back-office", stdout=said)
    specialist = Specialist.objects.get()
    assert (specialist.title, specialist.user.is_superuser) == ("Head", True)
    assert specialist.user.check_password("eight white swans")
    assert "swans" not in said.getvalue()


def test_a_weak_password_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFF_PASSWORD", "priya")

    with pytest.raises(CommandError, match="at least 12"):
        call_command("create_staff", "--email", "p@interweave.example", "--name", "Priya", "--role", "lead")
    assert User.objects.count() == 0
