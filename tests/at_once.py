"""Several people press at the same moment: threads with connections of their own, started together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections

from onboarding import errors, tenancy


def at_once(*calls: Callable[[], Any], **context: Any) -> list[str]:
    """Run the calls together, as staff unless another context is given; "done" or the refusal's name of each."""
    start, outcomes = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        with tenancy.acting(**(context or {"staff": True})):
            start.wait()
            try:
                call()
                outcomes.append("done")
            except errors.Refused as refusal:
                outcomes.append(type(refusal).__name__)
            finally:
                connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)
