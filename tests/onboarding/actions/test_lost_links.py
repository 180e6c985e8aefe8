"""A mail that is given up keeps no secret of its link or code; who tries it again sends a new link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail as post
from django.utils.timezone import now

from onboarding import errors
from onboarding.actions import domains, doors, members, messages, retries, visits, work
from onboarding.actors import Role
from onboarding.models import Door, Engagement, Invitation, Invoice, Message
from onboarding.tasks.mail import send_message
from onboarding.workflow.steps import Step
from tests.doors import payers_door, signers_door, visitor
from tests.factories import CompanyFactory, EngagementFactory, owner, specialist, staff
from tests.invoices import issued

pytestmark = pytest.mark.django_db


def invitation() -> Message:
    company = CompanyFactory()
    members.invite(company.pk, email="new@acme.example", name="New", roles=["viewer"], by=owner(company), at=now())
    return Message.objects.get(kind="member.invited")


def payers_link() -> Message:
    payers_door(issued(), at=now())
    return Message.objects.get(kind="door.asked")


def signers_link() -> Message:
    signers_door(at=now())
    return Message.objects.get(kind="agreement.asked", path__startswith="/door/")


def door_code() -> Message:
    door = payers_door(issued(), at=now())
    visits.send_code(door, by=visitor(door), at=now())
    return Message.objects.get(kind="door.code")


def domain_code() -> Message:
    engagement = EngagementFactory(step=Step.CUSTOMER_VERIFICATION.value)
    by = owner(engagement.company)
    domains.ask_code(engagement.pk, email="postmaster@acme.example", by=by, at=now())
    return Message.objects.get(kind="domain_proof.code")


LINKS = [invitation, payers_link, signers_link]
CODES = [door_code, domain_code]


@pytest.fixture
def no_mail_server(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9


def tried(row: Message, *, attempts: int) -> Message:
    Message.objects.filter(pk=row.pk).update(attempts=attempts, not_before=now(), state="queued")
    send_message(message_id=row.pk)
    return Message.objects.get(pk=row.pk)


def secret_in(row: Message) -> str:
    """What nobody may read afterwards: the link's secret, or the digits."""
    return row.path.split("/")[2] if row.path else next(one for one in row.text.split() if one.strip(".").isdigit())


def kept(row: Message) -> str:
    return " ".join(str(value) for value in Message.objects.filter(pk=row.pk).values().get().values())


@pytest.mark.parametrize("make", LINKS + CODES)
def test_its_secret_stays_while_it_is_tried_and_is_gone_when_it_is_given_up(make, no_mail_server) -> None:
    row = make()
    secret = secret_in(row).strip(".")

    waiting = tried(row, attempts=0)
    assert (waiting.state, waiting.attempts, secret in kept(row)) == ("queued", 1, True)
    failed = tried(row, attempts=row.max_attempts - 1)

    assert (failed.state, failed.problem["words"]) == ("failed", "The mail server did not take it.")
    assert (secret in kept(row), failed.has_lost_its_secret) == (False, True)


@pytest.mark.parametrize("make", LINKS + CODES)
def test_once_sent_it_is_gone_as_well(make) -> None:
    row = make()
    secret = secret_in(row).strip(".")

    send_message(message_id=row.pk)

    assert secret in post.outbox[-1].body
    assert secret not in kept(row)


@pytest.mark.parametrize("make", LINKS + CODES)
def test_a_worker_that_never_came_back_leaves_none(make) -> None:
    row = make()
    secret = secret_in(row).strip(".")
    long_ago = now() - timedelta(hours=1)
    Message.objects.filter(pk=row.pk).update(state="running", attempts=row.max_attempts, claimed_at=long_ago)

    work.put_back_abandoned(at=now())

    assert (Message.objects.get(pk=row.pk).state, secret in kept(row)) == ("failed", False)


def test_a_mail_without_a_secret_keeps_its_button_and_is_tried_again_as_it_is(no_mail_server) -> None:
    engagement = EngagementFactory()
    row = messages.send(
        company=engagement.company, engagement=engagement, kind="x", to="ann@acme.example", subject="Hello",
        text="Hello", key="hello", at=now(), path="/invoice/", button="See it",
    )  # fmt: skip

    failed = tried(row, attempts=row.max_attempts - 1)
    again = retries.again("message", row.pk, by=specialist(), at=now())

    assert (failed.path, failed.has_lost_its_secret) == ("/invoice/", False)
    assert (again.pk, again.state) == (row.pk, "queued")


def given_up(make: Callable[[], Message]) -> Message:
    row = make()
    work.fail(_claimed(row), at=now(), problem={"words": "No."}, retry=False)
    return Message.objects.get(pk=row.pk)


def _claimed(row: Message) -> Message:
    claimed = work.claim(Message, row.pk, at=now())
    assert claimed is not None
    return claimed


def test_an_invitation_tried_again_is_a_new_one_and_the_old_link_opens_nothing() -> None:
    row = invitation()
    old = row.path.split("/")[2]
    work.fail(_claimed(row), at=now(), problem={"words": "No."}, retry=False)

    new = retries.again("message", row.pk, by=specialist(), at=now())

    secret = new.path.split("/")[2]
    assert (new.state, new.to, secret != old) == ("queued", "new@acme.example", True)
    assert members.open_invitation(secret, at=now()).email == "new@acme.example"
    with pytest.raises(errors.NotFound):
        members.open_invitation(old, at=now())
    assert Message.objects.get(pk=row.pk).state == "cancelled"
    with pytest.raises(errors.WrongState, match="did not fail"):
        retries.again("message", row.pk, by=specialist(), at=now())
    assert Invitation.objects.filter(revoked_at=None).count() == 1


@pytest.mark.parametrize("make", [payers_link, signers_link])
def test_a_door_tried_again_is_a_new_door(make) -> None:
    row = make()
    old = Door.objects.get()
    secret = row.path.split("/")[2]
    work.fail(_claimed(row), at=now(), problem={"words": "No."}, retry=False)

    new = retries.again("message", row.pk, by=specialist(), at=now())

    old.refresh_from_db()
    assert old.closed_because == Door.Reason.REPLACED
    assert visits.by_link(new.path.split("/")[2]) == Door.objects.latest("pk")
    assert visits.by_link(secret).closed_at
    assert (new.to, Message.objects.get(pk=row.pk).state) == (old.email, "cancelled")


def test_where_nothing_is_left_to_do_no_new_link_goes_out_and_the_mail_stays_given_up() -> None:
    paid, used = given_up(payers_link), given_up(invitation)
    Invoice.objects.update(state=Invoice.State.PAID)
    Invitation.objects.update(accepted_at=now())

    with pytest.raises(errors.WrongState, match="Nothing is left to do behind this link"):
        retries.again("message", paid.pk, by=specialist(), at=now())
    with pytest.raises(errors.WrongState, match="Invite the person anew"):
        retries.again("message", used.pk, by=specialist(), at=now())

    assert set(Message.objects.filter(pk__in=[paid.pk, used.pk]).values_list("state", flat=True)) == {"failed"}


@pytest.mark.parametrize("make", CODES)
def test_a_code_is_asked_for_anew_where_it_is_entered(make) -> None:
    row = given_up(make)

    with pytest.raises(errors.WrongState, match="A code is sent anew on the page"):
        retries.again("message", row.pk, by=specialist(), at=now())


def test_nobody_else_sends_a_new_link() -> None:
    row = given_up(payers_link)

    for by, refusal in (
        (staff(Role.AUDITOR), errors.NotYours),
        (owner(row.company), errors.NotYours),
        (owner(CompanyFactory()), errors.NotFound),
    ):
        with pytest.raises(refusal):
            retries.again("message", row.pk, by=by, at=now())
    assert Door.objects.count() == 1


def test_a_cancelled_engagement_gets_no_new_link() -> None:
    row = given_up(payers_link)
    Engagement.objects.update(cancelled_at=now())

    with pytest.raises(errors.Refused):
        retries.again("message", row.pk, by=specialist(), at=now())

    assert doors.Door.objects.count() == 1
