"""“New Company? Please Register Here”, and what to do when the company is here already."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.decorators import rate_limit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from onboarding.actions import companies, people
from onboarding.models import Engagement, User
from portal import pages
from portal.accounts.entering import enter
from portal.accounts.forms import AccountForm, AskForm, RegisterForm, tax_hint
from portal.middleware import zone_of

# Which company the person who just tried to register met; its id stays in the session, on the server.
MET_KEY = "company_met"


@sensitive_post_parameters("password")
@never_cache
@rate_limit(action="register")
def register(request: HttpRequest) -> HttpResponse:
    """One form; afterwards a code goes to the address, and then the home page opens."""
    if request.user.is_authenticated:
        return redirect("/")
    form = RegisterForm(pages.posted(request), initial={"time_zone": zone_of(request) or "UTC"})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if pages.attempt(request, lambda: _register(form), form=form):
            return enter(request, User.objects.get(email=given["owner_email"].lower()), is_new=True)
        refusal = getattr(request, pages.REFUSAL, None)
        if isinstance(refusal, companies.AlreadyHere):
            return _met(request, refusal, given)
    return pages.show(request, "accounts/register.html", form=form)


def _register(form: RegisterForm) -> Engagement:
    given = form.cleaned_data
    return companies.register(
        form.details(),
        owner_name=given["owner_name"],
        owner_email=given["owner_email"],
        password=given["password"],
        solution=given["solution"],
        deployment=given["deployment"],
        at=now(),
    )


def _met(request: HttpRequest, refusal: companies.AlreadyHere, given: dict[str, Any]) -> HttpResponse:
    """The form sent twice by the same person signs them in; anybody else may ask to join."""
    user = get_adapter().authenticate(request, email=given["owner_email"], password=given["password"])
    if user is not None and companies.has_member(refusal.company_id, user=user):
        return enter(request, user)
    request.session[MET_KEY] = {
        "company_id": refusal.company_id,
        "words": refusal.words,
        "name": given["owner_name"],
        "email": given["owner_email"],
    }
    return redirect("ask_to_join")


@require_GET
def tax_number_hint(request: HttpRequest) -> HttpResponse:
    """What the tax number is called in the country just chosen (an htmx fragment, plain text)."""
    return HttpResponse(tax_hint(request.GET.get("country", "")), content_type="text/plain; charset=utf-8")


@sensitive_post_parameters("password")
@never_cache
@rate_limit(action="ask_to_join")
def ask_to_join(request: HttpRequest) -> HttpResponse:
    """Ask the owners of the company that is here already: with an account and a proven address first."""
    met = request.session.get(MET_KEY)
    if met is None:
        return redirect("register_company")
    return _ask(request, met) if request.user.is_authenticated else _make_account(request, met)


def _make_account(request: HttpRequest, met: dict[str, Any]) -> HttpResponse:
    form = AccountForm(pages.posted(request), initial={"name": met["name"], "email": met["email"]})
    if request.method == "POST" and form.is_valid():
        given, zone = form.cleaned_data, zone_of(request) or "UTC"
        user = pages.attempt(request, lambda: people.add(**given, time_zone=zone, at=now()), form=form)
        if user is not None:
            return enter(request, user, to=request.path, is_new=True)
    return pages.show(request, "accounts/ask_account.html", {"met": met}, form=form)


def _ask(request: HttpRequest, met: dict[str, Any]) -> HttpResponse:
    form = AskForm(pages.posted(request))
    if request.method == "POST" and form.is_valid():
        message = form.cleaned_data["message"]
        companies.ask_to_join(met["company_id"], user=request.user, message=message, at=now())
        del request.session[MET_KEY]
        messages.success(request, _("The owners were asked. You get an e-mail when they have decided."))
        return redirect("/")
    return pages.show(request, "accounts/ask.html", {"met": met}, form=form)
