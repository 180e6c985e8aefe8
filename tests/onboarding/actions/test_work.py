"""Work as rows: claimed once, retried from the row, put back when a worker died."""

from datetime import timedelta

import pytest

from onboarding.actions import messages, work
from onboarding.models import Event, Message, Rendering
from onboarding.models.documents import Document
from tests.factories import NOW, EngagementFactory

pytestmark = pytest.mark.django_db


def a_mail() -> Message:
    engagement = EngagementFactory()
    return messages.send(
        company=engagement.company, engagement=engagement, kind="test", to="ann@acme.example", subject="Hello",
        text="Hello", key="test", at=NOW,
    )  # fmt: skip


def a_rendering() -> Rendering:
    engagement = EngagementFactory()
    here = {"company": engagement.company, "engagement": engagement}
    document = Document.objects.create(
        **here, kind="msa", title="MSA", file_name="m.pdf", created_at=NOW, created_by="x"
    )
    return work.new(Rendering, at=NOW, **here, document=document, template="msa", context={})


def test_a_row_is_claimed_once() -> None:
    mail = a_mail()

    first, second = work.claim(Message, mail.pk, at=NOW), work.claim(Message, mail.pk, at=NOW)

    assert first is not None
    assert (first.state, first.attempts, first.claimed_at, second) == ("running", 1, NOW, None)


def test_a_row_that_is_not_due_is_left_alone() -> None:
    mail = a_mail()
    Message.objects.update(not_before=NOW + timedelta(minutes=1))

    assert work.claim(Message, mail.pk, at=NOW) is None


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 10), (2, 20), (3, 40), (4, 80)])
def test_each_retry_waits_twice_as_long(attempts: int, seconds: int) -> None:
    mail = a_mail()
    Message.objects.update(attempts=attempts - 1)
    claimed = work.claim(Message, mail.pk, at=NOW)

    again = work.fail(claimed, at=NOW, problem={"words": "Down"}, retry=True)

    mail.refresh_from_db()
    assert (again, mail.state, mail.not_before) == (True, "queued", NOW + timedelta(seconds=seconds))


def test_the_last_attempt_ends_in_failed() -> None:
    mail = a_mail()
    Message.objects.update(attempts=4)
    claimed = work.claim(Message, mail.pk, at=NOW)

    again = work.fail(claimed, at=NOW, problem={"words": "Down"}, retry=True)

    mail.refresh_from_db()
    assert (again, mail.state, mail.problem) == (False, "failed", {"words": "Down"})


def test_a_cancelled_row_takes_no_result() -> None:
    mail = a_mail()
    claimed = work.claim(Message, mail.pk, at=NOW)
    work.cancel(mail, at=NOW)

    finished = work.finish(claimed, at=NOW)

    mail.refresh_from_db()
    assert (finished, mail.state) == (False, "cancelled")


def test_a_row_of_a_dead_worker_waits_again() -> None:
    mail = a_mail()
    work.claim(Message, mail.pk, at=NOW)

    early = work.put_back_abandoned(at=NOW + timedelta(seconds=299))
    late = work.put_back_abandoned(at=NOW + timedelta(seconds=301))

    mail.refresh_from_db()
    assert (early, late, mail.state) == (0, 1, "queued")


def test_after_the_last_attempt_a_dead_workers_row_fails_where_staff_see_it() -> None:
    rendering = a_rendering()
    Rendering.objects.update(attempts=4)
    work.claim(Rendering, rendering.pk, at=NOW)

    work.put_back_abandoned(at=NOW + timedelta(seconds=301))

    rendering.refresh_from_db()
    event = Event.objects.get()
    assert (rendering.state, event.kind, event.is_internal) == ("failed", "work.abandoned", True)


def test_a_mail_with_the_same_key_is_queued_once() -> None:
    mail = a_mail()

    again = messages.send(
        company=mail.company, engagement=None, kind="test", to="ann@acme.example", subject="Hello", text="Hello",
        key="test", at=NOW,
    )  # fmt: skip

    assert (again.pk, Message.objects.count()) == (mail.pk, 1)
