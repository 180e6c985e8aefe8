"""Somebody behind a door, at every address of the portal: nothing else of the company is there for them."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.utils.timezone import now

from onboarding.actions import doors
from onboarding.models import Door, Invoice
from tests.door_visitors import Visitor
from tests.journey.cast import Cast
from tests.test_url_walk import _is_strangers, ask, cast, fingerprint, routes

__all__ = ["cast"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("purpose", ["pay", "sign"])
def test_whoever_is_behind_a_door_is_a_stranger_everywhere_else(cast: Cast, purpose: str) -> None:
    row = cast.engagement
    if purpose == "pay":
        Invoice.objects.filter(engagement=row).update(state=Invoice.State.ISSUED)
        about = {"invoice": row.invoices.get(), "name": "Paul", "email": "paul@payers.example"}
    else:
        about = {"signer": row.agreements.get().signers.first()}
    door, secret = doors.ask(row, purpose=purpose, **about, by=cast.owner, at=now())
    visitor = Visitor(door, secret=secret)
    if purpose == "pay":
        visitor.opened()
    else:  # it is signed by now: the browser that was in still reads its thanks
        Door.objects.filter(pk=door.pk).update(session_digest=doors.digest_of(secret), opened_at=now())
        visitor.cookies[f"door-{door.pk}"] = secret
    assert visitor.get(visitor.inside()).status_code == 200
    before, wrong = fingerprint(cast.company), {}

    for route in routes(cast):
        cache.clear()  # strangers may ask the API so often and no more
        reply = ask(visitor, route)
        if not _is_strangers(route.sample.kind, reply) or "Harbour Lights" in reply.text:
            wrong[f"{route.name} {route.path}"] = (reply.status, reply.location)

    own = {f"doors:{name} {visitor.inside(name)}" for name in ("inside", "file", "sign", "paid", "decline", "pay")}
    assert {name: found for name, found in wrong.items() if name not in own} == {}
    assert fingerprint(cast.company) == before
    others = visitor.inside().replace(str(door.pk), str(Door.objects.exclude(pk=door.pk)[0].pk))
    assert visitor.get(others).status_code == 404
