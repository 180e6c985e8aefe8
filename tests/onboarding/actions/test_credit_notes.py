"""Void invoices: a draft goes, an issued one is taken back by a credit note, one with money on it stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding import errors
from onboarding.actions import invoices
from onboarding.models import (
    Checkout,
    Company,
    CreditNote,
    Event,
    Invoice,
    Message,
    Payment,
)
from onboarding.rendering import einvoice
from tests.at_once import at_once
from tests.factories import (
    NOW,
    finance,
    lead,
    owner,
    specialist,
)
from tests.invoices import drafted, issued, pay
from tests.onboarding.rendering import schematron

pytestmark = pytest.mark.django_db


def test_finance_takes_an_issued_invoice_back_by_a_credit_note_and_a_new_one_gets_the_next_number() -> None:
    invoice = issued()
    people = owner(invoice.company)

    with pytest.raises(errors.BadInput):
        invoices.void(invoice.pk, reason=" ", by=finance(), at=NOW)
    with pytest.raises(errors.WrongState):
        invoices.draft_again(invoice.engagement_id, by=finance(), at=NOW)
    voided = invoices.void(invoice.pk, reason=" Wrong address ", by=finance(), at=NOW + timedelta(days=2))
    with pytest.raises(errors.WrongState):
        invoices.void(invoice.pk, reason="Again", by=finance(), at=NOW)
    fresh = invoices.issue(
        invoices.draft_again(invoice.engagement_id, by=specialist(), at=NOW).pk, by=specialist(), at=NOW
    )

    assert (voided.state, voided.voided_at, voided.void_reason, voided.number) == (
        "void", NOW + timedelta(days=2), "Wrong address", "INV-2026-0001",
    )  # fmt: skip
    assert fresh.number == "INV-2026-0002"
    note = CreditNote.objects.get()
    assert (note.number, note.invoice, note.reason) == ("CN-2026-0001", voided, "Wrong address")
    context = note.document.rendering.context
    assert (context["gross"], context["issued_on"], context["invoice"]) == (
        "4888.00", "2026-11-25", {"number": "INV-2026-0001", "issued_on": "2026-11-23"},
    )  # fmt: skip
    assert schematron.broken(einvoice.xml("credit_note", context)) == []
    assert Event.objects.filter(kind="invoice.voided").get().data["credit_note"] == "CN-2026-0001"
    assert [mail.to for mail in Message.objects.filter(kind="invoice.voided")] == [people.email]


def test_a_credit_note_says_what_the_invoice_said_though_the_company_moved_since() -> None:
    invoice = issued()
    Company.objects.update(street="9 New Road", legal_name="Other Ltd")

    invoices.void(invoice.pk, reason="Moved", by=finance(), at=NOW)

    context = CreditNote.objects.get().document.rendering.context
    assert context["buyer"] == invoice.document.rendering.context["buyer"]
    assert context["buyer"]["address"][0] == "1 Main Street"


def test_a_draft_is_voided_without_a_credit_note() -> None:
    invoice = drafted()

    voided = invoices.void(invoice.pk, reason="Never mind", by=finance(), at=NOW)

    assert (voided.state, voided.number) == ("void", None)
    assert (CreditNote.objects.count(), Message.objects.count()) == (0, 0)


def test_an_invoice_with_money_on_it_is_not_voided() -> None:
    invoice = issued()
    pay(invoice, "10")

    with pytest.raises(errors.WrongState):
        invoices.void(invoice.pk, reason="Oops", by=lead(), at=NOW)

    assert Invoice.objects.get().state == "part_paid"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_void_at_once_one_makes_the_credit_note() -> None:
    invoice, one, other = issued(), finance(), lead()

    outcomes = at_once(*(lambda by=by: invoices.void(invoice.pk, reason="No", by=by, at=NOW) for by in (one, other)))

    assert sorted(outcomes) == ["WrongState", "done"]
    assert [note.number for note in CreditNote.objects.all()] == ["CN-2026-0001"]


@pytest.mark.parametrize(
    ("state", "words"),
    [("proposed payment", "waits for a second person"), ("card on its way", "A payment by card is on its way"),
     ("part paid while overdue", "refund it first")],
)  # fmt: skip
def test_an_invoice_with_money_on_its_way_is_not_voided(state: str, words: str) -> None:
    invoice = issued()
    if state == "card on its way":
        Checkout.objects.create(
            company=invoice.company, engagement=invoice.engagement, invoice=invoice, state="processing", amount=1,
            currency="USD", created_at=NOW, created_by="Ann",
        )  # fmt: skip
    else:
        payment = pay(invoice, "10")
        if state == "proposed payment":
            Payment.objects.filter(pk=payment.pk).update(state="proposed")
        Invoice.objects.update(state="overdue")

    with pytest.raises(errors.WrongState, match=words):
        invoices.void(invoice.pk, reason="No", by=lead(), at=NOW)

    assert CreditNote.objects.count() == 0
