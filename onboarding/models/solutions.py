from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel
from onboarding.models.documents import Document


class Registration(EngagementModel):
    """The company's registration on the Solutions Portal (step IX)."""

    engagement = models.OneToOneField(
        "onboarding.Engagement", on_delete=models.PROTECT, related_name="registration", editable=False
    )
    number = models.CharField(max_length=20, unique=True)
    workspace = models.SlugField(max_length=60, unique=True)
    administrator_name = models.CharField(max_length=150)
    administrator_email = models.EmailField()
    time_zone = models.CharField(max_length=64)
    base_currency = models.CharField(max_length=3)
    fiscal_year_starts = models.PositiveSmallIntegerField(default=1)  # month, 1 to 12
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=200)


class Blueprint(EngagementModel):
    """What the solution will do, as one document the customer confirms: which flows, by their hash."""

    version = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)  # of the configuration below
    configuration = models.JSONField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=200, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_related_name = "blueprints"
        ordering = ["version"]
