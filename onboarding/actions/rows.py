"""Rows by their id: visible to the actor, or NotFound."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model

from onboarding import errors
from onboarding.actors import Actor

M = TypeVar("M", bound=Model)


def visible(model: type[M], pk: int, by: Actor) -> M:
    """The row with this id when the actor may see it; NotFound when absent or another tenant's."""
    try:
        return model.objects.visible_to(by).get(pk=pk)  # type: ignore[attr-defined]
    except (model.DoesNotExist, ValueError, TypeError, OverflowError):  # type: ignore[attr-defined]
        raise errors.NotFound from None


def noun(row: Model) -> str:
    """What a row is called, as people read it ("check run")."""
    return str(type(row)._meta.verbose_name)
