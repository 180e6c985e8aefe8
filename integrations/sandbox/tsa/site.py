"""The time stamp authority's front door (RFC 3161 over HTTP), and what goes wrong on purpose."""

from datetime import UTC, datetime

from asn1crypto import cms, core, tsp
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from integrations.sandbox.state import Body
from integrations.sandbox.tsa.authority import Authority
from integrations.sandbox.web import Endpoint, Site, World, answer

TENANT = "tsa"
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
DIGEST_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64}


class Reply(core.Sequence):
    """As the standard has it: without a token where there is none to give."""

    _fields = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


class NoStamp(Exception):
    """Refused by the standard's own words."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.words = words


class TsaSite(Site):
    vendor = "tsa"

    def __init__(self, world: World, authority: Authority) -> None:
        super().__init__(world)
        self.authority = authority

    def routes(self) -> list[tuple[str, list[str], Endpoint]]:
        return [("/", ["POST"], self.stamp_it)]

    def serve(self, request: Request, endpoint: Endpoint, arguments: Body) -> Response:
        return endpoint(request, **arguments)

    def unrouted(self, request: Request, error: HTTPException) -> Response:
        return Response(error.name, error.code or 500, content_type="text/plain")

    def stamp_it(self, request: Request) -> Response:
        self.count(TENANT, "POST /")
        self.dawdle(TENANT)
        faults = self.world.faults
        if faults.take(self.vendor, TENANT, "server_error_once"):
            return Response("Service Unavailable", 503, content_type="text/plain")
        if faults.take(self.vendor, TENANT, "throttle"):
            return Response("Too Many Requests", 429, {"Retry-After": "1"}, content_type="text/plain")
        if request.mimetype != QUERY:
            return Response("Unsupported Media Type", 415, content_type="text/plain")
        reply = self.replied(request.get_data())
        if faults.take(self.vendor, TENANT, "lost_answer"):
            return Response("Bad Gateway", 502, content_type="text/plain")
        return Response(reply.dump(), 200, content_type=REPLY)

    def replied(self, body: bytes) -> Reply:
        try:
            query = understood(body)
            if self.world.faults.take(self.vendor, TENANT, "stamp_refused"):
                raise NoStamp("add_info_not_available", "Your subscription has ended.")
            token = self.authority.stamped(query, self.imprint(query), at=datetime.now(tz=UTC))
        except NoStamp as refusal:
            told = {"status": "rejection", "status_string": [refusal.words], "fail_info": {refusal.reason}}
            return Reply({"status": tsp.PKIStatusInfo(told)})
        self.remember()
        return Reply({"status": tsp.PKIStatusInfo({"status": "granted"}), "time_stamp_token": token})

    def imprint(self, query: tsp.TimeStampReq) -> tsp.MessageImprint:
        asked: tsp.MessageImprint = query["message_imprint"]
        if not self.world.faults.take(self.vendor, TENANT, "wrong_imprint"):
            return asked
        other = bytes(byte ^ 0xFF for byte in asked["hashed_message"].native)
        return tsp.MessageImprint({"hash_algorithm": asked["hash_algorithm"], "hashed_message": other})

    def remember(self) -> None:
        with self.world.store.transaction():
            self.world.store.next_number("tsa")


def understood(body: bytes) -> tsp.TimeStampReq:
    try:
        query = tsp.TimeStampReq.load(body, strict=True)
        imprint = query["message_imprint"]
        algorithm, digest = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
        nonce, version = query["nonce"].native, query["version"].native
    except (ValueError, TypeError):
        raise NoStamp("bad_data_format", "The query is not in the standard's form.") from None
    if version != "v1":
        raise NoStamp("bad_request", "Only version 1 is understood.")
    if algorithm not in DIGEST_BYTES:
        raise NoStamp("bad_alg", "Hash with SHA-256, SHA-384 or SHA-512.")
    if len(digest) != DIGEST_BYTES[algorithm]:
        raise NoStamp("bad_data_format", "The hash is not as long as its algorithm makes it.")
    if nonce is not None and nonce.bit_length() > 160:
        raise NoStamp("bad_request", "The nonce is longer than 160 bits.")
    return query


def facts(world: World, request: Request) -> Response:
    """How many stamps were given out, how many times the door was knocked at."""
    given = (world.store.get("number", "", "tsa") or {"next": 1})["next"] - 1
    calls = world.store.get("calls", "tsa", TENANT) or {}
    return answer({"stamps": given, "calls": sum(calls.values())})


ROUTES = (("GET", "/tsa", facts),)
