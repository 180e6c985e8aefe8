"""What a tester may do with DocuSign accounts: make them, name where Connect calls, sign and decline as a signer does."""

from werkzeug.wrappers import Request, Response

from integrations.sandbox.docusign import accounts, envelopes, signing
from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer
from integrations.sandbox.wishes import Wrong, asked


def every(world: World, request: Request) -> Response:
    return answer(world.store.all(accounts.KIND, ""))


def make(world: World, request: Request) -> Response:
    """Wishes: name, has_consent, and fixed ids and keys."""
    wishes = asked(request)
    return answer(accounts.new_account(world, name=str(wishes.pop("name", "Untitled")), **wishes), 201)


def point_connect(world: World, request: Request, account: str) -> Response:
    """Connect tells `url`, signed with each of `keys`."""
    row, wishes = known(world, account), asked(request)
    connect = {"url": str(wishes.get("url", "")), "keys": [str(one) for one in wishes.get("keys", [])]}
    world.store.put(accounts.KIND, "", account, row | {"connect": connect})
    return answer(connect, 201)


def act(world: World, request: Request, account: str, envelope: str, deed: str) -> Response:
    """A signer, by `recipient`, opens it, signs it or declines it with `reason`; or its sender voids it with one."""
    known(world, account)
    row, wishes = world.store.get(envelopes.KIND, account, envelope), asked(request)
    if row is None:
        raise Wrong("no such envelope", 404)
    reason, recipient = str(wishes.get("reason", "")), str(wishes.get("recipient", ""))
    if deed != "void" and recipient not in {one["recipientId"] for one in row["signers"]}:
        raise Wrong("no such recipient")
    if deed == "deliver":
        row = signing.deliver(world, account, row, recipient)
    elif deed == "sign":
        row = signing.sign(world, account, row, recipient)
    elif deed == "decline":
        row = signing.decline(world, account, row, recipient, reason)
    else:
        row = envelopes.close(world, account, row, reason)
    return answer(envelopes.seen(row), 201)


def known(world: World, account: str) -> Body:
    row = world.store.get(accounts.KIND, "", account)
    if row is None:
        raise Wrong("no such account", 404)
    return row


ROUTES = (
    ("GET", "/docusign/accounts", every),
    ("POST", "/docusign/accounts", make),
    ("PUT", "/docusign/accounts/<account>/connect", point_connect),
    ("POST", "/docusign/accounts/<account>/envelopes/<envelope>/<any(deliver, sign, decline, void):deed>", act),
)
