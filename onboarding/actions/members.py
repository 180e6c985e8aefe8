"""Members: invited, joined, given roles, removed. An invitation is hashed, expires and is spent by POST."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from onboarding import errors, outbox, tenancy
from onboarding.actions import messages
from onboarding.actors import MEMBER_ROLES, SPECIALISTS, Actor, Role
from onboarding.library import mailboxes
from onboarding.models import ApiToken, Company, Engagement, Invitation, JoinRequest, Member, User
from onboarding.queries.viewers import member_actor

INVITATION_DAYS = 14
INVITERS = SPECIALISTS | {Role.OWNER}


def digest_of(secret: str) -> str:
    """What the database keeps of a secret link or token."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def invite(company_id: int, *, email: str, name: str, roles: Iterable[str], by: Actor, at: datetime) -> Invitation:
    """Invite one person into the company by mail; a second invitation to the same address replaces the first."""
    company = _company(company_id, by)
    if not by.has(*INVITERS):
        raise errors.NotYours("The owner of the company invites people.")
    chosen = _checked_roles(roles)
    email = email.strip().lower()
    try:
        mailboxes.require(email)
    except ValidationError as refusal:
        raise errors.BadInput(fields={"email": refusal.messages[0]}) from None
    if Member.objects.filter(company=company, user__email=email, removed_at=None).exists():
        raise errors.BadInput(fields={"email": "This person is a member already."})
    Invitation.objects.filter(company=company, email=email, accepted_at=None, revoked_at=None).update(revoked_at=at)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        company=company,
        email=email,
        name=name.strip(),
        roles=chosen,
        digest=digest_of(secret),
        invited_by=by.name,
        created_at=at,
        expires_at=at + timedelta(days=INVITATION_DAYS),
    )
    _record(company, "member.invited", by=by, at=at, data={"email": email, "roles": chosen})
    messages.send(
        company=company,
        engagement=None,
        kind="member.invited",
        to=email,
        subject=f"{by.name} invites you to {company.name}'s onboarding",
        text=f"You can join as {', '.join(chosen)}. The link works until {invitation.expires_at:%-d %B %Y}.",
        key=f"invitation:{invitation.pk}",
        at=at,
        path=f"/join/{secret}/",
        button="Join the onboarding",
    )
    return invitation


def _checked_roles(roles: Iterable[str]) -> list[str]:
    chosen = [role for role in MEMBER_ROLES if role in set(roles)]
    if not chosen:
        raise errors.BadInput(fields={"roles": "Choose at least one role."})
    return [role.value for role in chosen]


def _company(company_id: int, by: Actor) -> Company:
    company = Company.objects.visible_to(by).filter(pk=company_id).first()
    if company is None:
        raise errors.NotFound
    return company


def _record(company: Company, kind: str, *, by: Actor, at: datetime, data: dict) -> None:
    for engagement in Engagement.objects.select_related("company").filter(company=company):
        outbox.record(kind, engagement, by=by, at=at, data=data)


def open_invitation(secret: str, *, at: datetime) -> Invitation:
    """The invitation behind a link, still open. Opening spends nothing: mail scanners open links too."""
    with tenancy.acting(token_digest=digest_of(secret)), transaction.atomic():
        found = (
            Invitation.objects.select_related("company")
            .filter(digest=digest_of(secret), accepted_at=None, revoked_at=None, expires_at__gt=at)
            .first()
        )
    if found is None:
        raise errors.NotFound("This invitation was used, withdrawn or has expired. Ask for a new one.")
    return found


@transaction.atomic
def accept_invitation(secret: str, *, user: User, at: datetime) -> Member:
    """Spend an invitation: the user, signed in under the invited address, becomes a member."""
    invitation = open_invitation(secret, at=at)
    if user.email != invitation.email:
        raise errors.NotYours(f"This invitation is for {invitation.email}. Sign in under that address.")
    with tenancy.acting(company_id=invitation.company_id):
        spent = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(accepted_at=at)
        if not spent:
            raise errors.NotFound("This invitation was used already.")
        return _join(invitation.company, user, roles=invitation.roles, at=at)


def _join(company: Company, user: User, *, roles: list[str], at: datetime) -> Member:
    member, _ = Member.objects.update_or_create(
        company=company, user=user, defaults={"roles": roles, "joined_at": at, "removed_at": None}
    )
    _record(company, "member.joined", by=member_actor(member), at=at, data={"email": user.email, "roles": roles})
    return member


@transaction.atomic
def revoke_invitation(invitation_id: int, *, by: Actor, at: datetime) -> Invitation:
    """Withdraw an invitation that was not accepted."""
    invitation = Invitation.objects.visible_to(by).filter(pk=invitation_id).first()
    if invitation is None:
        raise errors.NotFound
    if not by.has(*INVITERS):
        raise errors.NotYours("The owner of the company withdraws invitations.")
    if invitation.accepted_at:
        raise errors.WrongState("This invitation was accepted already. Remove the member instead.")
    invitation.revoked_at = invitation.revoked_at or at
    invitation.save(update_fields=["revoked_at"])
    _record(invitation.company, "member.invitation_revoked", by=by, at=at, data={"email": invitation.email})
    return invitation


@transaction.atomic
def change_roles(member_id: int, *, roles: Iterable[str], by: Actor, at: datetime) -> Member:
    """Give a member other roles; the last owner stays owner."""
    member = _member(member_id, by)
    chosen = _checked_roles(roles)
    if Role.OWNER not in chosen:
        _keep_an_owner(member)
    member.roles = chosen
    member.save(update_fields=["roles"])
    _record(member.company, "member.roles_changed", by=by, at=at, data={"email": member.user.email, "roles": chosen})
    return member


@transaction.atomic
def remove(member_id: int, *, by: Actor, at: datetime) -> Member:
    """Remove a member: sessions and tokens of that person open nothing here from the next request on."""
    member = _member(member_id, by)
    _keep_an_owner(member)
    member.removed_at = at
    member.save(update_fields=["removed_at"])
    ApiToken.objects.filter(company_id=member.company_id, created_by=member.user, revoked_at=None).update(revoked_at=at)
    _record(member.company, "member.removed", by=by, at=at, data={"email": member.user.email})
    return member


def _member(member_id: int, by: Actor) -> Member:
    rows = Member.objects.visible_to(by).select_for_update(of=("self",)).select_related("user", "company")
    member = rows.filter(pk=member_id, removed_at=None).first()
    if member is None:
        raise errors.NotFound
    if not by.has(Role.OWNER, Role.LEAD):
        raise errors.NotYours("The owner of the company decides who is a member.")
    return member


def is_only_owner(member: Member) -> bool:
    """True when nobody else of the company decides who is a member: this one has to stay."""
    others = Member.objects.filter(company_id=member.company_id, removed_at=None).exclude(pk=member.pk)
    return Role.OWNER in member.roles and not any(Role.OWNER in other.roles for other in others)


def _keep_an_owner(member: Member) -> None:
    if is_only_owner(member):
        raise errors.WrongState("A company keeps at least one owner. Make somebody else owner first.")


def request_to_join(company_id: int, *, user: User, message: str, at: datetime) -> JoinRequest:
    """Ask a company's owners to be let in; an open request is kept, not doubled."""
    company = Company.objects.get(pk=company_id)
    request, is_new = JoinRequest.objects.get_or_create(
        company=company, user=user, decided_at=None, defaults={"message": message, "created_at": at}
    )
    if is_new:
        for owner in Member.objects.select_related("user").filter(company=company, removed_at=None):
            if Role.OWNER in owner.roles:
                _ask_owner(company, request, owner, at=at)
    return request


def _ask_owner(company: Company, request: JoinRequest, owner: Member, *, at: datetime) -> None:
    messages.send(
        company=company,
        engagement=None,
        kind="member.join_requested",
        to=owner.user.email,
        subject=f"{request.user.name} asks to join {company.name}",
        text=f"{request.user.name} <{request.user.email}> asks to join. {request.message}".strip(),
        key=f"join:{request.pk}:{owner.pk}",
        at=at,
        path="/people/",
        button="Decide",
    )


@transaction.atomic
def decide_join_request(
    request_id: int, *, is_accepted: bool, roles: Iterable[str], by: Actor, at: datetime
) -> JoinRequest:
    """An owner lets somebody in, with roles, or does not."""
    rows = JoinRequest.objects.visible_to(by).select_related("user", "company").select_for_update(of=("self",))
    request = rows.filter(pk=request_id).first()
    if request is None:
        raise errors.NotFound
    if not by.has(*INVITERS):
        raise errors.NotYours("The owner of the company decides who joins.")
    if request.decided_at:
        raise errors.WrongState("This request was decided already.")
    chosen = _checked_roles(roles) if is_accepted else []
    request.decided_at, request.decided_by, request.is_accepted = at, by.name, is_accepted
    request.save(update_fields=["decided_at", "decided_by", "is_accepted"])
    if is_accepted:
        _join(request.company, request.user, roles=chosen, at=at)
    messages.send(
        company=request.company,
        engagement=None,
        kind="member.join_decided",
        to=request.user.email,
        subject=f"You are in: {request.company.name}" if is_accepted else "Your request to join was declined",
        text=f"{by.name} let you in."
        if is_accepted
        else "The company's owner declined. Ask them, if that surprises you.",
        key=f"join-decided:{request.pk}",
        at=at,
        path="/" if is_accepted else "",
        button="Open the onboarding" if is_accepted else "",
    )
    return request
