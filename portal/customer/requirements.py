"""Requirements: what was understood, each with its sources; signed off as one list, changed by requests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from onboarding.actions import change_requests, requirements, suggestions
from onboarding.actors import CUSTOMER_WRITERS
from onboarding.library import flows as flow_library
from onboarding.models import ChangeRequest, Engagement, Requirement
from onboarding.queries import requirements as queries
from onboarding.queries import suggestions as suggested
from onboarding.queries import threads
from onboarding.workflow.steps import Step
from portal import access, pages
from portal import threads as drawn
from portal.customer.engagement import engagement_page, may

PRIORITIES = [("", "Leave that to the review"), *Requirement.Priority.choices]
SHOWN_SUGGESTIONS = 10


class ProposeForm(forms.Form):
    text = forms.CharField(
        label="What does the integration have to do?", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    kind = forms.ChoiceField(label="What kind is it?", choices=[("", "Choose a kind"), *Requirement.Kind.choices])
    flow = forms.ChoiceField(
        label="Which flow is it about?",
        choices=[("", "None in particular"), *flow_library.NAMES.items()],
        required=False,
    )


class AskForm(ProposeForm):
    """The same once the list is signed off: a change of it needs a reason."""

    priority = forms.ChoiceField(label="How important is it?", choices=PRIORITIES, required=False)
    reason = forms.CharField(label="Why is it needed?", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The list, the sign-off, and the form to propose what is missing."""
    signoff, since = queries.since_signed(engagement)
    is_signed = signoff is not None and signoff.superseded_at is None
    form = (AskForm if is_signed else ProposeForm)(pages.posted(request))
    if request.method == "POST" and form.is_valid() and _propose(request, engagement, form, is_signed=is_signed):
        words = "Asked for. Your specialist says what it means for the plan." if is_signed else (
            "Added. Your specialist reads it and gives it a priority."
        )  # fmt: skip
        return pages.done(request, words, "customer:requirements")
    rows = list(access.listed(request, Requirement.objects.filter(engagement=engagement)).prefetch_related("sources"))
    listed = [one for one in rows if one.state != Requirement.State.DECLINED]
    door = drawn.Door()
    may_propose = may(request, engagement, CUSTOMER_WRITERS, at=Step if is_signed else requirements.STEPS)
    context = {
        "engagement": engagement,
        "requirements": [drawn.row(one, door) for one in listed],
        "declined": [one for one in rows if one.state == Requirement.State.DECLINED],
        "summary": _summary(listed),
        "sha256": queries.list_hash(engagement),
        "signoff": signoff if is_signed else None,
        "before": None if is_signed else signoff,
        "since": [] if is_signed else [drawn.difference(one) for one in since],
        "versions": _versions(engagement) if signoff and signoff.version > 1 else [],
        "changes": list(
            access.listed(request, ChangeRequest.objects.filter(engagement=engagement)).order_by("-number")
        ),
        "suggestions": _suggested(engagement, door) if may_propose and not is_signed else [],
        "may_sign_off": may(request, engagement, requirements.SIGNERS, at={Step.REQUIREMENTS_REVIEW}),
        "may_change": may_propose,
        "is_time": engagement.at_step is Step.REQUIREMENTS_REVIEW,
    }
    return pages.show(request, "customer/requirements.html", context, form=form)


def _propose(request: HttpRequest, engagement: Engagement, form: forms.Form, *, is_signed: bool) -> Any:
    by, given = access.viewer_of(request), dict(form.cleaned_data)

    def propose() -> object:
        if is_signed:
            kind = given.pop("kind")
            return change_requests.propose(
                engagement.pk, kind="add", requirement_kind=kind, **given, by=by, at=now()
            )  # fmt: skip
        source = f"Proposed by {by.name}: {given['text']}"
        return requirements.add(engagement.pk, **given, priority="", source=source, by=by, at=now())

    return pages.attempt(request, propose, form=form)


def _summary(listed: list[Requirement]) -> list[dict[str, Any]]:
    """Key figures: how many of each priority; what has none yet is named only while there is some."""
    counted = queries.by_priority(listed)
    names = dict(Requirement.Priority.choices) | {"": "Not set yet"}
    shown = [{"label": names[code], "value": count} for code, count in counted.items() if code or count]
    return shown if listed else []


def _versions(engagement: Engagement) -> list[dict[str, Any]]:
    return [
        {"signoff": one, "differences": [drawn.difference(each) for each in changed]}
        for one, changed in queries.versions(engagement)
    ]


def _suggested(engagement: Engagement, door: drawn.Door) -> list[dict[str, Any]]:
    return [drawn.suggestion(one, door) for one in suggested.open_for(engagement)[:SHOWN_SUGGESTIONS]]


@require_POST
@engagement_page
def take(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Propose what the company's own answers suggest, in one press."""
    by, key = access.viewer_of(request), request.POST.get("key", "")
    found = next((one for one in suggested.open_for(engagement) if one.key == key), None)
    words = {name: getattr(found, name, "") for name in ("text", "kind", "flow")}
    if pages.attempt(request, lambda: suggestions.take(engagement.pk, key=key, **words, priority="", by=by, at=now())):
        return pages.done(request, "Proposed. Your specialist gives it a priority.", "customer:requirements")
    return pages.turned_down(request, "customer:requirements")


@require_POST
@engagement_page
def sign_off(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Sign off the very list that was shown, known by its hash."""
    by, seen = access.viewer_of(request), request.POST.get("sha256", "")
    if pages.attempt(request, lambda: requirements.sign_off(engagement.pk, sha256=seen, by=by, at=now())):
        return pages.done(request, "Requirements signed off.", "customer:requirements")
    return pages.turned_down(request, "customer:requirements")


@require_safe
@engagement_page
def overview(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Every requirement from its source to its test, and what is missing in between."""
    context = {"engagement": engagement, **drawn.matrix(threads.overview(engagement), drawn.Door())}
    return pages.show(request, "customer/requirement_threads.html", context)


class RemoveForm(forms.Form):
    reason = forms.CharField(
        label="Why is it not needed any more?", max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


@engagement_page
def requirement(request: HttpRequest, engagement: Engagement, number: int) -> HttpResponse:
    """One requirement with its thread; once the list is signed off, the forms to ask for other words, or for none."""
    rows = Requirement.objects.filter(engagement=engagement).select_related("engagement")
    one = access.get(request, rows, number=number)
    kept = {name: getattr(one, name) for name in ("text", "kind", "priority", "flow")}
    is_removal = request.POST.get("remove") == "yes"
    ask = AskForm(None if is_removal else pages.posted(request), initial=kept)
    removal = RemoveForm(request.POST if is_removal else None, auto_id="remove-%s")
    form = removal if is_removal else ask
    if request.method == "POST" and form.is_valid() and (asked := _ask(request, one, form)):
        words = "Asked for. Your specialist says what it means for the plan."
        return pages.done(request, words, "customer:change_request", asked.number)
    changes = list(one.change_requests.order_by("-number"))
    is_settled = not any(change.is_open for change in changes) and one.state != Requirement.State.DECLINED
    signoff = queries.signoff_in_force(engagement)
    context = {
        "engagement": engagement,
        "thread": drawn.thread(threads.of(one), drawn.Door()),
        "changes": changes,
        "may_ask": bool(signoff) and is_settled and may(request, engagement, CUSTOMER_WRITERS),
        "ask": ask,
        "removal": removal,
    }
    return pages.show(request, "customer/requirement.html", context, form=form)


def _ask(request: HttpRequest, one: Requirement, form: forms.Form) -> Any:
    by, given = access.viewer_of(request), dict(form.cleaned_data)
    kind = ChangeRequest.Kind.CHANGE if "text" in given else ChangeRequest.Kind.REMOVE
    given["requirement_kind"] = given.pop("kind", "")
    return pages.attempt(
        request,
        lambda: change_requests.propose(
            one.engagement_id, kind=kind, requirement=one.number, **given, by=by, at=now()
        ),
        form=form,
    )  # fmt: skip
