"""A change request: what it means for the plan is stated here; the customer decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from onboarding.actions import change_requests
from onboarding.models import ChangeRequest, Engagement
from portal import access, threads
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, engagement_page, on_row, serve


class EffectForm(forms.Form):
    change_request_id = fields.row_id()
    words = fields.text("What does it mean for the plan?", longest=2000, hint="The customer reads this and decides.")
    days = forms.IntegerField(label="How many more working days?", min_value=0, max_value=change_requests.MOST_DAYS,
                              help_text="0 when the plan stays as it is.")  # fmt: skip
    money = fields.line("What does it mean for the price?", required=False, hint="Left empty: nothing.")


class DeclineForm(forms.Form):
    change_request_id = fields.row_id()
    note = fields.line("Why is it turned down?", longest=500)


class WithdrawForm(forms.Form):
    change_request_id = fields.row_id()


KEY = "change_request_id"
ACTS = {
    "state_effect": Act(button="State the effect", done="Stated. The customer is asked to decide.", form=EffectForm,
                        call=on_row(change_requests.state_effect, KEY)),
    "decline": Act(button="Turn it down", done="Turned down. The customer hears why.", form=DeclineForm,
                   kind="danger secondary", call=on_row(change_requests.decline, KEY)),
    "withdraw": Act(button="Withdraw it", done="Withdrawn.", form=WithdrawForm, kind="secondary",
                    call=on_row(change_requests.withdraw, KEY)),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement, number: int) -> HttpResponse:
    """From what to what, why, and the effect on the plan until the customer decided."""
    rows = ChangeRequest.objects.filter(engagement=engagement).select_related("requirement", "signoff")
    row = access.get(request, rows, number=number)

    def context(desk: Desk) -> dict[str, Any]:
        row.refresh_from_db()
        about = {KEY: row.pk}
        effect = {"words": row.effect, "days": row.effect_days, "money": row.effect_money}
        kind = "secondary" if row.effect_at else ""
        return {
            **threads.change_request(row),
            "state_effect": desk.form("state_effect", initial=about | effect, kind=kind) if row.is_open else None,
            "decline": desk.form("decline", initial=about) if row.is_open else None,
            "withdraw": desk.form("withdraw", initial=about) if row.is_open and row.is_staffs else None,
        }

    return serve(request, engagement, "specialist/change_request.html", ACTS, context, place="requirements")
