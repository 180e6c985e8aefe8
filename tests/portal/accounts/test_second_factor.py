"""Staff work with a second factor only: nothing opens before it is added, or before it is used."""

from __future__ import annotations

import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client

from onboarding import vault
from onboarding.models import User
from portal.accounts.factors import ENROLLED_KEY
from tests.factories import CompanyFactory, MemberFactory, SpecialistFactory
from tests.portal.accounts.conftest import give_password, sign_in

pytestmark = pytest.mark.django_db
CLOSED = ["/staff/", "/", "/account/", "/account/email/", "/admin/", "/companies/"]


@pytest.fixture
def member_of_staff() -> User:
    user = give_password(SpecialistFactory().user)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def secret(member_of_staff: User) -> str:
    secret: str = totp.generate_totp_secret()
    totp.TOTP.activate(member_of_staff, secret)
    return secret


def code_of(secret: str) -> str:
    cache.clear()  # a code counts once
    return str(totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time())))))


@pytest.mark.parametrize("path", CLOSED)
def test_nothing_opens_before_a_factor_is_added(client: Client, member_of_staff: User, path: str) -> None:
    sign_in(client, member_of_staff)

    assert client.get(path)["Location"] == "/account/2fa/"
    assert client.get("/account/2fa/").status_code == 200


def test_adding_an_app_opens_the_door(client: Client, member_of_staff: User) -> None:
    sign_in(client, member_of_staff)
    page = client.get("/account/2fa/totp/activate/")

    reply = client.post("/account/2fa/totp/activate/", {"code": code_of(page.context["form"].secret)})

    assert reply["Location"] == "/account/2fa/recovery-codes/"
    assert client.get("/account/2fa/recovery-codes/").status_code == 200
    assert client.get("/staff/").status_code == 200


def test_signs_in_with_the_code(client: Client, member_of_staff: User, secret: str) -> None:
    assert sign_in(client, member_of_staff, next="/staff/list/") == "/account/2fa/authenticate/"
    assert client.get("/staff/")["Location"].startswith("/account/login/"), "half signed in is not in"

    reply = client.post("/account/2fa/authenticate/", {"code": code_of(secret)})

    assert reply["Location"] == "/staff/list/"
    assert client.get("/staff/").status_code == 200


def test_the_seed_is_sealed_at_rest(member_of_staff: User, secret: str) -> None:
    kept = Authenticator.objects.get(user=member_of_staff).data["secret"]

    assert secret not in kept
    assert vault.open_text("second factor", kept) == secret
    with pytest.raises(vault.Unreadable):
        vault.open_text("something else", kept)


def test_a_wrong_code_is_refused(client: Client, member_of_staff: User, secret: str) -> None:
    sign_in(client, member_of_staff)

    reply = client.post("/account/2fa/authenticate/", {"code": "000000"})

    assert "did not fit" in reply.content.decode()
    assert client.get("/staff/")["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    "path", [*CLOSED, "/account/2fa/", "/account/2fa/webauthn/add/", "/account/2fa/totp/activate/"]
)
def test_a_session_that_never_used_the_factor_is_asked_for_it(
    client: Client, member_of_staff: User, secret: str, path: str
) -> None:
    client.force_login(member_of_staff)

    assert client.get(path)["Location"].startswith("/account/2fa/reauthenticate/")
    client.post("/account/2fa/reauthenticate/", {"code": code_of(secret)})
    assert client.get("/staff/").status_code == 200


def test_the_way_out_stays_open(client: Client, member_of_staff: User) -> None:
    sign_in(client, member_of_staff)

    assert client.post("/account/logout/")["Location"] == "/account/login/"


def test_staff_exchange_their_factor_but_keep_one(client: Client, member_of_staff: User, secret: str) -> None:
    sign_in(client, member_of_staff)
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)})

    reply = client.post("/account/2fa/totp/deactivate/")

    assert "Add another way first" in reply.content.decode()
    assert Authenticator.objects.filter(user=member_of_staff, type="totp").exists()


def test_customers_may_do_without(client: Client) -> None:
    user = give_password(MemberFactory(company=CompanyFactory()).user)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)

    assert sign_in(client, user) == "/"
    assert client.get("/account/2fa/").status_code == 200
    assert client.get("/account/").status_code == 200


def test_the_last_passkey_of_staff_stays(client: Client, member_of_staff: User) -> None:
    key = Authenticator.objects.create(
        user=member_of_staff, type="webauthn", data={"name": "Passkey 1", "credential": {}}
    )
    client.force_login(member_of_staff)
    session = client.session
    session[ENROLLED_KEY] = member_of_staff.pk
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = str(member_of_staff.pk)
    session.save()

    client.post(f"/account/2fa/webauthn/keys/{key.pk}/remove/")

    assert Authenticator.objects.filter(pk=key.pk).exists()
    totp.TOTP.activate(member_of_staff, totp.generate_totp_secret())
    client.post(f"/account/2fa/webauthn/keys/{key.pk}/remove/")
    assert not Authenticator.objects.filter(pk=key.pk).exists()
