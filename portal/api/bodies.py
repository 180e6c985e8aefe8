"""What a request brings along, in the shape that is asked for."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from portal.api.problems import TooLarge
from portal.uploads import REFUSED


def taken(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What was sent, in the shape that is asked for."""
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def taken_file(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """As `taken`, with a file: one that was refused while it streamed in is told so, not as missing."""
    request.data  # noqa: B018 - the upload handler speaks while it is read
    if words := getattr(request._request, REFUSED, ""):  # noqa: SLF001 - where the upload handler says so
        raise TooLarge(words)
    return taken(shape, request)
