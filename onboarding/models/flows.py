from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel, Work


class Flow(EngagementModel):
    """One flow of the solution, such as Account to Customer: direction, mapping, schedule."""

    class Direction(models.TextChoices):
        NONE = "none", "off"
        CRM_TO_FINANCE = "crm_to_finance", "CRM to financial application"
        FINANCE_TO_CRM = "finance_to_crm", "Financial application to CRM"
        BOTH = "both", "both ways"

    code = models.CharField(max_length=60)
    name = models.CharField(max_length=100)
    direction = models.CharField(max_length=16, choices=Direction.choices, default=Direction.NONE)
    master = models.CharField(max_length=8, default="crm")  # which side wins: crm · finance
    mapping = models.JSONField(default=list)  # [{source, target, transforms, required, compare}]
    mapping_version = models.PositiveSmallIntegerField(default=0)
    mapping_findings = models.JSONField(default=list)
    mapping_validated_at = models.DateTimeField(null=True, blank=True)  # against both live schemas
    configured_at = models.DateTimeField(null=True, blank=True)
    configured_by = models.CharField(max_length=200, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)  # tested with success by a worker
    interval_seconds = models.PositiveIntegerField(default=600)
    scheduled_at = models.DateTimeField(null=True, blank=True)  # the schedule runs since
    next_run_at = models.DateTimeField(null=True, blank=True)
    cursor = models.CharField(max_length=200, blank=True)

    class Meta:
        default_related_name = "flows"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["engagement", "code"], name="flow_once")]
        indexes = [models.Index(fields=["next_run_at"], condition=~models.Q(scheduled_at=None), name="flow_due")]

    @property
    def is_on(self) -> bool:
        """True when the flow is part of the solution."""
        return self.direction != self.Direction.NONE


class Binding(TenantModel):
    """The ids that tie two records together: one source record, one target record."""

    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="bindings")
    source_id = models.CharField(max_length=60)
    target_id = models.CharField(max_length=60)
    bound_at = models.DateTimeField()
    is_test = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow", "source_id"], name="binding_once_per_source"),
            models.UniqueConstraint(fields=["flow", "target_id"], name="binding_once_per_target"),
        ]


class FlowRun(Work, EngagementModel):
    """One scheduled transfer of one flow."""

    task = "integrations.run_flow"
    argument = "run_id"
    time_limit_seconds = 150  # without a record's result

    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="runs")
    is_scheduled = models.BooleanField(default=True)
    cursor_before = models.CharField(max_length=200, blank=True)
    cursor_after = models.CharField(max_length=200, blank=True)
    counts = models.JSONField(default=dict)  # read, created, updated, unchanged, failed
    failures = models.JSONField(default=list)
    started_by = models.CharField(max_length=200)

    class Meta:
        default_related_name = "flow_runs"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["flow"], condition=models.Q(state__in=["queued", "running"]), name="flow_run_one_at_a_time"
            )
        ]


class ReadinessScan(Work, EngagementModel):
    """Sample records of one flow, scanned before anything is written: how many would pass, and what to fix."""

    task = "integrations.run_readiness_scan"
    argument = "scan_id"
    time_limit_seconds = 150

    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="scans")
    mapping_version = models.PositiveSmallIntegerField()
    total = models.PositiveIntegerField(default=0)
    passing = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=list)
    started_by = models.CharField(max_length=200)

    class Meta:
        default_related_name = "readiness_scans"
        ordering = ["-id"]
