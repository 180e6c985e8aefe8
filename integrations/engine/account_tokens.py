"""Access tokens of our own accounts, in this process's memory: asked for by one thread at a time, renewed in time.

They can be had again at any moment, so unlike a customer's tokens they are written down nowhere.
"""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

RENEW_BEFORE = 120.0  # seconds before its end a token counts as old


@dataclass(frozen=True)
class Granted:
    """A token as a vendor gives it, and for how many seconds."""

    token: str = field(repr=False)
    seconds: float


@dataclass
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    token: str = field(default="", repr=False)
    until: float = 0.0


class AccountTokens:
    """Tokens by whom they are for (an account, or an account acting for a host)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._slots: dict[Hashable, _Slot] = {}

    def token(self, owner: Hashable, fetch: Callable[[], Granted], *, refused: str = "") -> str:
        """A token that should work; `refused` is the one the vendor has just turned away.

        While one thread fetches, the others wait and take what it got. Raises what `fetch` raises.
        """
        with self._lock:
            slot = self._slots.setdefault(owner, _Slot())
        with slot.lock:
            if not slot.token or slot.token == refused or self._clock() >= slot.until:
                granted = fetch()
                slot.token, slot.until = granted.token, self._clock() + granted.seconds - RENEW_BEFORE
            return slot.token
