"""What every page view shares: calling one action, translating its refusal into words on the same page, going on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from onboarding import errors
from onboarding.actions import idempotency
from portal import twice
from portal.uploads import REFUSED

REFUSAL = "refusal"
# What people write into the forms of one button.
WRITTEN = ("reason", "conclusion", "disconnect-reason")
STATUSES: dict[type[errors.Refused], int] = {
    errors.NotYours: 403,
    errors.WrongStep: 409,
    errors.WrongState: 409,
    errors.Stale: 409,
    errors.CriteriaUnmet: 409,
    errors.BadInput: 422,
}


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent to the page, also when it is nothing at all; None when the page is only shown."""
    return request.POST if request.method == "POST" else None


def attempt(request: HttpRequest, call: Callable[[], Any], *, form: BaseForm | None = None) -> Any:
    """Make one domain call, once. Refused: None, the words at their fields or in the page's banner, all input kept.

    NotFound is the 404 page; the same form sent again goes back to its page (portal.twice). Call it with a lambda that
    calls exactly one action, which is atomic by itself.
    """
    try:
        return _once(request, call)
    except idempotency.SentAlready:
        raise
    except errors.NotFound as refusal:
        raise Http404(refusal.words) from refusal
    except errors.BadInput as refusal:
        _at_their_fields(request, refusal, form)
    except errors.Refused as refusal:
        setattr(request, REFUSAL, refusal)
    return None


def _once(request: HttpRequest, call: Callable[[], Any]) -> Any:
    view = request.resolver_match.func if request.resolver_match else None
    if hasattr(view, "_non_atomic_requests"):
        return call()  # it asks a vendor: nothing could take the claim back
    with transaction.atomic():  # refused: the claim goes too, the form may be sent again
        twice.claim(request)
        return call()


def _at_their_fields(request: HttpRequest, refusal: errors.BadInput, form: BaseForm | None) -> None:
    if form is None:
        setattr(request, REFUSAL, refusal)
        return
    for name, words in refusal.fields.items():
        form.add_error(name if name in form.fields else None, words)
    if not refusal.fields:
        form.add_error(None, refusal.words)


def refused_upload(request: HttpRequest, form: BaseForm, field: str = "file") -> bool:
    """An upload was stopped while it streamed in (too large): its words stand at the field; True when so.

    Read request.POST first: only then has the stream been looked at.
    """
    _ = request.POST
    words = getattr(request, REFUSED, "")
    if words:
        form.errors.pop(field, None)
        form.add_error(field, words)
    return bool(words)


def show(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, form: BaseForm | None = None
) -> HttpResponse:
    """Render a page with its form and, after a refusal, the refusal and its status (403, 409 or 422)."""
    refusal = getattr(request, REFUSAL, None)
    status = 200
    if refusal is not None:
        status = next((code for kind, code in STATUSES.items() if isinstance(refusal, kind)), 409)
    elif form is not None and form.is_bound and form.errors:
        status = 422
    return render(request, template, {"form": form, REFUSAL: refusal, **(context or {})}, status=status)


def done(request: HttpRequest, words: str, to: str, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
    """The act is done: say so, and go to a page (post, redirect, get)."""
    messages.success(request, words)
    return redirect(to, *args, **kwargs)


def turned_down(request: HttpRequest, to: str, *args: Any, **kwargs: Any) -> HttpResponse:
    """For one-button posts without a page of their own: the refusal's words with its status, and the way back.

    What the person wrote is shown again; where the words themselves were refused, to be mended and sent anew.
    """
    refusal = getattr(request, REFUSAL, None)
    if refusal is None:
        refusal = errors.WrongState("There is nothing to do here any more. Go back and read it anew.")
        setattr(request, REFUSAL, refusal)
    written = next(({"name": name, "words": request.POST[name]} for name in WRITTEN if name in request.POST), None)
    context = {"back": reverse(to, args=args, kwargs=kwargs), "written": written,
               "may_mend": written and isinstance(refusal, errors.BadInput)}  # fmt: skip
    return show(request, "turned_down.html", context)
