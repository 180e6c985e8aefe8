"""What every page knows before its view says anything: who looks, where they can go, how long the session lasts."""

from contextlib import suppress
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from onboarding.actors import Actor, Role
from portal.session import remaining_seconds

PRODUCT = "InterWeave onboarding"
CUSTOMER_ROOMS = (
    (_("Home"), "customer:home"),
    (_("Documents"), "customer:documents"),
    (_("Meetings"), "customer:meetings"),
    (_("Connections"), "customer:connections"),
    (_("Flows"), "customer:flows"),
    (_("People"), "customer:people"),
    (_("Support"), "customer:support"),
)
SPECIALIST_ROOMS = (
    (_("Board"), "specialist:board"),
    (_("Reviews"), "specialist:reviews"),
    (_("Flows"), "specialist:flows_queue"),
)
FINANCE_ROOM = (_("Bank"), "specialist:bank")
BANKERS = (Role.FINANCE, Role.LEAD, Role.AUDITOR)


def rooms_of(viewer: Actor | None) -> tuple[tuple[Any, str], ...]:
    """Where this viewer can go."""
    if viewer is None:
        return ()
    if not viewer.is_staff:
        return CUSTOMER_ROOMS
    return (*SPECIALIST_ROOMS, FINANCE_ROOM) if viewer.has(*BANKERS) else SPECIALIST_ROOMS


def navigation(rooms: tuple[tuple[Any, str], ...], path: str) -> list[dict[str, Any]]:
    """The rooms this installation serves, the one that holds the path marked; a home matches only itself."""
    items = []
    for position, (title, name) in enumerate(rooms):
        with suppress(NoReverseMatch):
            url = reverse(name)
            is_current = path == url if position == 0 else path.startswith(url)
            items.append({"title": title, "url": url, "is_current": is_current})
    return items


def page(request: HttpRequest) -> dict[str, Any]:
    """`page` for the templates. Asks the database nothing: the viewer was found before."""
    viewer = getattr(request, "viewer", None)
    member = getattr(request, "member", None)
    return {
        "specialist": getattr(request, "specialist", None),
        "page": {
            "product": PRODUCT,
            "viewer": viewer,
            "company": member.company.name if member is not None else "",
            "inbox_count": getattr(request, "inbox_count", 0),
            "navigation": navigation(rooms_of(viewer), request.path),
            "time_zone": getattr(request, "own_zone", ""),
            "session_seconds": remaining_seconds(request) if viewer is not None else None,
            "help_email": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
            "is_rehearsal": settings.REHEARSAL,
        },
    }
