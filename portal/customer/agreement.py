"""The agreement: read it, ask about it, then sign it under your own confirmed identity, or decline with a reason."""

from __future__ import annotations

import contextlib
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from onboarding import errors
from onboarding.actions import agreement_comments, agreement_copies, agreements, signing
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.library import consent
from onboarding.models import Agreement, Document, Engagement
from onboarding.queries import signing as queries
from onboarding.workflow.agreement_machine import INTERNAL, OPEN_FOR_SIGNATURE
from onboarding.workflow.step_04_customer_verification import agreement_in_force
from portal import access, identified, pages, signing_elsewhere
from portal.customer import doors
from portal.customer.engagement import engagement_page, may
from portal.sign_form import SignForm

State = Agreement.State


class CommentForm(forms.Form):
    clause = forms.CharField(
        label="Clause", max_length=20, required=False, help_text="Its number as printed, for example 7.2. Leave it "
        "empty when you mean the whole agreement.", widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    text = forms.CharField(label="Your comment", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class CopyForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(label="Name", max_length=150, required=False)


@require_safe
@engagement_page
def agreement(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The agreement in force with its signers, its PDF, what was said about it and what comes next."""
    found = _shown(engagement)
    if _is_turn(request, engagement, found):
        found = _read(request, engagement, found)
    return _page(request, engagement, found)


def _shown(engagement: Engagement) -> Agreement | None:
    """The agreement in force; a draft is InterWeave's own until it is issued."""
    found = agreement_in_force(engagement)
    if found is None or found.state in INTERNAL:
        return None
    found.company = engagement.company
    return found


def _is_turn(request: HttpRequest, engagement: Engagement, found: Agreement | None, *, at: Any = None) -> bool:
    """True when it waits for this very viewer's signature."""
    if found is None or found.state not in OPEN_FOR_SIGNATURE:
        return False
    signer = queries.turn(found)
    is_theirs = signer is not None and queries.is_same_person(signer.email, access.viewer_of(request).email)
    return is_theirs and may(request, engagement, signing.SIGNERS, at=at or agreements.ISSUING)


def _read(request: HttpRequest, engagement: Engagement, found: Agreement | None) -> Agreement | None:
    """Keep that the signer opened it; whatever happened to it meanwhile, the page shows."""
    if found is not None:
        with contextlib.suppress(errors.Refused):
            signing.view(found.pk, by=access.viewer_of(request), at=now())
    return _shown(engagement)


def _page(
    request: HttpRequest, engagement: Engagement, found: Agreement | None, *, comment: forms.Form | None = None,
    copy: forms.Form | None = None,
) -> HttpResponse:  # fmt: skip
    stopped = _stopped(found)
    is_open = found is not None and found.state in OPEN_FOR_SIGNATURE
    threads = queries.threads(engagement) if found else []
    elsewhere = signing_elsewhere.place(found)
    context = {
        "engagement": engagement,
        "agreement": found,
        "paper": _paper(found),
        "stopped": stopped,
        "lines": queries.lines(found) if found else [],
        "former": _former(request, engagement),
        "is_open": is_open,
        "may_sign": not stopped and _is_turn(request, engagement, found, at=agreements.SIGNING),
        "may_decline": is_open and may(request, engagement, agreements.DECLINERS, at=agreements.ISSUING),
        "is_time": engagement.at_step in agreements.SIGNING,
        "elsewhere": elsewhere,
        "may_sign_elsewhere": signing_elsewhere.is_turn(request, elsewhere),
        "threads": threads,
        "may_settle": may(request, engagement, CUSTOMER_WRITERS),
        "comment": (comment or CommentForm(auto_id="comment-%s"))
        if is_open and may(request, engagement, CUSTOMER_WRITERS, at=agreements.ISSUING)
        else None,
        **_copies(request, engagement, found, copy),
        **(doors.to_agreement(request, engagement, found) if found else {}),
    }
    bound = next((one for one in (comment, copy) if one is not None), None)
    return pages.show(request, "customer/agreement.html", context, form=bound)


def _former(request: HttpRequest, engagement: Engagement) -> Any:
    """What was issued once and is closed, the newest first."""
    closed = Agreement.objects.filter(engagement=engagement, closed_at__isnull=False, issued_at__isnull=False)
    return access.listed(request, closed).order_by("-pk")


def _paper(found: Agreement | None) -> Document | None:
    """What is shown to read: once both parties signed, the executed file."""
    if found is None:
        return None
    executed = found.executed_document
    return executed if executed and executed.is_ready else found.document


def _copies(
    request: HttpRequest, engagement: Engagement, found: Agreement | None, copy: forms.Form | None
) -> dict[str, Any]:
    """Who gets a copy, and the form for one more while they can be named."""
    if found is None:
        return {"copies": [], "copy": None}
    is_before = found.state != State.EXECUTED and may(request, engagement, agreements.DECLINERS, at=agreements.ISSUING)
    return {"copies": found.copies.all(), "copy": (copy or CopyForm(auto_id="copy-%s")) if is_before else None}


def _stopped(found: Agreement | None) -> str:
    """Why nobody can sign what was issued; empty while somebody can."""
    if found is None or found.state not in OPEN_FOR_SIGNATURE:
        return ""
    if queries.is_expired(found, at=now()):
        return "The day until which it could be signed has passed. Your specialist issues it anew."
    return (
        "" if queries.is_true(found) else "Your company's details were corrected since. Your specialist issues it anew."
    )


@identified.required
@engagement_page
def sign(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Sign what was shown: identity confirmed just now, name typed, consent given, the version's hash sent back."""
    found = _shown(engagement)
    if request.method == "GET":
        if _stopped(found) or not _is_turn(request, engagement, found, at=agreements.SIGNING):
            return redirect("customer:agreement")  # it says why, and who signs
        if signing_elsewhere.place(found):
            return redirect("customer:sign_elsewhere")
        found = _read(request, engagement, found)
    if found is None:
        return (
            redirect("customer:agreement")
            if request.method == "GET"
            else pages.turned_down(request, "customer:agreement")
        )
    form = SignForm(pages.posted(request), initial=_initial(request, found))
    if request.method == "POST" and form.is_valid() and _signed(request, found, form):
        return pages.done(request, _next(found), "customer:agreement")
    if isinstance(getattr(request, pages.REFUSAL, None), errors.Stale):
        form = form.for_version(found.document.sha256)
    context = {
        "engagement": engagement, "agreement": found, "consent": consent.TEXT, "signer": queries.turn(found),
        "open": queries.open_count(queries.threads(engagement)),
    }  # fmt: skip
    return pages.show(request, "customer/sign.html", context, form=form)


def _initial(request: HttpRequest, found: Agreement) -> dict[str, Any]:
    signer = queries.turn(found)
    return {"seen_sha256": found.document.sha256, "title": signer.title if signer else ""}


def _signed(request: HttpRequest, found: Agreement, form: SignForm) -> bool:
    by, given = access.viewer_of(request), form.cleaned_data
    about = {"authentication": identified.how(request), "authenticated_at": identified.when(request)}
    done = pages.attempt(request, lambda: signing.sign(found.pk, **given, **about, by=by, at=now()), form=form)
    return done is not None


def _next(found: Agreement) -> str:
    following = queries.turn(found)
    if following is None or following.party == following.Party.INTERWEAVE:
        return "Signed. InterWeave countersigns next; you get your copy by e-mail."
    return f"Signed. {following.name} signs next; you get your copy by e-mail when all have signed."


@require_POST
@engagement_page
def decline(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Decline, with the reason."""
    found, by = _shown(engagement), access.viewer_of(request)
    reason = request.POST.get("reason", "")
    if found and pages.attempt(request, lambda: signing.decline(found.pk, reason=reason, by=by, at=now())):
        return pages.done(request, "Declined. Your specialist reads your reason and answers.", "customer:agreement")
    return pages.turned_down(request, "customer:agreement")


@require_POST
@engagement_page
def comment(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Say something about a clause, or about the whole."""
    found, by = _shown(engagement), access.viewer_of(request)
    if found is None:
        return pages.turned_down(request, "customer:agreement")
    form = CommentForm(request.POST, auto_id="comment-%s")
    if form.is_valid() and pages.attempt(
        request, lambda: agreement_comments.write(found.pk, **form.cleaned_data, by=by, at=now()), form=form
    ):
        return pages.done(request, "Sent. Your specialist answers here, and you get a mail.", "customer:agreement")
    return (
        _page(request, engagement, found, comment=form)
        if form.errors
        else pages.turned_down(request, "customer:agreement")
    )


@require_POST
@engagement_page
def settle(request: HttpRequest, engagement: Engagement, comment_id: int) -> HttpResponse:
    """What was said at this clause is settled."""
    by = access.viewer_of(request)
    if pages.attempt(request, lambda: agreement_comments.settle(comment_id, by=by, at=now())):
        return pages.done(request, "Settled.", "customer:agreement")
    return pages.turned_down(request, "customer:agreement")


@require_POST
@engagement_page
def add_copy(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """One more person who gets the executed agreement."""
    found, by = _shown(engagement), access.viewer_of(request)
    if found is None:
        return pages.turned_down(request, "customer:agreement")
    form = CopyForm(request.POST, auto_id="copy-%s")
    if form.is_valid() and pages.attempt(
        request, lambda: agreement_copies.add(found.pk, **form.cleaned_data, by=by, at=now()), form=form
    ):
        words = f"{form.cleaned_data['email']} gets a copy once everybody signed."
        return pages.done(request, words, "customer:agreement")
    return (
        _page(request, engagement, found, copy=form)
        if form.errors
        else pages.turned_down(request, "customer:agreement")
    )


@require_POST
@engagement_page
def remove_copy(request: HttpRequest, engagement: Engagement, copy_id: int) -> HttpResponse:
    """No copy for this person after all."""
    by = access.viewer_of(request)
    if pages.attempt(request, lambda: agreement_copies.remove(copy_id, by=by, at=now())):
        return pages.done(request, "Removed.", "customer:agreement")
    return pages.turned_down(request, "customer:agreement")
