"""The invoice: its lines while a draft, issued under its number, payments, void with its credit note, statements."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from onboarding.actions import invoices, statements
from onboarding.actors import SPECIALISTS, Role
from onboarding.library import dunning, prices
from onboarding.models import CreditNote, Document, Engagement, Invoice
from onboarding.models.invoices import TaxCategory
from portal import files
from portal.specialist import doors, fields, payments
from portal.specialist.desk import Act, Desk, EngagementForm, engagement_page, on_engagement, on_row, serve

ISSUERS = SPECIALISTS | {Role.FINANCE}
SPARE_LINES = 2
PARTS = {"description": "What for", "quantity": "Quantity", "unit": "Unit", "unit_price": "Unit price"}
UNITS = list(prices.UNITS.items())
CATEGORIES = [(code, words.capitalize()) for code, words in TaxCategory.choices]
TONES = {Invoice.State.PAID: "good", Invoice.State.OVERDUE: "bad", Invoice.State.DRAFT: "info"}
# On the form alone; everything else on it is the action's own.
TERMS = ("tax_category", "tax_rate", "tax_note", "discount", "discount_reason", "terms_days")


class LinesForm(EngagementForm):
    """`lines-<n>-description`, `-quantity`, `-unit` and `-unit_price`; an empty description drops the line."""

    invoice_id = fields.row_id()
    discount = forms.DecimalField(
        label="Discount", required=False, min_value=0, decimal_places=2, max_digits=12,
        help_text="Taken off the sum of the lines, before tax.",
    )  # fmt: skip
    discount_reason = fields.line("What the discount is for", required=False, longest=100)
    tax_category = fields.choice("How this sale is taxed", CATEGORIES, required=False)
    tax_rate = forms.DecimalField(label="Tax in percent", min_value=0, max_value=100, decimal_places=2)
    tax_note = fields.line(
        "Note on tax", required=False, longest=300, hint="Printed on the invoice. Needed where no tax is charged."
    )
    terms_days = forms.IntegerField(
        label="Days to pay", required=False, min_value=0, max_value=invoices.LONGEST_TERMS,
        help_text="From the day it is issued.",
    )  # fmt: skip

    def prepare(self, engagement: Engagement) -> None:
        draft = engagement.invoices.filter(state=Invoice.State.DRAFT).first()
        lines = list(draft.lines.all()) if draft else []
        self.count = len(lines) + SPARE_LINES
        for number in range(self.count):
            line = lines[number] if number < len(lines) else None
            for part, title in PARTS.items():
                initial = getattr(line, part) if line else None
                self.fields[f"lines-{number}-{part}"] = fields.in_row(
                    _cell(part), f"{title}, line {number + 1}", initial
                )

    @property
    def rows(self) -> list[list[tuple[str, forms.BoundField]]]:
        """The fields line by line with their column's title, for the page."""
        return [
            [(title, self[f"lines-{number}-{part}"]) for part, title in PARTS.items()] for number in range(self.count)
        ]

    @property
    def terms(self) -> list[forms.BoundField]:
        """Discount, tax and days to pay, below the lines."""
        return [self[name] for name in ("discount", "discount_reason", *TERMS[:3], "terms_days")]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        lines = [{part: values.get(f"lines-{number}-{part}") for part in PARTS} for number in range(self.count)]
        given = {name: values[name] for name in ("invoice_id", *TERMS) if values.get(name) is not None}
        return given | {"lines": [line for line in lines if line["description"]]}


def _cell(part: str) -> forms.Field:
    if part == "description":
        return fields.line("", longest=300)
    return fields.choice("", UNITS) if part == "unit" else forms.DecimalField()


class IssueForm(forms.Form):
    invoice_id = fields.row_id()


class VoidForm(forms.Form):
    invoice_id = fields.row_id()
    reason = fields.line("Why is it void?", longest=500)


ACTS = {
    "change_lines": Act(button="Save the draft", done="Saved.", form=LinesForm, kind="secondary", roles=ISSUERS,
                        call=on_row(invoices.change, "invoice_id")),
    "issue": Act(button="Issue the invoice", done="Issued under its number. The document is being made.",
                 form=IssueForm, roles=ISSUERS, call=on_row(invoices.issue, "invoice_id")),
    "void": Act(button="Void the invoice", done="Void.", form=VoidForm, kind="danger secondary", roles=payments.TELLERS,
                call=on_row(invoices.void, "invoice_id")),
    "draft_again": Act(button="Draft it anew", done="Drafted.", kind="secondary", steps=invoices.ISSUING,
                       roles=ISSUERS, call=on_engagement(invoices.draft_again)),
    "order_statement": Act(button="Make a statement of account", done="The statement is being made.", kind="secondary",
                           roles=ISSUERS, is_always=True, call=on_engagement(statements.order)),
    **payments.ACTS,
    **doors.ACTS_TO_PAY,
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The invoice in force with its lines and payments; void ones and the account's papers below."""
    return serve(request, engagement, "specialist/invoice.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    known = list(desk.engagement.invoices.select_related("document", "credit_note__document").order_by("-pk"))
    current = next((one for one in known if one.state != Invoice.State.VOID), None)
    context = {
        "invoice": current,
        "void_ones": [_void(desk, one) for one in known if one.state == Invoice.State.VOID],
        "papers": [files.drawn(one, url_name="specialist:document") for one in _papers(desk.engagement)],
        "order_statement": desk.form("order_statement") if any(one.number for one in known) else None,
    }
    return context | (_acts(desk, current) if current else {"draft_again": desk.form("draft_again")})


def _papers(engagement: Engagement) -> list[Document]:
    """Receipts and the newest statements, newest first."""
    kinds = (Document.Kind.RECEIPT, Document.Kind.STATEMENT)
    return list(engagement.documents.filter(kind__in=kinds).order_by("-pk")[:6])


def _void(desk: Desk, invoice: Invoice) -> dict[str, Any]:
    note = CreditNote.objects.filter(invoice=invoice).select_related("document").first()
    papers = [one for one in (invoice.document, note.document if note else None) if one]
    return {
        "invoice": invoice, "credit_note": note,
        "money": payments.context(desk, invoice) if invoice.payments.exists() else None,
        "files": [files.drawn(one, url_name="specialist:document") for one in papers],
    }  # fmt: skip


def _acts(desk: Desk, current: Invoice) -> dict[str, Any]:
    about = {"invoice_id": current.pk}
    is_draft = current.state == Invoice.State.DRAFT
    money = payments.context(desk, current)
    can_go = current.state in {Invoice.State.DRAFT, Invoice.State.ISSUED, Invoice.State.OVERDUE}
    return {
        "lines": current.lines.all(),
        "lines_total": current.net + current.discount,
        "stages": len(dunning.STAGES),
        "tone": TONES.get(Invoice.State(current.state), "warn"),
        **money,
        "money": money,
        **doors.to_invoice(desk, current, at=now()),
        "files": [files.drawn(current.document, url_name="specialist:document")] if current.document else [],
        "change_lines": desk.form("change_lines", initial=about | {one: getattr(current, one) for one in TERMS})
        if is_draft
        else None,
        "issue": desk.form("issue", initial=about) if is_draft else None,
        "void": desk.form("void", initial=about) if can_go else None,
    }
