"""One answer as its reviewer reads it: what it says, what was said about it, its acceptance taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse

from onboarding.actions import answer_comments, answer_reviews, questionnaires
from onboarding.models import Engagement, Questionnaire
from onboarding.queries import answer_comments as threads
from onboarding.queries import questionnaires as query
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, engagement_page, on_row, serve
from portal.specialist.places import url_of


class AboutForm(forms.Form):
    questionnaire_id = fields.row_id()
    question = fields.hidden()


class CommentForm(AboutForm):
    text = fields.text("Your comment", hint="The customer reads it.", longest=answer_comments.LONGEST)


ACTS = {
    "comment": Act(button="Send the comment", done="Said. The customer gets a mail.", form=CommentForm,
                   key="questionnaire_id", steps=questionnaires.STEPS,
                   call=on_row(answer_comments.write, "questionnaire_id")),
    "resolve": Act(button="It is settled", done="Settled.", form=AboutForm, key="questionnaire_id", kind="secondary",
                   steps=questionnaires.STEPS, call=on_row(answer_comments.resolve, "questionnaire_id")),
    "undo": Act(button="Take the acceptance back", done="This answer can be reviewed again.", form=AboutForm,
                key="questionnaire_id", kind="secondary", steps=questionnaires.STEPS,
                call=on_row(answer_reviews.undo, "questionnaire_id")),
}  # fmt: skip


@engagement_page
def answer(request: HttpRequest, engagement: Engagement, kind: str, code: str) -> HttpResponse:
    """One question of a document with its answer and its thread."""
    found = engagement.questionnaires.filter(kind=kind).first()
    asked = query.schema_of(found).question(code) if found else None
    if found is None or asked is None:
        raise Http404

    def context(desk: Desk) -> dict[str, Any]:
        about = {"questionnaire_id": found.pk, "question": code}
        line, thread = query.line(found, code), threads.thread(found, code)
        may_undo = line is not None and line.is_accepted and found.state != Questionnaire.State.ACCEPTED
        return {
            "found": found,
            "asked": asked,
            "back": url_of(f"questionnaires/{kind}", engagement.reference),
            "line": line,
            "thread": thread,
            "comment": desk.form("comment", initial=about),
            "resolve": desk.form("resolve", initial=about) if thread.is_open else None,
            "undo": desk.form("undo", initial=about) if may_undo else None,
        }

    return serve(request, engagement, "specialist/answer.html", ACTS, context, place=f"questionnaires/{kind}")
