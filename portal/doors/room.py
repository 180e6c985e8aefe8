"""Around every page of a door: whose it is, which company's rows it may touch, and that nothing of it is kept or told on.

A browser that is in holds a cookie of its own for each door, sent to the doors' addresses alone and apart from sign-in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache

from onboarding import errors, tenancy
from onboarding.actions import visits
from onboarding.actors import Actor
from onboarding.models import Door
from onboarding.queries import doors as queries
from onboarding.queries.doors import OPEN, State
from portal.middleware import client_ip

P = ParamSpec("P")
# The address of the link holds its secret: no page, picture or form may carry it on, and none of ours needs it. Not
# "no-referrer": with that, browsers send forms under the origin "null", which can't be told from a forged one.
REFERRER = "strict-origin"
GONE = {State.REVOKED, State.REPLACED, State.EXPIRED, State.OVER}


@dataclass(frozen=True)
class Visit:
    """One request at a door: which door, and who asks."""

    door: Door
    by: Actor

    @cached_property
    def state(self) -> State:
        """Where the door stands as this request begins."""
        return queries.state_of(self.door, at=now())


def link_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page under the link itself: found by its secret, whoever opens it."""

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, secret: str) -> HttpResponseBase:
        try:
            door = visits.by_link(secret)
        except errors.NotFound as unknown:
            return _quiet(render(request, "doors/unknown.html", {"words": unknown.words}, status=404))
        return _within(door, request, lambda visit: view(request, visit, secret))

    return page


def inside(
    *states: State, purpose: str = ""
) -> Callable[[Callable[Concatenate[HttpRequest, Visit, P], Any]], Callable[..., Any]]:
    """A page for the browser that is in, while the door stands in one of these states; else its first page says why.

    A page of the one purpose is not there behind doors of the other.
    """

    def decorate(view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponseBase]) -> Callable[..., Any]:
        @never_cache
        @wraps(view)
        def page(request: HttpRequest, door_id: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                door = visits.by_session(door_id, request.COOKIES.get(cookie_of(door_id), ""))
            except errors.NotFound:
                return _quiet(render(request, "doors/outside.html", status=404))
            return _within(door, request, lambda visit: answer(request, visit, *args, **kwargs))

        def answer(request: HttpRequest, visit: Visit, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if purpose not in {"", visit.door.purpose}:
                raise Http404
            if states and visit.state not in states:
                return redirect("doors:inside", visit.door.pk)
            return view(request, visit, *args, **kwargs)

        return page

    return decorate


def _within(door: Door, request: HttpRequest, answer: Callable[[Visit], HttpResponseBase]) -> HttpResponseBase:
    """Answer as the door's visitor, with the rows of its one company in reach."""
    agent = request.headers.get("User-Agent", "")
    visit = Visit(door, queries.actor_of(door, ip=client_ip(request), user_agent=agent))
    with tenancy.acting(company_id=door.company_id):
        return _quiet(answer(visit))


def _quiet(response: HttpResponseBase) -> HttpResponseBase:
    response["Referrer-Policy"] = REFERRER
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def cookie_of(door_id: int) -> str:
    """The name of the cookie of the browser that is in."""
    return f"door-{door_id}"


def let_in(door: Door, secret: str) -> HttpResponse:
    """To the door's own page, with the cookie that leads there from now on."""
    response = redirect("doors:inside", door.pk)
    response.set_cookie(
        cookie_of(door.pk), secret, max_age=int((door.expires_at - now()).total_seconds()), path="/door/",
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
    return response


def masked(email: str) -> str:
    """Enough of an address for its owner to know it, for pages that somebody else may see."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"


def told(visit: Visit) -> dict[str, Any]:
    """What every page of a door says of it."""
    door = visit.door
    return {
        "door": door, "state": visit.state, "to": queries.names(door), "masked": masked(door.email),
        "company": door.company, "is_open": visit.state in OPEN, "engagement": door.engagement,
    }  # fmt: skip


def closed(request: HttpRequest, visit: Visit, *, status: int = 410, **context: Any) -> HttpResponse:
    """Why a door leads nowhere any more, and what to do instead."""
    return render(request, "doors/closed.html", {**told(visit), **context}, status=status)
