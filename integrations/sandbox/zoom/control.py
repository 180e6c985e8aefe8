"""What a tester may do with Zoom accounts: make them, hold meetings, name the address of webhooks."""

from datetime import timedelta

from werkzeug.wrappers import Request, Response

from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer
from integrations.sandbox.wishes import Wrong, asked
from integrations.sandbox.zoom import accounts, webhooks
from integrations.sandbox.zoom.meetings import stamp


def every(world: World, request: Request) -> Response:
    return answer(world.store.all("zoom_account", ""))


def make(world: World, request: Request) -> Response:
    """Wishes: name, domain, users, scopes."""
    wishes = asked(request)
    users = tuple(str(email) for email in wishes.pop("users", ()))
    return answer(accounts.new_account(world, name=str(wishes.pop("name", "Untitled")), users=users, **wishes), 201)


def change_user(world: World, request: Request, account: str, email: str) -> Response:
    """Make a user of this address, or change one: is_licensed."""
    row = known(world, account)
    user = row["users"].get(email.lower()) or accounts.new_user(email)
    user = user | {"is_licensed": bool(asked(request).get("is_licensed", True))}
    world.store.put("zoom_account", "", account, row | {"users": {**row["users"], email.lower(): user}})
    return answer(user, 201)


def point_webhook(world: World, request: Request, account: str) -> Response:
    """Events go to `url`, signed with `secret`, once the address has answered the challenge that leaves now."""
    row, wishes = known(world, account), asked(request)
    webhook = {"url": str(wishes["url"]), "secret": str(wishes["secret"]), "is_validated": False}
    world.store.put("zoom_account", "", account, row | {"webhook": webhook})
    webhooks.challenge(world, account, webhook)
    return answer(webhook, 201)


def hold(world: World, request: Request, account: str, meeting: str) -> Response:
    """The meeting takes place: it began `minutes` ago and ends now. Wishes: minutes, participants, uuid."""
    known(world, account)
    row = world.store.get("zoom:meeting", account, meeting)
    if row is None:
        raise Wrong("no such meeting", 404)
    wishes = asked(request)
    minutes = int(wishes.get("minutes") or row["duration"])
    past = past_of(world, row, minutes, wishes.get("participants") or [], str(wishes.get("uuid") or row["uuid"]))
    world.store.put("zoom:past", account, past["uuid"], past)
    began = row | {"uuid": past["uuid"], "start_time": past["start_time"]}
    events: list[tuple[str, dict[str, str]]] = [
        ("meeting.started", {}),
        ("meeting.ended", {"end_time": past["end_time"]}),
    ]
    if world.faults.take("zoom", account, "webhook_out_of_order"):
        events.reverse()
    for event, more in events:
        webhooks.tell(world, account, event, began, **more)
    return answer(past, 201)


def past_of(world: World, row: Body, minutes: int, people: list[Body], uuid: str) -> Body:
    end = world.clock.now()
    came = [
        {"id": "", "name": str(one.get("name", "")), "user_email": str(one.get("email", ""))}
        for one in [{"name": row["host_email"].partition("@")[0], "email": row["host_email"]}, *people]
    ]
    return {
        "uuid": uuid,
        "id": row["id"],
        "host_id": row["host_id"],
        "type": row["type"],
        "topic": row["topic"],
        "user_name": came[0]["name"],
        "user_email": row["host_email"],
        "start_time": stamp(end - timedelta(minutes=minutes)),
        "end_time": stamp(end),
        "duration": minutes,
        "total_minutes": minutes * len(came),
        "participants_count": len(came),
        "participants": came,
    }


def known(world: World, account: str) -> Body:
    row = world.store.get("zoom_account", "", account)
    if row is None:
        raise Wrong("no such account", 404)
    return row


ROUTES = (
    ("GET", "/zoom/accounts", every),
    ("POST", "/zoom/accounts", make),
    ("PUT", "/zoom/accounts/<account>/users/<email>", change_user),
    ("PUT", "/zoom/accounts/<account>/webhook", point_webhook),
    ("POST", "/zoom/accounts/<account>/meetings/<meeting>/hold", hold),
)
