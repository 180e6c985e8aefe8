"""Step VIII: each connection's state and ladder. Credentials are the customer's to give; nobody is shown them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from onboarding.actions import connections
from onboarding.library import advice
from onboarding.library.solutions import SYSTEM_NAMES
from onboarding.models import Connection, Engagement, Event
from onboarding.queries import questionnaires
from portal import ladders
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, Given, engagement_page, on_engagement, on_row, serve

USES_SHOWN = 5


class OpenForm(forms.Form):
    side = fields.radio("Side", Connection.Side.choices)
    environment = fields.radio("Environment", Connection.Environment.choices)


class CheckForm(forms.Form):
    connection_id = fields.row_id()


class StopForm(forms.Form):
    check_id = fields.row_id()


class RevokeForm(forms.Form):
    connection_id = fields.row_id()
    reason = fields.line("Why is it disconnected?", longest=500)


def _check(given: Given) -> object:
    reason = "asked by a specialist"
    return connections.check(given.values["connection_id"], reason=reason, by=given.by, at=given.at)


ACTS = {
    "open": Act(button="Open a connection", done="Opened. The customer can give its credentials now.", form=OpenForm,
                kind="secondary", steps=connections.SINCE_SETUP, call=on_engagement(connections.open)),
    "check": Act(button="Check now", done="A worker climbs the ladder.", form=CheckForm, key="connection_id",
                 kind="secondary", steps=connections.SINCE_SETUP, call=_check),
    "cancel_check": Act(button="Stop the check", done="Stopped.", form=StopForm, key="check_id", kind="quiet",
                        call=on_row(connections.cancel_check, "check_id")),
    "revoke": Act(button="Disconnect", done="Disconnected. The stored secret is wiped.", form=RevokeForm,
                  key="connection_id", kind="danger secondary", call=on_row(connections.revoke, "connection_id")),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Both sides with every rung of the newest check."""
    return serve(request, engagement, "specialist/connections.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    found = [_drawn(desk, one) for one in desk.engagement.connections.all()]
    answers = questionnaires.submitted(desk.engagement)
    told = [words for side in (advice.CRM, advice.FINANCE) for words in advice.at(side, answers)]
    return {"connections": found, "open": desk.form("open"), "told": told}


def _drawn(desk: Desk, connection: Connection) -> dict[str, Any]:
    check = connection.checks.first()
    uses = Event.objects.filter(engagement=desk.engagement, kind="connection.secret_used").order_by("-number")
    about = {"connection_id": connection.pk}
    is_usable = connection.secret_given_at is not None and connection.state != Connection.State.REVOKED
    is_running = check is not None and check.is_open
    return {
        "connection": connection,
        "name": SYSTEM_NAMES.get(connection.system, connection.system),
        "check": check,
        "rungs": ladders.rungs(check, fixers=ladders.FIXERS_FOR_STAFF) if check else [],
        "tally": ladders.tally(check) if check else "",
        "uses": uses[:USES_SHOWN],
        "again": desk.form("check", initial=about) if is_usable and not is_running else None,
        "stop": desk.form("cancel_check", initial={"check_id": check.pk}) if check and is_running else None,
        "revoke": desk.form("revoke", initial=about) if is_usable else None,
    }
