"""Your e-mail domain: proved by a code that arrives there, or by a record in its DNS that a worker looks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now

from onboarding.actions import domains
from onboarding.library.company_keys import host_of
from onboarding.models import DomainProof, Engagement
from onboarding.queries import domains as query
from portal import access, pages
from portal.customer.engagement import engagement_page, may

ONCE = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})


class CodeForm(forms.Form):
    email = forms.CharField(
        label="Address in the domain", max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="Your own, or one every domain has, such as postmaster@ or hostmaster@. We send six digits there.",
    )  # fmt: skip


class EnterForm(forms.Form):
    code = forms.CharField(label="Code from the mail", max_length=12, widget=ONCE, help_text="Six digits.")


class RecordForm(forms.Form):
    domain = forms.CharField(
        label="Domain", max_length=253, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="What stands behind the @ of your addresses, such as acme.com.",
    )  # fmt: skip


FORMS: dict[str, type[forms.Form]] = {
    "ask_code": CodeForm, "enter_code": EnterForm, "ask_record": RecordForm, "look_up": forms.Form,
}  # fmt: skip
DONE = {
    "ask_code": "The code is on its way.",
    "enter_code": "Your domain is proved. Thank you.",
    "ask_record": "Add the record below to your domain.",
    "look_up": "We look now.",
}


@engagement_page
def domain(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Where the proof stands, and what can be done about it."""
    proof = query.present(engagement.company_id)
    posted, asked = None, request.POST.get("act", "")
    if request.method == "POST":
        if asked not in FORMS:
            raise Http404
        posted = FORMS[asked](request.POST, auto_id=f"{asked}-%s")
        if posted.is_valid() and _do(request, engagement, proof, asked, posted):
            return pages.done(request, DONE[asked], "customer:domain")
        proof = query.present(engagement.company_id)
    context = _context(request, engagement, proof) | {
        f"{name}_form": posted
        if name == asked and posted
        else form(initial=_initial(engagement, proof), auto_id=f"{name}-%s")
        for name, form in FORMS.items()
    }
    return pages.show(request, "customer/domain.html", context, form=posted)


def _do(
    request: HttpRequest, engagement: Engagement, proof: DomainProof | None, asked: str, form: forms.Form
) -> bool:  # fmt: skip
    by, at, given = access.viewer_of(request), now(), form.cleaned_data
    if asked == "ask_code":
        return bool(pages.attempt(
            request, lambda: domains.ask_code(engagement.pk, **given, by=by, at=at), form=form
        ))  # fmt: skip
    if asked == "ask_record":
        return bool(pages.attempt(
            request, lambda: domains.ask_record(engagement.pk, **given, by=by, at=at), form=form
        ))  # fmt: skip
    if proof is None:
        raise Http404
    if asked == "look_up":
        return bool(pages.attempt(request, lambda: domains.look_up(proof.pk, by=by, at=at), form=form))
    tried = pages.attempt(request, lambda: domains.enter_code(proof.pk, **given, by=by, at=at), form=form)
    if tried and not tried.proved_at:
        form.add_error("code", domains.wrong_words(tried))
    return bool(tried and tried.proved_at)


def _initial(engagement: Engagement, proof: DomainProof | None) -> dict[str, str]:
    known = proof.domain if proof else engagement.company.mail_domain or host_of(engagement.company.website)
    return {"email": f"postmaster@{known}" if known else "", "domain": known}


def _context(request: HttpRequest, engagement: Engagement, proof: DomainProof | None) -> dict[str, Any]:
    is_dns = proof is not None and proof.method == DomainProof.Method.DNS
    lookup = proof.lookups.last() if proof and is_dns else None
    return {
        "engagement": engagement,
        "proof": proof,
        "state": query.state_of(proof, at=now()) if proof else "",
        "is_dns": is_dns,
        "lookup": lookup,
        "tries_left": query.MOST_TRIES - proof.code_tries if proof else 0,
        "is_free": not engagement.company.mail_domain,
        "may_prove": may(request, engagement, domains.PROVERS),
    }
