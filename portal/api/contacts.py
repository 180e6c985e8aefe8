"""…/contacts/: the customer's four people with a part in the engagement; the executive sponsor signs the agreement."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding import errors
from onboarding.actions import contacts
from onboarding.models import Contact
from portal import access
from portal.api import schema
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads
from portal.api.verifications import READ, WRITE


class NameContactSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=150)
    email = serializers.EmailField(max_length=254)
    title = serializers.CharField(
        max_length=100, allow_blank=True, default="", help_text="Needed of the sponsor: it is printed on the agreement"
    )
    phone = serializers.CharField(max_length=40, allow_blank=True, default="")


class ContactSerializer(NameContactSerializer, Reads):
    kind = serializers.ChoiceField(Contact.Kind.values)


class ContactListSerializer(Reads):
    items = ContactSerializer(many=True)


class Contacts(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="contacts",
        tags=["verifications"],
        summary="The customer's contacts",
        description="Those who are named by now, each kind once.",
        responses={200: schema.told(ContactListSerializer, "The contacts"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str) -> Response:
        rows = access.listed(request, Contact.objects.filter(engagement=self.engagement(reference)))
        return Response({"items": [_drawn(row) for row in rows.order_by("pk")]})


class ContactDetail(Endpoint):
    scopes = {"PUT": WRITE}

    @extend_schema(
        operation_id="name_contact",
        tags=["verifications"],
        summary="Name or change a contact",
        description="By everybody of the customer but viewers, and by specialists. Another sponsor or main contact opens "
        "again what step IV had verified of the earlier one. The same details twice change nothing.",
        request=NameContactSerializer,
        responses={200: schema.told(ContactSerializer, "Named"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def put(self, request: Request, reference: str, contact: str) -> Response:
        engagement = self.engagement(reference)
        if contact not in Contact.Kind.values:
            raise errors.NotFound
        given = taken(NameContactSerializer, request)
        return Response(_drawn(contacts.save(engagement.pk, kind=contact, **given, by=request.viewer, at=now())))


def _drawn(row: Contact) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("kind", "name", "email", "title", "phone")}
