from __future__ import annotations

from uuid import uuid4

from django.db import models

from onboarding.models.base import EngagementModel, Work
from onboarding.models.documents import Document


class Meeting(EngagementModel):
    """A call or meeting with the customer."""

    class Kind(models.TextChoices):
        WELCOME_CALL = "welcome_call", "Welcome call"
        REQUIREMENTS_REVIEW = "requirements_review", "Requirements review"
        TRAINING = "training", "Training session"
        CHECK_IN = "check_in", "Check-in"

    class Channel(models.TextChoices):
        ZOOM = "zoom", "Zoom"
        GOOGLE_MEET = "google_meet", "Google Meet"
        PHONE = "phone", "Phone"
        IN_PERSON = "in_person", "In person"

    class Side(models.TextChoices):
        CUSTOMER = "customer", "the customer"
        INTERWEAVE = "interweave", "InterWeave"

    uid = models.CharField(max_length=200, default=uuid4, editable=False)  # how calendars know it, through all changes
    sequence = models.PositiveSmallIntegerField(default=0)  # rises with every change calendars are told of
    kind = models.CharField(max_length=20, choices=Kind.choices)
    channel = models.CharField(max_length=12, choices=Channel.choices, default=Channel.ZOOM)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=45)
    place = models.CharField(max_length=300, blank=True)  # link, phone number or address
    topic = models.CharField(max_length=200, blank=True)
    booked_by = models.CharField(max_length=200)
    booked_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    missed_by = models.CharField(max_length=10, choices=Side.choices, blank=True)  # a no-show: off without being held
    is_to_be_recorded = models.BooleanField(default=False)  # wished for; everybody's consent decides
    began_at = models.DateTimeField(null=True, blank=True)  # as the video service tells
    ended_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.CharField(max_length=200, blank=True)
    attendees = models.JSONField(default=list)  # names
    notes = models.TextField(blank=True)  # early questions, concerns, agreed expectations
    shared_at = models.DateTimeField(null=True, blank=True)  # the summary was sent to the customer
    shared_by = models.CharField(max_length=200, blank=True)
    record = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")  # transcript or minutes

    class Meta:
        default_related_name = "meetings"
        ordering = ["starts_at"]

    @property
    def is_open(self) -> bool:
        """True while it lies ahead: neither held nor called off."""
        return self.held_at is None and self.cancelled_at is None

    @property
    def goes_on(self) -> bool:
        """True from when the video service told that it began until it told that it ended."""
        return self.began_at is not None and self.ended_at is None


class MeetingRoom(Work, EngagementModel):
    """A meeting at the video service: a worker makes it, moves it and takes it down, after the meeting's own row."""

    task = "integrations.keep_room"
    argument = "room_id"
    time_limit_seconds = 120

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="room")
    vendor_id = models.CharField(max_length=200, blank=True)  # empty until the service has it
    host = models.EmailField(blank=True)  # in whose account it is
    link = models.URLField(max_length=500, blank=True)
    has_notetaker = models.BooleanField(default=False)  # invited to the calendar's event

    class Meta:
        default_related_name = "meeting_rooms"
        verbose_name = "meeting room"
