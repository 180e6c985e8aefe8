"""Doors are asked for when somebody without an account has to sign or pay; they end by the clock, by revoking, when done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding import errors
from onboarding.actions import agreement_dates, agreements, doors, signing, visits
from onboarding.actors import Role
from onboarding.models import Agreement, Door, Event, Invoice, Message
from onboarding.queries import doors as queries
from onboarding.queries.doors import State
from onboarding.tasks.mail import send_message
from onboarding.workflow.steps import Step
from tests.agreements import issued, person, sign
from tests.doors import LATER, code, entered, payers_door, secret_of, signers_door, visitor
from tests.factories import NOW, finance, lead, member, owner, specialist, stranger, viewer
from tests.journey import journey

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def invoice() -> Invoice:
    return Invoice.objects.get(pk=journey(Step.CUSTOMER_APPROVAL).engagement.invoices.get().pk)


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="door.").order_by("pk").values_list("kind", flat=True))


def state(door: Door, *, at=LATER) -> State:
    return queries.state_of(Door.objects.get(pk=door.pk), at=at)


def test_a_signer_without_an_account_is_asked_by_a_link_good_for_a_week() -> None:
    door = signers_door()
    mail = Message.objects.get(kind="agreement.asked")

    assert (door.name, door.email, door.expires_at, state(door)) == (
        "Sam Sponsor",
        "sam@acme.example",
        NOW + WEEK,
        State.WAITING,
    )
    assert (mail.to, mail.button, mail.path) == ("sam@acme.example", "Read and sign", f"/door/{secret_of(door)}/")
    assert "You need no account" in mail.text
    assert kinds() == ["door.asked"]


def test_a_signer_with_an_account_is_led_to_the_portal() -> None:
    agreement = issued(others=1)
    sam = person(agreement.company, "Sam Sponsor", "sam@acme.example")
    person(agreement.company, "Ed Second", "ed@acme.example")

    sign(agreement, sam)

    assert Message.objects.get(kind="agreement.asked", to="ed@acme.example").path == "/agreement/sign/"
    assert Door.objects.filter(email="ed@acme.example").count() == 0


def test_it_never_lasts_longer_than_its_agreement_can_be_signed() -> None:
    door = signers_door()
    Agreement.objects.update(expires_on=(NOW + timedelta(days=3)).date())

    again = doors.send_again(door.pk, by=specialist(), at=LATER)

    assert f"{again.expires_at:%Y-%m-%d %H:%M}" == f"{NOW + timedelta(days=4):%Y-%m-%d} 00:00"


def test_a_reminder_brings_a_new_link_and_the_old_one_is_replaced() -> None:
    door, morning = signers_door(), NOW + timedelta(days=4)

    agreement_dates.look(at=morning)

    newest = Door.objects.latest("pk")
    assert (newest.pk > door.pk, state(door), state(newest)) == (True, State.REPLACED, State.WAITING)
    assert Message.objects.get(kind="agreement.reminder").path == f"/door/{secret_of(newest)}/"


def test_billing_and_interweave_let_somebody_else_pay(invoice: Invoice) -> None:
    billing = member(invoice.company, Role.BILLING)

    door = doors.let_pay(invoice.pk, name="  Pia   Payer ", email=" pia@payers.example ", by=billing, at=NOW)
    again = payers_door(invoice, at=LATER)

    mail = Message.objects.filter(kind="door.asked").first()
    assert (door.name, door.email, mail.to) == ("Pia Payer", "pia@payers.example", "pia@payers.example")
    assert invoice.number in mail.subject
    assert (state(door), state(again)) == (State.REPLACED, State.WAITING)
    assert [one.door.pk for one in queries.to_invoice(invoice, at=LATER)] == [again.pk]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"), ({"name": "x" * 151}, "name"), ({"email": "pia"}, "email"),
        ({"email": f"{'x' * 250}@a.example"}, "email"), ({"email": ""}, "email"),
    ],
)  # fmt: skip
def test_a_payer_needs_a_name_and_an_address(invoice: Invoice, given: dict[str, str], field: str) -> None:
    with pytest.raises(errors.BadInput) as refusal:
        doors.let_pay(invoice.pk, **{"name": "Pia", "email": "pia@payers.example"} | given, by=finance(), at=NOW)

    assert (list(refusal.value.fields), Door.objects.filter(invoice=invoice).count()) == ([field], 0)


def test_only_who_may_pay_or_sign_for_the_company_hands_out_links(invoice: Invoice) -> None:
    door = payers_door(invoice)
    for refused, why in ((viewer(invoice.company), errors.NotYours), (stranger(), errors.NotFound)):
        for act in (doors.revoke, doors.send_again):
            with pytest.raises(why):
                act(door.pk, by=refused, at=LATER)
        with pytest.raises(why):
            doors.let_pay(invoice.pk, name="Eve", email="eve@evil.example", by=refused, at=LATER)

    assert (state(door), Door.objects.filter(invoice=invoice).count()) == (State.WAITING, 1)


def test_nobody_is_asked_to_pay_what_is_not_owed(invoice: Invoice) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(state=Invoice.State.DRAFT)

    with pytest.raises(errors.WrongState, match="nothing is to be paid"):
        payers_door(invoice)


def test_at_most_ten_people_have_a_link_to_one_invoice(invoice: Invoice) -> None:
    for number in range(doors.MOST):
        doors.let_pay(invoice.pk, name="Pia", email=f"p{number}@payers.example", by=finance(), at=NOW)

    with pytest.raises(errors.WrongState, match="Revoke one of them first"):
        payers_door(invoice)
    doors.let_pay(invoice.pk, name="Pia", email="P3@payers.example", by=finance(), at=NOW)


def test_revoked_it_leads_nowhere_and_can_be_sent_again() -> None:
    door = signers_door()
    secret = entered(door)

    doors.revoke(door.pk, by=specialist(), at=LATER)

    assert state(door) == State.REVOKED
    assert visits.by_session(door.pk, secret).closed_because == Door.Reason.REVOKED
    with pytest.raises(errors.WrongState, match="closed already: revoked"):
        doors.revoke(door.pk, by=specialist(), at=LATER)
    with pytest.raises(errors.WrongState, match="revoked"):
        visits.send_code(door, by=visitor(door), at=LATER)
    again = doors.send_again(door.pk, by=owner(door.company), at=LATER)
    assert (state(again), Message.objects.get(kind="door.asked").path) == (State.WAITING, f"/door/{secret_of(again)}/")


def test_it_closes_by_itself_when_the_week_is_over() -> None:
    door = signers_door()

    closed = [doors.look(at=NOW + WEEK - timedelta(seconds=1)), doors.look(at=NOW + WEEK), doors.look(at=NOW + WEEK)]

    assert closed == [0, 1, 0]
    assert (state(door), kinds()) == (State.EXPIRED, ["door.asked", "door.closed"])


def test_it_closes_by_itself_when_its_signer_signed_in_the_portal() -> None:
    door = signers_door()
    sign(door.signer.agreement, person(door.company, "Sam Sponsor", "sam@acme.example"))

    before = state(door)
    doors.look(at=LATER)

    assert (before, Door.objects.get().closed_because) == (State.SIGNED, Door.Reason.SIGNED)
    assert Event.objects.filter(kind="door.closed").get().data["reason"] == "signed"


@pytest.mark.parametrize("ending", ["void", "declined", "replaced"])
def test_nothing_is_left_to_do_once_the_agreement_is_closed(ending: str) -> None:
    door = signers_door()
    agreement = door.signer.agreement
    if ending == "void":
        agreements.void(agreement.pk, reason="No", by=lead(), at=LATER)
    elif ending == "declined":
        signing.decline(agreement.pk, reason="No", by=owner(door.company), at=LATER)
    else:
        agreements.draft_again(agreement.engagement_id, by=specialist(), at=LATER)

    assert state(door) == State.OVER
    with pytest.raises(errors.WrongState, match="Nothing is left to do"):
        doors.send_again(door.pk, by=specialist(), at=LATER)


def test_it_closes_when_the_invoice_is_paid(invoice: Invoice) -> None:
    door = payers_door(invoice)
    Invoice.objects.filter(pk=invoice.pk).update(state=Invoice.State.PAID)

    doors.look(at=LATER)

    assert Door.objects.get(pk=door.pk).closed_because == Door.Reason.PAID


def test_neither_link_nor_code_outlives_its_mail() -> None:
    door = signers_door()
    secret, digits = secret_of(door), code(door)
    assert digits in Message.objects.get(kind="door.code").text

    for message in Message.objects.filter(state="queued"):
        send_message(message_id=message.pk)

    kept = repr([list(model.objects.values_list()) for model in (Message, Door, Event)])
    assert (secret in kept, digits in kept) == (False, False)
