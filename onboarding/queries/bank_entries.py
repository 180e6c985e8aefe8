"""Our bank's statements and their entries, as finance reads them; and every payment that waits for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db.models import Count, Q, QuerySet, Sum

from onboarding.actors import Actor, Role
from onboarding.models import BankEntry, BankStatement, Payment

READERS = frozenset({Role.FINANCE, Role.LEAD, Role.AUDITOR})
ROWS_A_PAGE = 25
WAITS = "waits"
MOST = 10**12  # no amount of a statement is larger
STATES = {
    "": "To decide",
    BankEntry.State.OPEN.value: "No invoice found",
    BankEntry.State.SUGGESTED.value: "Invoice found",
    WAITS: "Waits for a second person",
    BankEntry.State.RECORDED.value: "Recorded",
    BankEntry.State.DISMISSED.value: "Not for an invoice",
    "all": "All",
}
TO_DECIDE = Q(state__in=[BankEntry.State.OPEN, BankEntry.State.SUGGESTED])


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What is asked for; unknown values find nothing rather than everything."""

    state: str = ""
    statement: int | None = None
    text: str = ""


def rows(viewer: Actor, filters: Filters) -> QuerySet[BankEntry]:
    """The entries that match, the newest day first."""
    if not (viewer.is_staff and viewer.has(*READERS)):
        return BankEntry.objects.none()
    found = BankEntry.objects.filter(_state(filters.state)).order_by("-booked_on", "-pk")
    if filters.statement is not None:
        found = found.filter(statement_id=filters.statement)
    for word in filters.text.split():
        found = found.filter(_says(word))
    return found


def _state(state: str) -> Q:
    if state == WAITS:
        return Q(payment_id__in=_proposed().values("pk"))
    known = {"": TO_DECIDE, "all": Q()} | {one: Q(state=one) for one in BankEntry.State.values}
    return known.get(state, Q(pk=None))


def _says(word: str) -> Q:
    found = Q(payer__icontains=word) | Q(remittance__icontains=word) | Q(bank_reference__icontains=word)
    found |= Q(invoice_number__icontains=word)
    try:
        amount = Decimal(word.replace(",", ""))
    except InvalidOperation:
        return found
    return found | Q(amount=amount) if amount.is_finite() and -MOST < amount < MOST else found


@dataclass(frozen=True)
class Page:
    """One page of entries; `after` opens the next, empty on the last. `waiting` are those a second person looks at."""

    entries: list[BankEntry]
    waiting: set[int]
    after: str


def page(viewer: Actor, filters: Filters, *, after: str = "") -> Page:
    """One page by keyset: it starts after the entry named by `after`, however many came or went (two queries)."""
    found = rows(viewer, filters)
    if position := _position(after):
        day, pk = position
        found = found.filter(Q(booked_on__lt=day) | Q(booked_on=day, pk__lt=pk))
    shown = list(found[: ROWS_A_PAGE + 1])
    last = shown[ROWS_A_PAGE - 1] if len(shown) > ROWS_A_PAGE else None
    shown = shown[:ROWS_A_PAGE]
    ids = [one.payment_id for one in shown if one.payment_id]
    waiting = set(_proposed().filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return Page(shown, {one.pk for one in shown if one.payment_id in waiting},
                f"{last.booked_on:%Y-%m-%d}~{last.pk}" if last else "")  # fmt: skip


def _position(after: str) -> tuple[date, int] | None:
    day, _, pk = after.partition("~")
    if not (pk.isascii() and pk.isdigit()) or len(pk) > 18:
        return None
    try:
        return date.fromisoformat(day), int(pk)
    except ValueError:
        return None


@dataclass(frozen=True)
class Tally:
    """How many entries and payments wait for whom."""

    open: int
    suggested: int
    second: int


def tally(viewer: Actor) -> Tally:
    """Counts of what waits, over all statements (two queries)."""
    everything = rows(viewer, Filters(state="all")).order_by()
    states = dict(everything.values_list("state").annotate(count=Count("pk")))
    return Tally(states.get("open", 0), states.get("suggested", 0), proposed(viewer).count())


def proposed(viewer: Actor) -> QuerySet[Payment]:
    """Payments and refunds that count once a second person confirmed them, the oldest first."""
    known = Payment.objects.visible_to(viewer).filter(state=Payment.State.PROPOSED)
    return known.select_related("invoice__engagement__company").order_by("recorded_at", "pk")


def sources(viewer: Actor, payment_ids: list[int]) -> dict[int, BankEntry]:
    """The entries these payments were recorded from, by payment (one query)."""
    found = rows(viewer, Filters(state="all")).filter(payment_id__in=payment_ids)
    return {one.payment_id: one for one in found if one.payment_id}


def _proposed() -> QuerySet[Payment]:
    return Payment.objects.filter(state=Payment.State.PROPOSED)


@dataclass(frozen=True)
class Statements:
    """One page of statements, each with its credits counted and summed; `after` opens the next."""

    statements: Sequence[BankStatement]
    after: str


def statements(viewer: Actor, *, after: str = "") -> Statements:
    """Statements, the latest taken in first, a page at a time (one query)."""
    if not (viewer.is_staff and viewer.has(*READERS)):
        return Statements([], "")
    counted = BankStatement.objects.annotate(
        count=Count("entries"), left=Count("entries", filter=Q(entries__state__in=["open", "suggested"]))
    )
    found = counted.order_by("-pk")
    if after.isascii() and after.isdigit() and len(after) <= 18:
        found = found.filter(pk__lt=int(after))
    shown = list(found[: ROWS_A_PAGE + 1])
    if len(shown) <= ROWS_A_PAGE:
        return Statements(shown, "")
    return Statements(shown[:ROWS_A_PAGE], str(shown[ROWS_A_PAGE - 1].pk))


def recent(viewer: Actor) -> Sequence[BankStatement]:
    """The statements to choose from in a filter, the latest first (one query)."""
    return statements(viewer).statements


def entry(viewer: Actor, entry_id: int) -> BankEntry | None:
    """One entry with its statement; None when there is none for this viewer."""
    try:
        return rows(viewer, Filters(state="all")).select_related("statement").filter(pk=entry_id).first()
    except OverflowError:
        return None


def twins(viewer: Actor, one: BankEntry) -> list[BankEntry]:
    """Credits of the same day, amount and currency under another reference: perhaps the same, in another form of file."""
    same = rows(viewer, Filters(state="all")).filter(
        booked_on=one.booked_on, amount=one.amount, currency=one.currency, account=one.account
    )
    return list(same.exclude(pk=one.pk).exclude(statement=one.statement)[:5])


def next_to_decide(viewer: Actor, one: BankEntry) -> BankEntry | None:
    """The next entry that waits for a decision, down the list and then from its top."""
    waiting = rows(viewer, Filters()).exclude(pk=one.pk)
    below = waiting.filter(Q(booked_on__lt=one.booked_on) | Q(booked_on=one.booked_on, pk__lt=one.pk))
    return below.first() or waiting.first()


def total(viewer: Actor, filters: Filters) -> dict[str, Decimal]:
    """What the matching entries sum up to, by currency (one query)."""
    found = rows(viewer, filters).order_by()
    return dict(found.values_list("currency").annotate(sum=Sum("amount")).order_by("currency"))
