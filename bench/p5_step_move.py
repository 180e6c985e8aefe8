"""P5: engagements.move() against the least a step move could write, UPDATE + 2 INSERT of the same rows by hand.

Ours is the whole action: lock, criteria with their evidence, step records, event in the hash chain, status document,
a mail row to each of two members, the nudge. The reference updates the engagement with a status document of the same
size and inserts an event and a mail in one transaction, through psycopg2, as the same role on the same tables.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.pool import Pool
from typing import Any

import psycopg2
import psycopg2.extras

from bench.harness import WEB_ROLE, interleaved, median, ratio, row, spent, times

CLIENTS = 4
FORWARD, BACK = "complete_data_collection", "return_to_data_collection"
UPDATE = "UPDATE onboarding_engagement SET step = %s, status = %s, version = version + 1 WHERE id = %s"
EVENT = (
    "INSERT INTO onboarding_event (company_id, engagement_id, number, kind, at, by, data, step, is_internal,"
    " previous_hash, hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, false, %s, %s)"
)
MAIL = (
    'INSERT INTO onboarding_message (company_id, engagement_id, kind, "to", subject, text, path, button, calendar,'
    " key, state, queued_at, not_before, attempts) VALUES (%s, %s, %s, %s, %s, %s, '/', '', '', %s, 'queued', %s, %s, 0)"
)


def measure(server_url: str) -> list[dict[str, Any]]:
    """One client; four processes on an engagement each; a crowd on one engagement."""
    from onboarding import tenancy  # noqa: PLC0415 - Django's models load after its set-up

    with tenancy.acting(staff=True):
        ours = [_ready() for _ in range(CLIENTS)]
        theirs = [_beside(pk) for pk in ours]
        _analyse(server_url)
        rows = [_one_client(ours[0], theirs[0])]
        with _team() as pool:
            rows += [_four_clients(pool, ours, theirs), _crowd(pool, ours[0])]
    return rows


def _ready() -> int:
    """An engagement in step II with everything of it done: questionnaires, documents, reviews."""
    from onboarding.workflow.steps import Step  # noqa: PLC0415
    from tests.journey import journey, phase_one  # noqa: PLC0415

    cast = journey(Step.DATA_COLLECTION)
    phase_one.collected(cast)
    return int(cast.engagement.pk)


def _beside(engagement_id: int) -> int:
    """Another engagement of the same company, with the same status document, for the reference to write to."""
    from onboarding.actions import engagements  # noqa: PLC0415
    from onboarding.actors import SYSTEM  # noqa: PLC0415
    from onboarding.models import Engagement  # noqa: PLC0415

    first = Engagement.objects.select_related("company").get(pk=engagement_id)
    other = engagements.open_for(first.company, by=SYSTEM, at=datetime.now(tz=UTC))
    Engagement.objects.filter(pk=other.pk).update(status=first.status)
    return int(other.pk)


def _analyse(server_url: str) -> None:
    connection = psycopg2.connect(server_url)
    connection.autocommit = True
    connection.cursor().execute("ANALYZE")
    connection.close()


# --- The two sides ----------------------------------------------------------------------------------------------------


def _actor() -> Any:
    from onboarding.actors import Actor, Role  # noqa: PLC0415

    return Actor(kind="staff", name="Priya Patel", roles=frozenset({Role.SPECIALIST}), user_id=None)


def _move(engagement_id: int, change: str, *, by: Any) -> None:
    from onboarding.actions import engagements  # noqa: PLC0415

    reason = "Measured" if change == BACK else ""
    engagements.move(engagement_id, change, by=by, at=datetime.now(tz=UTC), reason=reason)


def _moves_forward(engagement_id: int, count: int) -> Callable[[], float]:
    """CPU seconds of one move forward, ours and the server's; the way back between two of them is not counted."""
    from django.db import connection  # noqa: PLC0415

    by = _actor()

    def cost() -> float:
        used = 0.0
        for _ in range(count):
            before = spent(connection.connection)
            _move(engagement_id, FORWARD, by=by)
            used += spent(connection.connection) - before
            _move(engagement_id, BACK, by=by)
        return used / count

    return cost


class ByHand:
    """The reference on one engagement: three statements and a commit, over one kept connection."""

    def __init__(self, engagement_id: int) -> None:
        self.connection = psycopg2.connect(os.environ["DATABASE_URL"])
        self.cursor = self.connection.cursor()
        self.cursor.execute(f"SET ROLE {WEB_ROLE}; SET app.staff = 'on'")
        self.cursor.execute(
            "SELECT company_id, status::text, (SELECT max(number) FROM onboarding_event WHERE engagement_id = e.id)"
            " FROM onboarding_engagement e WHERE id = %s",
            [engagement_id],
        )
        self.company_id, self.document, self.number = self.cursor.fetchone()
        self.connection.commit()
        self.engagement_id = engagement_id
        self.by = json.dumps({"kind": "staff", "name": "Priya Patel", "roles": ["specialist"], "user": None})

    def move(self, step: str) -> None:
        self.number += 1
        at, run, here = datetime.now(tz=UTC), self.cursor.execute, (self.company_id, self.engagement_id)
        data = json.dumps({"from": "data_collection", "to": step})
        run(UPDATE, [step, self.document, self.engagement_id])
        run(EVENT, [*here, self.number, "engagement.measured", at, self.by, data, step, "0" * 64, f"{self.number:064}"])
        key = f"{self.engagement_id}:{self.number}"
        run(MAIL, [*here, "engagement.measured", "maria@acme.example", "Step III", "What comes next", key, at, at])
        self.connection.commit()

    def cost(self, count: int) -> float:
        """CPU seconds of one transaction, ours and the server's."""
        before = spent(self.connection)
        for number in range(count):
            self.move("data_collection" if number % 2 else "requirements_review")
        return (spent(self.connection) - before) / count


# --- The rows ---------------------------------------------------------------------------------------------------------


def _one_client(ours: int, theirs: int) -> dict[str, Any]:
    by_hand = ByHand(theirs)
    count = times(10)
    sides = {"ours": _moves_forward(ours, count), "by hand": lambda: by_hand.cost(5 * count)}
    rounds = interleaved(sides, rounds=times(15))
    return row(
        "P5 step move, one client", ratio=ratio(rounds, "by hand", "ours"), goal=">= 0.6",
        ours=1000 * median(rounds, "ours"), reference=1000 * median(rounds, "by hand"), unit="CPU ms",
    )  # fmt: skip


@contextmanager
def _team() -> Iterator[Pool]:
    with multiprocessing.get_context("spawn").Pool(CLIENTS, initializer=_set_up) as pool:
        yield pool


def _set_up() -> None:
    import django  # noqa: PLC0415

    django.setup()


def _four_clients(pool: Pool, ours: list[int], theirs: list[int]) -> dict[str, Any]:
    """Forward and back in turns, each process on an engagement of its own."""
    count = 2 * times(10)
    sides = {
        "ours": lambda: _together(pool, _walk, ours, count),
        "by hand": lambda: _together(pool, _run, theirs, 5 * count),
    }
    rounds = interleaved(sides, rounds=times(9))
    return row(
        "P5 step move, four processes", ratio=ratio(rounds, "by hand", "ours"), goal=">= 0.4",
        ours=1 / median(rounds, "ours"), reference=1 / median(rounds, "by hand"), unit="moves/s",
    )  # fmt: skip


def _together(pool: Pool, work: Callable[[int, int], tuple[float, float]], engagements: list[int], count: int) -> float:
    """Seconds from the first start to the last end, for each of all the moves."""
    spans = pool.starmap(work, [(pk, count) for pk in engagements], chunksize=1)
    return (max(end for _, end in spans) - min(start for start, _ in spans)) / (count * len(engagements))


def _walk(engagement_id: int, count: int) -> tuple[float, float]:
    from onboarding import tenancy  # noqa: PLC0415

    by = _actor()
    with tenancy.acting(staff=True):
        _at_rest(engagement_id)
        started = time.monotonic()
        for number in range(count):
            _move(engagement_id, BACK if number % 2 else FORWARD, by=by)
        return started, time.monotonic()


def _at_rest(engagement_id: int) -> None:
    """The connection is open before the clock starts."""
    from onboarding.models import Engagement  # noqa: PLC0415

    Engagement.objects.get(pk=engagement_id)


def _run(engagement_id: int, count: int) -> tuple[float, float]:
    by_hand = ByHand(engagement_id)
    started = time.monotonic()
    by_hand.cost(count)
    ended = time.monotonic()
    by_hand.connection.close()
    return started, ended


def _crowd(pool: Pool, engagement_id: int) -> dict[str, Any]:
    """Everybody tries to move one engagement at once; what was told to have happened is exactly what happened."""
    from onboarding.models import Engagement, Event, Message  # noqa: PLC0415
    from onboarding.workflow.chain import digest  # noqa: PLC0415

    events = Event.objects.filter(engagement_id=engagement_id)
    before, mails = events.count(), Message.objects.filter(engagement_id=engagement_id).count()
    version = Engagement.objects.get(pk=engagement_id).version
    tries = times(1000, least=CLIENTS) // CLIENTS
    told = pool.starmap(_try, [(engagement_id, tries, seed) for seed in range(CLIENTS)], chunksize=1)
    moved = sum(told)
    engagement = Engagement.objects.get(pk=engagement_id)
    chain = list(events.order_by("number"))
    whole = all(event.hash == digest(event) for event in chain) and all(
        later.previous_hash == earlier.hash and later.number == earlier.number + 1
        for earlier, later in itertools.pairwise(chain)
    )
    counts = [
        len(chain) - before,
        engagement.version - version,
        (Message.objects.filter(engagement_id=engagement_id).count() - mails) // 2,
    ]
    wrong = sum(abs(count - moved) for count in counts) + (not whole)
    return row(
        f"P5 {tries * CLIENTS} contended tries: lost or doubled", ratio=wrong, goal="<= 0", ours=moved,
        reference=counts[0], unit="moves",
    )  # fmt: skip


def _try(engagement_id: int, tries: int, seed: int) -> int:
    """How many of these tries were told that they moved the engagement."""
    from onboarding import errors, tenancy  # noqa: PLC0415

    by, dice, moved = _actor(), random.Random(seed), 0
    with tenancy.acting(staff=True):
        for _ in range(tries):
            try:
                _move(engagement_id, dice.choice([FORWARD, BACK]), by=by)
                moved += 1
            except errors.WrongStep:
                continue
    return moved
