"""A link's page. Opening it spends nothing, as mail scanners open links too: its button does, or a code by mail."""

from __future__ import annotations

from allauth.decorators import rate_limit
from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from onboarding import errors
from onboarding.actions import visits
from onboarding.models import Door
from onboarding.queries import doors as queries
from onboarding.queries.doors import OPEN, State
from portal import pages
from portal.doors.room import Visit, closed, cookie_of, let_in, link_page, told


class CodeForm(forms.Form):
    code = forms.CharField(
        label="The code we mailed you", max_length=20, help_text="Six digits. They count for 10 minutes.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "short"}),
    )  # fmt: skip


@rate_limit(action="door")
@link_page
def index(request: HttpRequest, visit: Visit, secret: str) -> HttpResponseBase:
    """Whose door it is, and the button that opens it; or what became of it."""
    refused = 409 if request.method == "POST" else 200
    if is_in(request, visit.door):
        return redirect("doors:inside", visit.door.pk)
    if request.method == "POST":
        entry = visits.enter(visit.door, by=visit.by, at=now())
        if entry.secret:
            return let_in(visit.door, entry.secret)
        visit = Visit(visits.by_link(secret), visit.by)
    if visit.state == State.WAITING:
        return pages.show(request, "doors/link.html", told(visit) | {"secret": secret})
    if visit.state == State.IN_USE:
        return render(request, "doors/used.html", told(visit) | {"secret": secret}, status=refused)
    return closed(request, visit, secret=secret)


def is_in(request: HttpRequest, door: Door) -> bool:
    """True for the browser that opened it and was not followed by another."""
    try:
        visits.by_session(door.pk, request.COOKIES.get(cookie_of(door.pk), ""))
    except errors.NotFound:
        return False
    return True


@rate_limit(action="door")
@link_page
def code(request: HttpRequest, visit: Visit, secret: str) -> HttpResponseBase:
    """The other way in: a code is mailed at one press, and entered here."""
    if visit.state not in OPEN:
        return redirect("doors:door", secret)
    form = CodeForm(pages.posted(request) if "send" not in request.POST else None)
    if request.method == "POST" and "send" in request.POST:
        if pages.attempt(request, lambda: visits.send_code(visit.door, by=visit.by, at=now())):
            return pages.done(request, "The code is on its way. Look into your mail.", "doors:code", secret)
    elif request.method == "POST" and form.is_valid():
        given = form.cleaned_data["code"]
        entry = visits.enter_by_code(visit.door, code=given, by=visit.by, at=now())
        if entry.secret:
            return let_in(visit.door, entry.secret)
        form.add_error("code", entry.words or f"This link is closed: {queries.state_of(visit.door, at=now()).label}.")
    context = told(visit) | {"secret": secret, "is_out": visits.is_code_out(visit.door, at=now())}
    return pages.show(request, "doors/code.html", context, form=form)


@require_POST
@rate_limit(action="door")
@link_page
def renew(request: HttpRequest, visit: Visit, secret: str) -> HttpResponseBase:
    """A new link by mail, in place of an expired one."""
    if pages.attempt(request, lambda: visits.renew(visit.door, by=visit.by, at=now())):
        return pages.done(request, "A new link is on its way. Look into your mail.", "doors:door", secret)
    return closed(request, Visit(visits.by_link(secret), visit.by), status=409, secret=secret)
