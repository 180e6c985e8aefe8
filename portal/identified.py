"""Identity confirmed anew before a signature, and how and when that was, by the session's own record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows, is_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

P = ParamSpec("P")
WAYS = {
    "password": "their password",
    "password_reset": "a new password, set by a link sent to their address",
    "code": "a code sent to their address",
    "totp": "a code of their authenticator app",
    "recovery_codes": "one of their recovery codes",
    "webauthn": "their passkey",
}
SIGN_IN_AGAIN = "Sign in again: a signature asks for it anew, and you have no password to ask for."


def required(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """The page asks for password or second factor first, unless this session gave one within five minutes.

    Who has neither (they sign in by mailed codes) signs in again. What was posted meanwhile is taken up afterwards.
    """

    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated and not get_reauthentication_flows(request.user):
            if not get_adapter(request).is_fresh(request):
                return _sign_in_again(request)
        elif is_reauthentication_required(request, app=""):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return page


def _sign_in_again(request: HttpRequest) -> HttpResponseBase:
    path = request.get_full_path()
    logout(request)
    messages.info(request, SIGN_IN_AGAIN)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': path})}")


def _last(request: HttpRequest) -> dict[str, Any]:
    records = get_authentication_records(request, request.user)
    return max(records, key=lambda one: one.get("at", 0), default={})


def how(request: HttpRequest) -> str:
    """In words, for a certificate."""
    last = _last(request)
    way = WAYS.get(last.get("type") or last.get("method", ""), "their sign-in")
    return f"identity confirmed again by {way}" if last.get("reauthenticated") else f"signed in just before by {way}"


def when(request: HttpRequest) -> datetime | None:
    """The moment of it; None when the session does not say."""
    at = _last(request).get("at")
    return datetime.fromtimestamp(at, tz=UTC) if at else None
