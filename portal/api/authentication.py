"""Authorization: Bearer …: the token's digest decides who asks; its tenant's context is entered by the endpoint."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta

from django.http import HttpRequest
from django.utils.timezone import now
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from onboarding.actors import Actor
from onboarding.models import ApiToken, User
from onboarding.queries.api_tokens import bearer_of
from onboarding.queries.engagements import NOTED_FOR
from portal.api import throttles
from portal.middleware import client_ip

REALM = 'Bearer realm="InterWeave onboarding"'
NO_TOKEN = "Send a token of your company: Authorization: Bearer iw_…"  # noqa: S105 - words, no secret
DEAD_TOKEN = "This token is unknown, expired or revoked, or the person who made it is gone."  # noqa: S105


@dataclass(frozen=True)
class Bearer:
    """Who a request's token stands for."""

    token: ApiToken
    actor: Actor

    @property
    def is_noted(self) -> bool:
        """True when this use needs no writing down."""
        noted: timedelta | None = now() - self.token.last_used_at if self.token.last_used_at else None
        return noted is not None and noted < NOTED_FOR


class BearerToken(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, Bearer] | None:
        digest = digest_in(request._request)  # noqa: SLF001 - DRF's documented way to Django's request
        if digest is None:
            return None
        found = bearer_of(digest, at=now())
        if found is None:
            throttles.count_stranger(request)
            raise AuthenticationFailed(DEAD_TOKEN)
        token, actor = found
        seen = replace(actor, ip=client_ip(request), user_agent=request.headers.get("User-Agent", "")[:300])
        return token.created_by, Bearer(token, seen)

    def authenticate_header(self, request: Request) -> str:
        return REALM


def digest_in(request: HttpRequest) -> str | None:
    """The SHA-256 of the request's bearer token in hex; None when it carries none."""
    scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    secret = secret.strip()
    return hashlib.sha256(secret.encode()).hexdigest() if scheme.lower() == "bearer" and secret else None
