from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, Work
from onboarding.models.flows import Flow


class MappingCheck(Work, EngagementModel):
    """A worker reads both live schemas and holds one flow's mapping against them; the editor shows what it read."""

    task = "integrations.run_mapping_check"
    argument = "check_id"
    time_limit_seconds = 150

    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="mapping_checks")
    mapping_version = models.PositiveSmallIntegerField()
    findings = models.JSONField(default=list)  # engine.mapping.Finding.as_dict()
    source_schema = models.JSONField(default=dict)  # engine.connector.ObjectSchema.as_dict()
    target_schema = models.JSONField(default=dict)
    started_by = models.CharField(max_length=200)

    class Meta:
        default_related_name = "mapping_checks"
        ordering = ["-id"]
