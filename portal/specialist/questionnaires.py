"""Doc 1 and Doc 2 as their reviewer reads them: every answer, and what should change at which."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse

from onboarding.actions import questionnaires
from onboarding.models import Engagement, Questionnaire
from onboarding.queries import questionnaires as query
from portal import files
from portal.plain_text import whole_number
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, EngagementForm, engagement_page, on_row, serve
from portal.specialist.places import url_of

ABOUT = "question-"


class AcceptForm(forms.Form):
    questionnaire_id = fields.row_id()
    note = fields.text("Note", required=False)


class RevisionForm(EngagementForm):
    """A note about the whole, and one at each answer (`question-<code>`)."""

    questionnaire_id = fields.row_id()
    note = fields.text("What should change?", required=False, hint="About the whole document, or below at an answer.")

    def prepare(self, engagement: Engagement) -> None:
        given = whole_number(str(self.data.get("questionnaire_id") or self.initial.get("questionnaire_id")))
        found = engagement.questionnaires.filter(pk=given or 0).first()
        for question in query.schema_of(found).questions if found else ():
            self.fields[f"{ABOUT}{question.code}"] = fields.line(question.label, required=False, longest=1000)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        notes = {name.removeprefix(ABOUT): words for name, words in values.items() if name.startswith(ABOUT) and words}
        return {"questionnaire_id": values.get("questionnaire_id"), "note": values.get("note", ""), "questions": notes}


ACTS = {
    "accept": Act(button="Accept the document", done="Accepted.", form=AcceptForm, key="questionnaire_id",
                  steps=questionnaires.STEPS, call=on_row(questionnaires.accept, "questionnaire_id")),
    "need_revision": Act(button="Ask for a revision", done="The customer sees what to change.", form=RevisionForm,
                         kind="secondary", key="questionnaire_id",
                         steps=questionnaires.STEPS, call=on_row(questionnaires.need_revision, "questionnaire_id")),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Both documents with their state."""
    found = [
        {"title": one.get_kind_display(), "url": url_of(f"questionnaires/{one.kind}", engagement.reference),
         "state": one.get_state_display().capitalize(), "tone": "none" if one.state == "accepted" else "info"}
        for one in engagement.questionnaires.order_by("pk")
    ]  # fmt: skip
    return serve(request, engagement, "specialist/questionnaires.html", {}, lambda desk: {"found": found})


@engagement_page
def questionnaire(request: HttpRequest, engagement: Engagement, kind: str) -> HttpResponse:
    """One document, answer by answer."""
    if kind not in Questionnaire.Kind.values:
        raise Http404

    def context(desk: Desk) -> dict[str, Any]:
        found = engagement.questionnaires.select_related("last_submission__document").filter(kind=kind).first()
        return {"title": Questionnaire.Kind(kind).label, "found": found} | (_open(desk, found) if found else {})

    return serve(request, engagement, "specialist/questionnaire.html", ACTS, context)


def _open(desk: Desk, found: Questionnaire) -> dict[str, Any]:
    about = {"questionnaire_id": found.pk}
    is_submitted = found.state == Questionnaire.State.SUBMITTED
    may_revise = is_submitted or found.state == Questionnaire.State.ACCEPTED
    pdf = found.last_submission.document if found.last_submission else None
    return {
        "sections": query.sheet(found),
        "progress": query.progress(found),
        "pdf": [files.drawn(pdf, url_name="specialist:document")] if pdf else [],
        "accept": desk.form("accept", initial=about) if is_submitted else None,
        "revise": desk.form("need_revision", initial=about) if may_revise else None,
    }
