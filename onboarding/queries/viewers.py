"""Who is asking: users, tokens and invitations turned into actors."""

from __future__ import annotations

from onboarding import tenancy
from onboarding.actors import Actor, Role
from onboarding.models import ApiToken, JoinRequest, Member, Specialist, User


def staff_actor(user: User) -> Actor | None:
    """The user as one of InterWeave's staff, or None."""
    specialist = Specialist.objects.filter(user=user, removed_at=None).first()
    if specialist is None or not user.is_active:
        return None
    return Actor(
        kind="staff", name=user.name, roles=frozenset({Role(specialist.role)}), user_id=user.pk, email=user.email
    )


def member_actor(member: Member) -> Actor:
    """A member as actor of their company."""
    return Actor(
        kind="member",
        name=member.user.name,
        roles=frozenset(Role(role) for role in member.roles),
        company_id=member.company_id,
        user_id=member.user_id,
        email=member.user.email,
    )


def memberships(user: User) -> list[Member]:
    """The companies this user belongs to today, newest first. Needs the user's own context (`tenancy.acting`)."""
    return list(
        Member.objects.select_related("user", "company").filter(user=user, removed_at=None).order_by("-joined_at")
    )


def waits_to_join(user: User) -> bool:
    """True while an owner has not decided whether to let this person in."""
    with tenancy.acting(staff=True):
        return JoinRequest.objects.filter(user=user, decided_at=None).exists()


def token_actor(token: ApiToken) -> Actor:
    """A program: what its token's role may do, within its scopes."""
    return Actor(
        kind="token",
        name=f"{token.name} (API)",
        roles=frozenset({Role(token.role)}),
        company_id=token.company_id,
        user_id=token.created_by_id,
        scopes=frozenset(token.scopes),
    )
