"""Who bears a token: the token and its tenant, and what its role is worth today."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from onboarding import tenancy
from onboarding.actors import Actor, Role
from onboarding.models import ApiToken, Member, Specialist
from onboarding.queries.viewers import token_actor


def bearer_of(digest: str, *, at: datetime) -> tuple[ApiToken, Actor] | None:
    """The token with this SHA-256 and who acts by it; None when unknown, expired, revoked, or its maker is gone.

    A maker who lost the token's role since leaves it with reading only. Two queries, each in the context that may.
    """
    with tenancy.acting(token_digest=digest):
        living = Q(expires_at=None) | Q(expires_at__gt=at)
        tokens = ApiToken.objects.select_related("created_by")
        token = tokens.filter(living, digest=digest, revoked_at=None, created_by__is_active=True).first()
    if token is None:
        return None
    with tenancy.acting(company_id=token.company_id, staff=token.company_id is None):
        roles = _roles_today(token)
    if roles is None:
        return None
    actor = token_actor(token)
    reads = Role.AUDITOR if token.company_id is None else Role.VIEWER
    return token, actor if actor.roles <= roles else replace(actor, roles=frozenset({reads}))


def _roles_today(token: ApiToken) -> frozenset[str] | None:
    if token.company_id is not None:
        member = Member.objects.filter(company_id=token.company_id, user=token.created_by_id, removed_at=None)
        if (roles := member.values_list("roles", flat=True).first()) is not None:
            return frozenset(roles)
    specialist = Specialist.objects.filter(user=token.created_by_id, removed_at=None)
    role = specialist.values_list("role", flat=True).first()
    return None if role is None else frozenset({role})
