"""Calendar events: what may be asked, what is kept, how a video link comes to be."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from werkzeug.wrappers import Request, Response

from integrations.sandbox.google.errors import deleted, duplicate, invalid, no_attendees, not_found, used_up
from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer

ID = re.compile(r"[a-v0-9]{5,1024}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
CHANGEABLE = ("summary", "description", "location", "start", "end", "attendees", "status", "guestsCanModify")
SENT = {"all", "externalOnly", "none"}


@dataclass(frozen=True)
class Call:
    """One signed-in call. `host` is whom the service account acts for, empty for itself."""

    world: World
    request: Request
    workspace: str
    host: str

    @property
    def owner(self) -> str:
        return self.host or "service-account"

    def calendar(self, name: str) -> str:
        """The tenant's key prefix of a calendar: a host's own alone."""
        if name not in {"primary", self.owner}:
            raise not_found()
        return self.owner

    def event(self, calendar: str, event: str) -> Body:
        row = self.world.store.get("google:event", self.workspace, f"{self.calendar(calendar)}/{event}")
        if row is None:
            raise not_found()
        return row

    def keep(self, row: Body) -> None:
        times = {"updated": self.world.clock.now().isoformat(timespec="milliseconds")}
        key = f"{self.owner}/{row['id']}"
        self.world.store.put("google:event", self.workspace, key, row | times | {"etag": f'"{secrets.token_hex(8)}"'})

    def shown(self, row: Body) -> Response:
        kept = self.world.store.get("google:event", self.workspace, f"{self.owner}/{row['id']}") or {}
        return answer({name: value for name, value in kept.items() if name not in {"waits", "mailed"}})


def insert(call: Call, calendar: str) -> Response:
    call.calendar(calendar)
    given = checked(call)
    event_id = str(call.request.get_json(silent=True).get("id") or secrets.token_hex(13))  # type: ignore[union-attr]
    if not ID.fullmatch(event_id):
        raise invalid("Invalid resource id value.")
    if call.world.store.get("google:event", call.workspace, f"{call.owner}/{event_id}"):
        raise duplicate()
    for name in ("start", "end"):
        if name not in given:
            raise invalid(f"Missing {name} time.", "required")
    if call.world.faults.take("google", call.workspace, "daily_limit"):
        raise used_up()
    row = {
        "kind": "calendar#event",
        "id": event_id,
        "status": "confirmed",
        "htmlLink": f"https://www.google.com/calendar/event?eid={event_id}",
        "created": call.world.clock.now().isoformat(timespec="milliseconds"),
        "iCalUID": f"{event_id}@google.com",
        "sequence": 0,
        "organizer": {"email": call.owner, "self": True},
        "mailed": [],
        **given,
    }
    call.keep(mailed(call, with_conference(call, row)))
    return call.shown(row)


def read(call: Call, calendar: str, event: str) -> Response:
    row = call.event(calendar, event)
    call.keep(conference_comes(row))
    return call.shown(row)


def patch(call: Call, calendar: str, event: str) -> Response:
    before = call.event(calendar, event)
    given = checked(call)
    row = before | given
    if row["start"] != before["start"] or row["end"] != before["end"] or row["status"] != before["status"]:
        row |= {"sequence": before["sequence"] + 1}
    check_span(row)
    call.keep(mailed(call, with_conference(call, row)))
    return call.shown(row)


def delete(call: Call, calendar: str, event: str) -> Response:
    """The event stays readable as cancelled; deleting it again is 410."""
    row = call.event(calendar, event)
    if row["status"] == "cancelled":
        raise deleted()
    call.keep(mailed(call, row | {"status": "cancelled", "sequence": row["sequence"] + 1}))
    return Response(status=204)


Page = Callable[..., Response]
EVENTS = "/calendar/v3/calendars/<calendar>/events"
PAGES: tuple[tuple[str, str, Page], ...] = (
    ("POST", EVENTS, insert),
    ("GET", f"{EVENTS}/<event>", read),
    ("PATCH", f"{EVENTS}/<event>", patch),
    ("DELETE", f"{EVENTS}/<event>", delete),
)


def checked(call: Call) -> Body:
    """The fields a caller may set, each looked at; others are ignored as Google ignores them."""
    body = call.request.get_json(silent=True)
    if not isinstance(body, dict):
        raise invalid("Parse Error", "parseError")
    given = {name: body[name] for name in CHANGEABLE if name in body}
    for name in ("start", "end"):
        if name in given:
            check_time(given[name])
    if "start" in given and "end" in given:
        check_span(given)
    people = given.get("attendees") or []
    if people and not call.host:
        raise no_attendees()
    if any(not isinstance(one, dict) or not EMAIL.fullmatch(str(one.get("email", ""))) for one in people):
        raise invalid("Invalid attendee email.")
    if people:
        given["attendees"] = [{"responseStatus": "needsAction", **one} for one in people]
    return given


def check_time(told: Any) -> None:
    """A moment with an offset, or local with a zone. All-day events are not what meetings are."""
    try:
        moment = datetime.fromisoformat(str(told["dateTime"]))
        zone = told.get("timeZone") and ZoneInfo(told["timeZone"])
    except (KeyError, TypeError, AttributeError, ValueError, ZoneInfoNotFoundError):
        raise invalid("Bad Request", "badRequest") from None
    if moment.tzinfo is None and not zone:
        raise invalid("Missing time zone definition for start time.", "required")


def check_span(row: Body) -> None:
    if moment(row["end"]) < moment(row["start"]):
        raise invalid("The specified time range is empty.", "timeRangeEmpty")


def moment(told: Body) -> datetime:
    found = datetime.fromisoformat(told["dateTime"])
    return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(told["timeZone"]))).astimezone(UTC)


def with_conference(call: Call, row: Body) -> Body:
    """A video link, when one is asked for and the caller knows of conferences (conferenceDataVersion=1)."""
    wish = ((call.request.get_json(silent=True) or {}).get("conferenceData") or {}).get("createRequest")
    if not wish or call.request.args.get("conferenceDataVersion") != "1":
        return row
    if (row.get("conferenceData") or {}).get("createRequest", {}).get("requestId") == wish.get("requestId"):
        return row  # the same request again is ignored
    kind = (wish.get("conferenceSolutionKey") or {}).get("type")
    if not wish.get("requestId") or kind != "hangoutsMeet" or not call.host:
        raise invalid("Invalid conference type value.")
    slow = call.world.faults.take("google", call.workspace, "conference_slow")
    fails = call.world.faults.take("google", call.workspace, "conference_fails")
    request = {**wish, "status": {"statusCode": "failure" if fails else "pending"}}
    return row | {"conferenceData": {"createRequest": request}, "waits": int(slow["value"] or 3) if slow else 1}


def conference_comes(row: Body) -> Body:
    """Google makes the link after it has answered: it is there from the second look on."""
    conference = row.get("conferenceData") or {}
    if conference.get("createRequest", {}).get("status", {}).get("statusCode") != "pending":
        return row
    if row["waits"] > 0:
        return row | {"waits": row["waits"] - 1}
    code = "-".join("".join(secrets.choice("abcdefghijkmnopqrstuvwxyz") for _ in range(many)) for many in (3, 4, 3))
    uri = f"https://meet.google.com/{code}"
    made = {
        "createRequest": {**conference["createRequest"], "status": {"statusCode": "success"}},
        "conferenceId": code,
        "conferenceSolution": {"key": {"type": "hangoutsMeet"}, "name": "Google Meet"},
        "entryPoints": [{"entryPointType": "video", "uri": uri, "label": uri.removeprefix("https://")}],
    }
    return row | {"conferenceData": made, "hangoutLink": uri}


def mailed(call: Call, row: Body) -> Body:
    """Whom Google would write to about this change, kept for the tester to see."""
    sent = call.request.args.get("sendUpdates", "none")
    if sent not in SENT:
        raise invalid("Invalid value for sendUpdates.")
    people = [one["email"] for one in row.get("attendees") or []] if sent != "none" else []
    return row | {"mailed": [*row["mailed"], {"method": call.request.method, "to": people}]}
