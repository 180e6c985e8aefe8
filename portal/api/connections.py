"""…/connections/: which systems are connected, and how they stand. Never a secret, never an address."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.models import Connection
from onboarding.workflow.status import iso
from portal import access
from portal.api import schema
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads


class IdentitySerializer(Reads):
    """Who answered when the connection was proven."""

    id = serializers.CharField()
    name = serializers.CharField()
    is_sandbox = serializers.BooleanField(allow_null=True)


class ConnectionSerializer(Reads):
    id = serializers.IntegerField()
    side = serializers.ChoiceField(Connection.Side.values)
    system = serializers.CharField()
    environment = serializers.ChoiceField(Connection.Environment.values)
    state = serializers.ChoiceField(Connection.State.values)
    identity = IdentitySerializer(allow_null=True)
    proven_at = serializers.DateTimeField(allow_null=True)
    secret_given_at = serializers.DateTimeField(allow_null=True)
    secret_given_by = serializers.CharField(allow_blank=True)
    token_expires_at = serializers.DateTimeField(allow_null=True)
    consent_expires_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class Connections(Endpoint):
    scopes = {"GET": "connections:read"}

    @extend_schema(
        operation_id="connections",
        tags=["connections"],
        summary="The connected systems",
        description="At most four: each side in a sandbox and in production. Never a secret, never an address of theirs.",
        responses={
            200: schema.told(
                inline_serializer("Connections", {"items": ConnectionSerializer(many=True)}), "All of them"
            ),
            **schema.refusals(),
        },
    )
    def get(self, request: Request, reference: str) -> Response:
        rows = access.listed(request, Connection.objects.filter(engagement=self.engagement(reference)))
        return Response({"items": [_drawn(connection) for connection in rows]})


def _drawn(connection: Connection) -> dict[str, Any]:
    plain = ("id", "side", "system", "environment", "state", "secret_given_by")
    moments = ("proven_at", "secret_given_at", "token_expires_at", "consent_expires_at", "created_at")
    who = connection.identity
    return {
        **{name: getattr(connection, name) for name in plain},
        **{name: iso(getattr(connection, name)) for name in moments},
        "identity": {key: who.get(key) for key in ("id", "name", "is_sandbox")} if who else None,
    }
