from __future__ import annotations

from typing import Any

from django.db import models

from onboarding.models.base import TenantModel, Work

LINKS = ("/door/", "/join/")  # whoever knows such an address may go in: its secret stands in it
CODES = frozenset({"door.code", "domain_proof.code"})  # kinds of mails whose text tells a secret


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

    def wiped(self) -> dict[str, Any]:
        """A link's secret and a code stay nowhere once their mail is given up."""
        gone = {"path": ""} if self.path.startswith(LINKS) else {}
        return gone | ({"text": ""} if self.kind in CODES else {})

    @property
    def has_lost_its_secret(self) -> bool:
        """True for a mail that was given up, and whose link or code can't be sent any more."""
        is_link = bool(self.button) and not self.path
        return self.state == self.State.FAILED and (is_link or self.kind in CODES)
