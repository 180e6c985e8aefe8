"""The domains the name server knows, and what a tester may do with them."""

from werkzeug.wrappers import Request, Response

from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer
from integrations.sandbox.wishes import Wrong, asked

KIND = "dns_zone"


def every(world: World, request: Request) -> Response:
    return answer(world.store.all(KIND, ""))


def put(world: World, request: Request, domain: str) -> Response:
    """The domain exists from now on, with these TXT records. Wishes: txt, a list of texts."""
    texts = asked(request).get("txt") or []
    if not isinstance(texts, list):
        raise Wrong("txt is a list of texts", 400)
    name = domain.lower().rstrip(".")
    row: Body = {"id": name, "name": name, "txt": [str(text) for text in texts]}
    with world.store.transaction():
        world.store.put(KIND, "", name, row)
    return answer(row, 201)


def remove(world: World, request: Request, domain: str) -> Response:
    with world.store.transaction():
        world.store.remove(KIND, "", domain.lower().rstrip("."))
    return answer({"status": "gone"})


ROUTES = (
    ("GET", "/dns/zones", every),
    ("PUT", "/dns/zones/<domain>", put),
    ("DELETE", "/dns/zones/<domain>", remove),
)
