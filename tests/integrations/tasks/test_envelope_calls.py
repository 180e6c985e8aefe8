"""DocuSign calls about an envelope: it is asked what happened, at once and however the calls come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from integrations.tasks.webhooks import heed_webhook
from onboarding.actions import envelopes, webhooks, work
from onboarding.models import Agreement, Envelope, WebhookDelivery
from tests import enveloped
from tests.enveloped import carried
from tests.integrations.docusign_account import point_to
from tests.integrations.sandbox_fixture import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def account(outbound, sandbox: RunningSandbox) -> dict:
    return point_to(sandbox, outbound)


def told(event: str = "envelope-completed", *, envelope: str = "", number: int = 1) -> str:
    """DocuSign called, and its call is heeded; what became of it."""
    webhooks.take_in(
        provider="docusign", event_id=f"{event}:{number}", event=event,
        object_id=envelope or Envelope.objects.get().external_id, occurred_at=now(), at=now(),
    )  # fmt: skip
    delivery = WebhookDelivery.objects.latest("pk")
    heed_webhook(delivery_id=delivery.pk)
    delivery.refresh_from_db()
    return delivery.outcome


def test_a_call_has_the_envelope_looked_at_now(account, sandbox):
    enveloped.issued()
    waiting = carried()
    sandbox.at_docusign(account["id"], waiting.external_id, "sign", recipient="1")

    outcome = told("recipient-completed")

    row = Envelope.objects.get()
    assert outcome == "It is asked what happened."
    assert row.not_before < waiting.not_before - timedelta(minutes=50)
    carried()
    assert Agreement.objects.get().state == "signed"


def test_a_call_that_claims_what_did_not_happen_changes_nothing():
    enveloped.issued()
    carried()

    told("envelope-completed")
    row = carried()

    assert (row.status, Agreement.objects.get().state) == ("sent", "issued")


def test_a_call_about_another_s_envelope_is_none_of_ours():
    enveloped.issued()
    carried()

    assert told(envelope="0f0f0f0f-0000-4000-8000-000000000000") == "No envelope of ours."
    assert told(envelope="x", number=2) == "No envelope of ours."


def test_what_is_told_while_the_worker_is_at_it_is_looked_at_again():
    enveloped.issued()
    carried()
    row = Envelope.objects.get()
    Envelope.objects.filter(pk=row.pk).update(not_before=now())
    assert work.claim(Envelope, row.pk, at=now())
    told("recipient-completed")
    row.refresh_from_db()

    envelopes.sent(row, sent_at=None, at=now())

    row.refresh_from_db()
    assert (row.state, row.not_before <= now()) == ("queued", True)


def test_a_call_wakes_what_had_stopped(account, sandbox):
    enveloped.issued()
    carried()
    sandbox.fault("docusign", account["id"], "no_consent")
    sandbox.fault("docusign", account["id"], "expire_token")
    stopped = carried()
    sandbox.clear_faults()

    told("envelope-sent")

    assert (stopped.state, Envelope.objects.get().state) == ("failed", "queued")
    assert carried().state == "queued"
