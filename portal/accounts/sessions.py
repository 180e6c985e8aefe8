"""Where one is signed in: every browser with a session, and signing the others out."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.internal.flows.sessions import end_other_sessions
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal import pages

# The first that is found in the browser's own words counts: most claim to be several.
BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """The sessions that are alive, the one in use first; the button ends all others."""
    if request.method == "POST":
        end_other_sessions(request, request.user)
        return pages.done(request, _("Every other browser is signed out."), "account_sessions")
    UserSession.objects.create_from_request(request)  # one from before this page existed is listed as well
    found = [_drawn(one) for one in UserSession.objects.purge_and_list(request.user)]
    found.sort(key=lambda one: (one["is_here"], one["at"]), reverse=True)
    return pages.show(request, "accounts/sessions.html", {"sessions": found})


def _drawn(session: UserSession) -> dict[str, Any]:
    is_here = session.is_current()
    return {"device": device(session.user_agent), "ip": session.ip, "at": session.created_at, "is_here": is_here}


def device(user_agent: str) -> str:
    """What people call it: Firefox on Windows."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")
