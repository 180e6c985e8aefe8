from __future__ import annotations

import pytest

from onboarding import errors
from onboarding.actions import messages, retries
from onboarding.actors import Role
from onboarding.models import Event, Message
from tests.factories import NOW, CompanyFactory, EngagementFactory, owner, staff

pytestmark = pytest.mark.django_db


def failed_mail(engagement=None):
    company = engagement.company if engagement else CompanyFactory()
    mail = messages.send(company=company, engagement=engagement, kind="x", to="ann@acme.example", subject="Hello",
                         text="Hello", key="hello", at=NOW)  # fmt: skip
    Message.objects.update(state="failed", attempts=5, finished_at=NOW, problem={"words": "Mailbox full."})
    return mail


def test_a_failed_mail_has_all_its_attempts_again_and_its_worker_is_nudged(django_capture_on_commit_callbacks):
    mail = failed_mail(EngagementFactory())

    with django_capture_on_commit_callbacks() as after_commit:
        row = retries.again("message", mail.pk, by=staff(Role.SPECIALIST), at=NOW)

    assert (row.state, row.attempts, row.problem, row.finished_at) == ("queued", 0, None, None)
    assert len(after_commit) == 1
    assert [(one.kind, one.is_internal) for one in Event.objects.all()] == [("run.retried", True)]


def test_a_mail_of_no_engagement_is_tried_again_without_an_event():
    mail = failed_mail()

    retries.again("message", mail.pk, by=staff(Role.LEAD), at=NOW)

    assert (Message.objects.get().state, Event.objects.count()) == ("queued", 0)


@pytest.mark.parametrize(
    ("kind", "who", "refusal"),
    [
        ("message", lambda mail: staff(Role.AUDITOR), errors.NotYours),
        ("message", lambda mail: owner(mail.company), errors.NotYours),
        ("message", lambda mail: owner(CompanyFactory()), errors.NotFound),
        ("magic", lambda mail: staff(Role.LEAD), errors.NotFound),
    ],
    ids=["an auditor", "the customer", "a stranger", "an unknown kind"],
)
def test_others_try_nothing_again(kind, who, refusal):
    mail = failed_mail()

    with pytest.raises(refusal):
        retries.again(kind, mail.pk, by=who(mail), at=NOW)

    assert (Message.objects.get().state, Event.objects.count()) == ("failed", 0)


def test_what_did_not_fail_is_left_alone():
    mail = failed_mail()
    Message.objects.update(state="done")

    with pytest.raises(errors.WrongState):
        retries.again("message", mail.pk, by=staff(Role.LEAD), at=NOW)

    assert Message.objects.get().state == "done"
