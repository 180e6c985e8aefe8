"""The agreement: read it, then sign it under your own confirmed identity, or decline with a reason."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from onboarding.actions import agreements
from onboarding.actors import Role
from onboarding.library import consent
from onboarding.models import Agreement, Engagement
from onboarding.workflow.step_04_customer_verification import agreement_in_force
from portal import access, pages
from portal.customer.engagement import engagement_page, may

METHODS_KEY = "account_authentication_methods"


class SignForm(forms.Form):
    typed_name = forms.CharField(
        label="Type your full name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="As it stands in your account. This is your signature.",
    )  # fmt: skip
    title = forms.CharField(
        label="Your title", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "organization-title"})
    )
    consent = forms.BooleanField(label="I have read the agreement and agree to sign electronically", required=False)
    seen_sha256 = forms.CharField(widget=forms.HiddenInput)


@require_safe
@engagement_page
def agreement(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The agreement in force with its state, its PDF and what comes next."""
    found = agreement_in_force(engagement)
    if found and found.state == Agreement.State.DRAFT:
        found = None  # a draft is InterWeave's own until it is issued
    stopped = _stopped(found)
    context = {
        "engagement": engagement,
        "agreement": found,
        "stopped": stopped,
        "signatures": list(found.signatures.all()) if found else [],
        "former": access.listed(request, Agreement.objects.filter(engagement=engagement, closed_at__isnull=False)),
        "may_sign": not stopped and _may_sign(request, engagement),
        "may_decline": may(request, engagement, agreements.DECLINERS, at=agreements.ISSUING),
        "is_time": engagement.at_step in agreements.SIGNING,
    }
    return pages.show(request, "customer/agreement.html", context)


def _may_sign(request: HttpRequest, engagement: Engagement) -> bool:
    return may(request, engagement, {Role.SIGNATORY}, at=agreements.SIGNING)


def _stopped(found: Agreement | None) -> str:
    """Why nobody can sign what was issued; empty while somebody can."""
    if found is None or found.state != Agreement.State.ISSUED:
        return ""
    if agreements.is_expired(found, at=now()):
        return "The day until which it could be signed has passed. Your specialist issues it anew."
    return (
        ""
        if agreements.is_true(found)
        else "Your company's details were corrected since. Your specialist issues it anew."
    )


@reauthentication_required
@engagement_page
def sign(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Sign what was shown: identity confirmed just now, name typed, consent given, the version's hash sent back."""
    found = agreement_in_force(engagement)
    if found is None or found.state == Agreement.State.DRAFT:
        return redirect("customer:agreement")
    if request.method == "GET" and not (found.state == Agreement.State.ISSUED and _may_sign(request, engagement)):
        return redirect("customer:agreement")  # it says why, and who signs
    shown = {"seen_sha256": found.document.sha256}
    form = SignForm(pages.posted(request), initial=shown)
    if request.method == "POST" and form.is_valid():
        by, given = access.viewer_of(request), form.cleaned_data
        if pages.attempt(
            request,
            lambda: agreements.sign(found.pk, **given, authentication=_how(request), by=by, at=now()),
            form=form,
        ):
            words = "Signed. InterWeave countersigns next; you get your copy by e-mail."
            return pages.done(request, words, "customer:agreement")
    context = {"engagement": engagement, "agreement": found, "consent": consent.TEXT}
    return pages.show(request, "customer/sign.html", context, form=form)


def _how(request: HttpRequest) -> str:
    """How the signer was identified for this signature, from the session's own record."""
    methods: list[dict[str, Any]] = request.session.get(METHODS_KEY, [])
    last = max(methods, key=lambda one: one.get("at", 0), default={})
    return f"signed in, identity confirmed again by {last.get('method', 'password').replace('_', ' ')}"


@require_POST
@engagement_page
def decline(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Decline, with the reason."""
    found, by = agreement_in_force(engagement), access.viewer_of(request)
    reason = request.POST.get("reason", "")
    if found and pages.attempt(request, lambda: agreements.decline(found.pk, reason=reason, by=by, at=now())):
        return pages.done(request, "Declined. Your specialist reads your reason and answers.", "customer:agreement")
    return pages.turned_down(request, "customer:agreement")
