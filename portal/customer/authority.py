"""Your signatory's authority: the document that shows it."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from onboarding.actions import receiving, verifications
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.library.verification_checks import Code
from onboarding.models import Contact, Engagement, Verification
from portal import access, pages
from portal.customer.engagement import engagement_page, may


class AuthorityForm(forms.Form):
    file = forms.FileField(
        label="The document", allow_empty_file=True,  # the file policy says so
        help_text=f"PDF or a picture, such as a register extract. Up to {receiving.in_words(receiving.limit_of(None))}.",
    )  # fmt: skip


@engagement_page
def authority(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """What is needed, what was sent and what came of it."""
    form = AuthorityForm()
    if request.method == "POST":
        form = AuthorityForm(request.POST, request.FILES)
        stopped = pages.refused_upload(request, form)
        by = access.viewer_of(request)
        if not stopped and form.is_valid() and pages.attempt(
            request,
            lambda: verifications.give_authority(engagement.pk, upload=form.cleaned_data["file"], by=by, at=now()),
            form=form,
        ):  # fmt: skip
            return pages.done(request, "Sent. Your specialist looks at it.", "customer:authority")
    rows = access.listed(request, Verification.objects.filter(engagement=engagement).select_related("document"))
    check = rows.filter(check_code=Code.AUTHORITY).first()
    is_settled = check is None or check.outcome in verifications.SETTLED
    context = {
        "engagement": engagement,
        "check": check,
        "is_settled": is_settled,
        "signatory": engagement.contacts.filter(kind=Contact.Kind.SPONSOR).first(),
        "may_send": not is_settled and may(request, engagement, CUSTOMER_WRITERS, at=verifications.CHECKING),
    }
    return pages.show(request, "customer/authority.html", context, form=form)
