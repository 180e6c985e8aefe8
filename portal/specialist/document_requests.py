"""Requests for documents on the specialist's page: asked, changed, reminded of, settled."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.timezone import localdate

from onboarding import file_policy
from onboarding.actions import document_requests
from onboarding.actions.receiving import MEGABYTE, in_words, limit_of
from onboarding.models import DocumentRequest
from onboarding.workflow.document_requests import CUSTOMERS, Standing
from portal import request_words
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, on_engagement, on_row

# JPEG has two endings and is one type to people.
TYPES = [(one, "JPEG" if one == "jpg" else one.upper()) for one in file_policy.CONTENT_TYPES if one != "jpeg"]


class RequestForm(forms.Form):
    title = fields.line("Which document?")
    why = fields.text("Why do we need it?", required=False, rows=2, longest=2000)
    description = fields.text("What should be in it?", required=False)
    example = fields.text("What does a good one look like?", required=False, rows=2, longest=2000)
    usually_with = fields.line("Who usually has it?", required=False, longest=100, hint="Such as: your bookkeeper")
    file_types = forms.MultipleChoiceField(
        label="Which types?", choices=TYPES, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: every type that is taken.",
    )  # fmt: skip
    limit_mb = forms.IntegerField(
        label="How large may a file be, in MB?", required=False, min_value=1,
        help_text=f"Empty: the usual {in_words(limit_of(None))}. At most {document_requests.MOST_LIMIT_MB}.",
    )  # fmt: skip
    asks_expiry = forms.BooleanField(label="It has a day on which it expires", required=False)
    due_on = fields.day("Due", required=False)


class ChangeForm(RequestForm):
    request_id = fields.row_id()


class OneForm(forms.Form):
    request_id = fields.row_id()


class RemindForm(OneForm):
    text = fields.text("In your own words", required=False, rows=2, longest=2000)


class ReasonForm(OneForm):
    reason = fields.line("Why?", longest=500, hint="The customer reads this.")


class ReopenForm(OneForm):
    note = fields.line("Why is it needed after all?", longest=500, hint="The customer reads this.")


ACTS = {
    "request": Act(button="Ask for it", done="The customer finds the request among its documents.", form=RequestForm,
                   kind="secondary", call=on_engagement(document_requests.ask)),
    "change_request": Act(button="Save the request", done="The request was changed.", form=ChangeForm,
                          kind="secondary", key="request_id", call=on_row(document_requests.change, "request_id")),
    "remind": Act(button="Send the reminder", done="The reminder is on its way.", form=RemindForm, kind="secondary",
                  key="request_id", call=on_row(document_requests.remind, "request_id")),
    "declare_not_applicable": Act(button="It does not apply", done="Noted, for both sides to see.", form=ReasonForm,
                                  kind="secondary", key="request_id",
                                  call=on_row(document_requests.declare_not_applicable, "request_id")),
    "agree_not_applicable": Act(button="Agree that it does not apply", done="Settled, for both sides to see.",
                                form=OneForm, kind="secondary", key="request_id",
                                call=on_row(document_requests.agree_not_applicable, "request_id")),
    "withdraw_request": Act(button="Ask for it no longer", done="The request was withdrawn.", form=ReasonForm,
                            kind="quiet", key="request_id", call=on_row(document_requests.withdraw, "request_id")),
    "reopen_request": Act(button="Ask for it again", done="The customer was told.", form=ReopenForm, kind="secondary",
                          key="request_id", call=on_row(document_requests.reopen, "request_id")),
}  # fmt: skip


def drawn(desk: Desk, asked: DocumentRequest) -> dict[str, Any]:
    """One request: where it stands, and what can be done about it."""
    known = request_words.drawn(asked, today=localdate())
    where, about = Standing(known["standing"]), {"request_id": asked.pk}
    is_proposed, is_open = where is Standing.PROPOSED, asked.is_open
    return known | {
        "agree": desk.form("agree_not_applicable", initial=about) if is_proposed else None,
        "reopen": desk.form("reopen_request", initial=about) if is_proposed or not is_open else None,
        "remind": desk.form("remind", initial=about) if where in CUSTOMERS else None,
        "change": desk.form("change_request", initial=_said(asked)) if is_open else None,
        "dismiss": desk.form("declare_not_applicable", initial=about) if is_open and not is_proposed else None,
        "withdraw": desk.form("withdraw_request", initial=about) if is_open else None,
    }


def _said(asked: DocumentRequest) -> dict[str, Any]:
    """What the request says now, as its form shows it."""
    plain = ("title", "why", "description", "example", "usually_with", "file_types", "asks_expiry", "due_on")
    limit = asked.limit_bytes // MEGABYTE if asked.limit_bytes else None
    return {"request_id": asked.pk, "limit_mb": limit, **{name: getattr(asked, name) for name in plain}}
