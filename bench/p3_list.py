"""P3: a page of 25 engagements over the API, against a bare view that sends the same page for nobody."""

from __future__ import annotations

import os
from typing import Any

from bench.bare import PAGE
from bench.harness import interleaved, median, ratio, row, times
from bench.p1_status import NO_THROTTLE
from bench.portfolio import stock
from bench.serving import served


def measure(server_url: str) -> list[dict[str, Any]]:
    """The row P3."""
    found = stock(server_url, companies=8, engagements_each=30)
    token = {"Authorization": f"Bearer {found.secret}"}
    number = times(150, least=50)
    with served({"portal": "bench.wsgi:application"}, env={**os.environ, **NO_THROTTLE}) as servers:
        portal = servers["portal"]
        rounds = interleaved(
            {
                "bare": lambda: portal.cost(f"{PAGE}{found.company_id}", requests=number),
                "page": lambda: portal.cost("/api/v1/engagements/", requests=number, headers=token),
            },
            rounds=times(15, least=3),
        )
    return [
        row(
            "P3 page of 25, token and wall, one query",
            ratio=ratio(rounds, "bare", "page"),
            goal=">= 0.75",
            ours=1e6 * median(rounds, "page"),
            reference=1e6 * median(rounds, "bare"),
            unit="µs CPU",
        )
    ]
