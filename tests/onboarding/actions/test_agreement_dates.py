"""Signers are reminded in the morning where they are, across changes of the clocks; what nobody signed expires."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from onboarding.actions import agreement_dates, agreements, engagements
from onboarding.library import signing_reminders
from onboarding.models import Agreement, Company, Engagement, Event, Message, Signer
from onboarding.tasks import look_after_agreements
from onboarding.workflow.step_04_customer_verification import agreement_in_force
from onboarding.workflow.steps import Step
from tests.agreements import drafted, issued, person, sign
from tests.at_once import at_once
from tests.factories import NOW, lead, owner, specialist

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def mails(kind: str = "agreement.reminder") -> int:
    return Message.objects.filter(kind=kind).count()


@pytest.mark.parametrize(
    ("zone", "asked", "last_day", "mornings"),
    [
        # Clocks go back on 25 October 2026: 9 o'clock is 7:00 UTC before and 8:00 after.
        ("Europe/Berlin", "2026-10-20 15:00", date(2026, 11, 19),
         ["2026-10-23 07:00", "2026-10-27 08:00", "2026-11-03 08:00", "2026-11-17 08:00"]),
        # Forward on 8 March 2026: 14:00 UTC before and 13:00 after.
        ("America/New_York", "2026-03-04 15:00", date(2026, 4, 3),
         ["2026-03-07 14:00", "2026-03-11 13:00", "2026-03-18 13:00", "2026-04-01 13:00"]),
        # South of the equator the clocks go back in April, and the day is another one than in UTC.
        ("Pacific/Auckland", "2026-03-31 20:00", date(2026, 5, 3),
         ["2026-04-03 20:00", "2026-04-07 21:00", "2026-04-14 21:00", "2026-04-30 21:00"]),
        # Half an hour's change of the clocks, on 5 April 2026.
        ("Australia/Lord_Howe", "2026-03-31 20:00", date(2026, 5, 2),
         ["2026-04-03 22:00", "2026-04-07 22:30", "2026-04-14 22:30", "2026-04-29 22:30"]),
    ],
)  # fmt: skip
def test_reminders_come_at_nine_where_the_company_is(
    zone: str, asked: str, last_day: date, mornings: list[str]
) -> None:
    found = signing_reminders.moments(asked_at=at(asked), last_day=last_day, zone=ZoneInfo(zone))

    assert found == [at(one) for one in mornings]


def test_a_day_is_reminded_of_once_and_none_past_the_last() -> None:
    found = signing_reminders.moments(
        asked_at=at("2026-11-02 12:00"), last_day=date(2026, 11, 11), zone=ZoneInfo("UTC")
    )

    assert found == [at("2026-11-05 09:00"), at("2026-11-09 09:00")]


def test_the_signer_whose_turn_it_is_is_reminded_and_nobody_else() -> None:
    agreement = issued(others=1)

    counts = []
    for days in (2, 3, 4, 7, 14, 28, 29):
        agreement_dates.look(at=NOW + timedelta(days=days))
        counts.append(mails())

    assert counts == [0, 1, 1, 2, 3, 4, 4]
    assert set(Message.objects.filter(kind="agreement.reminder").values_list("to", flat=True)) == {"sam@acme.example"}
    assert Event.objects.filter(kind="agreement.reminded").count() == 4
    assert list(agreement.signers.values_list("reminders", flat=True)) == [4, 0, 0]


def test_missed_reminders_are_one() -> None:
    issued()

    first = agreement_dates.look(at=NOW + timedelta(days=16))
    second = agreement_dates.look(at=NOW + timedelta(days=16, minutes=5))

    assert (first, second, mails()) == (1, 0, 1)


def test_the_next_signers_reminders_count_from_their_own_turn() -> None:
    agreement = issued(others=1)
    sign(agreement, person(agreement.company, "Sam Sponsor", "sam@acme.example"), at=NOW + timedelta(days=6))

    reminded = [agreement_dates.look(at=NOW + timedelta(days=days)) for days in (8, 9)]

    assert reminded == [0, 1]
    assert Message.objects.get(kind="agreement.reminder").to == "ed@acme.example"


@pytest.mark.parametrize("why", ["on hold", "step IV", "draft", "declined", "cancelled", "no longer true"])
def test_nobody_is_reminded_of_what_they_can_not_do(why: str) -> None:
    agreement = drafted() if why == "draft" else issued()
    if why == "on hold":
        engagements.hold(agreement.engagement_id, reason="Summer", by=specialist(), at=NOW)
    elif why == "step IV":
        Engagement.objects.update(step=Step.CUSTOMER_VERIFICATION.value)
    elif why == "cancelled":
        engagements.cancel(agreement.engagement_id, reason="No", by=lead(), at=NOW)
    elif why == "no longer true":
        agreement.engagement.company.__class__.objects.update(legal_name="Fabrikam Ltd")
    elif why == "declined":
        Agreement.objects.update(state="declined", closed_at=NOW)

    assert (agreement_dates.look(at=NOW + timedelta(days=10)), mails()) == (0, 0)


def test_after_a_hold_what_was_missed_is_one_reminder() -> None:
    agreement = issued()
    engagements.hold(agreement.engagement_id, reason="Summer", by=specialist(), at=NOW)
    agreement_dates.look(at=NOW + timedelta(days=8))
    engagements.resume(agreement.engagement_id, by=specialist(), at=NOW + timedelta(days=9))

    assert (agreement_dates.look(at=NOW + timedelta(days=9, hours=1)), mails()) == (1, 1)


@pytest.mark.parametrize(
    ("zone", "last_day", "over"),
    [
        ("Europe/Berlin", date(2027, 3, 28), "2027-03-28 22:00"),  # a day of 23 hours
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-25 23:00"),  # a day of 25 hours
        ("America/Santiago", date(2026, 9, 5), "2026-09-06 04:00"),  # no midnight follows: the clocks skip it
        ("America/Havana", date(2026, 10, 31), "2026-11-01 04:00"),  # midnight follows twice: the first one ends it
        ("Australia/Lord_Howe", date(2026, 10, 4), "2026-10-04 13:00"),  # half an hour
    ],
)
def test_a_last_day_on_which_the_clocks_change_ends_at_its_own_midnight(zone: str, last_day: date, over: str) -> None:
    agreement = issued(time_zone=zone)
    Agreement.objects.update(expires_on=last_day)
    ends = at(over)

    before = agreement_dates.look(at=ends - timedelta(seconds=1)) and Agreement.objects.get().state
    agreement_dates.look(at=ends)

    assert before != "expired"
    assert Agreement.objects.get(pk=agreement.pk).state == "expired"


@pytest.mark.parametrize(
    ("zone", "over"),
    [
        ("Europe/Berlin", "2026-12-23 23:00"),
        ("America/New_York", "2026-12-24 05:00"),
        ("Pacific/Auckland", "2026-12-24 11:00"),
        ("Pacific/Kiritimati", "2026-12-24 10:00"),
        ("No/Such_Zone", "2026-12-24 00:00"),
    ],
)
def test_it_expires_as_its_last_day_ends_where_the_company_is(zone: str, over: str) -> None:
    agreement = issued(time_zone=zone)

    before = agreement_dates.look(at=at(over) - timedelta(seconds=1))
    states = [Agreement.objects.get().state]
    agreement_dates.look(at=at(over))
    states.append(Agreement.objects.get().state)
    again = agreement_dates.look(at=at(over) + timedelta(hours=1))

    assert (states, again) == (["issued", "expired"], 0)
    assert before == 1  # the reminder of the weeks before
    assert agreement.expires_on.isoformat() in {"2026-12-23", "2026-12-24"}


def test_both_sides_are_told_and_the_status_says_so() -> None:
    agreement = issued()
    boss = owner(agreement.company)

    agreement_dates.look(at=NOW + timedelta(days=31))

    told = set(Message.objects.filter(kind="agreement.expired").values_list("to", flat=True))
    fresh = Agreement.objects.get()
    assert told == {boss.email, "sam@acme.example", fresh.engagement.specialist.user.email, fresh.reviewer.user.email}
    assert (fresh.closed_at, fresh.closed_reason) == (NOW + timedelta(days=31), "Not signed in time")
    assert agreement_in_force(fresh.engagement) is None
    unsigned = next(one for one in fresh.engagement.status["criteria"] if one["code"] == "msa.unsigned")
    assert (unsigned["met"], unsigned["owner"]) == (False, "specialist")


@pytest.mark.parametrize("state", ["draft", "signed"])
def test_what_waits_for_interweave_does_not_expire(state: str) -> None:
    agreement = drafted() if state == "draft" else issued()
    if state == "signed":
        sign(agreement, person(agreement.company, "Sam Sponsor", "sam@acme.example"))

    agreement_dates.look(at=NOW + timedelta(days=60))

    assert Agreement.objects.get().state == state


def test_an_expired_one_is_drafted_anew() -> None:
    agreement = issued()
    later = NOW + timedelta(days=31)
    agreement_dates.look(at=later)

    fresh = agreements.draft_again(agreement.engagement_id, by=specialist(), at=later)

    assert (fresh.state, fresh.number) == ("draft", "MSA-2026-0002")


def test_a_company_that_waits_again_for_acceptance_is_left_in_peace() -> None:
    issued()
    Company.objects.update(state=Company.State.PENDING)

    assert agreement_dates.look(at=NOW + timedelta(days=5)) == 0


def test_the_task_looks_at_now() -> None:
    agreement = issued()
    Signer.objects.filter(agreement=agreement, position=1).update(asked_at=NOW - timedelta(days=4000))
    Agreement.objects.update(expires_on=date(2999, 1, 1))

    assert (look_after_agreements(), mails()) == (1, 1)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_looks_at_once_remind_and_expire_once() -> None:
    issued()

    for days in (3, 40):
        look = partial(agreement_dates.look, at=NOW + timedelta(days=days))
        at_once(look, look)

    assert (mails(), Event.objects.filter(kind="agreement.expired").count()) == (1, 1)
