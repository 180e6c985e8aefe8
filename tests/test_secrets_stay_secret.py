"""A company registers, invites, connects both systems and runs a flow; then everything that was kept or told is read.

No row, log line, message to a worker, page, API answer or mail holds a secret, but for the one place meant to tell it.
"""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.apps import apps
from django.core import mail
from django.test import Client
from django.urls import reverse

from integrations import tasks
from onboarding.actions import credentials
from onboarding.actors import SYSTEM, Role
from onboarding.models import Connection, Message, User
from onboarding.queries.viewers import member_actor
from onboarding.tasks.mail import send_message
from tests.addresses import customer_pages, staff_pages
from tests.factories import MemberFactory
from tests.integrations.conftest import outbound, sandbox
from tests.integrations.tasks.stage import Stage, staged
from tests.portal.specialist.conftest import signed_in

__all__ = ["outbound", "sandbox"]
PASSWORD = "four plain words together"
WRONG = "wrong-consumer-secret-7f3a"


@pytest.fixture
def published() -> Any:
    """What goes to the workers: headers and bodies as they are sent."""
    seen: list[str] = []

    def keep(body: Any = None, headers: Any = None, **_: Any) -> None:
        seen.append(f"{headers!r} {body!r}")

    before_task_publish.connect(keep, weak=False)
    yield seen
    before_task_publish.disconnect(keep)


class Walk:
    """What people do, and every page they were shown on the way."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.shown = stage, []
        person = User.objects.create(email="ada@acme.example", name="Ada Admin")
        person.set_password(PASSWORD)
        person.save()
        member = MemberFactory(
            company=stage.engagement.company, user=person, roles=[Role.OWNER.value, Role.SIGNATORY.value]
        )
        self.actor, self.browser = member_actor(member), Client()
        self.browser.post("/account/login/", {"login": person.email, "password": PASSWORD})
        self.browser.force_login(person)

    def get(self, address: str, browser: Client | None = None, **headers: str) -> str:
        answer = (browser or self.browser).get(address, headers=headers)
        html = "" if answer.streaming else answer.content.decode()
        self.shown.append(f"{address}\n{html}\n{answer.headers}")
        return html

    def post(self, address: str, data: dict[str, Any], *, is_told: bool = False) -> str:
        html = self.browser.post(address, data, follow=True).content.decode()
        if not is_told:
            self.shown.append(f"{address}\n{html}")
        return html

    def token(self) -> str:
        """An API token: its page tells it, once."""
        given = {"name": "ERP", "scopes": ["engagements:read", "connections:read"], "days": "30"}
        told = re.search(r"iw_[\w-]{43}", self.post(reverse("customer:tokens"), given, is_told=True))
        assert told is not None
        return told[0]

    def invitation(self) -> str:
        """An invitation's secret: the mail to the invited person tells it."""
        self.post(reverse("customer:people"), {"email": "new@acme.example", "roles": ["viewer"]})
        return Message.objects.get(kind="member.invited").path.split("/")[2]

    def crm(self, secret: str) -> Connection:
        """The CRM's credentials, typed into the page; refused by the vendor when they are wrong."""
        self.post(reverse("customer:connections"), {"side": "crm", "environment": "production"})
        connection = Connection.objects.get(side="crm")
        org = self.stage.org
        given = {"my_domain": org["my_domain"], "consumer_key": org["consumer_key"], "consumer_secret": secret}
        self.post(reverse("customer:connection", args=[connection.pk]), given)
        self.post(reverse("customer:connection", args=[connection.pk]), {**given, "my_domain": ""})
        self.run_checks(connection)
        return connection

    def run_checks(self, connection: Connection) -> None:
        for check in connection.checks.filter(state="queued"):
            tasks.run_check(check_id=check.pk)

    def read_everything(self, token: str) -> None:
        row = self.stage.engagement
        for address in customer_pages(row):
            self.get(address)
        lead = signed_in(Role.LEAD)
        for address in staff_pages(row):
            self.get(address, lead)
        for path in ("", "status/", "steps/", "timeline/", "documents/", "connections/"):
            self.get(f"/api/v1/engagements/{row.reference}/{path}", Client(), authorization=f"Bearer {token}")


def stored() -> dict[str, str]:
    """Every table with every row."""
    return {
        model._meta.db_table: repr(list(model._base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


@pytest.mark.django_db
def test_secrets_are_told_once_or_never(outbound, sandbox, caplog, published, django_capture_on_commit_callbacks):
    caplog.set_level(logging.DEBUG)
    walk = Walk(staged(sandbox))
    with django_capture_on_commit_callbacks(execute=True):
        secrets = {"API token": walk.token(), "invitation": walk.invitation(), "password": PASSWORD}
        crm = walk.crm(WRONG)
        walk.crm(walk.stage.org["consumer_secret"])
        finance = walk.stage.connect_finance()
        walk.run_checks(finance)
        walk.stage.prepare("crm")
    for message in Message.objects.filter(state="queued"):
        send_message(message_id=message.pk)
    walk.read_everything(secrets["API token"])
    tokens = credentials.read(finance.pk, by=SYSTEM)
    secrets |= {
        "consumer secret": walk.stage.org["consumer_secret"], "refused consumer secret": WRONG,
        "refresh token": tokens["refresh_token"], "access token": tokens["access_token"],
        "access token of the CRM": credentials.read(crm.pk, by=SYSTEM).get("access_token", "none was kept"),
        "our own client secret": outbound.INTUIT_CLIENT_SECRET,
    }  # fmt: skip
    told = [one for one in mail.outbox if one.to == ["new@acme.example"]]
    others = [one for one in mail.outbox if one.to != ["new@acme.example"]]
    places = {
        **stored(),
        "logs": caplog.text,
        "messages to workers": "\n".join(published),
        "pages and API": "\n".join(walk.shown),
        "mails": "\n".join(one.message().as_string() for one in others),
    }

    leaks = [(name, place) for name, secret in secrets.items() for place, text in places.items() if secret in text]

    assert leaks == []
    assert [secrets["invitation"] in one.body for one in told] == [True]
    assert {bool(places[name]) for name in ("logs", "messages to workers", "mails")} == {True}
    assert '"environment"' in walk.shown[-1], "the API was read"
