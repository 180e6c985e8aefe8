"""“New Company? Please Register Here”: the company on the Solutions Portal (step IX)."""

from __future__ import annotations

import calendar

from babel import Locale
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from onboarding.actions import registrations
from onboarding.models import Engagement
from portal import access, pages
from portal.customer.engagement import engagement_page, may
from portal.middleware import known_zones

CURRENCIES = ("USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF", "SEK", "NOK", "DKK", "JPY", "INR", "SGD", "ZAR")


class RegistrationForm(forms.Form):
    workspace = forms.SlugField(
        label="Workspace name", max_length=60, help_text="Lower-case letters, digits and hyphens. It can't be changed."
    )
    administrator_name = forms.CharField(
        label="Administrator's name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    administrator_email = forms.EmailField(
        label="Administrator's e-mail", widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(known_zones())],
    )
    base_currency = forms.ChoiceField(
        label="Base currency",
        choices=lambda: [(code, f"{Locale('en').currencies[code]} ({code})") for code in CURRENCIES],
    )
    fiscal_year_starts = forms.TypedChoiceField(
        label="Fiscal year starts in", coerce=int, choices=[(n, calendar.month_name[n]) for n in range(1, 13)]
    )


@engagement_page
def registration(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Register once; correct later, without the workspace's name."""
    known = getattr(engagement, "registration", None)
    form = RegistrationForm(pages.posted(request), initial=_initial(request, engagement))
    if known:
        del form.fields["workspace"]
    if request.method == "POST" and form.is_valid():
        by, act = access.viewer_of(request), registrations.change if known else registrations.register
        if pages.attempt(request, lambda: act(engagement.pk, **form.cleaned_data, by=by, at=now()), form=form):
            words = "Registration corrected." if known else "Your company is registered on the Solutions Portal."
            return pages.done(request, words, "customer:registration")
    context = {
        "engagement": engagement,
        "registration": known,
        "is_early": engagement.at_step.number < 9,
        "may_change": may(request, engagement, registrations.REGISTRANTS, at=registrations.FROM_CONFIGURATION),
    }
    return pages.show(request, "customer/registration.html", context, form=form)


def _initial(request: HttpRequest, engagement: Engagement) -> dict[str, object]:
    known, company = getattr(engagement, "registration", None), engagement.company
    if known:
        return {name: getattr(known, name) for name in RegistrationForm.base_fields}
    return {
        "workspace": "-".join("".join(c if c.isalnum() else " " for c in company.name.lower()).split())[:60],
        "administrator_name": request.viewer.name,
        "administrator_email": request.viewer.email,
        "time_zone": company.time_zone,
        "base_currency": company.currency,
        "fiscal_year_starts": 1,
    }
