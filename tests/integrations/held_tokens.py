"""A token store in memory that keeps the promise of the real one: one renewal at a time."""

import threading
from collections.abc import Callable
from typing import Any


class HeldTokens:
    def __init__(self, **credentials: Any) -> None:
        self.credentials = dict(credentials)
        self.renewals = 0
        self._lock = threading.Lock()

    def current(self) -> dict[str, Any]:
        return dict(self.credentials)

    def renewed(self, renew: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        with self._lock:
            before = dict(self.credentials)
            after = renew(dict(before))
            self.renewals += after != before
            self.credentials = after
            return dict(after)
