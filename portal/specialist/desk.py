"""A work page: one engagement and the acts that can be done on it. A form's fields are the action's own keywords.

Every form posts to its page with the hidden field `act`; a refusal comes back on the same page with what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.timezone import now

from onboarding import errors
from onboarding.actors import SPECIALISTS, Actor, Role
from onboarding.models import Company, Engagement
from onboarding.workflow.steps import STEPS, Step
from portal import access, pages
from portal.specialist import findings
from portal.specialist.places import url_of

P = ParamSpec("P")
FILE = "file"


class EngagementForm(forms.Form):
    """A form whose choices depend on the engagement: `prepare` sets them."""

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare(engagement)

    def prepare(self, engagement: Engagement) -> None:
        """Set what depends on the engagement."""


@dataclass(frozen=True)
class Given:
    """What an act has in hand: the engagement, the form's values, who and when."""

    engagement: Engagement
    values: dict[str, Any]
    by: Actor
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing to do: its button, its form, the one action behind it, and what is said when it is done.

    It is offered to `roles`, in `steps` (as the action takes it; None: in every step) while the engagement is open;
    `is_always`: also on hold, cancelled, or before the registration is accepted.
    """

    button: str
    done: str
    call: Callable[[Given], object]
    form: type[forms.Form] = forms.Form
    roles: frozenset[Role] = SPECIALISTS
    steps: frozenset[Step] | None = None
    is_always: bool = False
    kind: str = ""
    key: str = ""  # the field that tells the rows of a page apart


@dataclass(frozen=True)
class Drawn:
    """An act's form as `specialist/_act.html` draws it."""

    name: str
    form: forms.Form
    button: str
    kind: str
    id: str


def on_engagement(action: Callable[..., object]) -> Callable[[Given], object]:
    """The act calls `action(engagement_id, **values, by=, at=)`."""
    return lambda given: action(given.engagement.pk, **given.values, by=given.by, at=given.at)


def on_row(action: Callable[..., object], key: str) -> Callable[[Given], object]:
    """The act calls `action(row's id, **other values, by=, at=)`; the id comes in the field `key`."""

    def call(given: Given) -> object:
        values = dict(given.values)
        return action(values.pop(key), **values, by=given.by, at=given.at)

    return call


def staff_page(view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page of InterWeave's staff: for everybody else there is nothing here."""

    @login_required
    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not access.viewer_of(request).is_staff:
            raise Http404
        return view(request, *args, **kwargs)

    return page


def engagement_page(
    view: Callable[Concatenate[HttpRequest, Engagement, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A staff page of one engagement, found by its reference."""

    @staff_page
    @wraps(view)
    def page(request: HttpRequest, reference: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        rows = Engagement.objects.select_related("company", "specialist__user")
        return view(request, access.get(request, rows, reference=reference), *args, **kwargs)

    return page


@dataclass
class Desk:
    """One request to a work page: what was posted to it, and its forms."""

    request: HttpRequest
    engagement: Engagement
    acts: Mapping[str, Act]
    asked: str = ""
    posted: forms.Form | None = field(default=None, init=False)
    offered: int = field(default=0, init=False)
    elsewhere: set[Step] = field(default_factory=set, init=False)  # steps that offer what this one doesn't

    def form(self, name: str, *, initial: Mapping[str, Any] | None = None, kind: str = "") -> Drawn | None:
        """The form of an act, as posted when it was this very one; None when it would be refused to this viewer now."""
        act = self.acts[name]
        if not access.viewer_of(self.request).has(*act.roles) or not self._is_open_for(act):
            return None
        self.offered += 1
        row = str((initial or {}).get(act.key, "")) if act.key else ""
        prefix = "-".join(part for part in (name, row) if part)
        form = self.posted if self._is_posted(name, act, row) else None
        if form is None:
            form = self._new(act, initial=initial, auto_id=f"{prefix}-%s")
        return Drawn(name, form, act.button, kind or act.kind, f"do-{prefix}")

    def _is_open_for(self, act: Act) -> bool:
        engagement = self.engagement
        if act.is_always:
            return True
        if engagement.state != "active" or engagement.company.state != Company.State.ACCEPTED:
            return False
        if act.steps is None or engagement.at_step in act.steps:
            return True
        self.elsewhere |= act.steps
        return False

    @property
    def where_it_is_done(self) -> str:
        """The steps in which this page offers something, when it offers nothing now: "III", or "VI to XI"."""
        numerals = [step.numeral for step in STEPS if step in self.elsewhere]
        if self.offered or not numerals:
            return ""
        return numerals[0] if len(numerals) == 1 else f"{numerals[0]} to {numerals[-1]}"

    def _ours(self, changed: object) -> object:
        """What was changed, when it is this company's: an id of another one's row leads nowhere, and all is undone."""
        if getattr(changed, "company_id", self.engagement.company_id) != self.engagement.company_id:
            raise errors.NotFound
        return changed

    def _new(self, act: Act, *args: Any, **kwargs: Any) -> forms.Form:
        if issubclass(act.form, EngagementForm):
            kwargs["engagement"] = self.engagement
        return act.form(*args, **kwargs)

    def _is_posted(self, name: str, act: Act, row: str) -> bool:
        if self.posted is None or self.asked != name:
            return False
        return not act.key or self.request.POST.get(act.key, "") == row

    def take(self) -> bool:
        """Do the act that was posted; False when it was refused (the words stand at the form)."""
        self.asked = self.request.POST.get("act", "")
        act = self.acts.get(self.asked)
        if act is None:
            raise Http404
        row = self.request.POST.get(act.key, "") if act.key else ""
        prefix = "-".join(part for part in (self.asked, row) if part)
        self.posted = form = self._new(act, self.request.POST, self.request.FILES, auto_id=f"{prefix}-%s")
        if FILE in form.fields and pages.refused_upload(self.request, form, FILE):
            return False
        if not form.is_valid():
            return False
        given = Given(self.engagement, form.cleaned_data, access.viewer_of(self.request), now())
        if pages.attempt(self.request, lambda: (self._ours(act.call(given)),), form=form) is None:
            return False
        messages.success(self.request, act.done)
        return True


def serve(
    request: HttpRequest,
    engagement: Engagement,
    template: str,
    acts: Mapping[str, Act],
    context: Callable[[Desk], dict[str, Any]],
    *,
    to: str = "",
    place: str = "",
) -> HttpResponse:
    """Show a work page, or do what was posted and come back to it (or go to the address `to`).

    The page shows what the open step needs of it: of its own address, or of `place` when it is a page below that.
    """
    desk = Desk(request, engagement, acts)
    if request.method == "POST" and desk.take():
        return redirect(to or request.path)
    path = url_of(place, engagement.reference) if place else request.path
    shown = {
        "engagement": engagement,
        "here": criteria_here(engagement, path, access.viewer_of(request)),
        **context(desk),
    }
    shown["done_in"] = desk.where_it_is_done
    return pages.show(request, template, shown, form=desk.posted)


def criteria_here(engagement: Engagement, path: str, viewer: Actor) -> dict[str, Any]:
    """What the open step needs of this very page: its criteria met and unmet, from the status document."""
    known = engagement.status.get("criteria", [])
    here = [one for one in known if url_of(one["place"], engagement.reference) == path]
    found = findings.drawn(here, engagement, viewer)
    return found | {"unmet": [one | {"url": ""} for one in found["unmet"]]}
