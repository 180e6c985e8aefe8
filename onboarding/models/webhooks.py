from __future__ import annotations

from django.db import models

from onboarding.models.base import Work


class WebhookDelivery(Work):
    """A call a vendor made to us, verified: that something happened and to what, never the call's own content.

    It belongs to no company, since the caller doesn't know ours: its worker finds what is meant.
    """

    task = "integrations.heed_webhook"
    argument = "delivery_id"

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=255)  # the same for the same delivery sent again
    event = models.CharField(max_length=100)
    object_id = models.CharField(max_length=255)  # the vendor's id of the meeting, transcript or payment page
    occurred_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=300, blank=True)  # what became of it, in words

    class Meta:
        verbose_name = "webhook delivery"
        verbose_name_plural = "webhook deliveries"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="webhook_once")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event}"
