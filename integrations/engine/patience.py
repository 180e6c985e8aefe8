"""Trying again, but only where that can help, and never for long."""

import time
from collections.abc import Callable
from typing import TypeVar

from integrations.engine.errors import Failure

WAITS = (0.5, 2.0)  # seconds before the second and third try
LONGEST_WAIT = 10.0  # seconds; a vendor who asks for more gets a later run instead
Result = TypeVar("Result")


def patiently(
    call: Callable[[], Result],
    *,
    pause: Callable[[float], None] = time.sleep,
    cancelled: Callable[[], bool] = lambda: False,
    on_try: Callable[[int], None] = lambda _: None,
) -> Result:
    """The call's result, after up to three tries. Raises the last Failure; others than temporary ones at once."""
    for number, wait in enumerate(WAITS, start=1):
        on_try(number)
        try:
            return call()
        except Failure as failure:
            asked = failure.retry_after or 0
            if not failure.entry.retry_helps or asked > LONGEST_WAIT or cancelled():
                raise
            pause(max(wait, asked))
    on_try(len(WAITS) + 1)
    return call()
