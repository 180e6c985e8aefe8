"""Which company a person works for now, and the page of a person who belongs to none."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from onboarding.models import Member
from onboarding.queries import viewers
from portal.middleware import COMPANY_KEY


@login_required
def choose_company(request: HttpRequest) -> HttpResponse:
    """One button per company; the choice lasts for this session."""
    member = _chosen(request) if request.method == "POST" else None
    if member is None:
        if not request.memberships:
            return outside(request)
        return render(request, "accounts/choose_company.html", {"next": request.GET.get("next", "/")})
    request.session[COMPANY_KEY] = member.company_id
    return HttpResponseRedirect(_safe(request, request.POST.get("next", "/")))


def _chosen(request: HttpRequest) -> Member | None:
    wanted = request.POST.get("company", "")
    return next((one for one in request.memberships if str(one.company_id) == wanted), None)


def _safe(request: HttpRequest, to: str) -> str:
    allowed = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return to if allowed else "/"


def outside(request: HttpRequest) -> HttpResponse:
    """Signed in, but a member of no company: waiting for an owner's answer, or removed."""
    return render(request, "accounts/outside.html", {"has_asked": viewers.waits_to_join(request.user)}, status=403)
