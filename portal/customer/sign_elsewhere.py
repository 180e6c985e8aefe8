"""Signing at another provider: identity confirmed here, then on to its page, and back."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from onboarding.models import Engagement
from onboarding.workflow.step_04_customer_verification import agreement_in_force
from portal import identified, pages, signing_elsewhere
from portal.customer.engagement import engagement_page


@transaction.non_atomic_requests  # asks the provider over HTTP: never inside a transaction
@identified.required
@engagement_page
def sign(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """What happens there, and the button that leads on: for the signer whose turn it is."""
    found = agreement_in_force(engagement)
    told = signing_elsewhere.place(found)
    if request.method == "POST" and found is not None:
        return_url = request.build_absolute_uri(reverse("customer:signed_elsewhere"))
        leads_on = signing_elsewhere.go(request, found, return_url=return_url)
        if leads_on or not signing_elsewhere.is_turn(request, told):
            return leads_on or pages.turned_down(request, "customer:agreement")
    elif not signing_elsewhere.is_turn(request, told):
        return redirect("customer:agreement")  # it says where it stands, and who signs
    context = {"engagement": engagement, "agreement": found, "elsewhere": told}
    return pages.show(request, "customer/sign_elsewhere.html", context)


@require_safe
@engagement_page
def back(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Back from the provider's page."""
    return signing_elsewhere.back(request, agreement_in_force(engagement), "customer:agreement")
