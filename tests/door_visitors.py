"""A visitor's browser at a door, and the addresses there."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from onboarding.library import consent
from onboarding.models import Agreement, Door, Engagement
from tests.doors import code_of, secret_of


class Visitor(Client):
    """One browser. `link` is where the mail leads, `inside` the pages behind."""

    def __init__(self, door: Door, *, secret: str = "", **defaults: Any) -> None:
        super().__init__(**defaults)
        self.door = Door.objects.get(pk=door.pk)
        self.secret = secret or secret_of(door)
        self.link = reverse("doors:door", args=[self.secret])

    def inside(self, name: str = "inside") -> str:
        return reverse(f"doors:{name}", args=[self.door.pk])

    def opened(self) -> Visitor:
        """Having pressed the link's button."""
        assert self.post(self.link)["Location"] == self.inside()
        return self

    def sees(self, name: str = "inside") -> str:
        return self.get(self.inside(name)).content.decode()

    def code(self, *, at: str = "") -> str:
        """A code, asked for on the signing page or where said, as it arrives by mail."""
        Door.objects.filter(pk=self.door.pk).update(code_sent_at=None)
        self.post(at or self.inside("sign"), {"send": "1"})
        return code_of(self.door)

    def sign(self, **given: Any) -> HttpResponse:
        agreement = Agreement.objects.select_related("document").get(pk=self.door.signer.agreement_id)
        details = {
            "typed_name": self.door.name, "title": "CEO", "consent": "on", "consent_sha256": consent.digest(), "seen_sha256": agreement.document.sha256,
            "drawing": "",
        } | given  # fmt: skip
        return self.post(self.inside("sign"), details)


def expire(door: Door) -> None:
    Door.objects.filter(pk=door.pk).update(expires_at=now())


def door_visits(engagement: Engagement) -> list[tuple[Visitor, list[str]]]:
    """A browser with each link that is not opened yet, then one behind each door, having been sent a code to sign."""
    found = []
    for door in Door.objects.filter(engagement=engagement, closed_at=None, opened_at=None):
        outside = Visitor(door, raise_request_exception=False)
        outside.get(outside.link)
        found.append((outside, [outside.link, reverse("doors:code", args=[outside.secret])]))
        within = Visitor(door, raise_request_exception=False).opened()
        places = ("inside", "sign") if door.purpose == Door.Purpose.SIGN else ("inside",)
        if door.purpose == Door.Purpose.SIGN:
            within.code()
        found.append((within, [within.inside(name) for name in places]))
    return found
