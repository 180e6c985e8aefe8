"""A signer's door: read the agreement, prove by a mailed code who you are, sign it or decline it."""

from __future__ import annotations

import contextlib
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from onboarding import errors
from onboarding.actions import agreements, gates, signing, visits
from onboarding.library import consent
from onboarding.models import Agreement, Door
from onboarding.queries import signing as queries
from onboarding.queries.doors import State
from portal import pages
from portal.doors.entry import CodeForm
from portal.doors.room import Visit, inside, told
from portal.sign_form import SignForm


class SignAndCodeForm(SignForm):
    code = CodeForm.base_fields["code"]


def page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The agreement with its signers, and what this one can do; after signing, what happens next."""
    agreement = _agreement(visit)
    if visit.state == State.SIGNED:
        context = told(visit) | {"agreement": agreement, "following": queries.turn(agreement)}
        return pages.show(request, "doors/signed.html", context)
    agreement = _read(visit)
    context = told(visit) | {
        "agreement": agreement, "lines": queries.lines(agreement), "stopped": _stopped(visit),
        "may_decline": not _paused(visit),
    }  # fmt: skip
    return pages.show(request, "doors/agreement.html", context)


def _agreement(visit: Visit) -> Agreement:
    assert visit.door.signer is not None  # noqa: S101 - a signer's door
    return visit.door.signer.agreement


def _read(visit: Visit) -> Agreement:
    """Keep that the signer has it open; the agreement as it is then, whatever happened to it meanwhile."""
    with contextlib.suppress(errors.Refused):
        signing.view(_agreement(visit).pk, by=visit.by, at=now())
    return Agreement.objects.select_related("document", "company").get(pk=_agreement(visit).pk)


def _paused(visit: Visit) -> str:
    try:
        gates.require_open(visit.door.engagement)
    except errors.WrongState as refusal:
        return refusal.words
    return ""


def _stopped(visit: Visit) -> str:
    """Why it can't be signed just now; empty while it can."""
    agreement, engagement = _agreement(visit), visit.door.engagement
    turn = queries.turn(agreement)
    if words := _paused(visit):
        return words
    if engagement.at_step not in agreements.SIGNING:
        return "It is not signed yet at this time of the onboarding. You can read it already."
    if not queries.is_true(agreement):
        return "The company’s details were corrected since. It is issued anew, and you get a mail then."
    if turn is None or turn.pk != visit.door.signer_id:
        return f"{turn.name if turn else 'InterWeave'} signs next. You get a mail when it is your turn."
    return ""


@inside(State.IN_USE, purpose=Door.Purpose.SIGN)
def sign(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Sign what was shown, under a code that was just mailed: both on one page, nothing typed is lost between."""
    agreement = _agreement(visit)
    if request.method == "GET" and _stopped(visit):
        return redirect("doors:inside", visit.door.pk)
    if request.method == "GET":
        _read(visit)
    initial = {"seen_sha256": agreement.document.sha256, "title": visit.door.signer.title}
    form: SignForm = SignAndCodeForm(pages.posted(request) if "send" not in request.POST else None, initial=initial)
    if request.method == "POST" and "send" in request.POST:
        if _code_sent(request, visit) and not request.POST.get("typed_name"):
            return pages.done(request, "The code is on its way. Look into your mail.", "doors:sign", visit.door.pk)
        form = SignAndCodeForm(initial=initial | _typed(request))
    elif request.method == "POST" and form.is_valid() and _signed(request, visit, form):
        return redirect("doors:inside", visit.door.pk)
    if isinstance(getattr(request, pages.REFUSAL, None), errors.Stale):
        form = form.for_version(agreement.document.sha256)
    return _form_page(request, visit, form)


def _code_sent(request: HttpRequest, visit: Visit) -> bool:
    return pages.attempt(request, lambda: visits.send_code(visit.door, by=visit.by, at=now())) is not None


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed before another code was asked for, and which version it was typed under."""
    return {name: request.POST[name] for name in SignForm.base_fields if name in request.POST}


def _signed(request: HttpRequest, visit: Visit, form: forms.Form) -> bool:
    given = dict(form.cleaned_data)
    if words := visits.try_code(visit.door, code=given.pop("code"), by=visit.by, at=now()):
        form.add_error("code", words)
        return False
    done = pages.attempt(request, lambda: visits.sign(visit.door, **given, by=visit.by, at=now()), form=form)
    return done is not None


def _form_page(request: HttpRequest, visit: Visit, form: forms.Form) -> HttpResponse:
    door = Door.objects.get(pk=visit.door.pk)
    is_first = not (form.is_bound or _typed(request) or visits.is_code_out(door, at=now()))
    context = told(visit) | {"agreement": _agreement(visit), "consent": consent.TEXT, "asks_for_code": is_first}
    return pages.show(request, "doors/sign.html", context, form=form)


@require_POST
@inside(State.IN_USE, purpose=Door.Purpose.SIGN)
def decline(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Decline, with the reason."""
    reason = request.POST.get("reason", "")
    if pages.attempt(request, lambda: visits.decline(visit.door, reason=reason, by=visit.by, at=now())):
        return redirect("doors:inside", visit.door.pk)
    return pages.turned_down(request, "doors:inside", visit.door.pk)
