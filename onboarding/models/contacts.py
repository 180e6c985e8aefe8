from __future__ import annotations

from django.db import models

from onboarding.models.base import EngagementModel


class Contact(EngagementModel):
    """A person of the customer with a part in this engagement; need not be able to sign in."""

    class Kind(models.TextChoices):
        MAIN = "main", "Main contact"
        SPONSOR = "executive_sponsor", "Executive sponsor and signatory"
        BILLING = "billing", "Billing contact"
        TECHNICAL = "technical", "Technical contact"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=150)
    title = models.CharField(max_length=100, blank=True)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        default_related_name = "contacts"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["engagement", "kind"], name="contact_once_per_kind")]
