"""Which recording is our meeting."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.fireflies.matching import BY_CALENDAR, BY_LINK, BY_TIME, Match, Wanted, match
from integrations.fireflies.transcripts import Recording

AT = datetime(2026, 12, 1, 15, tzinfo=UTC)
WANTED = Wanted(
    starts_at=AT,
    meeting_link="https://us02web.zoom.us/j/85012345678?pwd=abc.1",
    calendar_id="abc123",
    organizer="Ann@ours.example",
)


def recorded(name: str, *, link: str = "", calendar: str = "", organizer: str = "", later: float = 0) -> Recording:
    return Recording(
        id=name,
        title="",
        started_at=AT + timedelta(minutes=later),
        minutes=30,
        meeting_link=link,
        calendar_ids=(calendar,) if calendar else (),
        organizer=organizer,
        participants=(),
        url="",
    )


BY_ORGANISER = recorded("time", organizer="ann@ours.example", later=-10)
OF_EVENT = recorded("calendar", calendar="abc123@google.com", later=40)
OF_LINK = recorded("link", link="https://zoom.us/j/85012345678", later=5)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((BY_ORGANISER, OF_EVENT, OF_LINK), (OF_LINK, BY_LINK)),
        ((BY_ORGANISER, OF_EVENT), (OF_EVENT, BY_CALENDAR)),
        ((BY_ORGANISER,), (BY_ORGANISER, BY_TIME)),
        ((), None),
        ((recorded("late", organizer="ann@ours.example", later=31),), None),
        ((recorded("other", link="https://zoom.us/j/85099999999"),), None),
        ((recorded("nothing known"),), None),
        ((recorded("last week", link=WANTED.meeting_link, later=-7 * 1440),), None),
    ],
)
def test_the_surest_sign_decides(found, expected):
    assert match(WANTED, found) == (expected and Match(*expected))


def test_the_nearest_in_time_among_equals():
    early, near = (recorded(name, link=WANTED.meeting_link, later=later) for name, later in (("a", -90), ("b", 3)))

    assert match(WANTED, (early, near)) == Match(near, BY_LINK)


def test_an_occurrence_of_a_calendar_event():
    one = recorded("occurrence", calendar="abc123_20261201T150000Z")

    assert match(WANTED, (one,)) == Match(one, BY_CALENDAR)


@pytest.mark.parametrize(
    ("ours", "theirs", "is_same"),
    [
        ("https://meet.google.com/abc-defg-hij", "meet.google.com/abc-defg-hij?authuser=0", True),
        ("https://meet.google.com/ABC-defg-hij/", "https://meet.google.com/abc-defg-hij", True),
        ("https://meet.google.com/abc-defg-hij", "https://meet.google.com/abc-defg-hik", False),
        ("https://zoom.us/", "https://zoom.us/", False),
        ("", "", False),
    ],
)
def test_links_that_are_written_differently(ours, theirs, is_same):
    found = match(Wanted(starts_at=AT, meeting_link=ours), (recorded("r", link=theirs),))

    assert (found is not None) is is_same
