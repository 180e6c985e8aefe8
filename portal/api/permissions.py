from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # DRF's views load this module while they load themselves
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """The endpoint says which scope each method needs: `scopes = {"GET": "documents:read"}`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.auth is None:
            return False
        require(request.auth.actor.scopes, view.scopes.get("GET" if request.method == "HEAD" else request.method))
        return True


def require(held: frozenset[str], scope: str | None) -> None:
    """Raise the 403 that names the scope this token lacks. None: no scope belongs to this method (405 follows)."""
    if scope is not None and scope not in held:
        raise PermissionDenied(f"This token lacks the scope “{scope}”.", code="scope_missing")
