"""One entry of our bank's statement: what it may pay, and the decision; and the payments a second person looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from onboarding.actions import bank_statements
from onboarding.models import BankEntry, Invoice, Payment
from onboarding.queries import bank_entries as query
from onboarding.queries import bank_matches
from portal import access, pages
from portal.specialist import bank, fields, payments
from portal.specialist.desk import Act, Desk, Given, on_row, staff_page
from portal.specialist.places import url_of

SHOWN = 50


class RecordForm(forms.Form):
    """The invoice as it was suggested on the page: another one by now is not recorded unseen."""

    entry_id = fields.row_id()
    suggested = fields.hidden()


class ChooseForm(forms.Form):
    entry_id = fields.row_id()
    invoice_number = fields.line("Invoice number", longest=40, hint="Like INV-2026-0001, or its RF reference.")


class DismissForm(forms.Form):
    entry_id = fields.row_id()
    note = fields.line("What is it?", longest=300, hint="Why it pays no invoice, or where it goes.")


class ReopenForm(forms.Form):
    entry_id = fields.row_id()


def _record(given: Given) -> object:
    values = given.values
    return bank_statements.record(
        values["entry_id"], invoice_number=values["suggested"], by=given.by, at=given.at
    )  # fmt: skip


ACTS = {
    "record": Act(button="Record it", done="Recorded.", form=RecordForm, roles=bank_statements.FINANCE, call=_record),
    "choose": Act(button="Record it for this invoice", done="Recorded.", form=ChooseForm, roles=bank_statements.FINANCE,
                  kind="secondary", call=on_row(bank_statements.record, "entry_id")),
    "dismiss": Act(button="Put it aside", done="Put aside.", form=DismissForm, roles=bank_statements.FINANCE,
                   kind="secondary", call=on_row(bank_statements.dismiss, "entry_id")),
    "reopen": Act(button="Open it again", done="It waits for a decision again.", form=ReopenForm, kind="secondary",
                  roles=bank_statements.FINANCE, call=on_row(bank_statements.reopen, "entry_id")),
}  # fmt: skip
SECOND = {name: payments.ACTS[name] for name in ("confirm_payment", "reject_payment")}


class Counter(Desk):
    """A work page of finance, about no single engagement."""

    def _is_open_for(self, act: Act) -> bool:
        return True

    def _ours(self, changed: object) -> object:
        return changed


def _serve(
    request: HttpRequest, template: str, acts: Mapping[str, Act], context: Callable[[Counter], dict[str, Any]]
) -> HttpResponse:
    desk = Counter(request, None, acts)
    if request.method == "POST" and desk.take():
        return redirect(request.path)
    return pages.show(request, template, context(desk), form=desk.posted)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """What came in, what it may pay and why, and what would follow."""
    viewer = access.require(request, *query.READERS)
    one = query.entry(viewer, entry_id)
    if one is None or (request.method == "POST" and request.POST.get("entry_id", str(entry_id)) != str(entry_id)):
        raise Http404
    return _serve(request, "specialist/bank_entry.html", ACTS, lambda desk: _context(desk, viewer, entry_id))


def _context(desk: Counter, viewer: Any, entry_id: int) -> dict[str, Any]:
    one = query.entry(viewer, entry_id)
    if one is None:
        raise Http404
    payment = Payment.objects.filter(pk=one.payment_id).first() if one.payment_id else None
    is_waiting = payment is not None and payment.state == Payment.State.PROPOSED
    words, tone = bank.state_of(one, is_waiting=is_waiting)
    following = query.next_to_decide(viewer, one)
    return {
        "entry": one,
        "payment": payment,
        "state": words,
        "tone": tone,
        "twins": [{"entry": twin, "url": reverse("specialist:bank_entry", args=[twin.pk])} for twin in
                  query.twins(viewer, one)],
        "next_url": reverse("specialist:bank_entry", args=[following.pk]) if following else "",
        **_invoice(one),
        **_acts(desk, one),
    }  # fmt: skip


def _invoice(one: BankEntry) -> dict[str, Any]:
    invoice = bank_matches.invoice_of(one)
    if invoice is None:
        return {"invoice": None}
    is_open = one.state == BankEntry.State.SUGGESTED
    return {
        "invoice": invoice,
        "invoice_url": url_of("invoice", invoice.engagement.reference),
        "outcome": bank_matches.outcome(one, invoice) if is_open else None,
    }


def _acts(desk: Counter, one: BankEntry) -> dict[str, Any]:
    about = {"entry_id": one.pk}
    if one.state == BankEntry.State.DISMISSED:
        return {"reopen": desk.form("reopen", initial=about)}
    if one.state == BankEntry.State.RECORDED:
        return {}
    found = bank_matches.invoice_of(one)
    can_record = found is not None and not bank_matches.outcome(one, found).is_refused
    return {
        "record": desk.form("record", initial=about | {"suggested": one.invoice_number}) if can_record else None,
        "choose": desk.form("choose", initial=about),
        "dismiss": desk.form("dismiss", initial=about),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def second(request: HttpRequest) -> HttpResponse:
    """Payments and refunds that count once another person has seen the money too."""
    viewer = access.require(request, *query.READERS)

    def context(desk: Counter) -> dict[str, Any]:
        found = list(query.proposed(viewer)[: SHOWN + 1])
        sources = query.sources(viewer, [one.pk for one in found])
        lines = [_line(desk, one, sources.get(one.pk)) for one in found[:SHOWN]]
        return {"lines": lines, "has_more": len(found) > SHOWN}

    return _serve(request, "specialist/bank_second.html", SECOND, context)


def _line(desk: Counter, payment: Payment, source: BankEntry | None) -> dict[str, Any]:
    viewer, invoice = access.viewer_of(desk.request), payment.invoice
    is_own, about = viewer.user_id == payment.recorded_by_user, {"payment_id": payment.pk}
    return {
        "payment": payment,
        "invoice": invoice,
        "is_void": invoice.state == Invoice.State.VOID,
        "url": url_of("invoice", invoice.engagement.reference),
        "entry": source,
        "entry_url": reverse("specialist:bank_entry", args=[source.pk]) if source else "",
        "is_own": is_own,
        "confirm": None if is_own else desk.form("confirm_payment", initial=about),
        "reject": None if is_own else desk.form("reject_payment", initial=about),
    }
