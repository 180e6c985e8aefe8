"""An agreement signed at DocuSign, by the real client against the stand-in: every way it goes, and workers that die."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils.timezone import now
from pypdf import PdfReader

from integrations import esign_services
from integrations.engine.esign import Status
from onboarding import errors
from onboarding.actions import agreement_dates, envelopes, signing
from onboarding.actions import agreements as actions
from onboarding.models import Agreement, Document, Envelope, Event, Message, Seal, Signature
from tests import agreements, enveloped
from tests.enveloped import carried
from tests.factories import lead, specialist
from tests.integrations.docusign_account import point_to
from tests.integrations.sandbox_fixture import RunningSandbox
from tests.integrations.tasks.killing import killed_while_working

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def account(outbound, sandbox: RunningSandbox) -> dict:
    return point_to(sandbox, outbound)


@pytest.fixture
def there(account: dict, sandbox: RunningSandbox) -> Any:
    """Do something at DocuSign with the one envelope: `there("sign", recipient="1")`."""

    def act(deed: str, **wishes: str) -> None:
        sandbox.at_docusign(account["id"], Envelope.objects.get().external_id, deed, **wishes)

    return act


def kinds(*, of: str = "agreement.") -> list[str]:
    return list(Event.objects.filter(kind__startswith=of).order_by("number").values_list("kind", flat=True))


def at_docusign(account: dict, sandbox: RunningSandbox) -> list[dict[str, Any]]:
    return sandbox.records("docusign", account["id"], "envelope")


def test_issuing_sends_one_envelope_instead_of_our_own_mails(account, sandbox):
    agreement = enveloped.issued(others=1)

    row = carried()

    [kept] = at_docusign(account, sandbox)
    assert (row.state, row.status, row.wish, row.attempts) == ("queued", "sent", "follow", 0)
    assert row.external_id == kept["envelopeId"]
    assert kept["customFields"]["textCustomFields"][0]["value"] == agreement.number
    assert [(one["email"], one["mails"]) for one in kept["signers"]] == [
        ("sam@acme.example", 1), ("ed@acme.example", 0), (agreements.ours(agreement.engagement).email, 0),
    ]  # fmt: skip
    assert row.not_before > now() + timedelta(minutes=59)
    assert [one.asked_at is not None for one in agreement.signers.order_by("position")] == [True, False, False]
    assert kinds()[-2:] == ["agreement.issued", "agreement.sent_to_provider"]
    assert not Message.objects.filter(kind="agreement.asked").exists()


def test_signed_by_all_it_is_executed_with_the_provider_s_own_file(account, sandbox, there):
    agreement = enveloped.issued(others=1)
    carried()
    there("deliver", recipient="1")
    carried()
    opened = Agreement.objects.get().state
    there("sign", recipient="1")
    carried()
    half = Agreement.objects.get().state
    there("sign", recipient="2")
    carried()
    signed = Agreement.objects.get().state
    there("sign", recipient="3")
    row = carried()

    agreement = Agreement.objects.select_related("executed_document").get()
    made = agreement.executed_document
    with default_storage.open(made.path) as file:
        content = file.read()
    assert (opened, half, signed, agreement.state) == ("viewed", "viewed", "signed", "executed")
    assert (row.state, row.status, row.sha256) == ("done", "completed", hashlib.sha256(content).hexdigest())
    assert made.sha256 == row.sha256
    assert "Certificate Of Completion" in PdfReader(io.BytesIO(content)).pages[-1].extract_text()
    assert not Seal.objects.exists()  # their seal is not sealed over
    sam, ed, ours = Signature.objects.order_by("pk")
    [kept] = at_docusign(account, sandbox)
    assert [sam.name, ed.name, ours.party] == ["Sam Sponsor", "Ed Second", "interweave"]
    assert sam.authentication == "DocuSign, known there by sam@acme.example"
    assert kept["signers"][0]["signedDateTime"].startswith(f"{sam.signed_at:%Y-%m-%dT%H:%M:%S}")
    assert sam.seen_sha256 == agreement.document.sha256
    assert kinds()[-7:] == [
        "agreement.sent_to_provider", "agreement.viewed", "agreement.signed", "agreement.viewed", "agreement.signed",
        "agreement.countersigned", "agreement.executed",
    ]  # fmt: skip
    assert Message.objects.filter(kind="agreement.executed").count() >= 2


def test_all_at_once_in_one_telling_comes_to_the_same(there):
    enveloped.issued()
    carried()
    for recipient in "12":
        there("sign", recipient=recipient)

    row = carried()
    carried()

    assert (Agreement.objects.get().state, row.state) == ("executed", "done")
    assert Signature.objects.count() == 2
    assert kinds()[-4:] == ["agreement.viewed", "agreement.signed", "agreement.countersigned", "agreement.executed"]


def test_what_the_customer_declines_there_is_declined_here_with_the_reason(there):
    enveloped.issued()
    carried()
    there("decline", recipient="1", reason="The liability clause is too wide.")

    row = carried()

    agreement = Agreement.objects.get()
    assert (agreement.state, agreement.closed_reason) == ("declined", "The liability clause is too wide.")
    assert (row.state, row.status) == ("done", "declined")
    assert agreement.signers.get(position=1).declined_at is not None
    event = Event.objects.get(kind="agreement.declined")
    assert event.by["name"] == "Sam Sponsor at DocuSign"
    told = Message.objects.filter(kind="agreement.declined")
    assert {one.to for one in told} >= {"sam@acme.example"}
    assert all("Sam Sponsor at DocuSign writes: The liability" in one.text for one in told)


def test_when_interweave_declines_after_the_customer_signed_it_is_void(there):
    enveloped.issued()
    carried()
    there("sign", recipient="1")
    there("decline", recipient="2", reason="Wrong fee")

    row = carried()

    agreement = Agreement.objects.get()
    assert (agreement.state, row.status) == ("voided", "declined")
    assert agreement.closed_reason.endswith("declined at DocuSign: Wrong fee")


def test_what_is_voided_there_is_void_here(there):
    enveloped.issued()
    carried()
    there("void", reason="Sent in error")

    row = carried()

    agreement = Agreement.objects.get()
    assert (agreement.state, agreement.closed_reason) == ("voided", "Voided at DocuSign: Sent in error")
    assert (row.state, row.status) == ("done", "voided")


@pytest.mark.parametrize("how", ["voided", "superseded", "declined", "expired"])
def test_what_ends_here_is_voided_there(account, sandbox, how):
    agreement = enveloped.issued()
    carried()
    end(agreement, how)

    row = carried(Envelope.objects.order_by("pk").first())

    [kept] = at_docusign(account, sandbox)
    reason = Agreement.objects.get(pk=agreement.pk).closed_reason
    assert (kept["status"], kept["voidedReason"]) == ("voided", reason)
    assert (row.state, row.status) == ("done", "voided")
    assert "agreement.envelope_voided" in kinds()


def end(agreement: Agreement, how: str) -> None:
    by = agreements.person(agreement.engagement.company, "Sam Sponsor", "sam@acme.example")
    if how == "voided":
        actions.void(agreement.pk, reason="Wrong fee", by=lead(), at=now())
    elif how == "superseded":
        newer = actions.draft_again(agreement.engagement_id, by=specialist(), at=now())
        assert newer.provider == "docusign"
    elif how == "declined":
        signing.decline(agreement.pk, reason="Not now", by=by, at=now())
    else:
        found = Agreement.objects.select_related("company").get(pk=agreement.pk)
        assert agreement_dates.expire(found, at=now() + timedelta(days=40))


def test_ended_here_before_it_went_out_nothing_is_sent(account, sandbox):
    agreement = enveloped.issued()
    actions.void(agreement.pk, reason="Wrong fee", by=lead(), at=now())

    row = carried()

    assert (row.state, row.status, at_docusign(account, sandbox)) == ("done", "voided", [])


def test_completed_there_before_it_could_be_voided_is_told_to_the_specialist(there):
    agreement = enveloped.issued()
    carried()
    for recipient in "12":
        there("sign", recipient=recipient)
    actions.void(agreement.pk, reason="Wrong fee", by=lead(), at=now())

    row = carried()

    assert (Agreement.objects.get().state, row.state, row.status) == ("voided", "done", "completed")
    assert "agreement.envelope_stays" in kinds()
    assert Message.objects.filter(kind="agreement.envelope_stays").count() == 1


def test_nobody_signs_or_countersigns_it_here(there):
    agreement = enveloped.issued()
    carried()
    by = agreements.person(agreement.engagement.company, "Sam Sponsor", "sam@acme.example")
    with pytest.raises(errors.WrongState, match="signed at DocuSign"):
        agreements.sign(agreement, by)
    there("sign", recipient="1")
    carried()
    with pytest.raises(errors.WrongState, match="signed at DocuSign"):
        agreements.countersign(agreement)

    assert Signature.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_making_and_keeping_sends_one_envelope(account, sandbox):
    enveloped.issued()
    row = Envelope.objects.get()
    sandbox.fault("docusign", account["id"], "slow_answer", value=20)

    killed_while_working(row, when=lambda: len(at_docusign(account, sandbox)) == 1)
    row = carried(row)

    [kept] = at_docusign(account, sandbox)
    assert (kept["status"], row.external_id, row.status) == ("sent", kept["envelopeId"], "sent")
    assert [one["mails"] for one in kept["signers"]] == [1, 0]


@pytest.mark.django_db(transaction=True)
def test_even_when_the_search_lags_behind_nobody_gets_two_mails(account, sandbox):
    enveloped.issued()
    row = Envelope.objects.get()
    sandbox.fault("docusign", account["id"], "slow_answer", value=20)

    killed_while_working(row, when=lambda: len(at_docusign(account, sandbox)) == 1)
    sandbox.fault("docusign", account["id"], "search_behind")
    carried(row)

    draft, sent = sorted(at_docusign(account, sandbox), key=lambda one: one["status"])
    assert (draft["status"], [one["mails"] for one in draft["signers"]]) == ("created", [0, 0])
    assert (sent["status"], [one["mails"] for one in sent["signers"]]) == ("sent", [1, 0])
    assert Envelope.objects.get().external_id == sent["envelopeId"]


@pytest.mark.parametrize("fault", ["lost_answer", "server_error_once", "throttle"])
def test_an_answer_that_got_lost_makes_no_second_envelope(account, sandbox, fault):
    enveloped.issued()
    sandbox.fault("docusign", account["id"], fault, count=1)
    first = carried()
    tried = (first.state, first.status)

    row = carried()

    [kept] = at_docusign(account, sandbox)
    assert (tried, row.status, kept["status"]) == (("queued", "wanted"), "sent", "sent")
    assert [one["mails"] for one in kept["signers"]] == [1, 0]


def test_while_the_provider_is_down_it_is_tried_on_and_the_specialist_told_once(account, sandbox):
    enveloped.issued()
    for _ in range(6):
        sandbox.fault("docusign", account["id"], "server_error_once", count=1)
        row = carried()

    assert (row.state, row.attempts, row.problem["class"]) == ("queued", 6, "vendor_error")
    assert kinds().count("agreement.envelope_delayed") == 1
    assert Message.objects.filter(kind="agreement.envelope_delayed").count() == 1

    assert carried().status == "sent"


def test_what_waiting_does_not_mend_stops_and_is_tried_again_at_a_press(account, sandbox):
    agreement = enveloped.issued()
    sandbox.fault("docusign", account["id"], "no_consent")
    esign = carried()
    stopped = (esign.state, esign.problem["class"], kinds()[-1])
    sandbox.clear_faults()

    envelopes.again(esign.pk, by=specialist(), at=now())
    row = carried()

    assert stopped == ("failed", "consent_missing", "agreement.envelope_delayed")
    assert (row.status, Agreement.objects.get(pk=agreement.pk).state) == ("sent", "issued")
    envelopes_page = Message.objects.filter(kind="agreement.envelope_delayed").get()
    assert "Press Try again" in envelopes_page.text


def test_without_credentials_it_waits_for_them(account, outbound):
    enveloped.issued()
    outbound.DOCUSIGN_USER_ID = ""

    row = carried()

    assert (row.state, row.problem["class"]) == ("queued", "esign_not_set_up")


def test_a_file_that_is_none_executes_nothing(account, sandbox, there):
    enveloped.issued()
    carried()
    for recipient in "12":
        there("sign", recipient=recipient)
    sandbox.fault("docusign", account["id"], "file_broken")
    row = carried()
    before = (row.state, row.problem["class"], Agreement.objects.get().state, Document.objects.count())

    envelopes.again(row.pk, by=specialist(), at=now())
    carried()

    assert before == ("failed", "not_understood", "issued", 1)
    assert Agreement.objects.get().state == "executed"


def test_completed_by_others_than_the_agreement_names_is_not_executed(account, sandbox, there):
    agreement = enveloped.issued(others=1)
    carried()
    for recipient in "123":
        there("sign", recipient=recipient)
    last = agreement.signers.get(position=3)
    agreement.signers.filter(pk=last.pk).update(position=4)  # not among those DocuSign asked

    row = carried()

    assert (row.state, Agreement.objects.get().state) == ("failed", "signed" if row.attempts == 0 else "issued")
    assert "not by everybody the agreement names" in row.problem["words"]


def test_signers_stand_where_the_document_names_them():
    agreement = enveloped.issued()

    anchors = [one.anchor for one in esign_services.invited(Agreement.objects.get())]

    company = agreement.terms["company"]["legal_name"]
    assert anchors == [f"1. For {company}"[:60], f"2. For {agreement.terms['seller']['legal_name']}"[:60]]


def test_the_statuses_of_both_sides_are_the_same_words():
    assert {status.value for status in Status} - {"created"} == set(Envelope.Status.values) - {"wanted"}
    assert esign_services.CALLBACK_PATH == "/webhooks/docusign/"
