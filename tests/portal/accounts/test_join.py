"""Invitations: opened any number of times, spent once, by the invited address only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils.timezone import now

from onboarding.actions import members
from onboarding.models import Company, Invitation, Member, Message, User
from portal.middleware import COMPANY_KEY
from tests.factories import CompanyFactory, MemberFactory, UserFactory, owner
from tests.portal.accounts.conftest import PASSWORD, Visitor, give_password, sign_in

pytestmark = pytest.mark.django_db
INVITED = "nina@kingfisher.example"
NEW = {"name": "Nina Novak", "password": PASSWORD}


@pytest.fixture
def company() -> Company:
    return CompanyFactory(name="Kingfisher")


@pytest.fixture
def link(company: Company) -> str:
    by = owner(company)
    members.invite(company.pk, email=INVITED, name="Nina", roles=["billing"], by=by, at=now())
    return str(Message.objects.get(kind="member.invited").path)


def known(email: str = INVITED, *, proven: bool = True) -> User:
    user = give_password(UserFactory(email=email))
    EmailAddress.objects.create(user=user, email=email, verified=proven, primary=True)
    return user


def test_opening_says_who_and_what_and_spends_nothing(client: Client, link: str) -> None:
    for _ in range(3):
        page = client.get(link).content.decode()
        assert "Join Kingfisher" in page
        assert "billing" in page
        assert INVITED in page

    assert Invitation.objects.get().accepted_at is None
    assert User.objects.filter(email=INVITED).count() == 0


def test_somebody_new_chooses_a_password_and_is_in(client: Client, link: str, company: Company) -> None:
    reply = client.post(link, NEW)

    assert reply["Location"] == "/"
    member = Member.objects.get(user__email=INVITED)
    assert (member.company, member.roles, member.user.name) == (company, ["billing"], "Nina Novak")
    assert EmailAddress.objects.get(user=member.user).verified
    assert client.session[COMPANY_KEY] == company.pk
    assert client.get("/account/").status_code == 200


def test_it_is_spent_once(client: Client, link: str) -> None:
    client.post(link, NEW)

    again = Visitor().post(link, NEW | {"name": "Somebody Else"})

    assert again.status_code == 410
    assert Member.objects.filter(user__email=INVITED).count() == 1
    assert User.objects.get(email=INVITED).name == "Nina Novak"


def test_a_known_person_signs_in_first_and_then_joins(client: Client, link: str, company: Company) -> None:
    user = known()
    assert f"/account/login/?next={link.replace('/', '%2F')}" in client.get(link).content.decode()
    assert client.post(link, NEW).status_code == 200
    assert not Member.objects.filter(user=user).exists(), "not without signing in"

    assert sign_in(client, user, next=link) == link
    reply = client.post(link)

    assert reply["Location"] == "/"
    assert Member.objects.get(user=user).company == company


def test_the_wrong_person_is_told_whose_it_is(client: Client, link: str) -> None:
    client.force_login(known("other@elsewhere.example"))
    assert "This invitation is for" in client.get(link).content.decode()

    reply = client.post(link)

    assert reply.status_code == 403
    assert Invitation.objects.get().accepted_at is None
    client.post(link, {"leave": "1"})
    assert "Choose a password" in client.get(link).content.decode()


def test_a_password_typed_before_the_address_was_proven_opens_nothing(client: Client, link: str) -> None:
    squatter = known(proven=False)

    client.post(link, NEW | {"password": "eight white swans"})

    squatter.refresh_from_db()
    assert squatter.check_password("eight white swans")
    assert not squatter.check_password(PASSWORD)
    assert Member.objects.get(user=squatter).roles == ["billing"]


@pytest.mark.parametrize("end", ["expired", "withdrawn", "wrong"])
def test_a_closed_invitation_says_so(client: Client, link: str, end: str) -> None:
    if end == "expired":
        Invitation.objects.update(expires_at=now() - timedelta(seconds=1))
    elif end == "withdrawn":
        Invitation.objects.update(revoked_at=now())
    else:
        link = "/join/of-nobody/"

    for reply in (client.get(link), client.post(link, NEW)):
        assert reply.status_code == 410
        assert "invitation is closed" in reply.content.decode()
    assert not User.objects.filter(email=INVITED).exists()


def test_a_weak_password_is_refused_and_nothing_is_spent(client: Client, link: str) -> None:
    reply = client.post(link, NEW | {"password": "nina"})

    assert reply.status_code == 422
    assert Invitation.objects.get().accepted_at is None
    assert not User.objects.filter(email=INVITED).exists()


def test_a_member_invited_again_gets_the_new_roles_and_no_second_membership(client: Client, company: Company) -> None:
    user = known()
    MemberFactory(company=company, user=user, roles=["viewer"], removed_at=now())
    members.invite(company.pk, email=INVITED, name="Nina", roles=["technical"], by=owner(company), at=now())
    client.force_login(user)

    client.post(Message.objects.get(kind="member.invited").path)

    member = Member.objects.get(user=user)
    assert (member.roles, member.removed_at) == (["technical"], None)
