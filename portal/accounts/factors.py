"""Who needs a second factor, who has one, and whether this session proved it."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from onboarding.models import User
from onboarding.queries import viewers

# Set when a factor is added in this very session: the code just typed, or the key just touched, was the proof.
ENROLLED_KEY = "second_factor_added"


def needs_second_factor(user: User) -> bool:
    """InterWeave's staff, and whoever may open the back office."""
    return user.is_staff or user.is_superuser or viewers.staff_actor(user) is not None


def has_second_factor(user: User) -> bool:
    """An authenticator app or a key; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def is_proven(request: HttpRequest) -> bool:
    """True when this session used a second factor: at sign-in, to re-authenticate, or by adding one here."""
    if request.session.get(ENROLLED_KEY) == request.user.pk:
        return True
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))
