"""What every row of a tenant shares: its company, and the one way to ask for rows."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models

from onboarding.actors import Actor


class TenantQuerySet(models.QuerySet):
    """Rows that belong to companies. `visible_to` is the first wall of tenancy; row-level security is the second."""

    def visible_to(self, viewer: Actor) -> Self:
        """What this viewer may see: staff every company's rows, a member or token its own company's, others none."""
        if viewer.is_staff:
            return self
        if viewer.company_id is None:
            return self.none()
        return self.filter(company_id=viewer.company_id)


class TenantModel(models.Model):
    """A row owned by one company. Row-level security is derived from this class (row_security.py)."""

    # Extra SQL under which a row is visible without its company's context; see row_security.py.
    row_policy: ClassVar[str] = ""
    append_only: ClassVar[bool] = False

    company = models.ForeignKey("onboarding.Company", on_delete=models.PROTECT, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True


class EngagementModel(TenantModel):
    """A row of one engagement; its company is always the engagement's."""

    engagement = models.ForeignKey("onboarding.Engagement", on_delete=models.PROTECT, editable=False)

    class Meta:
        abstract = True


class Work(models.Model):
    """A row that is both history and queue: a worker claims it by one conditional UPDATE (actions/work.py)."""

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        RUNNING = "running", "under way"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    # The task that takes such a row up, and how long one run may take before the sweep puts it back.
    task: ClassVar[str]
    argument: ClassVar[str]
    time_limit_seconds: ClassVar[int] = 300
    max_attempts: ClassVar[int] = 5
    read_with: ClassVar[tuple[str, ...]] = ()  # what its worker reads along with the row it claimed

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    not_before = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.JSONField(null=True, blank=True)  # the catalogue's entry of the last failure

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        """True while a worker has it or will take it."""
        return self.state in {self.State.QUEUED, self.State.RUNNING}

    def wiped(self) -> dict[str, Any]:
        """The fields that must not outlive this work, as they are once it failed for good."""
        return {}
