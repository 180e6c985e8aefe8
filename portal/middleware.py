"""Who looks at this page, and whose rows the database may show: decided once, before the view's transaction begins."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from urllib.parse import unquote

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from onboarding import tenancy
from onboarding.actors import Actor
from onboarding.models import User
from onboarding.queries import viewers

COMPANY_KEY = "company_id"
ZONE_COOKIE = "zone"  # written by the page's script


class ViewerMiddleware:
    """Sets request.viewer (an Actor or None), request.member and request.own_zone, and acts for that tenant while the view runs.

    The membership is read at every request: a removed member is out within one request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.own_zone = _own_zone(request)
        with timezone.override(_zone(request)):
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        request.viewer, request.member, request.memberships = None, None, []
        if request.path.startswith(("/api/", "/static/", "/healthz", "/readyz")) or not request.user.is_authenticated:
            return self.get_response(request)
        with tenancy.acting(user_id=request.user.pk), transaction.atomic():
            request.viewer = _viewer(request, request.user)
        if request.viewer is None:
            # The back office reads every company's rows; its own door asks for the second factor (portal.accounts).
            sees_all = request.user.is_superuser and request.path.startswith("/admin/")
            with tenancy.acting(user_id=request.user.pk, staff=sees_all):
                return self.get_response(request)
        request.viewer = replace(
            request.viewer, ip=client_ip(request), user_agent=request.headers.get("User-Agent", "")[:300]
        )
        context = {"staff": True} if request.viewer.is_staff else {"company_id": request.viewer.company_id}
        with tenancy.acting(user_id=request.user.pk, **context):
            return self.get_response(request)


def _zone(request: HttpRequest) -> zoneinfo.ZoneInfo | None:
    """The person's own time zone where they set one, else the browser's; None (UTC) for programs."""
    if request.path.startswith("/api/"):
        return None
    name = request.own_zone or zone_of(request)
    return zoneinfo.ZoneInfo(name) if name else None


def _own_zone(request: HttpRequest) -> str:
    """The zone of the person's profile; empty for a program, a visitor, and UTC, which every profile begins with."""
    if request.path.startswith("/api/") or not request.user.is_authenticated:
        return ""
    own = request.user.time_zone
    return own if own != "UTC" and own in known_zones() else ""


def zone_of(request: HttpRequest) -> str:
    """The browser's time zone by its cookie: an IANA name this machine knows, or empty."""
    name = unquote(request.COOKIES.get(ZONE_COOKIE, ""))
    return name if name in known_zones() else ""


@cache
def known_zones() -> frozenset[str]:
    """Every IANA name of this machine's time zone data; read once, it takes a tenth of a second."""
    return frozenset(zoneinfo.available_timezones())


def _viewer(request: HttpRequest, user: User) -> Actor | None:
    if staff := viewers.staff_actor(user):
        return staff
    request.memberships = viewers.memberships(user)
    chosen = request.session.get(COMPANY_KEY)
    for member in request.memberships:
        if member.company_id == chosen or chosen is None:
            request.member = member
            return viewers.member_actor(member)
    request.member = request.memberships[0] if request.memberships else None
    return viewers.member_actor(request.member) if request.member else None


def client_ip(request: HttpRequest) -> str:
    """The peer's address; X-Forwarded-For counts only as many hops as PROXY_COUNT says are ours."""
    hops = settings.REST_FRAMEWORK["NUM_PROXIES"]
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return request.META.get("REMOTE_ADDR", "")
