"""Calls that vendors make to us: verified over the raw bytes, kept once, answered at once. A worker does the rest."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware, now
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.docusign import webhooks as docusign_calls
from integrations.engine.webhooks import MOST_BYTES, Delivery, WebhookRefused
from integrations.fireflies import webhooks as fireflies_calls
from integrations.stripe import webhooks as stripe_calls
from integrations.zoom import webhooks as zoom_calls
from onboarding.actions import webhooks

UNAUTHORISED, TOO_LARGE, WRONG_TYPE, BAD = 401, 413, 415, 400
STATUSES = {"webhook_unsigned": UNAUTHORISED, "webhook_forged": UNAUTHORISED}
MOMENTS = {"meeting.started": "start_time", "meeting.ended": "end_time"}  # where Zoom says when it was
logger = logging.getLogger(__name__)
Verified = Callable[..., Delivery]


@csrf_exempt
@require_POST
def zoom(request: HttpRequest) -> HttpResponse:
    """Zoom tells of a meeting, or asks whether this address is ours."""
    secret = settings.ZOOM_WEBHOOK_SECRET
    if refusal := _unfit(request, secret):
        return refusal
    try:
        challenge = zoom_calls.challenged(request.body, request.headers, secret=secret, now=now())
    except WebhookRefused as refused:
        return _refused(refused, "zoom")
    return JsonResponse(challenge) if challenge else _taken(request, zoom_calls.verified, secret)


@csrf_exempt
@require_POST
def fireflies(request: HttpRequest) -> HttpResponse:
    """Fireflies tells of a transcript or a summary."""
    secret = settings.FIREFLIES_WEBHOOK_SECRET
    return _unfit(request, secret) or _taken(request, fireflies_calls.verify, secret)


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """Stripe tells of a payment page, a refund or a dispute."""
    secret = settings.STRIPE_WEBHOOK_SECRET
    return _unfit(request, secret) or _taken(request, stripe_calls.verified, secret)


@csrf_exempt
@require_POST
def docusign(request: HttpRequest) -> HttpResponse:
    """DocuSign tells of an envelope."""
    keys = settings.DOCUSIGN_CONNECT_KEYS
    return _unfit(request, keys) or _taken(request, docusign_calls.verified, keys)


def _unfit(request: HttpRequest, secret: str | list[str]) -> HttpResponse | None:
    """What can be said without reading the call; None when it may be read. Without a secret there is nothing here."""
    if not secret:
        raise Http404
    if request.content_type != "application/json":
        return _answer(WRONG_TYPE, "webhook_unreadable", "Send the call as application/json.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return _answer(TOO_LARGE, "webhook_unreadable", "The call is too large.")
    return None


def _taken(request: HttpRequest, verified: Verified, secret: str | list[str]) -> HttpResponse:
    """Verify and keep the call; the same one again changes nothing and is answered the same."""
    try:
        delivery = verified(request.body, request.headers, secret=secret, now=now())
    except WebhookRefused as refused:
        return _refused(refused, verified.__module__.split(".")[1])
    webhooks.take_in(
        provider=delivery.vendor, event_id=delivery.event_id, event=delivery.event, object_id=delivery.object_id,
        occurred_at=_moment(delivery.event, delivery.payload) or delivery.sent_at, at=now(),
    )  # fmt: skip
    return HttpResponse(status=204)


def _moment(event: str, payload: Mapping[str, Any]) -> datetime | None:
    """When it happened, where the call says it: it may come late."""
    try:
        moment = parse_datetime(str(payload.get(MOMENTS.get(event, ""), "")))
    except ValueError:
        return None
    return moment if moment and is_aware(moment) else None


def _refused(refused: WebhookRefused, vendor: str) -> HttpResponse:
    logger.warning("webhook of %s refused: %s", vendor, refused.code)
    return _answer(STATUSES.get(refused.code, BAD), refused.code, refused.words)


def _answer(status: int, code: str, words: str) -> HttpResponse:
    body = {"title": "The call was refused", "status": status, "code": code, "detail": words}
    return JsonResponse(body, status=status, content_type="application/problem+json")
