"""What a tester may do with Fireflies teams: make them, let the notetaker record, name the addresses of webhooks."""

import secrets

from werkzeug.wrappers import Request, Response

from integrations.sandbox.fireflies import recordings, teams
from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer
from integrations.sandbox.wishes import Wrong, asked


def every(world: World, request: Request) -> Response:
    return answer(world.store.all("ff_team", ""))


def make(world: World, request: Request) -> Response:
    """Wishes: name, email, tells_by_status (False: errors come with HTTP 200)."""
    wishes = asked(request)
    row = teams.new_team(world, name=str(wishes.get("name") or "Untitled"), email=str(wishes.get("email") or ""))
    row = row | {"tells_by_status": bool(wishes.get("tells_by_status", True))}
    world.store.put("ff_team", "", row["id"], row)
    return answer(row, 201)


def rotate_key(world: World, request: Request, team: str) -> Response:
    row = known(world, team) | {"api_key": secrets.token_hex(18)}
    world.store.put("ff_team", "", team, row)
    return answer(row)


def point_webhook(world: World, request: Request, team: str) -> Response:
    """Wishes: url, secret, version (v2 or v1), events, has_prefix."""
    row, wishes = known(world, team), asked(request)
    version = str(wishes.get("version") or "v2")
    if version not in {"v1", "v2"}:
        raise Wrong("version is v1 or v2")
    hook = teams.webhook(
        str(wishes["url"]),
        str(wishes["secret"]),
        events=tuple(wishes.get("events") or teams.EVENTS),
        has_prefix=bool(wishes.get("has_prefix", True)),
    )
    world.store.put("ff_team", "", team, row | {"webhooks": {**row["webhooks"], version: hook}})
    return answer(hook, 201)


def record(world: World, request: Request, team: str) -> Response:
    """The notetaker was in a meeting. Wishes: title, meeting_link, cal_id, calendar_id, organizer_email, participants,
    started_at, minutes, sentences [{speaker, text}], summary, transcript_after, summary_after, client_reference_id."""
    return answer(recordings.record(world, known(world, team), asked(request)), 201)


def known(world: World, team: str) -> Body:
    row = world.store.get("ff_team", "", team)
    if row is None:
        raise Wrong("no such team", 404)
    return row


ROUTES = (
    ("GET", "/fireflies/teams", every),
    ("POST", "/fireflies/teams", make),
    ("POST", "/fireflies/teams/<team>/rotate-key", rotate_key),
    ("PUT", "/fireflies/teams/<team>/webhook", point_webhook),
    ("POST", "/fireflies/teams/<team>/meetings", record),
)
