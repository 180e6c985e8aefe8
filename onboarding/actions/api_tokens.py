"""Programs' keys: shown once, kept as SHA-256, with scopes and an expiry."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from onboarding import errors
from onboarding.actions.members import digest_of
from onboarding.actors import Actor, Role
from onboarding.models import ApiToken, User
from onboarding.queries.engagements import NOTED_FOR

PREFIX = "iw_"
SCOPES = {
    "engagements:read": "Read engagements, their status, steps and timeline",
    "engagements:move": "Move engagements from step to step",
    "questionnaires:read": "Read questionnaires, their answers and reviews",
    "questionnaires:write": "Answer, submit, review and comment questionnaires",
    "documents:read": "List and download documents",
    "documents:write": "Upload, ask for and review documents",
    "requirements:read": "Read requirements, their sources and change requests",
    "requirements:write": "Add, change and sign off requirements, ask for and decide on changes",
    "verifications:read": "Read checks, domain proofs, authority, company details, contacts and records",
    "verifications:write": "Prove domains and authority, correct details and contacts, approve records, decide checks",
    "meetings:read": "Read meetings and free times",
    "meetings:write": "Book, move and cancel meetings",
    "agreements:read": "Read agreements, their versions, signers, copies and comments",
    "agreements:write": "Choose signers and copies, review, issue, comment, decline and void agreements",
    "invoices:read": "Read invoices, their payments and statements of account",
    "invoices:write": "Draft, change, issue and void invoices, order statements of account",
    "payments:write": "Record, confirm, reject and send back payments, open payment pages",
    "bank:read": "Read the bank's statements (InterWeave's finance)",
    "bank:write": "Take in the bank's statements and decide on their entries (InterWeave's finance)",
    "connections:read": "Read connections and their checks",
    "connections:check": "Start connectivity checks",
}


@transaction.atomic
def create(
    *, user: User, company_id: int | None, name: str, role: str, scopes: Iterable[str], days: int | None, by: Actor,
    at: datetime,
) -> tuple[ApiToken, str]:  # fmt: skip
    """A new token and its secret, which is shown now and never again. Its role is one that its maker holds."""
    chosen = sorted(set(scopes))
    problems = {}
    if not name.strip():
        problems["name"] = "Name the program that will use this token."
    if not chosen or any(scope not in SCOPES for scope in chosen):
        problems["scopes"] = "Choose what the program may do."
    if problems:
        raise errors.BadInput(fields=problems)
    if not by.has(Role(role)) or by.company_id != company_id:
        raise errors.NotYours("A token can't do more than its maker.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        company_id=company_id,
        created_by=user,
        name=name.strip()[:100],
        role=role,
        scopes=chosen,
        digest=digest_of(secret),
        hint=secret[-4:],
        created_at=at,
        expires_at=at + timedelta(days=days) if days else None,
    )
    return token, secret


@transaction.atomic
def revoke(token_id: int, *, by: Actor, at: datetime) -> ApiToken:
    """End a token: the next request with it is a stranger's."""
    token = ApiToken.objects.visible_to(by).filter(pk=token_id).first()
    if token is None:
        raise errors.NotFound
    if not by.has(Role.OWNER, Role.TECHNICAL, Role.LEAD) and token.created_by_id != by.user_id:
        raise errors.NotYours("The token's maker or the owner revokes it.")
    token.revoked_at = token.revoked_at or at
    token.save(update_fields=["revoked_at"])
    return token


@transaction.atomic
def note_use(token_id: int, *, at: datetime) -> bool:
    """Write down that a token is in use, at most once a minute: reads stay reads. False when it was noted lately."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=at - NOTED_FOR)
    return bool(ApiToken.objects.filter(stale, pk=token_id).update(last_used_at=at))
