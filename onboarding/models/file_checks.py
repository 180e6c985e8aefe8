from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel, Work
from onboarding.models.documents import Document


class FileCheck(Work, EngagementModel):
    """What a worker found out about one uploaded file: its structure, read in a child process, and the virus scan.

    Only an explicit clean releases the file. What was found stays here when the bytes are gone.
    """

    class Verdict(models.TextChoices):
        NONE = "", "being checked"
        CLEAN = "clean", "clean"
        REFUSED = "refused", "not a file we can release"
        INFECTED = "infected", "harmful"
        UNDECIDED = "undecided", "could not be checked"

    task = "integrations.check_file"
    argument = "check_id"
    time_limit_seconds = 660  # a file of gigabytes is copied from the store, read and scanned
    max_attempts = 8  # twenty minutes: a scanner that loads its signatures anew is back by then
    read_with = ("document",)

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="file_check")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, default="")
    words = models.CharField(max_length=500, blank=True)  # why it is not released, for people
    # As it came: an image is released re-encoded, under another hash and size.
    received_sha256 = models.CharField(max_length=64)
    received_size = models.PositiveBigIntegerField()
    facts = models.JSONField(default=dict)  # for staff: what exactly was found, by which scanner

    class Meta:
        default_related_name = "file_checks"

    def __str__(self) -> str:
        return f"check of {self.document_id}"
