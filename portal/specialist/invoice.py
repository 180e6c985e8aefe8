"""The invoice: its lines while a draft, issued under its number, payments recorded by finance, voided."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from onboarding.actions import invoices
from onboarding.actors import SPECIALISTS, Role
from onboarding.models import Engagement, Invoice
from portal import files
from portal.specialist import fields, payments
from portal.specialist.desk import Act, Desk, EngagementForm, engagement_page, on_engagement, on_row, serve

ISSUERS = SPECIALISTS | {Role.FINANCE}
SPARE_LINES = 2
PARTS = {"description": "What for", "quantity": "Quantity", "unit_price": "Unit price"}


class LinesForm(EngagementForm):
    """`lines-<n>-description`, `-quantity` and `-unit_price`; an empty description drops the line."""

    invoice_id = fields.row_id()
    tax_rate = forms.DecimalField(label="Tax in percent", min_value=0, max_value=100, decimal_places=2)
    tax_note = fields.line("Note on tax", required=False, longest=300)

    def prepare(self, engagement: Engagement) -> None:
        draft = engagement.invoices.filter(state=Invoice.State.DRAFT).first()
        lines = list(draft.lines.all()) if draft else []
        self.count = len(lines) + SPARE_LINES
        for number in range(self.count):
            line = lines[number] if number < len(lines) else None
            for part, title in PARTS.items():
                field = fields.line("", longest=300) if part == "description" else forms.DecimalField()
                initial = getattr(line, part) if line else None
                self.fields[f"lines-{number}-{part}"] = fields.in_row(field, f"{title}, line {number + 1}", initial)

    @property
    def rows(self) -> list[list[tuple[str, forms.BoundField]]]:
        """The fields line by line with their column's title, for the page."""
        return [
            [(title, self[f"lines-{number}-{part}"]) for part, title in PARTS.items()] for number in range(self.count)
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        lines = [{part: values.get(f"lines-{number}-{part}") for part in PARTS} for number in range(self.count)]
        kept = {name: values[name] for name in ("invoice_id", "tax_rate", "tax_note") if name in values}
        return kept | {"lines": [line for line in lines if line["description"]]}


class IssueForm(forms.Form):
    invoice_id = fields.row_id()


class VoidForm(forms.Form):
    invoice_id = fields.row_id()
    reason = fields.line("Why is it void?", longest=500)


ACTS = {
    "change_lines": Act(button="Save the lines", done="Saved.", form=LinesForm, kind="secondary", roles=ISSUERS,
                        call=on_row(invoices.change_lines, "invoice_id")),
    "issue": Act(button="Issue the invoice", done="Issued under its number. The document is being made.",
                 form=IssueForm, roles=ISSUERS, call=on_row(invoices.issue, "invoice_id")),
    "void": Act(button="Void the invoice", done="Void.", form=VoidForm, kind="danger secondary", roles=payments.TELLERS,
                call=on_row(invoices.void, "invoice_id")),
    "draft_again": Act(button="Draft it anew", done="Drafted.", kind="secondary", steps=invoices.ISSUING,
                       call=on_engagement(invoices.draft_again)),
    **payments.ACTS,
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The invoice in force with its lines and payments; void ones below."""
    return serve(request, engagement, "specialist/invoice.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    known = list(desk.engagement.invoices.select_related("document").order_by("-pk"))
    current = next((one for one in known if one.state != Invoice.State.VOID), None)
    context = {"invoice": current, "void_ones": [one for one in known if one.state == Invoice.State.VOID]}
    return context | (_acts(desk, current) if current else {"draft_again": desk.form("draft_again")})


def _acts(desk: Desk, current: Invoice) -> dict[str, Any]:
    about = {"invoice_id": current.pk}
    is_draft = current.state == Invoice.State.DRAFT
    tax = {"tax_rate": current.tax_rate, "tax_note": current.tax_note}
    return {
        "lines": current.lines.all(),
        **payments.context(desk, current),
        "files": [files.drawn(current.document, url_name="specialist:document")] if current.document else [],
        "change_lines": desk.form("change_lines", initial=about | tax) if is_draft else None,
        "issue": desk.form("issue", initial=about) if is_draft else None,
        "void": desk.form("void", initial=about) if current.state == Invoice.State.ISSUED else None,
    }
