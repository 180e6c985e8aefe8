"""What a tester may do with Google Workspaces: make them, and answer an invitation."""

from werkzeug.wrappers import Request, Response

from integrations.sandbox.google import workspaces
from integrations.sandbox.web import World, answer
from integrations.sandbox.wishes import Wrong, asked


def every(world: World, request: Request) -> Response:
    return answer(world.store.all("google_workspace", ""))


def make(world: World, request: Request) -> Response:
    """Wishes: name, domain, users, is_delegated. The answer's `key` is the service account's key file."""
    wishes = asked(request)
    return answer(workspaces.new_workspace(world, name=str(wishes.pop("name", "Untitled")), **wishes), 201)


def respond(world: World, request: Request, workspace: str, host: str, event: str) -> Response:
    """Somebody answers the host's invitation: email, response."""
    wishes, key = asked(request), f"{host}/{event}"
    row = world.store.get("google:event", workspace, key)
    if row is None:
        raise Wrong("no such event", 404)
    people = [
        one | ({"responseStatus": wishes["response"]} if one["email"] == wishes["email"] else {})
        for one in row.get("attendees") or []
    ]
    world.store.put("google:event", workspace, key, row | {"attendees": people})
    return answer({"attendees": people})


ROUTES = (
    ("GET", "/google/workspaces", every),
    ("POST", "/google/workspaces", make),
    ("POST", "/google/workspaces/<workspace>/calendars/<host>/events/<event>/respond", respond),
)
