"""One's own page: name, phone, time zone; companies, tokens, and the ways to sign in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from onboarding.actions import people
from portal import pages
from portal.accounts import factors
from portal.accounts.forms import ProfileForm


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """What others see of me, and where I change how I sign in."""
    user = request.user
    form = ProfileForm(
        pages.posted(request), initial={"name": user.name, "phone": user.phone, "time_zone": user.time_zone}
    )
    if request.method == "POST" and form.is_valid():
        people.describe(user.pk, **form.cleaned_data)
        return pages.done(request, _("Saved."), "account_settings")
    context = {"has_second_factor": factors.has_second_factor(user), "person": user}
    return pages.show(request, "accounts/profile.html", context, form=form)
