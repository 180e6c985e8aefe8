"""Who hears that an invoice is paid: once each, whoever paid, and with the receipt attached where there is no account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as post
from django.utils.timezone import now

from onboarding.actions import doors, payments, visits
from onboarding.actions.documents import complete_rendering
from onboarding.actors import SYSTEM
from onboarding.models import Contact, Door, Invoice, Message, Rendering
from onboarding.tasks.mail import send_message
from tests.doors import entered, payers_door, visitor
from tests.factories import NOW, CompanyFactory, MemberFactory, finance
from tests.invoices import issued, pay

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def invoice() -> Invoice:
    found = issued()
    MemberFactory(company=found.company, roles=["billing"], user__email="bill@acme.example")
    return found


def told() -> dict[str, Message]:
    return {one.to: one for one in Message.objects.filter(kind="invoice.paid")}


def made() -> None:
    """The receipt's worker is done."""
    row = Rendering.objects.filter(template="receipt").latest("pk")
    Rendering.objects.filter(pk=row.pk).update(state="running", attempts=1)
    complete_rendering(Rendering.objects.select_related("document").get(pk=row.pk), pdf=PDF, by=SYSTEM, at=now())


def test_the_payer_at_the_door_gets_the_receipt_and_billing_a_link(invoice: Invoice) -> None:
    entered(payers_door(invoice))

    pay(invoice, "4888.00")

    mails = told()
    assert set(mails) == {"bill@acme.example", "pia@payers.example"}
    bill, pia = mails["bill@acme.example"], mails["pia@payers.example"]
    assert (bill.path, bill.button, bill.document) == ("/invoice/", "See the invoice", None)
    assert (pia.path, pia.button, pia.document.kind) == ("", "", "receipt")
    assert "The receipt is attached" in pia.text


def test_the_attached_receipt_is_waited_for_and_then_sent_at_once(
    invoice: Invoice, django_capture_on_commit_callbacks
) -> None:
    entered(payers_door(invoice))
    pay(invoice, "4888.00")
    pia = told()["pia@payers.example"]

    send_message(message_id=pia.pk)
    assert (Message.objects.get(pk=pia.pk).state, post.outbox) == ("queued", [])
    with django_capture_on_commit_callbacks() as nudges:
        made()
    assert len(nudges) == 1
    send_message(message_id=pia.pk)

    [sent] = post.outbox
    assert (sent.to, sent.attachments[0][0]) == (["pia@payers.example"], f"{invoice.number}-receipt.pdf")
    assert bytes(sent.attachments[0][1]) == PDF
    send_message(message_id=pia.pk)
    assert len(post.outbox) == 1


def test_a_receipt_that_is_never_made_ends_in_words_and_not_in_an_empty_mail(invoice: Invoice) -> None:
    entered(payers_door(invoice))
    pay(invoice, "4888.00")
    pia = told()["pia@payers.example"]

    for _ in range(pia.max_attempts):
        Message.objects.filter(pk=pia.pk).update(not_before=now())
        send_message(message_id=pia.pk)

    pia.refresh_from_db()
    assert (pia.state, pia.problem["words"]) == ("failed", "The file to attach was not made in time.")
    assert post.outbox == []


@pytest.mark.parametrize("how", ["not opened", "revoked", "another invoice"])
def test_who_did_not_come_in_or_may_not_any_more_hears_nothing(invoice: Invoice, how: str) -> None:
    door = payers_door(issued() if how == "another invoice" else invoice)
    if how != "not opened":
        entered(door)
    if how == "revoked":
        doors.revoke(door.pk, by=finance(), at=NOW + timedelta(hours=2))

    pay(invoice, "4888.00")

    assert set(told()) == {"bill@acme.example"}


def test_a_link_that_expired_or_was_sent_again_meanwhile_changes_nothing(invoice: Invoice) -> None:
    first = payers_door(invoice)
    entered(first)
    doors.send_again(first.pk, by=finance(), at=NOW + timedelta(hours=2))
    Door.objects.update(expires_at=NOW + timedelta(hours=3))
    doors.look(at=NOW + timedelta(hours=4))

    pay(invoice, "4888.00")

    assert list(Message.objects.filter(kind="invoice.paid", to="pia@payers.example").values_list("state")) == [
        ("queued",)
    ]


def test_one_person_with_an_account_and_a_link_is_told_once(invoice: Invoice) -> None:
    entered(doors.let_pay(invoice.pk, name="Bill", email="Bill@acme.example", by=finance(), at=NOW))
    Contact.objects.create(
        company=invoice.company, engagement=invoice.engagement, kind=Contact.Kind.BILLING, name="Accounts",
        email="accounts@acme.example", updated_at=NOW,
    )  # fmt: skip

    pay(invoice, "4888.00")

    mails = told()
    assert set(mails) == {"bill@acme.example", "accounts@acme.example"}
    assert [mails[f"{who}@acme.example"].document is None for who in ("bill", "accounts")] == [True, False]


def test_paid_anew_after_the_money_went_back_there_is_a_new_receipt(invoice: Invoice) -> None:
    door = payers_door(invoice)
    visits.enter(door, by=visitor(door), at=NOW)
    pay(invoice, "4888.00", reference="W1")
    payments.refund(
        invoice.pk, amount=invoice.gross, currency="USD", method="bank_transfer", reference="B1",
        received_on=NOW.date(), by=finance(), at=NOW,
    )  # fmt: skip
    pay(invoice, "4888.00", reference="W2")

    files = [one.document_id for one in Message.objects.filter(kind="invoice.paid", to="pia@payers.example")]
    assert len(files) == len(set(files)) == 2


def test_another_companys_payers_hear_nothing(invoice: Invoice) -> None:
    MemberFactory(company=CompanyFactory(), roles=["owner", "billing"])
    pay(invoice, "4888.00")
    assert set(told()) == {"bill@acme.example"}
