from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, Work
from onboarding.models.meetings import Meeting


class RecordingConsent(EngagementModel):
    """One person asked whether a meeting may be recorded, the words they were asked with, and what they said."""

    class State(models.TextChoices):
        ASKED = "asked", "not answered yet"
        GIVEN = "given", "yes"
        REFUSED = "refused", "no"

    class How(models.TextChoices):
        PORTAL = "portal", "in the portal"
        ALOUD = "aloud", "said aloud"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT)
    name = models.CharField(max_length=200)
    email = models.EmailField()  # in lower case
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(
        max_length=200, blank=True
    )  # who pressed the button; a specialist notes what was said
    how = models.CharField(max_length=8, choices=How.choices, blank=True)
    text_version = models.CharField(max_length=10)
    text_sha256 = models.CharField(max_length=64)

    class Meta:
        default_related_name = "recording_consents"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "email"], name="recording_consent_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_state_display()}"


class NotetakerVisit(Work, EngagementModel):
    """The notetaker is sent into a running meeting, where it could not be invited to the calendar's event."""

    task = "integrations.send_notetaker"
    argument = "visit_id"
    max_attempts = 9  # the vendor lets three in within twenty minutes: about as long as these last

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="notetaker_visit")

    class Meta:
        default_related_name = "notetaker_visits"
        verbose_name = "notetaker visit"
