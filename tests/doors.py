"""Doors without an account, for tests: a signer's and a payer's, the secret of a link, the digits of a code."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from onboarding.actions import doors, visits
from onboarding.actors import Actor
from onboarding.models import Door, Invoice, Message
from onboarding.queries import doors as queries
from tests.agreements import issued
from tests.factories import NOW, finance

LATER = NOW + timedelta(hours=1)


def signers_door(*, others: int = 0, at: datetime = NOW) -> Door:
    """The door of Sam Sponsor, who has no account: asked for by itself when it became their turn."""
    issued(others=others, at=at)
    return Door.objects.latest("pk")


def payers_door(invoice: Invoice, *, by: Actor | None = None, at: datetime = NOW) -> Door:
    return doors.let_pay(invoice.pk, name="Pia Payer", email="pia@payers.example", by=by or finance(), at=at)


def secret_of(door: Door) -> str:
    """As its mail tells it, before it is sent."""
    mails = Message.objects.filter(engagement=door.engagement_id, to__iexact=door.email, path__startswith="/door/")
    return str(next(one for one in mails.order_by("-pk") if visits.by_link(one.path.split("/")[2]) == door).path).split(
        "/"
    )[2]


def code_of(door: Door) -> str:
    """The digits mailed last."""
    found = re.search(r"\d{6}", Message.objects.filter(kind="door.code", to__iexact=door.email).latest("pk").text)
    assert found is not None
    return found[0]


def visitor(door: Door) -> Actor:
    return queries.actor_of(door, ip="203.0.113.9", user_agent="Phone")


def code(door: Door, *, at: datetime = LATER) -> str:
    """A code that was just mailed."""
    visits.send_code(door, by=visitor(door), at=at)
    return code_of(door)


def entered(door: Door, *, at: datetime = LATER) -> str:
    """The secret of the browser that opened it."""
    return visits.enter(door, by=visitor(door), at=at).secret
