"""Events and the status document: each event of its own, or several with one document and one update."""

import pytest
from django.db import transaction

from onboarding import outbox
from onboarding.actions import gates, messages
from onboarding.models import Engagement, Event, Message
from onboarding.workflow.chain import digest
from tests.factories import NOW, EngagementFactory, MemberFactory, specialist

pytestmark = pytest.mark.django_db


def test_several_events_make_one_document_and_one_update(django_assert_num_queries) -> None:
    by, pk = specialist(), EngagementFactory().pk

    with transaction.atomic():
        engagement, again = gates.locked(pk, by), Engagement.objects.get(pk=pk)
        with outbox.one_update(engagement, at=NOW, changing=["hold_reason"]):
            engagement.hold_reason = "Kept"
            with django_assert_num_queries(4):  # the newest event's number and hash, then the insert
                outbox.record("note.written", engagement, by=by, at=NOW)
                outbox.record("note.written", again, by=by, at=NOW)

    first, second = Event.objects.all()
    assert [event.hash for event in (first, second)] == [digest(first), digest(second)]
    assert (second.number, second.previous_hash) == (2, first.hash)
    fresh = Engagement.objects.get(pk=pk)
    assert (fresh.version, fresh.status["version"], fresh.hold_reason) == (1, 1, "Kept")


@transaction.atomic
def fail_halfway(pk: int) -> None:
    engagement = gates.locked(pk, specialist())
    with outbox.one_update(engagement, at=NOW):
        outbox.record("note.written", engagement, by=specialist(), at=NOW)
        raise ZeroDivisionError


def test_a_refusal_in_between_stores_no_document() -> None:
    by, pk = specialist(), EngagementFactory().pk

    with pytest.raises(ZeroDivisionError):
        fail_halfway(pk)

    assert (Engagement.objects.get(pk=pk).version, Event.objects.count()) == (0, 0)
    outbox.record("note.written", Engagement.objects.get(pk=pk), by=by, at=NOW)
    assert Engagement.objects.get(pk=pk).version == 1


def test_a_mail_to_the_members_is_queued_once_for_each() -> None:
    engagement = EngagementFactory()
    ann = MemberFactory(company=engagement.company, user__email="ann@acme.example")
    mail = {"kind": "test", "subject": "Hello", "key": "test", "at": NOW}

    messages.send_to_members(engagement, text="First", **mail)
    bob = MemberFactory(company=engagement.company, user__email="bob@acme.example")
    messages.send_to_members(engagement, text="Second", **mail)

    assert list(Message.objects.order_by("to").values_list("to", "text", "key")) == [
        ("ann@acme.example", "First", f"test:{ann.user_id}"),
        ("bob@acme.example", "Second", f"test:{bob.user_id}"),
    ]
