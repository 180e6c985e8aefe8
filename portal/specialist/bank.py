"""Our bank's statements: taken in as files, listed, and their entries with the filters of the address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from onboarding.actions import bank_statements
from onboarding.inspection import bank
from onboarding.models import BankEntry, BankStatement
from onboarding.queries import bank_entries as query
from portal import access, pages, uploads
from portal.plain_text import whole_number
from portal.specialist.desk import staff_page
from portal.templatetags.page import money

KNOWN = ("state", "statement", "q")
COLUMNS = [{"title": "From"}, {"title": "Booked"}, {"title": "Amount", "is_number": True}, {"title": "State"}]
FILE_COLUMNS = [
    {"title": "File"}, {"title": "Period"}, {"title": "Account"}, {"title": "Credits", "is_number": True},
    {"title": "Left out"}, {"title": "Taken in"},
]  # fmt: skip
TONES = {BankEntry.State.OPEN: "warn", BankEntry.State.SUGGESTED: "info", BankEntry.State.RECORDED: "good",
         BankEntry.State.DISMISSED: "none"}  # fmt: skip
LEFT_OUT = {bank.DEBITS: ("debit", "debits"), bank.REVERSALS: ("reversal", "reversals"),
            bank.PENDING: ("not booked yet", "not booked yet"), bank.EMPTY: ("of nothing", "of nothing")}  # fmt: skip
SHOWN_TEXT = 80


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Statement",
        help_text="camt.053 (XML) or CSV, up to 10 MB. Only booked credits are taken in; the same file or entry twice is "
        "once.",
        widget=forms.FileInput(attrs={"accept": ".xml,.csv,.txt"}),
    )


def filters_of(request: HttpRequest) -> query.Filters:
    """The filters as the address says them."""
    asked = request.GET
    statement = asked.get("statement", "")
    return query.Filters(
        state=asked.get("state", ""), text=asked.get("q", "")[:100],
        statement=(whole_number(statement) or 0) if statement else None,
    )  # fmt: skip


def _address(request: HttpRequest, **changes: str) -> str:
    kept = {name: request.GET.get(name, "") for name in KNOWN} | changes
    asked = urlencode({name: value for name, value in kept.items() if value})
    url = reverse("specialist:bank")
    return f"{url}?{asked}" if asked else url


@require_safe
@staff_page
def entries(request: HttpRequest) -> HttpResponse:
    """What came in on our account, and what waits for a decision."""
    viewer = access.require(request, *query.READERS)
    filters = filters_of(request)
    found = query.page(viewer, filters, after=request.GET.get("after", ""))
    context = {
        "columns": COLUMNS,
        "rows": [_row(one, is_waiting=one.pk in found.waiting) for one in found.entries],
        "older_url": _address(request, after=found.after) if found.after else "",
        "newer_url": _address(request) if request.GET.get("after") else "",
        "totals": [money(amount, code) for code, amount in query.total(viewer, filters).items()],
        "figures": _figures(query.tally(viewer)),
        "has_statements": BankStatement.objects.exists(),
        **_bar(request, viewer),
    }
    return render(request, "specialist/bank.html", context)


def _figures(tally: query.Tally) -> list[dict[str, Any]]:
    url = reverse("specialist:bank")
    return [
        {"label": "invoice found", "value": tally.suggested, "url": f"{url}?state=suggested"},
        {"label": "no invoice found", "value": tally.open, "url": f"{url}?state=open"},
        {"label": "wait for a second person", "value": tally.second, "url": reverse("specialist:bank_second")},
    ]


def _bar(request: HttpRequest, viewer: Any) -> dict[str, Any]:
    files = [("", "Every file"), *((str(one.pk), one.file_name) for one in query.recent(viewer))]
    options: dict[str, tuple[str, list[tuple[str, str]]]] = {
        "state": ("State", list(query.STATES.items())), "statement": ("File", files),
    }  # fmt: skip
    bar: list[dict[str, Any]] = [
        {"name": name, "label": label, "value": request.GET.get(name, ""), "options": choices}
        for name, (label, choices) in options.items()
    ]
    applied = [
        {"label": f"{one['label']}: {dict(one['options']).get(one['value'], one['value'])}",
         "url": _address(request, **{one["name"]: ""})}
        for one in bar if one["value"]
    ]  # fmt: skip
    if text := request.GET.get("q", ""):
        applied.append({"label": f"Search: {text}", "url": _address(request, q="")})
    return {"filters": bar, "applied": applied, "search": text, "action": reverse("specialist:bank"),
            "clear_url": reverse("specialist:bank")}  # fmt: skip


def state_of(entry: BankEntry, *, is_waiting: bool) -> tuple[str, str]:
    """How an entry stands, in words, and the tone of it."""
    if is_waiting:
        return "waits for a second person", "warn"
    return entry.get_state_display(), TONES[BankEntry.State(entry.state)]


def _row(entry: BankEntry, *, is_waiting: bool) -> list[dict[str, Any]]:
    words, tone = state_of(entry, is_waiting=is_waiting)
    text = entry.remittance
    short = f"{text[:SHOWN_TEXT].rstrip()}…" if len(text) > SHOWN_TEXT else text
    return [
        {"value": entry.payer or "No name", "url": reverse("specialist:bank_entry", args=[entry.pk]), "note": short},
        {"value": date_format(entry.booked_on, "j M Y").replace(" ", "\u00a0")},
        {"value": money(entry.amount, entry.currency)},
        {"value": words, "tone": tone, "note": entry.invoice_number},
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def statements(request: HttpRequest) -> HttpResponse:
    """The files taken in, and the form to take in another."""
    viewer = access.require(request, *query.READERS)
    setattr(request, uploads.LIMIT, bank.MOST_BYTES)
    form = UploadForm(pages.posted(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and (done := _take_in(request, form)):
        messages.success(request, told(done))
        asked = {"statement": done.statement.pk} | ({"state": "all"} if not done.new else {})
        return redirect(f"{reverse('specialist:bank')}?{urlencode(asked)}")
    found = query.statements(viewer, after=request.GET.get("after", ""))
    url = reverse("specialist:bank_statements")
    context = {
        "columns": FILE_COLUMNS,
        "rows": [_file(one) for one in found.statements],
        "older_url": f"{url}?{urlencode({'after': found.after})}" if found.after else "",
        "newer_url": url if request.GET.get("after") else "",
        "may_take_in": viewer.has(*bank_statements.FINANCE),
    }
    return pages.show(request, "specialist/bank_statements.html", context, form=form)


def _take_in(request: HttpRequest, form: UploadForm) -> bank_statements.TakenIn | None:
    if pages.refused_upload(request, form) or not form.is_valid():
        return None
    upload, viewer = form.cleaned_data["file"], access.viewer_of(request)
    call = lambda: bank_statements.take_in(upload=upload, by=viewer, at=now())  # noqa: E731 - one call for attempt()
    done: bank_statements.TakenIn | None = pages.attempt(request, call, form=form)
    return done


def told(done: bank_statements.TakenIn) -> str:
    """What taking the file in did, for the person who sent it."""
    if done.is_repeat:
        return f"This file was taken in before, by {done.statement.imported_by}: nothing was added."
    parts = [f"{done.new} new credit{'' if done.new == 1 else 's'}"]
    if done.known:
        parts.append(f"{done.known} {'was' if done.known == 1 else 'were'} here already")
    if left_out := left_out_words(done.statement):
        parts.append(f"left out: {left_out}")
    return f"{done.statement.file_name}: {'; '.join(parts)}."


def left_out_words(statement: BankStatement) -> str:
    """How much of the file was left out, by kind."""
    return ", ".join(f"{count} {LEFT_OUT[kind][count != 1]}" for kind, count in statement.left_out.items())


def _file(statement: Any) -> list[dict[str, Any]]:
    url = f"{reverse('specialist:bank')}?{urlencode({'statement': statement.pk, 'state': 'all'})}"
    days = [date_format(one, "j M Y") for one in (statement.from_on, statement.to_on) if one]
    is_ours = statement.account == bank_statements.our_account()
    return [
        {"value": statement.file_name, "url": url, "note": "camt.053" if statement.form == "camt.053" else "CSV"},
        {"value": " – ".join(dict.fromkeys(days)) or "–"},
        {"value": statement.account or "–", "note": "" if is_ours else "not the account on our invoices"},
        {"value": statement.count, "note": f"{statement.left} to decide" if statement.left else ""},
        {"value": left_out_words(statement) or "nothing"},
        {"value": date_format(statement.imported_at, "j M Y"), "note": statement.imported_by},
    ]
