"""To a provider's signing page and back, for signers of both sides: the page before it, the way there, the words after."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.timezone import now

from integrations import signing_visits
from onboarding.actions import envelope_visits
from onboarding.models import Agreement, Envelope, Signer
from onboarding.queries import signing as queries
from onboarding.workflow.agreement_machine import OPEN_FOR_SIGNATURE
from portal import access, pages

# What the provider says of the visit, in the address it sends people back to.
SIGNED, DECLINED = "signing_complete", "decline"
WORDS = {
    SIGNED: "Signed at {provider}. It shows here in a moment.",
    DECLINED: "Declined at {provider}. It shows here in a moment.",
}
NOT_YET = "Nothing was signed at {provider} yet. You can go on there at any time."


def place(agreement: Agreement | None) -> dict[str, Any] | None:
    """Where it is signed, when that is not here: its provider, its envelope, whose turn it is."""
    if agreement is None or agreement.provider == Agreement.Provider.OWN:
        return None
    envelope = Envelope.objects.filter(agreement=agreement).first()
    is_under_way = agreement.state in {*OPEN_FOR_SIGNATURE, Agreement.State.SIGNED}
    return {
        "provider": agreement.get_provider_display(),
        "envelope": envelope,
        "is_sent": envelope is not None and envelope.sent_at is not None,
        "is_being_asked": envelope is not None and envelope.told_at is not None and _is_due(envelope),
        "signer": queries.turn(agreement) if is_under_way else None,
    }


def _is_due(envelope: Envelope) -> bool:
    """True while a worker asks the provider, or is about to."""
    waits = envelope.state == Envelope.State.QUEUED and envelope.not_before <= now()
    return waits or envelope.state == Envelope.State.RUNNING


def is_turn(request: HttpRequest, told: dict[str, Any] | None) -> bool:
    """True when this very viewer can go there now."""
    signer: Signer | None = told["signer"] if told and told["is_sent"] else None
    return signer is not None and envelope_visits.is_visitor(signer, access.viewer_of(request))


def go(request: HttpRequest, agreement: Agreement, *, return_url: str) -> HttpResponse | None:
    """Off to the signing page; None when that was refused, and the page says why."""
    by = access.viewer_of(request)
    url = pages.attempt(
        request, lambda: signing_visits.begin(agreement.pk, return_url=return_url, by=by, at=now())
    )  # fmt: skip
    return HttpResponseRedirect(url) if url else None


def back(request: HttpRequest, agreement: Agreement | None, to: str, *args: Any) -> HttpResponse:
    """Back from there: the provider is asked what happened, and the agreement's page says what comes next."""
    told = place(agreement)
    if agreement is not None and told and told["is_sent"]:
        envelope_visits.came_back(agreement.pk, by=access.viewer_of(request), at=now())
        event = request.GET.get("event", "")
        words = WORDS.get(event, NOT_YET).format(provider=agreement.get_provider_display())
        messages.add_message(request, messages.SUCCESS if event in WORDS else messages.INFO, words)
    return redirect(to, *args)
