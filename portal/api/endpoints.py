"""What every endpoint shares: the tenant of its token, errors as problems, and the lean way for the hot reads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from onboarding import tenancy
from onboarding.actions import api_tokens
from onboarding.models import Engagement
from onboarding.queries.engagements import TokenRead
from portal import access
from portal.api import authentication, permissions, problems, throttles

LONGEST_JSON = 64 * 1024


class Endpoint(APIView):
    """Runs in its token's tenant; `scopes` names the scope each method needs. Rows are asked for through `access`."""

    scopes: dict[str, str] = {}
    metadata_class = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as self.tenant:
            return super().dispatch(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """The token names the tenant: its rows and no others, from here to the end of the request."""
        super().perform_authentication(request)
        if (bearer := request.auth) is None:
            throttles.count_stranger(request)
            raise NotAuthenticated(authentication.NO_TOKEN)
        company_id = bearer.actor.company_id
        self.tenant.enter_context(tenancy.acting(company_id=company_id, staff=company_id is None))
        request.viewer = bearer.actor
        if not bearer.is_noted:
            api_tokens.note_use(bearer.token.pk, at=now())

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        is_json = (request.content_type or "").startswith("application/json")
        if is_json and int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_JSON:
            raise problems.TooLarge(f"A JSON body is at most {LONGEST_JSON // 1024} KiB.")

    def finalize_response(self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any) -> HttpResponse:
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return super().finalize_response(request, response, *args, **kwargs)

    def engagement(self, reference: str) -> Engagement:
        """The engagement of the address, if the token may see it; else 404."""
        rows = Engagement.objects.select_related("company", "specialist__user")
        return access.get(self.request, rows, reference=reference)


class LeanEndpoint(Endpoint):
    """GET without DRF's request, negotiation and permission classes; its one SQL statement knows the token.

    Its address is marked `non_atomic_requests`: one statement needs no transaction.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            return super().dispatch(request, *args, **kwargs)
        return self.answer(request, **kwargs)

    def answer(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What `get` answers, or the problem it met."""
        try:
            return self.get(request, **kwargs)
        except Exception as error:  # noqa: BLE001 - problems.describe logs what nobody foresaw
            return problems.plain(error, request)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        raise NotImplementedError

    def read(self, request: HttpRequest, ask: Callable[[str], Any]) -> Any:
        """What `ask(digest)` found for the request's token; 401, 403 or 429 when it may not ask."""
        digest = authentication.digest_in(request)
        found = ask(digest) if digest else None
        if found is None:
            throttles.count_stranger(request)
            raise NotAuthenticated(authentication.DEAD_TOKEN if digest else authentication.NO_TOKEN)
        self._admit(found.token)
        return found

    def _admit(self, token: TokenRead) -> None:
        throttles.hot_reads.count(token.token_id)
        permissions.require(token.scopes, self.scopes["GET"])
        if not token.is_noted:
            with tenancy.acting(company_id=token.company_id, staff=token.company_id is None):
                api_tokens.note_use(token.token_id, at=now())
