"""Google Meet through Google Calendar: an event with a video link in the host's own calendar.

    meet = GoogleMeet(Account.of(key_file, api_url=…))
    meet.create(Wish(key, host="ann@ours", title, starts_at, minutes, …)) -> Booked(id, join_url, link, calendar_id, …)
    meet.meeting(id, host=…) -> Booked       meet.update(id, wish) -> Booked       meet.cancel(id, host=…) -> None
    meet.sign_in("ann@ours")                                                       Failure host_unknown, app_refused …

Google makes the link a little later: while `booked.link` is "pending", ask meeting() again. The event's id is made of the
wish's key, so the same wish is the same event. Google mails invitations, changes and cancellations to everybody invited
(without that the event does not reach calendars outside Google); the notetaker is invited like anybody else.
"""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from integrations.engine.calls import as_promised
from integrations.engine.errors import Failure, failure
from integrations.engine.meetings import FAILED, PENDING, READY, Booked, Wish
from integrations.google_meet.errors import VENDOR
from integrations.google_meet.session import Account, Session

EVENTS = "/calendars/primary/events"
WITH_LINK = {"conferenceDataVersion": 1}
TELL_EVERYBODY = {"sendUpdates": "all"}
LONGEST_TITLE, LONGEST_AGENDA = 1024, 8192  # characters
_LINKS = {"pending": PENDING, "success": READY, "failure": FAILED}


class GoogleMeet:
    """engine.meetings.MeetingService over one service account. Every method raises engine.errors.Failure."""

    vendor = VENDOR

    def __init__(self, account: Account) -> None:
        self.session = Session(account)

    def sign_in(self, host: str) -> None:
        """Prove that we may act for this host."""
        self.session.sign_in(host)

    def create(self, wish: Wish) -> Booked:
        """The event of this wish: the one an earlier try made, changed to the wish, else a new one.

        One that was cancelled is revived.
        """
        event_id = _event_id(wish.key)
        request = {"requestId": event_id, "conferenceSolutionKey": {"type": "hangoutsMeet"}}
        body = {"id": event_id, **_body(wish), "conferenceData": {"createRequest": request}}
        try:
            made = self._call("POST", EVENTS, wish.host, json=body, params=WITH_LINK | TELL_EVERYBODY)
        except Failure as trouble:
            if trouble.code != "duplicate":
                raise
            return self._again(event_id, wish)
        return _booked(made, host=wish.host)

    def meeting(self, meeting_id: str, *, host: str) -> Booked:
        """The event as it is now. Failure meeting_gone, also when it was cancelled."""
        return _booked(self._standing(meeting_id, host), host=host)

    def update(self, meeting_id: str, wish: Wish) -> Booked:
        """Change it to the wish; the link stays, and so do the answers of those invited before. Failure meeting_gone."""
        before = self._standing(meeting_id, wish.host)
        changed = self._call(
            "PATCH",
            f"{EVENTS}/{meeting_id}",
            wish.host,
            json=_body(wish, before=before),
            params=WITH_LINK | TELL_EVERYBODY,
        )
        return _booked(changed, host=wish.host)

    def cancel(self, meeting_id: str, *, host: str) -> None:
        """Cancel it; fine when it is gone already."""
        try:
            self._call("DELETE", f"{EVENTS}/{meeting_id}", host, params=TELL_EVERYBODY)
        except Failure as trouble:
            if trouble.code != "meeting_gone":
                raise

    def _standing(self, meeting_id: str, host: str) -> dict[str, Any]:
        """The event, unless it was cancelled: Google goes on showing those."""
        told = self._call("GET", f"{EVENTS}/{meeting_id}", host)
        if told.get("status") == "cancelled":
            raise failure("meeting_gone", vendor=VENDOR, vendor_code="cancelled")
        return told

    def _again(self, event_id: str, wish: Wish) -> Booked:
        """What stands under the wish's id: an earlier try's event, or a cancelled one, which Google lets nobody replace."""
        try:
            return self.update(event_id, wish)
        except Failure as trouble:
            if trouble.code != "meeting_gone":
                raise
        body = {**_body(wish), "status": "confirmed"}
        revived = self._call("PATCH", f"{EVENTS}/{event_id}", wish.host, json=body, params=WITH_LINK | TELL_EVERYBODY)
        return _booked(revived, host=wish.host)

    def _call(self, method: str, path: str, host: str, **content: Any) -> dict[str, Any]:
        return self.session.call(method, path, host=host, **content)


def _event_id(key: str) -> str:
    """Google takes the letters of base32hex, in lower case."""
    return base64.b32hexencode(hashlib.sha256(key.encode()).digest()[:20]).decode().lower()


def _body(wish: Wish, *, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """The wish as an event; who was invited before keeps what is noted of them, such as their answer."""
    known = {str(one.get("email", "")).lower(): one for one in (before or {}).get("attendees") or ()}
    ends_at = wish.starts_at + timedelta(minutes=wish.minutes)
    return {
        "summary": wish.title.strip()[:LONGEST_TITLE],
        "description": wish.agenda[:LONGEST_AGENDA],
        "start": _time(wish.starts_at, wish.timezone),
        "end": _time(ends_at, wish.timezone),
        "attendees": [known.get(email.lower(), {"email": email}) for email in wish.invited],
    }


def _time(moment: datetime, zone: str) -> dict[str, str]:
    return {"dateTime": moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds"), "timeZone": zone}


def _booked(told: dict[str, Any], *, host: str) -> Booked:
    with as_promised(VENDOR):
        starts_at, ends_at = (
            datetime.fromisoformat(told[name]["dateTime"]).astimezone(UTC) for name in ("start", "end")
        )
        url, link = _link(told)
        return Booked(
            id=str(told["id"]),
            host=host,
            title=str(told.get("summary", "")),
            join_url=url,
            link=link,
            starts_at=starts_at,
            minutes=round((ends_at - starts_at).total_seconds() / 60),
            calendar_id=str(told["id"]),
            calendar_uid=str(told["iCalUID"]),
        )


def _link(told: dict[str, Any]) -> tuple[str, str]:
    """The link people join by, and how far Google is with it."""
    conference = told.get("conferenceData") or {}
    doors = (one["uri"] for one in conference.get("entryPoints") or () if one.get("entryPointType") == "video")
    if url := next(doors, "") or told.get("hangoutLink"):
        return str(url), READY
    status = ((conference.get("createRequest") or {}).get("status") or {}).get("statusCode")
    return "", PENDING if _LINKS.get(str(status)) == PENDING else FAILED
