"""The specialists' board, its list and its export: one filtered query, read in three ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, DateField, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber

from onboarding.actors import Actor
from onboarding.models import Company, Engagement, SavedView, Specialist
from onboarding.queries import health
from onboarding.workflow.steps import STEPS, Step

CARDS_A_STEP = 20
ROWS_A_PAGE = 25
# Health is judged row by row; the board counts it unasked only up to so many, and leaves the figure out beyond.
JUDGED_UNASKED = 1000
NO_DATE = "none"
STATES = {
    "": "All but cancelled",
    "active": "Active",
    "on_hold": "On hold",
    "pending": "Registration to accept",
    "live": "Live",
    "cancelled": "Cancelled",
}
SORTS = ("company", "step", "waiting_since", "go_live", "reference")
LAST_DAY, LAST_MOMENT = date(9999, 12, 31), datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What is asked for; unknown values find nothing rather than everything."""

    mine: bool = False
    specialist: int | None = None
    waiting_for: str = ""
    step: str = ""
    state: str = ""
    solution: str = ""
    health: str = ""  # a level of queries/health.py
    go_live: str = ""  # a month like 2027-01, or NO_DATE
    text: str = ""


@dataclass(frozen=True)
class Column:
    """One step of the board: how many stand there, and the first of them."""

    step: Step
    count: int
    engagements: list[Engagement]


@dataclass(frozen=True)
class Board:
    """The columns, and the counts by whose turn it is, all of the same query."""

    columns: list[Column]
    total: int
    waiting: dict[str, int]
    levels: dict[str, int] = field(default_factory=dict)  # by health; empty when there are too many to judge


def rows(viewer: Actor, filters: Filters, *, at: datetime) -> QuerySet[Engagement]:
    """The engagements that match, with what cards and rows show; no order yet.

    A level of health is asked of the rule itself, row by row, so that the filter and the cards can't disagree (one
    query more).
    """
    found = _matching(viewer, filters)
    if not filters.health:
        return found
    return found.filter(pk__in=[pk for pk, level in _judged(found, at=at) if level == filters.health])


def _judged(found: QuerySet[Engagement], *, at: datetime) -> Iterator[tuple[int, str]]:
    light = _with_incidents(found.select_related(None)).only(*health.READS)
    for one in light.iterator(chunk_size=500):
        yield one.pk, health.of(one, at=at, open_incidents=one.open_incidents).level  # type: ignore[attr-defined]


def _matching(viewer: Actor, filters: Filters) -> QuerySet[Engagement]:
    found = Engagement.objects.visible_to(viewer).select_related("company", "specialist__user")
    found = found.filter(_state(filters.state))
    if filters.mine and viewer.user_id:
        found = found.filter(specialist__user_id=viewer.user_id)
    if filters.specialist:
        found = found.filter(specialist_id=filters.specialist)
    for name in ("waiting_for", "step", "solution"):
        if value := getattr(filters, name):
            found = found.filter(**{name: value})
    if filters.go_live:
        found = found.filter(_goes_live(filters.go_live))
    for word in filters.text.split():
        found = found.filter(_says(word))
    return found


def _state(state: str) -> Q:
    return {
        "": Q(cancelled_at=None),
        "active": Q(cancelled_at=None, held_at=None),
        "on_hold": Q(cancelled_at=None, held_at__isnull=False),
        "pending": Q(cancelled_at=None, company__state=Company.State.PENDING),
        "live": Q(cancelled_at=None, went_live_at__isnull=False),
        "cancelled": Q(cancelled_at__isnull=False),
    }.get(state, Q(pk=None))


def _goes_live(month: str) -> Q:
    """Went live in this month, or is to: the day the cards show."""
    if month == NO_DATE:
        return Q(went_live_at=None, go_live_target=None)
    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
        beyond = (first + timedelta(days=31)).replace(day=1)
    except (ValueError, OverflowError):
        return Q(pk=None)
    return Q(went_live_at__gte=first, went_live_at__lt=beyond) | Q(
        went_live_at=None, go_live_target__gte=first.date(), go_live_target__lt=beyond.date()
    )


def _says(word: str) -> Q:
    return (
        Q(company__name__icontains=word)
        | Q(company__legal_name__icontains=word)
        | Q(reference__icontains=word)
        | Q(specialist__user__name__icontains=word)
    )


def _with_incidents(found: QuerySet[Engagement]) -> QuerySet[Engagement]:
    return found.annotate(open_incidents=Count("incidents", filter=Q(incidents__closed_at=None)))


def board(viewer: Actor, filters: Filters, *, at: datetime) -> Board:
    """Twelve columns, each with its count and the longest waiting first (three queries)."""
    found = rows(viewer, filters, at=at)
    counted = list(found.order_by().values("step", "waiting_for").annotate(count=Count("pk")))
    place = Window(RowNumber(), partition_by=F("step"), order_by=[F("waiting_since").asc(nulls_last=True), F("pk")])
    chosen = found.annotate(place=place).filter(place__lte=CARDS_A_STEP).values("pk")
    first = _with_incidents(Engagement.objects.filter(pk__in=chosen)).select_related("company", "specialist__user")
    cards = list(first.order_by(F("waiting_since").asc(nulls_last=True), "pk"))
    waiting: dict[str, int] = {}
    for one in counted:
        waiting[one["waiting_for"]] = waiting.get(one["waiting_for"], 0) + one["count"]
    columns = [
        Column(
            step,
            sum(one["count"] for one in counted if one["step"] == step.value),
            [card for card in cards if card.step == step.value],
        )
        for step in STEPS
    ]
    total = sum(waiting.values())
    return Board(columns, total, waiting, _levels(found, filters.health, total, at=at))


def _levels(found: QuerySet[Engagement], asked: str, total: int, *, at: datetime) -> dict[str, int]:
    if asked:
        return {asked: total}
    return Counter(level for _, level in _judged(found, at=at)) if total <= JUDGED_UNASKED else {}


@dataclass(frozen=True)
class Page:
    """One page of the list; `after` opens the next, empty on the last."""

    engagements: list[Engagement]
    after: str


def page(
    viewer: Actor, filters: Filters, *, at: datetime, sort: str, is_descending: bool = False, after: str = ""
) -> Page:
    """One page of the list by keyset: it starts after the row named by `after`, however many came or went (one query).

    A value of `after` that this list did not make starts from the beginning.
    """
    found = _sorted(_with_incidents(rows(viewer, filters, at=at)), sort, is_descending=is_descending)
    if position := _position(after, sort):
        key, pk = position
        beyond = "lt" if is_descending else "gt"
        found = found.filter(Q(**{f"key__{beyond}": key}) | Q(key=key, **{f"pk__{beyond}": pk}))
    shown = list(found[: ROWS_A_PAGE + 1])
    if len(shown) <= ROWS_A_PAGE:
        return Page(shown, "")
    return Page(shown[:ROWS_A_PAGE], _named(shown[ROWS_A_PAGE - 1]))


def _sorted(found: QuerySet[Engagement], sort: str, *, is_descending: bool) -> QuerySet[Engagement]:
    keys: dict[str, Any] = {
        "company": F("company__name"),
        "step": Case(*[When(step=step.value, then=Value(step.number)) for step in STEPS]),
        "waiting_since": Coalesce("waiting_since", Value(LAST_MOMENT)),
        "go_live": Coalesce("go_live_target", Value(LAST_DAY), output_field=DateField()),
        "reference": F("reference"),
    }
    minus = "-" if is_descending else ""
    return found.annotate(key=keys[sort]).order_by(f"{minus}key", f"{minus}pk")


def _named(last: Any) -> str:
    key = last.key
    return f"{last.pk}~{key.isoformat() if isinstance(key, date) else key}"


def _position(after: str, sort: str) -> tuple[Any, int] | None:
    pk, _, key = after.partition("~")
    if not pk.isdigit() or not key:
        return None
    try:
        if sort == "waiting_since":
            return datetime.fromisoformat(key), int(pk)
        if sort == "go_live":
            return date.fromisoformat(key), int(pk)
        return (int(key) if sort == "step" else key), int(pk)
    except ValueError:
        return None


def export(viewer: Actor, filters: Filters, *, at: datetime) -> Iterator[Engagement]:
    """Every match in the order of its reference, for the CSV export (one query, read in pieces)."""
    return _with_incidents(rows(viewer, filters, at=at)).order_by("reference").iterator(chunk_size=500)


def specialists() -> list[Specialist]:
    """Those an engagement can be given to, by name (one query)."""
    known = Specialist.objects.select_related("user").filter(removed_at=None, role__in=("specialist", "lead"))
    return list(known.order_by("user__name"))


def saved_views(viewer: Actor) -> list[SavedView]:
    """The viewer's own named filters, by name (one query)."""
    return list(SavedView.objects.filter(user_id=viewer.user_id or 0))
