"""…/records/: everything that was collected, as the customer approves it under its hash."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from onboarding.actions import records
from onboarding.models import Engagement
from onboarding.queries import records as queries
from onboarding.workflow.status import iso
from portal.api import idempotency, schema
from portal.api.bodies import taken
from portal.api.endpoints import Endpoint
from portal.api.serializers import Reads
from portal.api.verifications import READ, WRITE


class RecordSerializer(Reads):
    key = serializers.CharField()
    label = serializers.CharField()
    value = serializers.CharField(allow_blank=True)


class RecordSectionSerializer(Reads):
    section = serializers.CharField()
    title = serializers.CharField()
    entries = RecordSerializer(many=True)


class RecordChangeSerializer(Reads):
    label = serializers.CharField()
    was = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_blank=True)


class RecordsSerializer(Reads):
    """The hash names exactly these records: send it back to approve them."""

    sha256 = serializers.CharField()
    approved_at = serializers.DateTimeField(allow_null=True, help_text="Null: not approved, or withdrawn by a change")
    approved_by = serializers.CharField(allow_blank=True)
    approved_sha256 = serializers.CharField(allow_blank=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="Set when a change withdrew the last approval")
    withdrawn_because = serializers.CharField(allow_blank=True)
    changes = RecordChangeSerializer(many=True, help_text="What differs from what was approved last")
    sections = RecordSectionSerializer(many=True)


class ApproveRecordsSerializer(serializers.Serializer):
    sha256 = serializers.CharField(max_length=64, help_text="As the records gave it")


class Records(Endpoint):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="records",
        tags=["verifications"],
        summary="Everything that was collected",
        description="Company, people, key answers, requirements, documents, checks, agreement and invoice.",
        responses={200: schema.told(RecordsSerializer, "The records"), **schema.refusals()},
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(_drawn(self.engagement(reference)))


class ApproveRecords(Endpoint):
    scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="approve_records",
        tags=["verifications"],
        summary="Approve the records",
        description="By the owner or the signatory, from step V on. 409 when they changed since they were read.",
        request=ApproveRecordsSerializer,
        parameters=[schema.KEY],
        responses={200: schema.told(RecordsSerializer, "Approved"), **schema.refusals(400, 409, 413, 415, 422)},
    )
    def post(self, request: Request, reference: str) -> Response:
        engagement, seen = self.engagement(reference), taken(ApproveRecordsSerializer, request)["sha256"]

        def approve() -> tuple[int, dict[str, Any]]:
            return 200, _drawn(records.approve(engagement.pk, seen_sha256=seen, by=request.viewer, at=now()))

        return idempotency.once(request, approve)


def _drawn(engagement: Engagement) -> dict[str, Any]:
    sections = queries.of(engagement)
    content, last = queries.content(sections), engagement.records_approvals.last()
    changes = queries.differences(last.content, content) if last else []
    return {
        "sha256": queries.sha256(content),
        "approved_at": iso(engagement.records_approved_at),
        "approved_by": engagement.records_approved_by,
        "approved_sha256": engagement.records_sha256,
        "withdrawn_at": iso(last.withdrawn_at) if last else None,
        "withdrawn_because": last.withdrawn_because if last else "",
        "changes": [{"label": label, "was": was, "value": value} for label, was, value in changes],
        "sections": [
            {
                "section": one.code,
                "title": one.title,
                "entries": [dict(zip(("key", "label", "value"), entry.approved, strict=True)) for entry in one.entries],
            }
            for one in sections
        ],
    }
