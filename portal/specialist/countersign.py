"""InterWeave's signature under an agreement: identity confirmed just now, name typed, consent given, version shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now

from onboarding import errors
from onboarding.actions import agreements, signing
from onboarding.actors import SPECIALISTS
from onboarding.library import consent
from onboarding.models import Agreement, Company, Engagement, Specialist
from onboarding.queries import signing as queries
from onboarding.workflow.step_04_customer_verification import agreement_in_force
from portal import access, identified, pages
from portal.sign_form import SignForm
from portal.specialist.desk import engagement_page

DONE = "Countersigned. Its file is being sealed."


def is_turn(request: HttpRequest, engagement: Engagement, found: Agreement | None) -> bool:
    """True while this very viewer can countersign: the one named for InterWeave, or a lead in their place."""
    if found is None or found.state != Agreement.State.SIGNED or found.provider != Agreement.Provider.OWN:
        return False
    is_open = engagement.state == "active" and engagement.company.state == Company.State.ACCEPTED
    viewer, signer = access.viewer_of(request), queries.turn(found)
    may = viewer.has(*SPECIALISTS) and signer is not None and queries.may_countersign(signer, viewer)
    return is_open and engagement.at_step in agreements.SIGNING and may


@engagement_page
@identified.required
def sign(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Countersign what the customer signed, known by its hash."""
    found = agreement_in_force(engagement)
    if request.method == "GET" and not is_turn(request, engagement, found):
        return redirect("specialist:agreement", engagement.reference)  # it says where it stands, and who signs
    if found is None:
        return pages.turned_down(request, "specialist:agreement", engagement.reference)
    form = SignForm(pages.posted(request), initial=_initial(request, found))
    if request.method == "POST" and form.is_valid() and _signed(request, found, form):
        return pages.done(request, DONE, "specialist:agreement", engagement.reference)
    if isinstance(getattr(request, pages.REFUSAL, None), errors.Stale):
        form = form.for_version(found.document.sha256)
    context = {"engagement": engagement, "agreement": found, "consent": consent.TEXT}
    return pages.show(request, "specialist/countersign.html", context, form=form)


def _initial(request: HttpRequest, found: Agreement) -> dict[str, Any]:
    user_id = access.viewer_of(request).user_id or 0
    title = Specialist.objects.filter(user_id=user_id).values_list("title", flat=True).first()
    return {"seen_sha256": found.document.sha256, "title": title or ""}


def _signed(request: HttpRequest, found: Agreement, form: SignForm) -> bool:
    by, given = access.viewer_of(request), form.cleaned_data
    about = {"authentication": identified.how(request), "authenticated_at": identified.when(request)}
    done = pages.attempt(request, lambda: signing.countersign(found.pk, **given, **about, by=by, at=now()), form=form)
    return done is not None
