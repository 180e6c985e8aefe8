from __future__ import annotations

from django.db import models

from onboarding.models.base import TenantModel, Work


class Message(Work, TenantModel):
    """One e-mail to one person, written in the transaction that caused it, sent by a worker once."""

    task = "onboarding.send_message"
    argument = "message_id"

    engagement = models.ForeignKey("onboarding.Engagement", on_delete=models.PROTECT, null=True, related_name="mails")
    kind = models.CharField(max_length=60)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    path = models.CharField(max_length=300, blank=True)  # where its one button leads, within the portal
    button = models.CharField(max_length=60, blank=True)
    calendar = models.TextField(blank=True)  # a meeting as an iCalendar file, attached
    document = models.ForeignKey(  # attached, for people who can't open it in the portal
        "onboarding.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    key = models.CharField(max_length=200)  # the same key is never sent twice

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="message_once")]
