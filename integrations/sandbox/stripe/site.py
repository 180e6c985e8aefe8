"""Stripe's front door: keys, versions, idempotency, the API's pages, and what goes wrong on purpose."""

import json
import re
from collections.abc import Callable

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from integrations.sandbox.state import Body
from integrations.sandbox.stripe import accounts, events, forms, ids, money, sessions
from integrations.sandbox.stripe.errors import (
    StripeError,
    no_such,
    other_parameters,
    too_many,
    trouble,
    unrecognised,
    wrong,
    wrong_version,
)
from integrations.sandbox.web import Endpoint, Site, World, answer

VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")
DAY = 86400
FORM = "application/x-www-form-urlencoded"
Page = Callable[..., Body]
# What may be listed and read: its path, where it is kept, what it is called, and by what a list may be narrowed.
KINDS = {
    "checkout/sessions": (sessions.KIND, "checkout.session", {"payment_intent", "status"}),
    "payment_intents": (money.INTENT, "payment_intent", set()),
    "charges": (money.CHARGE, "charge", {"payment_intent"}),
    "refunds": (money.REFUND, "refund", {"payment_intent", "charge"}),
    "disputes": (money.DISPUTE, "dispute", {"payment_intent", "charge"}),
    "events": (events.KIND, "event", {"type"}),
}


class StripeSite(Site):
    vendor = "stripe"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        world.courier.teach(events.SCHEME, events.sign)
        world.courier.also(lambda: money.settle_due(world))

    def routes(self) -> list[tuple[str, list[str], Endpoint]]:
        paths = "any(" + ", ".join(f'"{path}"' for path in KINDS if "/" not in path) + ")"
        return [
            ("/v1/checkout/sessions", ["POST"], self.called(sessions.create)),
            ("/v1/checkout/sessions", ["GET"], self.called(self.listed, path="checkout/sessions")),
            ("/v1/checkout/sessions/<key>", ["GET"], self.called(self.read, path="checkout/sessions")),
            ("/v1/checkout/sessions/<key>/expire", ["POST"], self.called(self.expire)),
            ("/v1/refunds", ["POST"], self.called(money.refund)),
            (f"/v1/<{paths}:path>", ["GET"], self.called(self.listed)),
            (f"/v1/<{paths}:path>/<key>", ["GET"], self.called(self.read)),
        ]

    def serve(self, request: Request, endpoint: Endpoint, arguments: Body) -> Response:
        return endpoint(request, **arguments)

    def stamp(self, response: Response) -> None:
        response.headers["Request-Id"] = ids.new("req", 14)

    def unrouted(self, request: Request, error: HTTPException) -> Response:
        response = unrecognised(request.method, request.path).response()
        self.stamp(response)
        return response

    def called(self, page: Page, **more: str) -> Endpoint:
        """A page behind key, version, faults and idempotency."""

        def serve(request: Request, **arguments: str) -> Response:
            account = accounts.account_of(self.world, request)["id"]
            self.count(account, f"{request.method} {'/'.join(request.path.split('/')[2:4])}")
            self.strike(account)
            version = request.headers.get("Stripe-Version", events.API_VERSION)
            if not VERSION.fullmatch(version):
                raise wrong_version(version)
            given = read(request)
            with self.world.store.transaction():
                response = self.once(
                    request, account, given, lambda: page(self.world, account, given, **more, **arguments)
                )
            response.headers["Stripe-Version"] = version
            if request.method == "POST" and self.world.faults.take(self.vendor, account, "lost_answer"):
                return Response("<html><body>502 Bad Gateway</body></html>", 502, content_type="text/html")
            return response

        return serve

    def once(self, request: Request, account: str, given: Body, make: Callable[[], Body]) -> Response:
        """Under one idempotency key a POST is done once; the same key with anything else is refused."""
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        if not key:
            return answer(self.expanded(account, make(), given))
        if len(key) > 255:
            raise StripeError("Idempotency keys can be at most 255 characters.", kind="idempotency_error")
        asked = json.dumps([request.path, given], sort_keys=True)
        now = self.world.clock.timestamp()
        earlier = self.world.store.get("stripe:key", account, key)
        if earlier and earlier["until"] > now:
            if earlier["asked"] != asked:
                raise other_parameters(key)
            return answer(earlier["body"], headers={"Idempotency-Key": key, "Idempotent-Replayed": "true"})
        body = self.expanded(account, make(), given)
        kept = {"asked": asked, "body": body, "until": now + DAY}
        self.world.store.put("stripe:key", account, key, kept)
        return answer(body, headers={"Idempotency-Key": key})

    def strike(self, account: str) -> None:
        self.dawdle(account)
        if self.world.faults.take(self.vendor, account, "server_error_once"):
            raise trouble()
        if self.world.faults.take(self.vendor, account, "throttle"):
            raise too_many()

    def expanded(self, account: str, row: Body, given: Body) -> Body:
        """The object as it is shown, with what was asked to be expanded."""
        shown = ids.shown(row)
        for name in given.get("expand") or []:
            if name != "payment_intent" or "payment_intent" not in shown:
                raise wrong("expand", f"This property cannot be expanded ({name}).")
            if shown[name]:
                shown[name] = ids.shown(money.known(self.world, account, money.INTENT, "payment_intent", shown[name]))
        return shown

    # --- pages ------------------------------------------------------------------------------------------------
    def expire(self, world: World, account: str, given: Body, key: str) -> Body:
        forms.only(given, {"expand"})
        return sessions.expire(world, account, key)

    def read(self, world: World, account: str, given: Body, path: str, key: str) -> Body:
        forms.only(given, {"expand"})
        kind, noun, _ = KINDS[path]
        if kind == sessions.KIND:
            return sessions.known(world, account, key)
        return money.known(world, account, kind, noun, key)

    def listed(self, world: World, account: str, given: Body, path: str) -> Body:
        """Newest first, `limit` of them (10), those after `starting_after`."""
        kind, noun, narrow = KINDS[path]
        forms.only(given, {"limit", "starting_after", *narrow})
        limit = forms.whole(given.get("limit", "10"), "limit")
        if not 1 <= limit <= 100:
            raise wrong("limit", "This value must be between 1 and 100.", "parameter_invalid_integer")
        rows = [row for row in reversed(world.store.all(kind, account)) if fits(row, given, narrow)]
        if after := given.get("starting_after"):
            place = next((number for number, row in enumerate(rows, start=1) if row["id"] == after), None)
            if place is None:
                raise no_such(noun, after, "starting_after")
            rows = rows[place:]
        some = [ids.shown(row) for row in rows[:limit]]
        return {"object": "list", "data": some, "has_more": len(rows) > limit, "url": f"/v1/{path}"}


def fits(row: Body, given: Body, narrow: set[str]) -> bool:
    return all(row.get(name) == given[name] for name in narrow if given.get(name))


def read(request: Request) -> Body:
    """The parameters of a call: a POST's form, else the query."""
    if request.method != "POST":
        return forms.read(request.args.items(multi=True))
    if request.get_data() and request.mimetype != FORM:
        raise StripeError(
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any "
            "questions, we can help at https://support.stripe.com/."
        )
    return forms.read(request.form.items(multi=True))
