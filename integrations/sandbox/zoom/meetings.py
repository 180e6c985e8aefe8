"""Zoom's meetings: what may be asked, what is kept, what is answered."""

import base64
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from werkzeug.wrappers import Request, Response

from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer
from integrations.sandbox.zoom import webhooks
from integrations.sandbox.zoom.accounts import user_of
from integrations.sandbox.zoom.errors import day_used_up, invalid, no_licence, no_meeting

A_DAY = 100  # meetings one user may create or update
LIMITS = {"topic": 200, "agenda": 2000, "password": 10}
MOST_MINUTES = 1440
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z?")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
CHANGEABLE = ("topic", "type", "start_time", "duration", "timezone", "agenda", "password", "settings")
LISTED = ("uuid", "id", "host_id", "topic", "type", "start_time", "duration", "timezone", "created_at", "join_url")


@dataclass(frozen=True)
class Call:
    """One signed-in call."""

    world: World
    request: Request
    account: str

    def meeting(self, name: str) -> Body:
        row = self.world.store.get("zoom:meeting", self.account, name)
        if row is None:
            raise no_meeting(name)
        return row

    def keep(self, row: Body) -> None:
        self.world.store.put("zoom:meeting", self.account, str(row["id"]), row)


def create(call: Call, user: str) -> Response:
    host = user_of(call.world, call.account, user)
    if not host["is_licensed"]:
        raise no_licence(host["email"])
    given = checked(call.request)
    use_up_a_day(call, host)
    number = call.world.store.next_number(f"zoom:{call.account}", 1)
    meeting_id = 85_000_000_000 + number * 7_919
    passcode = given.get("password") or secrets.token_urlsafe(4)[:6]
    row: Body = {
        "uuid": base64.b64encode(secrets.token_bytes(16)).decode(),
        "id": meeting_id,
        "host_id": host["id"],
        "host_email": host["email"],
        "topic": given.get("topic") or "Zoom Meeting",
        "type": given.get("type", 2),
        "status": "waiting",
        "start_time": given.get("start_time") or stamp(call.world.clock.now()),
        "duration": given.get("duration", 60),
        "timezone": given.get("timezone") or "UTC",
        "agenda": given.get("agenda", ""),
        "created_at": stamp(call.world.clock.now()),
        "join_url": f"https://us02web.zoom.us/j/{meeting_id}?pwd={secrets.token_urlsafe(16)}.1",
        "password": passcode,
        "settings": given.get("settings", {}),
    }
    call.keep(row)
    webhooks.tell(call.world, call.account, "meeting.created", row)
    return answer(with_start_url(row), 201)


def listed(call: Call, user: str) -> Response:
    host = user_of(call.world, call.account, user)
    now = stamp(call.world.clock.now())
    upcoming = call.request.args.get("type", "scheduled") == "upcoming"
    rows = [
        {name: row[name] for name in LISTED} | {"agenda": row["agenda"][:250]}
        for row in call.world.store.all("zoom:meeting", call.account)
        if row["host_id"] == host["id"] and not (upcoming and row["start_time"] < now)
    ]
    return paged(call, "meetings", sorted(rows, key=lambda row: str(row["start_time"])))


def read(call: Call, meeting: str) -> Response:
    return answer(with_start_url(call.meeting(meeting)))


def update(call: Call, meeting: str) -> Response:
    row = call.meeting(meeting)
    given = checked(call.request)
    use_up_a_day(call, {"id": row["host_id"]})
    changed = row | given | {"settings": {**row["settings"], **given.get("settings", {})}}
    call.keep(changed)
    webhooks.tell(call.world, call.account, "meeting.updated", changed)
    return Response(status=204)


def delete(call: Call, meeting: str) -> Response:
    row = call.meeting(meeting)
    call.world.store.remove("zoom:meeting", call.account, str(row["id"]))
    webhooks.tell(call.world, call.account, "meeting.deleted", row)
    return Response(status=204)


def past(call: Call, meeting: str) -> Response:
    return answer({name: value for name, value in held(call, meeting).items() if name != "participants"})


def participants(call: Call, meeting: str) -> Response:
    return paged(call, "participants", held(call, meeting)["participants"])


def held(call: Call, name: str) -> Body:
    """A held meeting by id or UUID; a UUID that begins with a slash or holds two is known only when encoded twice."""
    rows = call.world.store.all("zoom:past", call.account)
    known = {unquote(name)} if "//" not in name else set()
    found = [row for row in rows if {str(row["id"]), row["uuid"]} & known]
    if not found:
        raise no_meeting(name)
    return found[-1]


Page = Callable[..., Response]
READ = ("meeting:read:meeting:admin", "meeting:read:admin")
PAGES: tuple[tuple[str, str, tuple[str, ...], Page], ...] = (
    ("POST", "/v2/users/<user>/meetings", ("meeting:write:meeting:admin", "meeting:write:admin"), create),
    ("GET", "/v2/users/<user>/meetings", ("meeting:read:list_meetings:admin", "meeting:read:admin"), listed),
    ("GET", "/v2/meetings/<meeting>", READ, read),
    ("PATCH", "/v2/meetings/<meeting>", ("meeting:update:meeting:admin", "meeting:write:admin"), update),
    ("DELETE", "/v2/meetings/<meeting>", ("meeting:delete:meeting:admin", "meeting:write:admin"), delete),
    ("GET", "/v2/past_meetings/<path:meeting>", ("meeting:read:past_meeting:admin", "meeting:read:admin"), past),
    (
        "GET",
        "/v2/past_meetings/<path:meeting>/participants",
        ("meeting:read:list_past_participants:admin", "meeting:read:admin"),
        participants,
    ),
)


def checked(request: Request) -> Body:
    """The fields a caller may set, each looked at; others are ignored as Zoom ignores them. Raises 300."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise invalid("body", "Request body is not valid JSON.")
    given = {name: body[name] for name in CHANGEABLE if name in body}
    for name, most in LIMITS.items():
        if len(str(given.get(name, ""))) > most:
            raise invalid(name, f"The maximum length of {name} is {most}.")
    if given.get("type", 2) not in {1, 2, 3, 8}:
        raise invalid("type", "Invalid field.")
    minutes = given.get("duration", 60)
    if not isinstance(minutes, int) or not 1 <= minutes <= MOST_MINUTES:
        raise invalid("duration", "Invalid field.")
    check_zone(given)
    if "start_time" in given:
        given["start_time"] = in_utc(str(given["start_time"]), str(given.get("timezone") or "UTC"))
    check_settings(given.get("settings", {}))
    return given


def check_zone(given: Body) -> None:
    try:
        ZoneInfo(str(given.get("timezone") or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        raise invalid("timezone", "Invalid field.") from None


def check_settings(settings: Any) -> None:
    if not isinstance(settings, dict):
        raise invalid("settings", "Invalid field.")
    if settings.get("auto_recording", "none") not in {"local", "cloud", "none"}:
        raise invalid("settings.auto_recording", "Invalid field.")
    for place, entry in enumerate(settings.get("meeting_invitees") or []):
        if not EMAIL.fullmatch(str(entry.get("email", ""))):
            raise invalid(f"settings.meeting_invitees[{place}].email", "Invalid field.")


def in_utc(text: str, zone: str) -> str:
    """A start as Zoom keeps it: with a Z it is UTC, without it is local to the time zone."""
    if not MOMENT.fullmatch(text):
        raise invalid("start_time", "Invalid field.")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid("start_time", "Invalid field.") from None
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)))


def use_up_a_day(call: Call, host: Body) -> None:
    """A hundred creates and updates a user and UTC day."""
    now = call.world.clock.now()
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
    day = now.strftime("%Y-%m-%d")
    used = (call.world.store.get("zoom_day", call.account, host["id"]) or {}).get(day, 0)
    if used >= A_DAY or call.world.faults.take("zoom", call.account, "daily_limit"):
        raise day_used_up(midnight, A_DAY)
    call.world.store.put("zoom_day", call.account, host["id"], {day: used + 1})


def paged(call: Call, name: str, rows: list[Body]) -> Response:
    args = call.request.args
    size = min(max(args.get("page_size", 30, type=int), 1), 300)
    start = args.get("next_page_token", 0, type=int)
    after = str(start + size) if start + size < len(rows) else ""
    body = {"page_size": size, "total_records": len(rows), "next_page_token": after, name: rows[start : start + size]}
    return answer(body)


def with_start_url(row: Body) -> Body:
    """The start link signs its holder in as the host; a new one each time, as from the real one."""
    return row | {"start_url": f"https://us02web.zoom.us/s/{row['id']}?zak={secrets.token_urlsafe(40)}"}


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
