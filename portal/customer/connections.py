"""Connections: open one, give credentials or consent, watch the ladder, disconnect. A secret is never shown again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from integrations import consents, registry
from onboarding.actions import connections
from onboarding.library import advice
from onboarding.models import CheckRun, Connection, Engagement, Event
from onboarding.queries import questionnaires, solutions
from portal import access, ladders, pages
from portal.customer.engagement import engagement_page, may

STOP_POLLING = 286
USES_SHOWN = 10
SIDES = {"crm": "CRM", "finance": "Financial application"}


class OpenForm(forms.Form):
    """Which side, and whether it is the real thing."""

    side = forms.ChoiceField(choices=Connection.Side.choices, widget=forms.HiddenInput)
    environment = forms.ChoiceField(choices=Connection.Environment.choices, widget=forms.RadioSelect)


class CredentialsForm(forms.Form):
    """The fields a system asks for; secrets are written and never shown."""

    def __init__(self, *args: Any, system: registry.System, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.system = system
        for field in system.fields:
            widget = forms.PasswordInput if field.is_secret else forms.TextInput
            attributes = {"autocomplete": "off", "spellcheck": "false", "placeholder": field.placeholder}
            self.fields[field.name] = forms.CharField(
                label=field.label, help_text=field.help, max_length=2000, widget=widget(attrs=attributes)
            )

    def clean(self) -> dict[str, Any]:
        """What a person pastes carries spaces and paths: put right, or said what to enter."""
        values = super().clean() or {}
        for field in self.system.fields:
            try:
                values[field.name] = field.clean(values.get(field.name, ""))
            except ValueError:
                self.add_error(field.name, f"Enter an address like {field.placeholder}")
        return values


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why is it disconnected?", max_length=500)


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Both sides, what is connected, and the way to connect what is not."""
    form = OpenForm(pages.posted(request))
    if request.method == "POST" and form.is_valid():
        opened = pages.attempt(
            request,
            lambda: connections.open(engagement.pk, **form.cleaned_data, by=access.viewer_of(request), at=now()),
            form=form,
        )
        if opened:
            return HttpResponseRedirect(reverse("customer:connection", args=[opened.pk]))
    known = access.listed(request, Connection.objects.filter(engagement=engagement))
    answers = questionnaires.submitted(engagement)
    sides = [
        {
            "side": side,
            "title": title,
            "system": registry.system(solutions.system_of(engagement, side)).name,
            "connections": [one for one in known if one.side == side],
            "environments": _unopened(side, known),
            "told": advice.at(f"connections.{side}", answers),
        }
        for side, title in SIDES.items()
    ]
    context = {
        "engagement": engagement,
        "sides": sides,
        "is_early": engagement.at_step.number < 7,
        "may_change": may(request, engagement, connections.OPENERS, at=connections.SINCE_SETUP),
    }
    return pages.show(request, "customer/connections.html", context, form=form)


def _unopened(side: str, known: Iterable[Connection]) -> list[tuple[str, str]]:
    """The environments of a side that nothing is connected to, or nothing any more."""
    opened = {one.environment for one in known if one.side == side and one.state != Connection.State.REVOKED}
    return [choice for choice in Connection.Environment.choices if choice[0] not in opened]


@engagement_page
def connection(request: HttpRequest, engagement: Engagement, connection_id: int) -> HttpResponse:
    """One system: its ladder, its credentials form or consent button, the uses of its secret."""
    found = access.get(request, Connection.objects.filter(engagement=engagement), pk=connection_id)
    system = registry.system(found.system)
    form = CredentialsForm(pages.posted(request), system=system)
    if request.method == "POST" and form.is_valid() and _give(request, found, system, form):
        return pages.done(request, "Credentials stored, sealed for this connection. We are checking them now.",
                          "customer:connection", found.pk)  # fmt: skip
    return pages.show(request, "customer/connection.html", _context(request, engagement, found, system), form=form)


def _give(request: HttpRequest, found: Connection, system: registry.System, form: forms.Form) -> Any:
    cleaned = dict(form.cleaned_data)
    public = {field.name: cleaned.pop(field.name) for field in system.fields if not field.is_secret}
    return pages.attempt(
        request,
        lambda: connections.give_credentials(
            found.pk, values=cleaned | public, public=public, by=access.viewer_of(request), at=now()
        ),
        form=form,
    )


def _context(
    request: HttpRequest, engagement: Engagement, found: Connection, system: registry.System
) -> dict[str, Any]:  # fmt: skip
    uses = Event.objects.filter(engagement=engagement, kind="connection.secret_used", data__connection=found.pk)
    return {
        "engagement": engagement,
        "connection": found,
        "system": system,
        "is_by_consent": system.connects == registry.BY_CONSENT,
        "uses": uses.order_by("-number")[:USES_SHOWN],
        "disconnect_form": ReasonForm(prefix="disconnect"),
        "may_give": may(request, engagement, connections.SECRET_GIVERS, at=connections.SINCE_SETUP),
    } | _ladder_context(request, engagement, found, found.checks.first())


def _ladder_context(
    request: HttpRequest, engagement: Engagement, found: Connection, check: CheckRun | None
) -> dict[str, Any]:  # fmt: skip
    """What the ladder fragment needs, on the page and when it is polled."""
    may_change = may(request, engagement, connections.OPENERS, at=connections.SINCE_SETUP)
    again_url = reverse("customer:check", args=[found.pk]) if may_change else ""
    return {
        "connection": found,
        "check": check,
        "may_change": may_change,
        "rungs": ladders.rungs(check, again_url=again_url) if check else [],
        "tally": ladders.tally(check) if check else "",
    }


@require_safe
@engagement_page
def ladder(request: HttpRequest, engagement: Engagement, connection_id: int) -> HttpResponse:
    """The ladder alone, for polling; the answer 286 stops it once the climb is over."""
    found = access.get(request, Connection.objects.filter(engagement=engagement), pk=connection_id)
    check = found.checks.first()
    status = 200 if check and check.is_open else STOP_POLLING
    return render(request, "customer/_ladder.html", _ladder_context(request, engagement, found, check), status=status)


@require_POST
@engagement_page
def check(request: HttpRequest, engagement: Engagement, connection_id: int) -> HttpResponse:
    """Check again; a climb under way is not doubled."""
    started = pages.attempt(
        request,
        lambda: connections.check(
            connection_id, reason="asked on the page", by=access.viewer_of(request), at=now()
        ),
    )  # fmt: skip
    if started is None:
        return pages.turned_down(request, "customer:connection", connection_id)
    return HttpResponseRedirect(reverse("customer:connection", args=[connection_id]))


@require_POST
@engagement_page
def cancel_check(request: HttpRequest, engagement: Engagement, connection_id: int) -> HttpResponse:
    """Stop the climb under way."""
    found = access.get(request, Connection.objects.filter(engagement=engagement), pk=connection_id)
    running = found.checks.filter(state__in=["queued", "running"]).first()
    if running and pages.attempt(
        request, lambda: connections.cancel_check(running.pk, by=access.viewer_of(request), at=now())
    ):
        return pages.done(request, "The check is stopped.", "customer:connection", connection_id)
    return pages.turned_down(request, "customer:connection", connection_id)


@require_POST
@engagement_page
def disconnect(request: HttpRequest, engagement: Engagement, connection_id: int) -> HttpResponse:
    """Wipe the secret and stop what uses it."""
    form = ReasonForm(request.POST, prefix="disconnect")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    by = access.viewer_of(request)
    if pages.attempt(request, lambda: connections.revoke(connection_id, reason=reason, by=by, at=now())):
        return pages.done(request, "Disconnected. The stored secret is wiped.", "customer:connections")
    return pages.turned_down(request, "customer:connection", connection_id)


@transaction.non_atomic_requests  # asks Intuit over HTTP: never inside a transaction
@require_POST
@engagement_page
def begin_consent(request: HttpRequest, engagement: Engagement, connection_id: int) -> HttpResponse:
    """Off to the vendor's consent page, with a state good for fifteen minutes and one use."""
    by = access.viewer_of(request)
    url = pages.attempt(request, lambda: consents.begin(connection_id, by=by, at=now()))
    return HttpResponseRedirect(url) if url else pages.turned_down(request, "customer:connection", connection_id)


@transaction.non_atomic_requests
@engagement_page
def consent_callback(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Back from the vendor's consent page: spend the state, keep the tokens, order a check."""
    by, given = access.viewer_of(request), request.GET
    state, code, realm_id = given.get("state", ""), given.get("code", ""), given.get("realmId", "")
    if not code:
        declined = pages.attempt(request, lambda: consents.decline(state=state, by=by, at=now()))
        if declined is None:
            return pages.turned_down(request, "customer:connections")
        messages.info(request, "Nothing was connected: the consent was cancelled.")
        return redirect("customer:connection", declined.pk)
    finished = pages.attempt(
        request, lambda: consents.finish(state=state, code=code, realm_id=realm_id, by=by, at=now())
    )
    if finished is None:
        return pages.turned_down(request, "customer:connections")
    return pages.done(request, "Connected. We are checking the connection now.", "customer:connection", finished.pk)
