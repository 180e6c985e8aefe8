from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, Work


class SetupTask(EngagementModel):
    """One thing to prepare in the customer's CRM or financial application (library/setup.py)."""

    class Workstream(models.TextChoices):
        CRM = "crm", "CRM customisation"
        FINANCE = "finance", "Financial application preparation"

    workstream = models.CharField(max_length=8, choices=Workstream.choices)
    code = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    system = models.CharField(max_length=30)
    spec = models.JSONField(default=dict)  # object, field, type, length, can_be_automated
    instructions = models.JSONField(default=list)
    optional_because = models.CharField(max_length=300, blank=True)  # the way round when an edition has no such field
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=200, blank=True)
    done_note = models.CharField(max_length=500, blank=True)  # what was done, where, or why it does not apply
    proven_at = models.DateTimeField(null=True, blank=True)  # the schema of the connected system shows it
    proof = models.CharField(max_length=300, blank=True)

    class Meta:
        default_related_name = "setup_tasks"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["engagement", "code"], name="setup_task_once")]


class SetupRun(Work, EngagementModel):
    """A worker makes the fields of one workstream through the system's API, where the API can."""

    task = "integrations.run_setup"
    argument = "run_id"
    time_limit_seconds = 150  # without a field's result

    connection = models.ForeignKey("onboarding.Connection", on_delete=models.PROTECT, related_name="setup_runs")
    results = models.JSONField(default=list)  # per task: code, state (made · present · manual · failed), words
    started_by = models.CharField(max_length=200)

    class Meta:
        default_related_name = "setup_runs"
