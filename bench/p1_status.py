"""P1 and P2: the status over the API, whole and unchanged, against a bare view in the same server process.

Ours knows the token, its company and the version, behind row-level security, in one statement; the reference asks for
nobody and sends one raw SQL's JSON. Both pass the same middleware. CPU of the server process a request.
"""

from __future__ import annotations

import os
from typing import Any

from bench.bare import STATUS
from bench.harness import interleaved, median, ratio, row, times
from bench.portfolio import stock
from bench.serving import served

NO_THROTTLE = {"API_RATE": "100000000/min"}


def measure(server_url: str) -> list[dict[str, Any]]:
    """The rows P1 and P2."""
    found = stock(server_url, companies=20, engagements_each=5)
    path = f"/api/v1/engagements/{found.reference}/status/"
    token = {"Authorization": f"Bearer {found.secret}"}
    etag = {**token, "If-None-Match": f'W/"{found.reference}-{found.version}"'}
    number = times(300, least=50)
    with served({"portal": "bench.wsgi:application"}, env={**os.environ, **NO_THROTTLE}) as servers:
        portal = servers["portal"]
        rounds = interleaved(
            {
                "bare": lambda: portal.cost(f"{STATUS}{found.reference}", requests=number),
                "status": lambda: portal.cost(path, requests=number, headers=token),
                "unchanged": lambda: portal.cost(path, requests=number, headers=etag, status=304),
            },
            rounds=times(15, least=3),
        )
    names = {"status": ("P1 status, token and wall, one query", ">= 0.75"), "unchanged": ("P2 status, 304", ">= 1.0")}
    return [
        row(
            name,
            ratio=ratio(rounds, "bare", side),
            goal=goal,
            ours=1e6 * median(rounds, side),
            reference=1e6 * median(rounds, "bare"),
            unit="µs CPU",
        )
        for side, (name, goal) in names.items()
    ]
