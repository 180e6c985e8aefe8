from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel, Work
from onboarding.models.documents import Document
from onboarding.models.meetings import Meeting


class Transcript(Work, EngagementModel):
    """What was said in a meeting: fetched from the notetaker by a worker, or read from an uploaded file."""

    task = "integrations.fetch_transcript"
    argument = "transcript_id"
    max_attempts = 12  # the summary may come hours after the words

    class Summary(models.TextChoices):
        AWAITED = "awaited", "being written"
        WRITTEN = "written", "written"
        NONE = "none", "none"

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="transcript")
    vendor_id = models.CharField(max_length=200, blank=True)  # empty: read from an uploaded file
    matched_by = models.CharField(max_length=200)  # by what the recording was known to be this meeting's
    title = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=0)
    url = models.URLField(max_length=500, blank=True)  # the notetaker's own page; for staff
    speakers = models.JSONField(default=list)
    overview = models.TextField(blank=True)
    keywords = models.JSONField(default=list)
    topics = models.JSONField(default=list)
    summary_state = models.CharField(max_length=8, choices=Summary.choices, default=Summary.AWAITED)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")  # the frozen record

    class Meta:
        default_related_name = "transcripts"
        constraints = [
            models.UniqueConstraint(
                fields=["company", "vendor_id"], condition=~models.Q(vendor_id=""), name="transcript_fetched_once"
            )
        ]

    def __str__(self) -> str:
        return self.title or f"Transcript of meeting {self.meeting_id}"


class Sentence(TenantModel):
    """What one person said without a break; never changed once the transcript is final, as requirements cite it."""

    transcript = models.ForeignKey(Transcript, on_delete=models.PROTECT)
    index = models.PositiveIntegerField()
    speaker = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    starts_ms = models.PositiveIntegerField()  # milliseconds from the start of the meeting
    ends_ms = models.PositiveIntegerField()

    class Meta:
        default_related_name = "sentences"
        ordering = ["index"]
        constraints = [models.UniqueConstraint(fields=["transcript", "index"], name="sentence_once")]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def anchor(self) -> str:
        """What follows the address of the transcript's page to show this very sentence."""
        return f"?s={self.index}#s-{self.index}"


class ActionItem(EngagementModel):
    """Something somebody promised, as the notetaker understood it; a person makes it a task or dismisses it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "proposed"
        TAKEN = "taken", "made a task"
        DISMISSED = "dismissed", "dismissed"

    transcript = models.ForeignKey(Transcript, on_delete=models.PROTECT)
    number = models.PositiveSmallIntegerField()
    owner = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    at_second = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)

    class Meta:
        default_related_name = "action_items"
        ordering = ["transcript", "number"]
        constraints = [models.UniqueConstraint(fields=["transcript", "number"], name="action_item_once")]

    def __str__(self) -> str:
        return self.text[:80]
