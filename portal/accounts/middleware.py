"""The door behind the sign-in: a second factor for staff, one company for everybody else."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts import companies, factors
from portal.middleware import COMPANY_KEY

ENROL_FIRST = _("Your work here needs a second factor. Add an authenticator app or a passkey to go on.")
# What stays open to somebody without a second factor, and to somebody who has one but did not use it: a password alone
# must not be enough to add a second one.
ADDING = frozenset(
    ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "account_logout", "extend_session"]
)
PROVING = frozenset(["mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_logout", "extend_session"])
OK, UNPROCESSABLE = 200, 422
OPEN_PREFIXES = (
    "/account/", "/join/", "/register/", "/companies/", "/session/", "/admin/", "/gallery/", "/verify/", "/door/",
)  # fmt: skip
UNTOUCHED_PREFIXES = ("/api/", "/static/", "/healthz", "/readyz")


class DoorMiddleware:
    """Runs after ViewerMiddleware. Signed in is not yet inside."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(UNTOUCHED_PREFIXES) or not request.user.is_authenticated:
            return self.get_response(request)
        return _door(request) or self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """The sign-in library shows a refused form under 200; refused is 422 on every page of ours."""
        form = (response.context_data or {}).get("form")
        if request.method == "POST" and response.status_code == OK and getattr(form, "errors", None):
            response.status_code = UNPROCESSABLE
        return response


def _door(request: HttpRequest) -> HttpResponse | None:
    """The page this person must pass first, or None."""
    is_staff = request.viewer is not None and request.viewer.is_staff
    if is_staff or request.user.is_superuser or request.user.is_staff:
        return _second_factor(request)
    if request.path.startswith(OPEN_PREFIXES):
        return None
    if request.viewer is None:
        return companies.outside(request)
    if len(request.memberships) > 1 and request.member.company_id != request.session.get(COMPANY_KEY):
        return HttpResponseRedirect(f"{reverse('choose_company')}?{urlencode({'next': request.get_full_path()})}")
    return None


def _second_factor(request: HttpRequest) -> HttpResponse | None:
    if factors.is_proven(request):
        return None
    has_one = factors.has_second_factor(request.user)
    if _route(request.path) in (PROVING if has_one else ADDING):
        return None
    if has_one:
        return HttpResponseRedirect(_with_next(reverse("mfa_reauthenticate"), request))
    messages.warning(request, ENROL_FIRST)
    return HttpResponseRedirect(reverse("mfa_index"))


def _route(path: str) -> str | None:
    try:
        return resolve(path).url_name
    except Resolver404:
        return None


def _with_next(url: str, request: HttpRequest) -> str:
    return f"{url}?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else url
