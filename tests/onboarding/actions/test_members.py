"""Members: invited, joined, given roles, removed; the last owner stays, and nobody reaches into another company."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections

from onboarding import errors, tenancy
from onboarding.actions import members
from onboarding.actors import Role
from onboarding.models import ApiToken, Company, Event, Invitation, JoinRequest, Member, Message, User
from tests.factories import (
    NOW,
    CompanyFactory,
    EngagementFactory,
    MemberFactory,
    UserFactory,
    lead,
    member,
    owner,
    specialist,
    stranger,
    viewer,
)

pytestmark = pytest.mark.django_db
INVITED = "nina@kingfisher.example"


@pytest.fixture
def company() -> Company:
    return EngagementFactory().company


def invite(company: Company, *, email: str = INVITED, roles: tuple[str, ...] = ("billing",)) -> str:
    """Invite; the secret of the link that was mailed."""
    found = members.invite(company.pk, email=email, name="Nina", roles=roles, by=owner(company), at=NOW)
    return str(Message.objects.get(key=f"invitation:{found.pk}").path).split("/")[2]


def test_an_invitation_keeps_a_digest_and_mails_the_secret(company: Company) -> None:
    secret = invite(company, email=" Nina@Kingfisher.example ")

    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.roles) == (INVITED, ["billing"])
    assert invitation.digest == members.digest_of(secret)
    assert invitation.expires_at == NOW + timedelta(days=14)
    assert secret not in str(list(Event.objects.values_list("data", flat=True)))
    assert [event.kind for event in Event.objects.all()] == ["member.invited"]


def test_a_second_invitation_replaces_the_first(company: Company) -> None:
    first, second = invite(company), invite(company, roles=("viewer",))

    with pytest.raises(errors.NotFound):
        members.open_invitation(first, at=NOW)
    assert members.open_invitation(second, at=NOW).roles == ["viewer"]


def test_who_may_invite(company: Company) -> None:
    words = {"email": INVITED, "name": "", "roles": ["viewer"], "at": NOW}
    for by, refusal in (
        (viewer(company), errors.NotYours), (member(company, Role.TECHNICAL), errors.NotYours),
        (stranger(), errors.NotFound),
    ):  # fmt: skip
        with pytest.raises(refusal):
            members.invite(company.pk, by=by, **words)
    assert Invitation.objects.count() == Message.objects.count() == 0

    members.invite(company.pk, by=specialist(), **words)
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("roles", [[], ["lead"], ["nobody"]])
def test_roles_are_a_companys_own(company: Company, roles: list[str]) -> None:
    with pytest.raises(errors.BadInput) as refusal:
        members.invite(company.pk, email=INVITED, name="", roles=roles, by=owner(company), at=NOW)

    assert list(refusal.value.fields) == ["roles"]


def test_a_member_is_not_invited_again(company: Company) -> None:
    there = MemberFactory(company=company)

    with pytest.raises(errors.BadInput):
        members.invite(company.pk, email=there.user.email, name="", roles=["viewer"], by=owner(company), at=NOW)


def test_the_invited_person_joins_once(company: Company) -> None:
    secret, user = invite(company), UserFactory(email=INVITED)

    joined = members.accept_invitation(secret, user=user, at=NOW)

    assert (joined.company, joined.roles, joined.joined_at) == (company, ["billing"], NOW)
    with pytest.raises(errors.NotFound):
        members.accept_invitation(secret, user=user, at=NOW)
    assert Event.objects.filter(kind="member.joined").count() == 1


@pytest.mark.parametrize("late", [False, True], ids=["another person", "too late"])
def test_nobody_else_joins_and_nothing_is_spent(company: Company, late: bool) -> None:
    secret = invite(company)
    user = UserFactory(email=INVITED) if late else UserFactory()
    at = NOW + timedelta(days=14) if late else NOW

    with pytest.raises(errors.NotFound if late else errors.NotYours):
        members.accept_invitation(secret, user=user, at=at)

    assert Invitation.objects.get().accepted_at is None
    assert not Member.objects.filter(user=user).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_accepting_twice_at_once_joins_once() -> None:
    with tenancy.acting(staff=True):
        company = EngagementFactory().company
        secret, user = invite(company), UserFactory(email=INVITED)
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def accept() -> None:
        start.wait()
        try:
            members.accept_invitation(secret, user=User.objects.get(pk=user.pk), at=NOW)
            outcomes.append("joined")
        except errors.NotFound:
            outcomes.append("spent")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(outcomes) == ["joined", "spent"]
    with tenancy.acting(staff=True):
        assert Event.objects.filter(kind="member.joined").count() == 1


def test_an_invitation_is_withdrawn_until_it_is_accepted(company: Company) -> None:
    secret = invite(company)
    pending = Invitation.objects.get()
    with pytest.raises(errors.NotYours):
        members.revoke_invitation(pending.pk, by=viewer(company), at=NOW)
    with pytest.raises(errors.NotFound):
        members.revoke_invitation(pending.pk, by=stranger(), at=NOW)

    members.revoke_invitation(pending.pk, by=owner(company), at=NOW)

    with pytest.raises(errors.NotFound):
        members.open_invitation(secret, at=NOW)
    accepted = invite(company)
    members.accept_invitation(accepted, user=UserFactory(email=INVITED), at=NOW)
    with pytest.raises(errors.WrongState):
        members.revoke_invitation(Invitation.objects.get(accepted_at=NOW).pk, by=owner(company), at=NOW)


def test_the_last_owner_stays_owner(company: Company) -> None:
    boss = MemberFactory(company=company)
    MemberFactory(company=company, roles=["viewer"])
    MemberFactory(company=company, removed_at=NOW)

    with pytest.raises(errors.WrongState):
        members.change_roles(boss.pk, roles=["viewer"], by=lead(), at=NOW)
    with pytest.raises(errors.WrongState):
        members.remove(boss.pk, by=lead(), at=NOW)

    boss.refresh_from_db()
    assert (boss.roles, boss.removed_at) == (["owner", "signatory"], None)
    assert Event.objects.count() == 0


def test_roles_change_in_order_and_are_recorded(company: Company) -> None:
    other = MemberFactory(company=company, roles=["viewer"])

    members.change_roles(other.pk, roles=["technical", "billing"], by=owner(company), at=NOW)

    other.refresh_from_db()
    assert other.roles == ["billing", "technical"]
    assert Event.objects.get().kind == "member.roles_changed"
    for by, refusal in ((viewer(company), errors.NotYours), (stranger(), errors.NotFound)):
        with pytest.raises(refusal):
            members.change_roles(other.pk, roles=["owner"], by=by, at=NOW)


def test_a_removed_member_leaves_no_token_behind(company: Company) -> None:
    other = MemberFactory(company=company, roles=["technical"])
    kept = {"name": "CRM", "scopes": ["engagements:read"], "role": "technical", "created_at": NOW}
    ends = {"expires_at": NOW + timedelta(days=30)}
    ApiToken.objects.create(company=company, created_by=other.user, digest="a" * 64, **kept, **ends)
    ApiToken.objects.create(company=company, created_by=UserFactory(), digest="b" * 64, **kept, **ends)

    members.remove(other.pk, by=owner(company), at=NOW)

    assert ApiToken.objects.get(digest="a" * 64).revoked_at == NOW
    assert ApiToken.objects.get(digest="b" * 64).revoked_at is None
    with pytest.raises(errors.NotFound):
        members.remove(other.pk, by=owner(company), at=NOW)


@pytest.mark.parametrize("is_accepted", [True, False])
def test_an_owner_decides_once_who_is_let_in(company: Company, is_accepted: bool) -> None:
    request = JoinRequest.objects.create(company=company, user=UserFactory(), created_at=NOW)
    choice = {"is_accepted": is_accepted, "roles": ["contributor"], "at": NOW}
    for by, refusal in ((viewer(company), errors.NotYours), (owner(CompanyFactory()), errors.NotFound)):
        with pytest.raises(refusal):
            members.decide_join_request(request.pk, by=by, **choice)

    members.decide_join_request(request.pk, by=owner(company), **choice)

    assert Member.objects.filter(user=request.user, roles=["contributor"]).exists() is is_accepted
    assert [mail.to for mail in Message.objects.all()] == [request.user.email]
    with pytest.raises(errors.WrongState):
        members.decide_join_request(request.pk, by=owner(company), **choice)
