"""The only door from a request to an object: yours, or 404."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from onboarding.actors import Actor, Role

M = TypeVar("M", bound=Model)


def viewer_of(request: HttpRequest) -> Actor:
    """Who asks. A signed-in user without any membership sees the page that says so (403)."""
    if request.viewer is None:
        raise PermissionDenied("no_membership")
    return request.viewer


def get(request: HttpRequest, rows: QuerySet[M], **lookup: object) -> M:
    """The one row that this viewer may see; absent and not-yours are the same 404."""
    try:
        return rows.visible_to(viewer_of(request)).get(**lookup)
    except (rows.model.DoesNotExist, ValueError, OverflowError) as error:  # SQLite takes no number beyond its own
        raise Http404 from error


def listed(request: HttpRequest, rows: QuerySet[M]) -> QuerySet[M]:
    """All rows of this kind that the viewer may see."""
    return rows.visible_to(viewer_of(request))


def require(request: HttpRequest, *roles: Role) -> Actor:
    """The viewer, who must hold one of the roles; otherwise the designed 403."""
    viewer = viewer_of(request)
    if not viewer.has(*roles):
        raise PermissionDenied("role")
    return viewer
