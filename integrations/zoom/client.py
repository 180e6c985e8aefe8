"""Zoom through its REST API, as our own account.

    zoom = Zoom(Account(account_id=…, client_id=…, client_secret=…))
    zoom.create(Wish(key, host="ann@ours", title, starts_at, minutes, …)) -> Booked(id="85012345678", join_url, passcode, …)
    zoom.meeting(id, host=…) -> Booked       zoom.update(id, wish) -> Booked       zoom.cancel(id, host=…) -> None
    zoom.past(id) -> Past(uuid, started_at, ended_at, minutes, attended)           Failure meeting_gone until it has ended
    zoom.attendance(past.uuid) -> (Attendee(name, email), …)
    zoom.sign_in()                                                                 Failure app_refused

Zoom knows no idempotency key: create() looks first for a meeting of the same host, title and moment. The host's start
link is never read: it signs in whoever holds it. The app at Zoom needs the scopes in SCOPES.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from integrations.engine.calls import as_promised
from integrations.engine.errors import Failure
from integrations.engine.meetings import READY, Booked, Wish
from integrations.zoom.errors import VENDOR
from integrations.zoom.session import Account, Session

SCOPES = (
    "meeting:write:meeting:admin",
    "meeting:update:meeting:admin",
    "meeting:delete:meeting:admin",
    "meeting:read:meeting:admin",
    "meeting:read:list_meetings:admin",
    "meeting:read:past_meeting:admin",
    "meeting:read:list_past_participants:admin",
)
SCHEDULED = 2
PAGE_SIZE = 300
LONGEST_TITLE, LONGEST_AGENDA = 200, 2000  # characters
SETTINGS = {
    "join_before_host": False,
    "waiting_room": True,
    "mute_upon_entry": True,
    "approval_type": 2,  # nobody has to register
    "auto_recording": "none",  # the notetaker records, once everybody has consented
}


@dataclass(frozen=True, kw_only=True)
class Past:
    """A meeting that was held. `attended` counts everyone who came, the notetaker too."""

    id: str
    uuid: str
    started_at: datetime
    ended_at: datetime
    minutes: int
    attended: int


@dataclass(frozen=True)
class Attendee:
    """Somebody who came; `email` is empty for guests who were not signed in."""

    name: str
    email: str


class Zoom:
    """engine.meetings.MeetingService over one Zoom account. Every method raises engine.errors.Failure."""

    vendor = VENDOR

    def __init__(self, account: Account) -> None:
        self.session = Session(account)

    def sign_in(self) -> None:
        """Show our credentials: Failure app_refused when Zoom does not take them."""
        self.session.sign_in()

    def create(self, wish: Wish) -> Booked:
        """The meeting of this wish: the one an earlier try made, changed to the wish, else a new one."""
        if earlier := self._same(wish):
            return self.update(earlier, wish)
        return _booked(self.session.call("POST", _meetings_of(wish.host), json=_body(wish)), host=wish.host)

    def meeting(self, meeting_id: str, *, host: str) -> Booked:
        """The meeting as it is now. Failure meeting_gone."""
        return _booked(self.session.call("GET", f"/meetings/{_segment(meeting_id)}"), host=host)

    def update(self, meeting_id: str, wish: Wish) -> Booked:
        """Change it to the wish; the link stays. Failure meeting_gone."""
        self.session.call("PATCH", f"/meetings/{_segment(meeting_id)}", json=_body(wish))
        return self.meeting(meeting_id, host=wish.host)

    def cancel(self, meeting_id: str, *, host: str) -> None:
        """Cancel it; fine when it is gone already."""
        try:
            self.session.call("DELETE", f"/meetings/{_segment(meeting_id)}")
        except Failure as trouble:
            if trouble.code != "meeting_gone":
                raise

    def past(self, meeting_id: str) -> Past:
        """What became of it. Failure meeting_gone as long as it has not ended."""
        told = self.session.call("GET", f"/past_meetings/{_segment(meeting_id)}")
        with as_promised(VENDOR):
            return Past(
                id=str(told["id"]),
                uuid=str(told["uuid"]),
                started_at=_moment(told["start_time"]),
                ended_at=_moment(told["end_time"]),
                minutes=int(told["duration"]),
                attended=int(told["participants_count"]),
            )

    def attendance(self, uuid: str) -> tuple[Attendee, ...]:
        """Who came to the held meeting, each once however often they rejoined."""
        rows = self._pages(f"/past_meetings/{_segment(uuid)}/participants", "participants")
        return tuple(dict.fromkeys(Attendee(str(row.get("name", "")), str(row.get("user_email", ""))) for row in rows))

    def _same(self, wish: Wish) -> str | None:
        """The id of the host's coming meeting with this title at this moment."""
        wanted = (_title(wish), _whole_second(wish.starts_at))
        for row in self._pages(_meetings_of(wish.host), "meetings", type="upcoming"):
            with as_promised(VENDOR):
                if row.get("start_time") and (row["topic"], _moment(row["start_time"])) == wanted:
                    return str(row["id"])
        return None

    def _pages(self, path: str, name: str, **asked: str) -> Iterator[dict[str, Any]]:
        token = ""
        while True:
            page = self.session.call("GET", path, params={**asked, "page_size": PAGE_SIZE, "next_page_token": token})
            yield from page.get(name) or ()
            token = page.get("next_page_token") or ""
            if not token:
                return


def _meetings_of(host: str) -> str:
    return f"/users/{quote(host, safe='@')}/meetings"


def _segment(meeting: str) -> str:
    """An id or UUID in a path. Zoom wants a UUID that begins with a slash or holds two to be encoded twice."""
    once = quote(meeting, safe="")
    return quote(once, safe="") if meeting.startswith("/") or "//" in meeting else once


def _body(wish: Wish) -> dict[str, Any]:
    return {
        "topic": _title(wish),
        "type": SCHEDULED,
        "start_time": _whole_second(wish.starts_at).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "duration": wish.minutes,
        "timezone": wish.timezone,
        "agenda": wish.agenda[:LONGEST_AGENDA],
        "settings": {**SETTINGS, "meeting_invitees": [{"email": email} for email in wish.invited]},
    }


def _booked(told: dict[str, Any], *, host: str) -> Booked:
    with as_promised(VENDOR):
        return Booked(
            id=str(told["id"]),
            host=host,
            title=str(told["topic"]),
            join_url=str(told["join_url"]),
            link=READY,
            starts_at=_moment(told["start_time"]),
            minutes=int(told["duration"]),
            passcode=str(told.get("password", "")),
        )


def _title(wish: Wish) -> str:
    return wish.title.strip()[:LONGEST_TITLE]


def _whole_second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
