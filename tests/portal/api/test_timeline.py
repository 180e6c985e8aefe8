"""What happened: newest first, a page at a time; InterWeave's own notes stay with InterWeave."""

import pytest
from django.utils.timezone import now

from onboarding import outbox
from onboarding.actors import SYSTEM


@pytest.fixture
def noted(engagement):
    """An engagement with its opening, an internal note and a hold."""
    outbox.record("note.written", engagement, by=SYSTEM, at=now(), data={"note": 1}, is_internal=True)
    outbox.record("engagement.held", engagement, by=SYSTEM, at=now(), data={"reason": "holidays"})
    return engagement


def test_a_company_reads_its_own_part_of_it(noted, owner, at):
    events = owner.get(at("timeline/")).json()["items"]

    assert [(event["number"], event["title"]) for event in events] == [
        (3, "Put on hold: holidays"),
        (1, "Onboarding opened"),
    ]
    assert (events[0]["by"], events[0]["data"], events[0]["is_internal"]) == (
        "InterWeave",
        {"reason": "holidays"},
        False,
    )


def test_staff_read_all_of_it_and_the_chain_holds(noted, lead, at):
    events = lead.get(at("timeline/")).json()["items"]

    assert [event["number"] for event in events] == [3, 2, 1]
    assert [event["previous_hash"] for event in events[:2]] == [event["hash"] for event in events[1:]]


def test_pages_follow_each_other(noted, lead, at):
    first = lead.get(at("timeline/?limit=2")).json()
    second = lead.get(first["next"]).json()

    assert [event["number"] for event in first["items"] + second["items"]] == [3, 2, 1]
    assert second["next"] is None


@pytest.mark.parametrize("more", [0, 2])
def test_it_takes_six_queries(engagement, owner, at, more, django_assert_num_queries):
    """The token, its maker's role, the engagement, the events; and the transaction's begin and end."""
    for _ in range(more):
        outbox.record("engagement.held", engagement, by=SYSTEM, at=now(), data={"reason": "holidays"})

    with django_assert_num_queries(6):
        assert len(owner.get(at("timeline/")).json()["items"]) == 1 + more
