"""How often a token may ask, and how often a stranger may guess.

The hot reads count in the process's own memory, as a shared cache would cost them more than the answer itself: their
limit holds for each process. All others count in the shared cache; with the cache away they are let through.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from django.http import HttpRequest
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:  # DRF's views load this module while they load themselves
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)
MOST_KEPT = 10_000


class SharedThrottle(SimpleRateThrottle):
    """Counts in the shared cache; lets requests through while the cache is away."""

    def allow_request(self, request: Request, view: APIView | None) -> bool:
        try:
            return bool(super().allow_request(request, view))
        except Exception:  # noqa: BLE001 - whatever the cache's client raises
            logger.warning("throttle not counted: no cache")
            return True


class TokenThrottle(SharedThrottle):
    scope = "token"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return f"throttle:token:{request.auth.token.pk}" if request.auth else None


class StrangerThrottle(SharedThrottle):
    """Requests without a living token, by address."""

    scope = "stranger"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"throttle:stranger:{self.get_ident(request)}"


def count_stranger(request: Request | HttpRequest) -> None:
    """Count a request whose token is no token; raise the 429 once there were too many from one address."""
    throttle = StrangerThrottle()
    if not throttle.allow_request(request, None):
        raise Throttled(wait=throttle.wait())


class Window:
    """A fixed window in this process's memory, at the rate of a throttle."""

    def __init__(self, throttle: SimpleRateThrottle) -> None:
        self.limit, self.seconds = throttle.num_requests or 0, throttle.duration or 0
        self.counts: dict[int, int] = {}
        self.ends_at = 0.0
        self.lock = threading.Lock()

    def count(self, token_id: int) -> None:
        """Count one request of this token; raise the 429 once there were too many in this window."""
        moment = time.monotonic()
        with self.lock:
            if moment >= self.ends_at or len(self.counts) > MOST_KEPT:
                self.counts, self.ends_at = {}, moment + self.seconds
            asked = self.counts[token_id] = self.counts.get(token_id, 0) + 1
        if asked > self.limit:
            raise Throttled(wait=self.ends_at - moment)


hot_reads = Window(TokenThrottle())
