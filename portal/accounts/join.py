"""An invitation's page. Opening it spends nothing: mail scanners open links too; its button does (POST)."""

from __future__ import annotations

from typing import Any

from allauth.decorators import rate_limit
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from onboarding import errors
from onboarding.actions import members, people
from onboarding.models import Invitation, User
from portal import pages
from portal.accounts.entering import address_is_proven, enter, prove_address
from portal.accounts.forms import JoinForm
from portal.middleware import COMPANY_KEY, zone_of


@sensitive_post_parameters("password")
@never_cache
@rate_limit(action="invitation")
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Who invites to which company and as what; then in, as oneself or as somebody new."""
    try:
        invitation = members.open_invitation(secret, at=now())
    except errors.NotFound as gone:
        return render(request, "accounts/invitation_gone.html", {"words": gone.words}, status=410)
    known = User.objects.filter(email=invitation.email).first()
    if request.user.is_authenticated:
        return _as_oneself(request, secret, invitation)
    if known is not None and address_is_proven(known):
        here = urlencode({"next": request.path})
        context = {**_told(invitation), "sign_in_url": f"{reverse('account_login')}?{here}"}
        return render(request, "accounts/invitation_sign_in.html", context)
    return _as_somebody_new(request, secret, invitation, known)


def _told(invitation: Invitation) -> dict[str, Any]:
    """What an invitation's page says of it."""
    rows = [
        {"label": _("Company"), "value": invitation.company.name},
        {"label": _("Invited by"), "value": invitation.invited_by},
        {"label": _("You take part as"), "value": ", ".join(invitation.roles)},
        {"label": _("Your address"), "value": invitation.email},
    ]
    return {"invitation": invitation, "rows": rows}


def _as_oneself(request: HttpRequest, secret: str, invitation: Invitation) -> HttpResponse:
    if request.method == "POST" and "leave" in request.POST:
        logout(request)
        return redirect(request.path)
    if request.method == "POST" and pages.attempt(
        request, lambda: members.accept_invitation(secret, user=request.user, at=now())
    ):
        return _inside(request, invitation)
    is_theirs = request.user.email == invitation.email
    return pages.show(request, "accounts/invitation.html", {**_told(invitation), "is_theirs": is_theirs})


def _inside(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    request.session[COMPANY_KEY] = invitation.company_id
    return pages.done(request, _("Welcome. You joined %s.") % invitation.company.name, "/")


def _as_somebody_new(request: HttpRequest, secret: str, invitation: Invitation, known: User | None) -> HttpResponse:
    form = JoinForm(pages.posted(request), email=invitation.email, initial={"name": invitation.name})
    if request.method == "POST" and form.is_valid():
        user = pages.attempt(request, lambda: _joined(request, secret, invitation, known, form), form=form)
        if user is not None:
            request.session[COMPANY_KEY] = invitation.company_id
            return enter(request, user)
    return pages.show(request, "accounts/invitation_new.html", _told(invitation), form=form)


def _joined(request: HttpRequest, secret: str, invitation: Invitation, known: User | None, form: JoinForm) -> User:
    """Person, proven address and membership, or none of them."""
    given = form.cleaned_data
    if known is None:
        zone = zone_of(request) or invitation.company.time_zone
        known = people.add(**given, email=invitation.email, time_zone=zone, at=now())
    else:
        people.renew(known.pk, **given)
    prove_address(known)
    members.accept_invitation(secret, user=known, at=now())
    return known
