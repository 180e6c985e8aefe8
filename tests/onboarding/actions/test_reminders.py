from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding import errors
from onboarding.actions import reminders
from onboarding.actors import Role
from onboarding.models import Event, Message
from tests.factories import NOW, EngagementFactory, MemberFactory, owner, staff

pytestmark = pytest.mark.django_db
ASKED = {"criterion": "contacts.missing", "text": "Only the four names, please."}


def test_those_who_may_act_are_reminded_in_the_specialists_words():
    engagement = EngagementFactory()
    member = MemberFactory(company=engagement.company, roles=["contributor"])
    MemberFactory(company=engagement.company, roles=["viewer"])

    reminders.send(engagement.pk, **ASKED, by=staff(Role.SPECIALIST), at=NOW)

    mail = Message.objects.get()
    assert (mail.to, mail.subject) == (member.user.email, "A reminder: Name your four contacts")
    assert mail.text.startswith("Only the four names, please.\n\nMain contact, ")
    assert [(event.kind, event.data) for event in Event.objects.all()] == [
        ("engagement.reminded", {"criterion": "contacts.missing"})
    ]


def test_the_next_day_it_may_be_said_again():
    engagement = EngagementFactory()
    MemberFactory(company=engagement.company)
    by = staff(Role.LEAD)
    reminders.send(engagement.pk, **ASKED, by=by, at=NOW)

    with pytest.raises(errors.WrongState):
        reminders.send(engagement.pk, **ASKED, by=by, at=NOW + timedelta(hours=1))
    reminders.send(engagement.pk, **ASKED, by=by, at=NOW + timedelta(days=1))

    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("criterion", "refusal"),
    [
        ("company.not_accepted", errors.WrongState),
        ("specialist.unassigned", errors.WrongState),
        ("payment.outstanding", errors.BadInput),
        ("nothing.like_it", errors.BadInput),
    ],
    ids=["met", "waits for us", "of a later step", "unknown"],
)
def test_what_does_not_wait_for_the_customer_is_not_reminded_of(criterion, refusal):
    engagement = EngagementFactory()
    MemberFactory(company=engagement.company)

    with pytest.raises(refusal):
        reminders.send(engagement.pk, criterion=criterion, by=staff(Role.SPECIALIST), at=NOW)

    assert (Message.objects.count(), Event.objects.count()) == (0, 0)


def test_a_customer_reminds_nobody():
    engagement = EngagementFactory()

    with pytest.raises(errors.NotYours):
        reminders.send(engagement.pk, **ASKED, by=owner(engagement.company), at=NOW)

    assert (Message.objects.count(), Event.objects.count()) == (0, 0)
