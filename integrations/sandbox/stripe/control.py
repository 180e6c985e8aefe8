"""What a tester may do with Stripe accounts: make them, name the endpoint of events, dispute a charge."""

from werkzeug.wrappers import Request, Response

from integrations.sandbox.state import Body
from integrations.sandbox.stripe import accounts, money
from integrations.sandbox.web import World, answer
from integrations.sandbox.wishes import Wrong, asked

OUTCOMES = ("won", "lost", "warning_closed", "under_review")


def every(world: World, request: Request) -> Response:
    return answer(world.store.all(accounts.KIND, ""))


def make(world: World, request: Request) -> Response:
    """Wishes: name."""
    return answer(accounts.new_account(world, name=str(asked(request).get("name") or "Untitled")), 201)


def rotate_key(world: World, request: Request, account: str) -> Response:
    row = known(world, account)
    fresh = accounts.new_account(world, name=row["name"], account_id=account) | {"webhook": row["webhook"]}
    world.store.put(accounts.KIND, "", account, fresh)
    return answer(fresh)


def point_webhook(world: World, request: Request, account: str) -> Response:
    """Wishes: url, secret, events (all)."""
    row, wishes = known(world, account), asked(request)
    hook = {"url": str(wishes["url"]), "secret": str(wishes["secret"]), "events": wishes.get("events") or ["*"]}
    world.store.put(accounts.KIND, "", account, row | {"webhook": hook})
    return answer(hook, 201)


def dispute(world: World, request: Request, account: str, charge: str) -> Response:
    """The cardholder disputes a charge. Wishes: reason."""
    known(world, account)
    reason = str(asked(request).get("reason") or "fraudulent")
    with world.store.transaction():
        return answer(money.open_dispute(world, account, charge, reason), 201)


def close_dispute(world: World, request: Request, account: str, dispute: str) -> Response:
    """Wishes: status (won, lost, warning_closed, under_review)."""
    known(world, account)
    status = str(asked(request).get("status"))
    if status not in OUTCOMES:
        raise Wrong(f"status is one of {', '.join(OUTCOMES)}")
    with world.store.transaction():
        return answer(money.close_dispute(world, account, dispute, status))


def fail_refund(world: World, request: Request, account: str, refund: str) -> Response:
    """The customer's bank sends a refund back."""
    known(world, account)
    with world.store.transaction():
        return answer(money.fail_refund(world, account, refund))


def known(world: World, account: str) -> Body:
    row = world.store.get(accounts.KIND, "", account)
    if row is None:
        raise Wrong("no such account", 404)
    return row


ROUTES = (
    ("GET", "/stripe/accounts", every),
    ("POST", "/stripe/accounts", make),
    ("POST", "/stripe/accounts/<account>/rotate-key", rotate_key),
    ("PUT", "/stripe/accounts/<account>/webhook", point_webhook),
    ("POST", "/stripe/accounts/<account>/charges/<charge>/dispute", dispute),
    ("POST", "/stripe/accounts/<account>/disputes/<dispute>/close", close_dispute),
    ("POST", "/stripe/accounts/<account>/refunds/<refund>/fail", fail_refund),
)
