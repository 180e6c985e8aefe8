"""Webhooks on their way: signed when they leave, tried again while nobody takes them, and remembered."""

import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from integrations.sandbox.state import Body, Clock, Store

Signed = tuple[bytes, dict[str, str]]
Signer = Callable[[Body, float], Signed]
OUT, DONE = "delivery_out", "delivery_done"
TICK_SECONDS = 0.05
RETRY_SECONDS = (1, 2, 4)  # the vendors wait minutes; a rehearsal can't
ANSWER_SECONDS = 10


class Courier:
    """Carries deliveries in a thread of its own, so that whoever is called may call the stand-ins in turn."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._signers: dict[str, Signer] = {}
        self._taken: dict[str, Callable[[Body, Body], None]] = {}
        self._chores: list[Callable[[], None]] = []
        self._stopping = threading.Event()
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def teach(self, scheme: str, sign: Signer, taken: Callable[[Body, Body], None] = lambda *_: None) -> None:
        """How deliveries of this scheme are put into bytes and headers, and what to do with the answer's JSON."""
        self._signers[scheme], self._taken[scheme] = sign, taken

    def also(self, chore: Callable[[], None]) -> None:
        """What has to be looked at each tick: things that happen by themselves when their time has come."""
        self._chores.append(chore)

    def send(
        self, *, scheme: str, tenant: str, url: str, secret: str, content: Body, after: float = 0, **wishes: object
    ) -> None:
        """Put one delivery on its way, `after` seconds from now by the stand-ins' clock.

        Wishes: `copies` of the same bytes; `forged` under a wrong secret; `age` in seconds it claims to have.
        """
        number = self._store.next_number("delivery")
        row: Body = {
            "id": f"{number:08d}",
            "scheme": scheme,
            "tenant": tenant,
            "url": url,
            "secret": secrets.token_hex(16) if wishes.get("forged") else secret,
            "content": content,
            "due": self._clock.timestamp() + after,
            "copies": int(str(wishes.get("copies") or 1)),
            "age": float(str(wishes.get("age") or 0)),
            "state": "waiting",
            "tries": [],
        }
        self._store.put(OUT, "", row["id"], row)

    def deliveries(self, tenant: str) -> list[Body]:
        """Those of one tenant, in the order they were given, without their secrets."""
        rows = sorted(self._store.all(DONE, "") + self._store.all(OUT, ""), key=lambda row: str(row["id"]))
        return [
            {name: value for name, value in row.items() if name != "secret"} for row in rows if row["tenant"] == tenant
        ]

    def run(self) -> None:
        """Carry until stopped."""
        while not self._stopping.wait(TICK_SECONDS):
            for chore in self._chores:
                chore()
            now = self._clock.timestamp()
            for row in sorted(self._store.all(OUT, ""), key=lambda row: (row["due"], row["id"])):
                if row["due"] <= now and not self._stopping.is_set():
                    self._carry(row)

    def stop(self) -> None:
        self._stopping.set()

    def _carry(self, row: Body) -> None:
        """One try. A 5xx answer, or none, is tried again; every other answer ends it."""
        now = time.time() - row["age"]  # the machine's clock, since that is what the receiver compares with
        row = {"fired": now, **row}  # what comes again still tells of the moment it first left
        raw, headers = self._signers[row["scheme"]](row, now)
        results = [self._post(row["url"], raw, headers) for _ in range(row["copies"])]
        row = row | {"tries": [*row["tries"], *results], "body": raw.decode(), "headers": headers}
        status = results[-1]["status"]
        tries = len(row["tries"]) // row["copies"]
        if (status == 0 or status >= 500) and tries <= len(RETRY_SECONDS):
            self._store.put(OUT, "", row["id"], row | {"due": self._clock.timestamp() + RETRY_SECONDS[tries - 1]})
            return
        with self._store.transaction():
            if self._store.get(OUT, "", row["id"]):  # a reset meanwhile forgets it
                self._store.put(DONE, "", row["id"], row | {"state": "taken" if 200 <= status < 300 else "given up"})
                self._taken[row["scheme"]](row, results[-1])
            self._store.remove(OUT, "", row["id"])

    def _post(self, url: str, raw: bytes, headers: dict[str, str]) -> Body:
        request = urllib.request.Request(url, raw, {"Content-Type": "application/json", **headers}, method="POST")  # noqa: S310 - the tester names the address
        try:
            with self._open.open(request, timeout=ANSWER_SECONDS) as reply:
                return {"status": reply.status, "answer": _parsed(reply.read(65536))}
        except urllib.error.HTTPError as refusal:
            with refusal:
                return {"status": refusal.code, "answer": _parsed(refusal.read(65536))}
        except (OSError, ValueError) as error:
            return {"status": 0, "answer": str(error)}


def _parsed(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")
