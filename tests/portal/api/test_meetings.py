"""Meetings over the API: booked into a free slot, moved, cancelled, in whichever time zone they were asked for."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils.timezone import now
from icalendar import Calendar

from onboarding.actors import Role
from onboarding.models import Engagement, Meeting
from tests.at_once import at_once
from tests.every_row import every_row
from tests.factories import SpecialistFactory, working_time
from tests.portal.api.conftest import bearing, opened, token_of

JSON = "application/json"
SOON = working_time(days=7)
NEW_YORK = ZoneInfo("America/New_York")
WALL = f"{SOON:%Y-%m-%d}T15:00:00"  # a moment without a zone
WISH = {"kind": "welcome_call", "channel": "phone", "place": "+1 617 555 0142", "minutes": 45}


def changing_day(by: timedelta) -> date:
    """The next day on which New York's clocks are put on (an hour) or back (minus an hour)."""
    noon = datetime.combine(now().date(), time(12), NEW_YORK)
    while noon.utcoffset() - (noon - timedelta(days=1)).utcoffset() != by:
        noon += timedelta(days=1)
    return noon.date()


SKIPPED = f"{changing_day(timedelta(hours=1))}T02:30:00"
TWICE = f"{changing_day(timedelta(hours=-1))}T01:30:00"


@pytest.fixture
def engagement(db) -> Engagement:
    return opened(specialist=SpecialistFactory(time_zone="America/New_York"))


def post(client: Client, path: str, body: dict[str, Any], key: str = "") -> Any:
    return client.post(path, body, content_type=JSON, headers={"Idempotency-Key": key} if key else {})


def test_a_free_slot_is_booked_once_moved_and_cancelled(owner: Client, at: Any) -> None:
    first, second = owner.get(at("meetings/slots/?minutes=45&time_zone=Europe/Berlin")).json()["items"][:2]

    booked = [post(owner, at("meetings/"), WISH | {"starts_at": first}, key="k") for _ in range(2)]
    here = booked[0]["Location"]
    moved = post(owner, f"{here}move/", {"starts_at": second})
    file = owner.get(booked[0].json()["calendar_url"])
    cancelled = post(owner, f"{here}cancel/", {"reason": "Ill"})

    assert [reply.status_code for reply in booked] == [201, 201]
    assert (booked[1]["Idempotency-Replayed"], Meeting.objects.count()) == ("true", 1)
    assert (booked[0].json()["starts_at"], moved.json()["starts_at"]) == (first, second)
    event = Calendar.from_ical(file.content).events[0]
    assert (file["Content-Type"], str(event.uid)) == ("text/calendar; charset=utf-8", Meeting.objects.get().uid)
    assert event.start == datetime.fromisoformat(second)
    assert (cancelled.json()["state"], owner.get(here).json()["state"]) == ("cancelled", "cancelled")


def test_a_moment_on_the_wall_clock_is_that_of_its_zone(owner: Client, at: Any) -> None:
    wall = SOON.replace(tzinfo=None, hour=20, minute=30).isoformat()

    reply = post(owner, at("meetings/"), WISH | {"starts_at": wall, "time_zone": "Asia/Kolkata"})

    assert reply.json()["starts_at"] == f"{SOON:%Y-%m-%d}T15:00:00Z"


@pytest.mark.parametrize("away", [timedelta(hours=-3), timedelta(days=5 - SOON.weekday())], ids=["early", "Saturday"])
def test_a_time_that_is_not_offered_is_not_booked(away: timedelta, owner: Client, at: Any) -> None:
    here = post(owner, at("meetings/"), WISH | {"starts_at": SOON.isoformat()})["Location"]
    another = {"starts_at": (SOON + away).isoformat()}
    before = every_row()

    replies = [post(owner, at("meetings/"), WISH | another), post(owner, f"{here}move/", another)]

    words = "Choose a time while your specialist works: Mon to Fri, 9:00 to 17:00 (America/New_York)."
    assert [(reply.status_code, reply.json()["fields"]) for reply in replies] == [(422, {"starts_at": words})] * 2
    assert every_row() == before


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"starts_at": (SOON - timedelta(days=30)).isoformat()}, "starts_at", "Choose a time that has not passed."),
        ({"starts_at": (SOON + timedelta(days=400)).isoformat()}, "starts_at", "Choose a time within the next twelve months."),
        ({"starts_at": "9999-12-31T23:59:59-23:00"}, "starts_at", "Choose a time within the next twelve months."),
        ({"starts_at": "tomorrow"}, "starts_at", "Write the start as ISO 8601, such as 2027-03-01T15:00:00Z."),
        ({"starts_at": WALL}, "time_zone",
         "Name the time zone, or write the start with its offset."),
        ({"starts_at": WALL, "time_zone": "Mars/Olympus"}, "time_zone",
         "Name a time zone of the IANA list, such as America/New_York."),
        ({"starts_at": WALL, "time_zone": "../etc/passwd"}, "time_zone",
         "Name a time zone of the IANA list, such as America/New_York."),
        ({"starts_at": SKIPPED, "time_zone": "America/New_York"}, "starts_at",
         "The clocks in America/New_York skip this hour. Choose another time."),
        ({"starts_at": TWICE, "time_zone": "America/New_York"}, "starts_at",
         "This hour comes twice in America/New_York. Write it with its offset."),
        ({"starts_at": f"{WALL}Z", "minutes": 5}, "minutes",
         "Ensure this value is greater than or equal to 15."),
        ({"starts_at": f"{WALL}Z", "channel": "pigeon"}, "channel", '"pigeon" is not a valid choice.'),
    ],
    ids=["in the past", "far off", "beyond the calendar", "no moment", "no zone", "unknown zone", "a path", "skipped",
         "twice", "too short", "unknown channel"],
)  # fmt: skip
def test_what_cannot_be_booked_is_said_in_words(
    given: dict[str, Any], field: str, words: str, owner: Client, at: Any
) -> None:
    before = every_row()

    reply = post(owner, at("meetings/"), WISH | given)

    assert (reply.status_code, reply["Content-Type"], reply.json()["fields"]) == (
        422, "application/problem+json", {field: words},
    )  # fmt: skip
    assert every_row() == before


def test_a_slot_taken_a_second_ago_is_refused(engagement: Engagement, owner: Client, at: Any) -> None:
    other = opened(specialist=engagement.specialist)
    theirs = bearing(token_of(other.company, Role.OWNER))
    taken = {"starts_at": SOON.isoformat()}
    post(theirs, f"/api/v1/engagements/{other.reference}/meetings/", WISH | taken)
    later = (SOON + timedelta(minutes=30)).isoformat()
    before = every_row()

    same, overlapping = (
        post(owner, at("meetings/"), WISH | {"starts_at": start}) for start in (SOON.isoformat(), later)
    )

    assert (same.status_code, same.json()["code"], overlapping.status_code) == (409, "wrong_state", 409)
    assert same.json()["detail"] == "Your specialist is in another meeting at that time. Choose another time."
    assert other.company.name not in same.content.decode()
    assert every_row() == before


def test_the_kind_belongs_to_its_step(owner: Client, at: Any) -> None:
    refused = post(owner, at("meetings/"), WISH | {"kind": "training", "starts_at": SOON.isoformat()})

    assert (refused.status_code, refused.json()["code"], Meeting.objects.count()) == (409, "wrong_step", 0)


@pytest.mark.parametrize(
    ("query", "field"),
    [("time_zone=Nowhere", "time_zone"), ("days=0", "days"), ("days=40", "days"), ("day=3", "day"),
     ("minutes=x", "minutes")],
)  # fmt: skip
def test_slots_are_asked_for_in_a_known_way(query: str, field: str, owner: Client, at: Any) -> None:
    reply = owner.get(at(f"meetings/slots/?{query}"))

    assert (reply.status_code, list(reply.json()["fields"])) == (422, [field])


def test_a_cancelled_meeting_moves_no_more(owner: Client, at: Any) -> None:
    here = post(owner, at("meetings/"), WISH | {"starts_at": SOON.isoformat()})["Location"]
    post(owner, f"{here}cancel/", {"reason": "Ill"})

    refused = post(owner, f"{here}move/", {"starts_at": (SOON + timedelta(days=1)).isoformat()})

    assert (refused.status_code, refused.json()["detail"]) == (409, "This meeting was cancelled.")


@pytest.mark.parametrize(
    ("role", "scopes", "code"),
    [(Role.OWNER, ["meetings:read"], "scope_missing"), (Role.VIEWER, ["meetings:write"], "not_yours")],
)
def test_booking_needs_the_scope_and_the_role(
    engagement: Engagement, role: Role, scopes: list[str], code: str, at: Any
) -> None:
    client = bearing(token_of(engagement.company, role, *scopes))

    refused = post(client, at("meetings/"), WISH | {"starts_at": SOON.isoformat()})

    assert (refused.status_code, refused.json()["code"], Meeting.objects.count()) == (403, code, 0)


def test_a_stranger_finds_no_meeting(owner: Client, stranger: Client, at: Any) -> None:
    here = post(owner, at("meetings/"), WISH | {"starts_at": SOON.isoformat()})["Location"]

    replies = [stranger.get(path) for path in (at("meetings/"), here, f"{here}calendar/", at("meetings/slots/"))]
    replies += [post(stranger, f"{here}cancel/", {"reason": "x"})]

    assert {reply.status_code for reply in replies} == {404}
    assert Meeting.objects.get().cancelled_at is None


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_six_queries(
    number: int, engagement: Engagement, owner: Client, at: Any, django_assert_num_queries: Any
) -> None:
    """The token, its maker's role, the engagement, the meetings; and the transaction's begin and end."""
    for place in range(number):
        Meeting.objects.create(
            company=engagement.company, engagement=engagement, kind="check_in", starts_at=SOON + timedelta(days=place),
            booked_at=SOON, booked_by="Ann",
        )  # fmt: skip

    with django_assert_num_queries(6):
        assert len(owner.get(at("meetings/")).json()["items"]) == number


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_programs_want_the_same_slot_and_one_gets_it() -> None:
    engagements = [opened(specialist=None) for _ in range(2)]
    specialist = SpecialistFactory()
    Engagement.objects.update(specialist=specialist)
    asked = [
        (bearing(token_of(one.company, Role.OWNER)), f"/api/v1/engagements/{one.reference}/meetings/")
        for one in engagements
    ]
    statuses: list[int] = []

    def book(client: Client, path: str) -> None:
        statuses.append(post(client, path, WISH | {"starts_at": SOON.isoformat()}).status_code)

    at_once(*(lambda client=client, path=path: book(client, path) for client, path in asked))

    assert (sorted(statuses), Meeting.objects.count()) == ([201, 409], 1)
