"""The board over the twelve steps, the list of the same query, and its export."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from onboarding.library.solutions import SOLUTIONS, SYSTEM_NAMES
from onboarding.models import Engagement, Specialist
from onboarding.queries import board as query
from onboarding.queries import health
from onboarding.workflow.status import iso
from onboarding.workflow.steps import STEPS
from portal import access
from portal.plain_text import whole_number
from portal.specialist.desk import staff_page
from portal.templatetags.page import days

WHOSE = {"customer": "Customer", "specialist": "Us", "worker": "Workers", "": "Nobody"}
KNOWN = ("mine", "waiting_for", "health", "step", "state", "solution", "go_live", "q")
SYSTEMS = {
    entry.code: f"{SYSTEM_NAMES[entry.crm]} → {SYSTEM_NAMES[entry.finance]}" for entry in SOLUTIONS
}  # fmt: skip
TONES = {"red": "bad", "amber": "warn", "green": "good"}
LEVELS = {"red": "Off track", "amber": "At risk", "green": "On track"}
MONTHS_BACK, MONTHS_AHEAD = 2, 12
COLUMNS = (
    ("Company", "company"),
    ("Step", "step"),
    ("Waits for", "waiting_since"),
    ("Missing", ""),
    ("Go-live", "go_live"),
    ("Health", ""),
    ("Specialist", ""),
)
# A spreadsheet takes a cell that begins like this for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def filters_of(request: HttpRequest) -> query.Filters:
    """The filters as the address says them: a link or a bookmark brings them back."""
    asked, mine = request.GET, request.GET.get("mine", "")
    return query.Filters(
        mine=mine == "1",
        specialist=whole_number(mine[1:]) if mine[:1] == "s" else None,
        waiting_for=asked.get("waiting_for", ""),
        step=asked.get("step", ""),
        state=asked.get("state", ""),
        solution=asked.get("solution", ""),
        health=asked.get("health", ""),
        go_live=asked.get("go_live", ""),
        text=asked.get("q", "")[:100],
    )


def asked_of(request: HttpRequest, **changes: str) -> str:
    """The filters of this address as a query string, with some of them changed."""
    kept = {name: request.GET.get(name, "") for name in KNOWN} | changes
    return urlencode({name: value for name, value in kept.items() if value})


def _address(request: HttpRequest, route: str, **changes: str) -> str:
    asked = asked_of(request, **changes)
    return f"{reverse(route)}?{asked}" if asked else reverse(route)


def _months(today: date) -> list[tuple[str, str]]:
    """Go-live months to choose from: the last two, this one, and a year ahead."""
    numbers = range(today.year * 12 + today.month - 1 - MONTHS_BACK, today.year * 12 + today.month + MONTHS_AHEAD)
    firsts = [date(number // 12, number % 12 + 1, 1) for number in numbers]
    return [("", "Any month"), (query.NO_DATE, "No date yet"),
            *((f"{first:%Y-%m}", date_format(first, "F Y")) for first in firsts)]  # fmt: skip


def _bar(request: HttpRequest, route: str, specialists: list[Specialist]) -> dict[str, Any]:
    options: dict[str, tuple[str, list[tuple[str, str]]]] = {
        "mine": (
            "Whose",
            [("", "Everybody's"), ("1", "Mine"), *((f"s{one.pk}", one.user.name) for one in specialists)],
        ),
        "waiting_for": ("Waiting for", [("", "Anybody"), *((key, WHOSE[key]) for key in list(WHOSE)[:3])]),
        "health": ("Health", [("", "Any"), *LEVELS.items()]),
        "step": ("Step", [("", "All twelve"), *((one.value, f"{one.numeral} {one.title}") for one in STEPS)]),
        "state": ("State", list(query.STATES.items())),
        "solution": ("Systems", [("", "All"), *SYSTEMS.items()]),
        "go_live": ("Go-live", _months(now().date())),
    }
    asked = request.GET
    filters: list[dict[str, Any]] = [
        {"name": name, "label": label, "value": asked.get(name, ""), "options": choices}
        for name, (label, choices) in options.items()
    ]
    applied = [
        {"label": f"{one['label']}: {dict(one['options']).get(one['value'], one['value'])}",
         "url": _address(request, route, **{one["name"]: ""})}
        for one in filters if one["value"]
    ]  # fmt: skip
    if asked.get("q"):
        applied.append({"label": f"Search: {asked['q']}", "url": _address(request, route, q="")})
    views = _views(request, route)
    return {"filters": filters, "applied": applied, "search": asked.get("q", ""), "clear_url": reverse(route),
            "action": reverse(route), "asked": asked_of(request), "route": route,
            "views": views, "is_kept": any(view["is_here"] for view in views), "csv_url": _address(request, "specialist:export"),
            "board_url": _address(request, "specialist:board"),
            "list_url": _address(request, "specialist:list")}  # fmt: skip


def _views(request: HttpRequest, route: str) -> list[dict[str, Any]]:
    """The viewer's saved views as links of this page; the one that is open is marked."""
    here = asked_of(request)
    return [
        {"id": view.pk, "name": view.name, "url": f"{reverse(route)}?{view.asked}", "is_here": view.asked == here}
        for view in query.saved_views(access.viewer_of(request))
    ]


@require_safe
@staff_page
def board(request: HttpRequest) -> HttpResponse:
    """Who waits for whom, since when, and what is missing: all engagements at a glance."""
    found = query.board(access.viewer_of(request), filters_of(request), at=now())
    figures: list[dict[str, Any]] = [{"label": "in this view", "value": found.total}]
    for whose, words in (("specialist", "wait for us"), ("customer", "wait for customers"), ("worker", "with workers")):
        url = _address(request, "specialist:board", waiting_for=whose)
        figures.append({"label": words, "value": found.waiting.get(whose, 0), "url": url})
    if found.levels:
        figures += [
            {"label": LEVELS[level].lower(), "value": found.levels.get(level, 0),
             "url": _address(request, "specialist:board", health=level)}
            for level in health.WORST
        ]  # fmt: skip
    columns = [_column(request, column) for column in found.columns]
    context = {"columns": columns, "figures": figures, "total": found.total}
    return render(request, "specialist/board.html", context | _bar(request, "specialist:board", query.specialists()))


def _column(request: HttpRequest, column: query.Column) -> dict[str, Any]:
    more = column.count - len(column.engagements)
    return {
        "number": column.step.number,
        "title": column.step.title,
        "count": column.count,
        "cards": [card(one) for one in column.engagements],
        "more": more,
        "more_url": _address(request, "specialist:list", step=column.step.value) if more else "",
    }


def card(engagement: Engagement) -> dict[str, Any]:
    """One engagement as the board's card shows it."""
    at = now()
    found = health.of(engagement, at=at, open_incidents=getattr(engagement, "open_incidents", 0))
    missing = engagement.status.get("next") or {}
    return {
        "company": engagement.company.name,
        "url": reverse("specialist:workspace", args=[engagement.reference]),
        "systems": SYSTEMS.get(engagement.solution, "Systems not known yet"),
        "days_in_step": health.days_in_step(engagement, at=at),
        "whose": WHOSE[engagement.waiting_for],
        "since": engagement.waiting_since,
        "unmet": missing.get("title", ""),
        "health": found.level,
        "cause": found.cause,
        "go_live_on": localdate(engagement.went_live_at) if engagement.went_live_at else engagement.go_live_target,
        "slip_days": health.slip_days(engagement, at=at),
    }


@require_safe
@staff_page
def listing(request: HttpRequest) -> HttpResponse:
    """The same engagements as a sortable list, a page at a time."""
    asked = request.GET.get("sort", "waiting_since")
    is_descending, sort = asked.startswith("-"), asked.removeprefix("-")
    if sort not in query.SORTS:
        is_descending, sort = False, "waiting_since"
    found = query.page(access.viewer_of(request), filters_of(request), at=now(), sort=sort,
                       is_descending=is_descending, after=request.GET.get("after", ""))  # fmt: skip
    kept = f"-{sort}" if is_descending else sort
    context = {
        "columns": [_heading(request, title, key, sort, is_descending=is_descending) for title, key in COLUMNS],
        "rows": [_row(one) for one in found.engagements],
        "older_url": _address(request, "specialist:list", sort=kept, after=found.after) if found.after else "",
        "newer_url": _address(request, "specialist:list", sort=kept) if request.GET.get("after") else "",
    }
    return render(request, "specialist/list.html", context | _bar(request, "specialist:list", query.specialists()))


def _heading(request: HttpRequest, title: str, key: str, sort: str, *, is_descending: bool) -> dict[str, str]:
    if not key:
        return {"title": title}
    is_sorted = key == sort
    url = _address(request, "specialist:list", sort=f"-{key}" if is_sorted and not is_descending else key)
    return {"title": title, "sort_url": url,
            "sorted": ("descending" if is_descending else "ascending") if is_sorted else ""}  # fmt: skip


def _row(engagement: Engagement) -> list[dict[str, Any]]:
    shown = card(engagement)
    step = engagement.at_step
    waited = (now() - engagement.waiting_since).days if engagement.waiting_since else 0
    return [
        {"value": shown["company"], "url": shown["url"], "note": f"{engagement.reference} · {shown['systems']}"},
        {"value": f"{step.numeral} {step.title}", "note": f"for {days(shown['days_in_step'])}"},
        {"value": shown["whose"], "note": f"for {days(waited)}" if engagement.waiting_since else ""},
        {"value": shown["unmet"] or "–"},
        {
            "value": date_format(shown["go_live_on"], "j M Y") if shown["go_live_on"] else "–",
            "note": f"+{days(shown['slip_days'])}" if shown["slip_days"] else "",
        },
        {"value": LEVELS[shown["health"]], "tone": TONES[shown["health"]], "note": shown["cause"]},
        {"value": engagement.specialist.user.name if engagement.specialist else "Nobody yet"},
    ]


@require_safe
@staff_page
def export(request: HttpRequest) -> HttpResponse:
    """The same engagements as CSV."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="engagements.csv"'
    writer = csv.writer(response)
    writer.writerow(["reference", "company", "solution", "step", "state", "waiting_for", "waiting_since", "missing",
                     "go_live_target", "went_live_at", "health", "cause", "specialist"])  # fmt: skip
    for engagement in query.export(access.viewer_of(request), filters_of(request), at=now()):
        writer.writerow([_cell(value) for value in _line(engagement)])
    return response


def _line(engagement: Engagement) -> list[Any]:
    shown = card(engagement)
    return [
        engagement.reference,
        shown["company"],
        engagement.solution,
        engagement.at_step.numeral,
        engagement.state,
        engagement.waiting_for,
        iso(engagement.waiting_since),
        shown["unmet"],
        engagement.go_live_target,
        iso(engagement.went_live_at),
        shown["health"],
        shown["cause"],
        engagement.specialist.user.name if engagement.specialist else "",
    ]


def _cell(value: Any) -> str:
    """Text that a spreadsheet shows and never runs."""
    words = "" if value is None else str(value)
    return f"'{words}" if words.startswith(FORMULA) else words
