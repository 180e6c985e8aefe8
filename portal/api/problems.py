"""Every error of the API as application/problem+json (RFC 9457), in the words the pages use."""

from __future__ import annotations

import json
import logging
import math
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from onboarding import errors

logger = logging.getLogger("django.request")
CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One type of problem: its code, HTTP status, title, and what to do about it."""

    code: str
    status: int
    title: str
    advice: str


KINDS = {
    kind.code: kind
    for kind in (
        Kind("malformed", 400, "The request can't be read", "Send what the OpenAPI description says."),
        Kind("unauthorized", 401, "No valid token", "Send Authorization: Bearer with a token that is in force."),
        Kind("scope_missing", 403, "The token lacks a scope", "Make a token with the scope that the answer names."),
        Kind("not_yours", 403, "Another role does this", "Use a token whose role may do it."),
        Kind("not_found", 404, "Nothing here that you can see", "Check the address; absent and not yours read alike."),
        Kind("method_not_allowed", 405, "Not a method of this address", "Use one of those in the Allow header."),
        Kind("not_acceptable", 406, "Only JSON is offered", "Accept application/json."),
        Kind("wrong_step", 409, "Not possible in this step", "Read the status: it names the step and what is open."),
        Kind("wrong_state", 409, "Not possible in this state", "Read the thing again; its state does not allow this."),
        Kind("criteria_unmet", 409, "The step cannot be closed yet", "Meet every criterion listed under unmet."),
        Kind("not_waivable", 409, "This criterion can't be let go", "Meet it."),
        Kind("refused", 409, "Forbidden by a rule", "The detail says which."),
        Kind("stale", 409, "Changed since you read it", "Read it again, then decide anew."),
        Kind("gone", 410, "Not here any more", "Begin anew; the detail says what became of it."),
        Kind("length_required", 411, "No length", "Send Content-Length."),
        Kind("tus_version", 412, "Another version of the protocol", "Send Tus-Resumable: 1.0.0."),
        Kind("too_large", 413, "Too large", "Send a smaller file or body."),
        Kind("unsupported_media_type", 415, "Not a type this address reads", "Send the Content-Type described."),
        Kind("bad_input", 422, "What was sent cannot be taken", "The words at each of the fields say what to send."),
        Kind("checksum_mismatch", 460, "The piece was damaged on its way", "Send the same piece again."),
        Kind("throttled", 429, "Too many requests", "Wait as many seconds as Retry-After says."),
        Kind("internal_error", 500, "Our mistake", "Try again later; we are told of every one."),
    )
}


DJANGOS: dict[type[Exception], tuple[str, str]] = {
    Http404: ("not_found", errors.NotFound().words),
    PermissionDenied: ("not_yours", "This belongs to another role."),
    SuspiciousOperation: ("malformed", "This request can't be taken."),
}


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "This is larger than what is taken here."


def problem(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: any error as a problem, the view's transaction rolled back."""
    if getattr(context.get("view"), "is_atomic", True):
        set_rollback()
    request = context["request"]
    status, body, headers = describe(error, request)
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def plain(error: Exception, request: HttpRequest) -> HttpResponse:
    """The same without DRF, for the lean endpoints."""
    status, body, headers = describe(error, request)
    return HttpResponse(json.dumps(body), status=status, headers=headers, content_type=CONTENT_TYPE)


def describe(error: Exception, request: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, body and headers of an error. What nobody foresaw is logged, and told without its details."""
    code, detail, extra = _facts(error)
    kind = KINDS[code]
    if code == "internal_error":
        logger.error("Internal Server Error: %s", request.path, exc_info=error)
    body = {
        "type": type_of(kind),
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": request.path,
        "code": code,
    }
    return kind.status, {**extra, **body}, _headers(error, kind)


def type_of(kind: Kind) -> str:
    """The type's URI: it leads to the list of all."""
    return f"{settings.BASE_URL}/api/v1/problems/#{kind.code}"


def _facts(error: Exception) -> tuple[str, str, dict[str, Any]]:
    """Code, detail and further members."""
    if isinstance(error, errors.Refused):
        return (error.code if error.code in KINDS else "refused"), error.words, error.data
    if isinstance(error, exceptions.ValidationError):
        return "bad_input", errors.BadInput().words, {"fields": _words(error.detail)}
    if isinstance(error, exceptions.APIException):
        return _code(error), str(error.detail), {}
    for known, (code, words) in DJANGOS.items():
        if isinstance(error, known):
            return code, words, {}
    return "internal_error", "Something went wrong on our side. Nothing was changed.", {}


def _code(error: exceptions.APIException) -> str:
    if (given := error.get_codes()) in KINDS:
        return str(given)
    return next((code for code, kind in KINDS.items() if kind.status == error.status_code), "internal_error")


def _words(detail: Any) -> dict[str, str]:
    """DRF's nested errors as sentences, field by field; what is wrong deeper inside says where."""
    if not isinstance(detail, dict):
        return {"body": " ".join(_sentences(detail))}
    return {_place(name): " ".join(_sentences(inside)) for name, inside in detail.items()}


def _place(name: str | int) -> str:
    if isinstance(name, int):
        return f"item {name + 1}"
    return "body" if name == "non_field_errors" else name


def _sentences(detail: Any, *place: str) -> list[str]:
    if isinstance(detail, dict):
        return [said for name, one in detail.items() for said in _sentences(one, *place, _place(name))]
    if isinstance(detail, list):
        return [said for one in detail for said in _sentences(one, *place)]
    return [f"{', '.join(place)}: {detail}" if place else str(detail)]


def _headers(error: Exception, kind: Kind) -> dict[str, str]:
    headers = {"Cache-Control": "no-store", **getattr(error, "headers", {})}
    if kind.status == 401:
        headers["WWW-Authenticate"] = getattr(error, "auth_header", 'Bearer realm="InterWeave onboarding"')
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    return headers
