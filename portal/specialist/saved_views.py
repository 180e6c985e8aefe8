"""Saved views of the board: the filters of an address under a name, for one's own self."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from onboarding.actions import saved_views
from portal import access, pages
from portal.plain_text import whole_number
from portal.specialist.board import KNOWN
from portal.specialist.desk import staff_page

ROUTES = ("specialist:board", "specialist:list")


class SaveForm(forms.Form):
    name = forms.CharField(max_length=saved_views.LONGEST_NAME)
    asked = forms.CharField(max_length=saved_views.LONGEST_ADDRESS, required=False, widget=forms.HiddenInput)


@require_POST
@staff_page
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the page this was posted from, and come back to it."""
    form, route = SaveForm(request.POST), _route(request)
    asked = _known(request.POST.get("asked", ""))
    view = form.is_valid() and pages.attempt(
        request,
        lambda: saved_views.save(name=form.cleaned_data["name"], asked=asked, by=access.viewer_of(request), at=now()),
        form=form,
    )
    if view:
        done = pages.done(request, f"Saved as “{view.name}”.", route)
        done["Location"] = f"{reverse(route)}?{view.asked}"
        return done
    back = f"{reverse(route)}?{asked}" if asked else reverse(route)
    return pages.show(request, "specialist/save_view.html", {"back": back, "asked": asked, "route": route}, form=form)


@require_POST
@staff_page
def remove(request: HttpRequest) -> HttpResponse:
    """Forget one of one's own views."""
    view_id, route = whole_number(request.POST.get("view", "")) or 0, _route(request)
    if pages.attempt(request, lambda: (saved_views.remove(view_id, by=access.viewer_of(request)),)):
        return pages.done(request, "The view is removed.", route)
    return pages.turned_down(request, route)


def _route(request: HttpRequest) -> str:
    given = request.POST.get("route", "")
    return given if given in ROUTES else ROUTES[0]


def _known(asked: str) -> str:
    """Only the board's own filters, in its own order: equal filters make equal addresses."""
    given = QueryDict(asked)
    return urlencode({name: given[name] for name in KNOWN if given.get(name)})
