from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, Work
from onboarding.models.flows import Flow


class TestRun(Work, EngagementModel):
    """Test records created in the CRM, transferred, read back, compared field by field, run twice, cleaned up."""

    __test__ = False  # not a test of ours, whatever its name begins with
    task = "integrations.run_test"
    argument = "run_id"
    time_limit_seconds = 150  # without a case's result

    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="test_runs")
    mapping_version = models.PositiveSmallIntegerField()
    environment = models.CharField(max_length=10)
    tag = models.CharField(max_length=40, unique=True)  # marks this run's records in both systems
    progress = models.JSONField(default=list)
    results = models.JSONField(default=dict)  # engine.testcase's twin view
    is_passed = models.BooleanField(null=True)
    started_by = models.CharField(max_length=200)

    class Meta:
        default_related_name = "test_runs"
        ordering = ["-id"]
