"""A signer comes by link and by code and signs; then everything that was kept, told or sent is read for the secrets."""

from __future__ import annotations

import logging

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.timezone import now

from onboarding.actors import Role
from onboarding.models import Door, Message, Signature
from onboarding.tasks.mail import send_message
from portal.logs import Line
from tests.door_visitors import Visitor
from tests.doors import signers_door
from tests.factories import MemberFactory
from tests.portal.specialist.conftest import signed_in
from tests.test_secrets_stay_secret import published, stored

__all__ = ["published"]
pytestmark = pytest.mark.django_db


def test_neither_link_nor_browser_nor_code_is_kept_or_told(
    caplog, published, django_capture_on_commit_callbacks
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.handler.setFormatter(Line())
    with django_capture_on_commit_callbacks(execute=True):
        visitor = Visitor(signers_door(at=now()))
        visitor.get(visitor.link)
        visitor.opened()
        browser = visitor.cookies[f"door-{visitor.door.pk}"].value
        digits = visitor.code()
        visitor.sign(code=digits)
        Visitor(visitor.door, secret=visitor.secret).post(visitor.link)
        visitor.get(reverse("doors:code", args=[visitor.secret]))
    for message in Message.objects.filter(state="queued"):
        send_message(message_id=message.pk)
    shown = [visitor.sees(), *_pages(visitor.door)]
    told = [one for one in mail.outbox if visitor.secret in one.body or digits in one.body]
    places = {
        **stored(),
        "logs": "\n".join(caplog.handler.format(record) for record in caplog.records),
        "messages to workers": "\n".join(published),
        "pages": "\n".join(shown),
        "other mails": "\n".join(one.message().as_string() for one in mail.outbox if one not in told),
    }
    secrets = {"link": visitor.secret, "browser": browser, "code": f"is {digits}"}

    leaks = [(name, place) for name, secret in secrets.items() for place, text in places.items() if secret in text]

    assert leaks == []
    assert Signature.objects.count() == 1
    assert [one.to for one in told] == [["sam@acme.example"], ["sam@acme.example"]]
    assert {
        name: bool(places[name]) for name in ("logs", "messages to workers", "pages", "other mails")
    } == dict.fromkeys(("logs", "messages to workers", "pages", "other mails"), True)
    assert "/door/…/" in places["logs"]


def _pages(door: Door) -> list[str]:
    """What both sides are shown of it afterwards."""
    lead, reference = signed_in(Role.LEAD), door.engagement.reference
    owner = Visitor(door, secret="none")
    owner.force_login(MemberFactory(company=door.company).user)
    addresses = [f"/staff/engagements/{reference}/agreement/", f"/staff/engagements/{reference}/timeline/"]
    pages = [lead.get(one) for one in addresses] + [owner.get(one) for one in ("/agreement/", "/timeline/")]
    assert {one.status_code for one in pages} == {200}
    return [one.content.decode() for one in pages]
