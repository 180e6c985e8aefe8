"""Training: sessions held, materials to read, your team's word that it is ready."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from onboarding.actions import trainings
from onboarding.models import Engagement, Meeting
from onboarding.workflow.steps import Step
from portal import access, pages
from portal.customer.engagement import engagement_page, may

MATERIALS = {
    "manual": "User manual",
    "faq": "Frequently asked questions",
    "tutorial": "Tutorial: follow one record from CRM to books",
}


class SignoffForm(forms.Form):
    statement = forms.CharField(
        label="In your words: what can your team do now?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        initial="Our team was trained and can work with the integration.",
    )


@engagement_page
def training(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Sessions, materials and the sign-off."""
    form = SignoffForm(pages.posted(request))
    if request.method == "POST" and form.is_valid():
        by, words = access.viewer_of(request), form.cleaned_data["statement"]
        if pages.attempt(request, lambda: trainings.sign_off(engagement.pk, statement=words, by=by, at=now()),
                         form=form):  # fmt: skip
            return pages.done(request, "Training signed off.", "customer:training")
    sessions = access.listed(request, Meeting.objects.filter(engagement=engagement, kind="training"))
    known = list(sessions.filter(cancelled_at=None))
    is_held = any(one.held_at for one in known)
    context = {
        "engagement": engagement,
        "sessions": known,
        "is_held": is_held,
        "signoff": getattr(engagement, "training_signoff", None),
        "materials": MATERIALS,
        "may_sign_off": is_held and may(request, engagement, trainings.SIGNERS, at={Step.ACTIVATION_TESTING}),
    }
    return pages.show(request, "customer/training.html", context, form=form)


@require_safe
@engagement_page
def material(request: HttpRequest, engagement: Engagement, name: str) -> HttpResponse:
    """One piece of reading."""
    if name not in MATERIALS:
        raise Http404
    return render(request, f"customer/help/{name}.html", {"engagement": engagement, "title": MATERIALS[name]})
