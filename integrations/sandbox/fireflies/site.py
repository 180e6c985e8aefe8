"""Fireflies' front door: one address, GraphQL, a key, allowances, and what goes wrong on purpose."""

from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from integrations.sandbox.fireflies import webhooks
from integrations.sandbox.fireflies.errors import (
    FirefliesError,
    Unreadable,
    cancelled,
    invalid,
    no_credits,
    not_there,
    too_many,
    trouble,
)
from integrations.sandbox.fireflies.language import Malformed, Reader, Selection, check, shown
from integrations.sandbox.fireflies.recordings import readable
from integrations.sandbox.fireflies.schema import ARGUMENTS, REQUIRED, SCHEMA
from integrations.sandbox.fireflies.teams import team_of
from integrations.sandbox.state import Body
from integrations.sandbox.web import Endpoint, Site, World, answer

PER_MINUTE, JOINS, JOIN_SECONDS = 60, 3, 1200
MOST_LISTED = 50
MEETING_HOSTS = ("zoom.us", "meet.google.com", "teams.microsoft.com", "webex.com")


class FirefliesSite(Site):
    vendor = "fireflies"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        world.courier.teach(webhooks.V1, webhooks.sign_v1)
        world.courier.teach(webhooks.V2, webhooks.sign_v2)
        self.resolvers = {
            "user": self.user,
            "transcript": self.transcript,
            "transcripts": self.transcripts,
            "addToLiveMeeting": self.join,
        }

    def routes(self) -> list[tuple[str, list[str], Endpoint]]:
        return [("/graphql", ["POST"], self.graphql)]

    def serve(self, request: Request, endpoint: Endpoint, arguments: Body) -> Response:
        return endpoint(request, **arguments)

    def unrouted(self, request: Request, error: HTTPException) -> Response:
        return Response(f"Cannot {request.method} {request.path}", error.code or 500, content_type="text/html")

    def graphql(self, request: Request) -> Response:
        team = team_of(self.world, request)
        try:
            name, body = self.answered(request, team)
        except FirefliesError as refusal:
            refusal.under = refusal.status if team["tells_by_status"] else 200
            raise
        if name == "addToLiveMeeting" and self.world.faults.take(self.vendor, team["id"], "lost_answer"):
            return Response("<html><body>504 Gateway Time-out</body></html>", 504, content_type="text/html")
        return answer({"data": body})

    def answered(self, request: Request, team: Body) -> tuple[str, Body]:
        one = asked_for(request)
        self.count(team["id"], one.name)
        self.strike(team["id"])
        with self.world.store.transaction():
            return one.name, {one.alias: shown(self.resolvers[one.name](team, one.arguments), one.inside)}

    def strike(self, team: str) -> None:
        self.dawdle(team)
        if self.world.faults.take(self.vendor, team, "server_error_once"):
            raise trouble()
        if self.world.faults.on(self.vendor, team, "app_ended"):
            raise cancelled()
        if self.world.faults.take(self.vendor, team, "throttle"):
            raise too_many()
        self.allow(team, "call", PER_MINUTE, 60)

    def allow(self, team: str, what: str, most: int, seconds: float) -> None:
        """So many times within so many seconds. Raises too_many_requests."""
        now = self.world.clock.timestamp()
        with self.world.store.transaction():
            row = self.world.store.get("ff_recent", team, what) or {"at": []}
            recent = [at for at in row["at"] if at > now - seconds]
            if len(recent) >= most:
                raise too_many()
            self.world.store.put("ff_recent", team, what, {"at": [*recent, now]})

    # --- what may be asked ------------------------------------------------------------------------------------
    def user(self, team: Body, given: Body) -> Body:
        count = len(readable(self.world, team["id"]))
        return {"user_id": team["user_id"], "email": team["email"], "name": team["name"], "num_transcripts": count}

    def transcript(self, team: Body, given: Body) -> Body | None:
        found = next((row for row in readable(self.world, team["id"]) if row["id"] == given["id"]), None)
        if found is None and not self.world.faults.on(self.vendor, team["id"], "missing_is_null"):
            raise not_there("Transcript")
        return found

    def transcripts(self, team: Body, given: Body) -> list[Body]:
        limit, skip = given.get("limit"), given.get("skip") or 0
        if limit is not None and not 1 <= limit <= MOST_LISTED:
            raise invalid(f"limit must be between 1 and {MOST_LISTED}")
        since, until = str(given.get("fromDate") or ""), str(given.get("toDate") or "9999")
        rows = [row for row in readable(self.world, team["id"]) if since <= row["dateString"] <= until]
        for name, field in (("organizers", "organizer_email"), ("participants", "participants")):
            if wanted := given.get(name):
                rows = [row for row in rows if set(wanted) & set(texts(row[field]))]
        return rows[skip : skip + (limit or MOST_LISTED)]

    def join(self, team: Body, given: Body) -> Body:
        host = urlsplit(str(given["meeting_link"])).hostname or ""
        if not any(host == known or host.endswith(f".{known}") for known in MEETING_HOSTS):
            raise invalid("meeting_link is not a link of a supported meeting platform")
        minutes = given.get("duration")
        if minutes is not None and not 15 <= minutes <= 120:
            raise invalid("duration must be between 15 and 120")
        if self.world.faults.on(self.vendor, team["id"], "out_of_credits"):
            raise no_credits()
        self.allow(team["id"], "join", JOINS, JOIN_SECONDS)
        if self.world.faults.take(self.vendor, team["id"], "join_refused"):
            return {"success": False, "message": "The bot could not join the meeting"}
        number = self.world.store.next_number("fireflies:visit")
        visit = {
            name: given.get(name) for name in ("meeting_link", "title", "meeting_password", "duration", "attendees")
        }
        self.world.store.put("fireflies:visit", team["id"], str(number), visit)
        webhooks.send(self.world, team, webhooks.JOINED, f"visit-{number}")
        return {"success": True, "message": "The bot will join the meeting shortly"}


def asked_for(request: Request) -> Selection:
    """The one field of the one operation. Raises Unreadable."""
    body: Any = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise Unreadable("POST body missing, invalid Content-Type, or JSON object has no keys.", "BAD_REQUEST")
    try:
        operation = Reader(body["query"], body.get("variables") or {}).operation()
        check(operation.selections, "Mutation" if operation.kind == "mutation" else "Query", SCHEMA)
        if len(operation.selections) != 1:
            raise Malformed("The stand-in answers one field at a time.")
        one = operation.selections[0]
        check_arguments(one)
    except Malformed as error:
        raise Unreadable(error.message, error.code) from None
    return one


def check_arguments(one: Selection) -> None:
    for name in one.arguments:
        if name not in ARGUMENTS[one.name]:
            raise Malformed(f'Unknown argument "{name}" on field "{one.name}".')
    for name in REQUIRED.get(one.name, ()):
        if one.arguments.get(name) in {None, ""}:
            raise Malformed(
                f'Field "{one.name}" argument "{name}" of type "String!" is required, but was not provided.'
            )


def texts(value: Any) -> list[str]:
    return value if isinstance(value, list) else [str(value)]
