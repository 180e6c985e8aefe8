"""Whoever changes the past is found: an edit, a hole, an exchange, a cut tail."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from onboarding import row_security
from onboarding.actions import documents, engagements
from onboarding.models import Event
from onboarding.queries import audit, evidence
from onboarding.workflow import chain
from tests.factories import NOW, EngagementFactory, specialist

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    """Five events long, its head printed in an evidence pack after the third."""
    found, by = EngagementFactory(), specialist()
    for number in range(3):
        engagements.note(found.pk, text=f"Note {number}", by=by, at=NOW)
    context = evidence.context(found, at=NOW)
    documents.order(
        found, kind="evidence_pack", title="Evidence pack", file_name="pack.pdf", template="evidence_pack",
        context=context, by=by, at=NOW,
    )  # fmt: skip
    for number in range(3, 5):
        engagements.note(found.pk, text=f"Note {number}", by=by, at=NOW)
    return found


def verify() -> str:
    """What the command says, good or bad."""
    told = StringIO()
    try:
        call_command("verify_audit", stdout=told)
    except CommandError as broken:
        return str(broken)
    return told.getvalue()


def tamper(change) -> None:
    """As somebody who owns the tables would: past the triggers and grants that keep everybody else out."""
    with row_security.as_owner():
        change(Event.objects.order_by("number"))


def test_a_chain_as_it_was_written_is_whole(engagement):
    count = Event.objects.count()

    assert (audit.broken(engagement), verify()) == ("", f"All 1 chains are whole: {count} events.\n")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "note.removed"}, "event 2 (note.removed) was changed after it was written"),
        ({"data": {"note": 99}}, "event 2 (note.written) was changed after it was written"),
        ({"by": {"kind": "staff", "name": "Somebody else"}}, "event 2 (note.written) was changed after it was written"),
        ({"is_internal": False}, "event 2 (note.written) was changed after it was written"),
        ({"previous_hash": "1" * 64}, "event 2 (note.written) does not follow the one before it"),
    ],
)
def test_an_edit_is_found_at_its_row(engagement, fields, words):
    tamper(lambda events: events.filter(number=2).update(**fields))

    assert audit.broken(engagement) == words
    assert verify() == f"1 of 1 chains are broken:\n- {engagement.reference}: {words}"


def test_an_edit_with_its_hash_made_anew_breaks_the_next(engagement):
    def forge(events):
        event = events.get(number=2)
        event.data = {"note": 99}
        event.hash = chain.digest(event)
        event.save()

    tamper(forge)

    assert audit.broken(engagement) == "event 3 (note.written) does not follow the one before it"


def test_a_deleted_event_is_found(engagement):
    tamper(lambda events: events.filter(number=2).delete())

    assert audit.broken(engagement) == "event 2 is missing"


def test_a_cut_tail_is_found_by_the_head_that_was_printed(engagement):
    pack = engagement.documents.get(kind="evidence_pack")
    tamper(lambda events: events.filter(number__gte=3).delete())

    assert audit.broken(engagement) == f"document {pack.pk} printed 3 events that the chain of 2 no longer has"


def test_a_chain_that_was_wiped_is_found(engagement):
    tamper(lambda events: events.all().delete())

    assert audit.broken(engagement) == "there are no events at all"
