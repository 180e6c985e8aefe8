"""Doc 1 and Doc 2 as their reviewer reads them: answer by answer, or as a file beside its key facts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from onboarding.actions import answer_reviews, key_facts, questionnaires
from onboarding.models import Answer, Engagement, Questionnaire
from onboarding.queries import answer_comments, section_assignments, submissions
from onboarding.queries import questionnaires as query
from portal import comparing, files, pages
from portal.plain_text import whole_number
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, Drawn, EngagementForm, engagement_page, on_row, serve
from portal.specialist.places import url_of

State = Questionnaire.State
OUTCOME = "outcome-"
OUTCOMES = [("", "Not reviewed"), ("accepted", "Accept"), ("revision_needed", "Revision needed")]
YES_NO = [("yes", "Yes"), ("no", "No")]


class AcceptForm(forms.Form):
    questionnaire_id = fields.row_id()
    note = fields.text("Note", required=False)


class RevisionForm(forms.Form):
    questionnaire_id = fields.row_id()
    note = fields.text("What should change?", required=False, hint="About the whole document, beside your marks.")

    def clean(self) -> dict[str, Any]:
        return {"questions": {}, **(super().clean() or {})}


class ReopenForm(forms.Form):
    questionnaire_id = fields.row_id()
    reason = fields.line("Why is it reviewed again?", longest=500)


class OfQuestionnaire(EngagementForm):
    """A form with fields for each question of the questionnaire it is about."""

    questionnaire_id = fields.row_id()

    def prepare(self, engagement: Engagement) -> None:
        given = whole_number(str(self.data.get("questionnaire_id") or self.initial.get("questionnaire_id")))
        rows = engagement.questionnaires.select_related("last_submission__questionnaire")
        if found := rows.filter(pk=given or 0).first():
            self.ask(found)

    def ask(self, found: Questionnaire) -> None:
        """Add the fields."""
        raise NotImplementedError


class ReviewForm(OfQuestionnaire):
    """At each answer that is not accepted yet: what is thought of it (`outcome-<code>`), and a note (`<code>`)."""

    def ask(self, found: Questionnaire) -> None:
        for line in (line for sheet in query.sheet(found) for line in sheet.lines if not line.is_accepted):
            code, label = line.question.code, line.question.label
            outcome = fields.choice("Review", OUTCOMES, required=False)
            note = fields.line("What should change?", required=False, longest=answer_reviews.LONGEST_NOTE)
            outcome.initial, note.initial = line.review, line.review_note
            for field in (outcome, note):
                field.is_optional = False
                field.widget.attrs["aria-label"] = f"{field.label} {label}"
            self.fields[f"{OUTCOME}{code}"], self.fields[code] = outcome, note

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        asked = {name.removeprefix(OUTCOME): values[name] for name in values if name.startswith(OUTCOME)}
        notes = {code: values.get(code, "") for code in asked}
        # A note without a choice is a wish for another answer.
        outcomes = {code: outcome or ("revision_needed" if notes[code] else "") for code, outcome in asked.items()}
        return {"questionnaire_id": values.get("questionnaire_id"), "outcomes": outcomes, "notes": notes}


class FactsForm(OfQuestionnaire):
    """One field for each key fact, with what was read so far, else what was answered in the browser."""

    def ask(self, found: Questionnaire) -> None:
        if not (found.last_submission and found.last_submission.is_file):
            return
        known = query.values(found) | submissions.facts_of(found.last_submission)
        for question in submissions.key_questions(submissions.schema_of(found.last_submission)):
            field = forms.Field(label=question.label, help_text=question.hint, required=False, widget=_widget(question))
            field.is_optional = not question.required
            value = known.get(question.code)
            field.initial = {True: "yes", False: "no"}.get(value, value) if question.type == "yes_no" else value
            self.fields[question.code] = field

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        return {"questionnaire_id": values.pop("questionnaire_id", None), "facts": values}


def _widget(question: Any) -> forms.Widget:
    choices = [(choice.value, choice.label) for choice in question.choices]
    widgets: dict[str, forms.Widget] = {
        "choice": forms.Select(choices=[("", "Not in the file"), *choices]),
        "multi_choice": forms.CheckboxSelectMultiple(choices=choices),
        "yes_no": forms.Select(choices=[("", "Not in the file"), *YES_NO]),
        "number": forms.TextInput(attrs={"inputmode": "numeric", "class": "number"}),
        "date": forms.DateInput(attrs={"type": "date"}),
    }
    return widgets.get(question.type) or forms.TextInput(attrs={"maxlength": question.max_length})


ACTS = {
    "accept": Act(button="Accept the document", done="Accepted.", form=AcceptForm, key="questionnaire_id",
                  steps=questionnaires.STEPS, call=on_row(questionnaires.accept, "questionnaire_id")),
    "need_revision": Act(button="Send it back", done="The customer sees what to change.", form=RevisionForm,
                         kind="secondary", key="questionnaire_id",
                         steps=questionnaires.STEPS, call=on_row(questionnaires.need_revision, "questionnaire_id")),
    "review": Act(button="Save the review", done="Noted. The customer sees it once you send the document back.",
                  form=ReviewForm, key="questionnaire_id", kind="secondary",
                  steps=questionnaires.STEPS, call=on_row(answer_reviews.record, "questionnaire_id")),
    "confirm": Act(button="Confirm the key facts", done="Confirmed.", form=FactsForm, key="questionnaire_id",
                   kind="secondary", steps=questionnaires.STEPS, call=on_row(key_facts.confirm, "questionnaire_id")),
    "reopen": Act(button="Review it again", done="In review again.", form=ReopenForm, key="questionnaire_id",
                  kind="secondary", steps=questionnaires.STEPS, call=on_row(answer_reviews.reopen, "questionnaire_id")),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Both documents with their state."""
    found = [
        {"title": one.get_kind_display(), "url": url_of(f"questionnaires/{one.kind}", engagement.reference),
         "state": one.get_state_display().capitalize(), "tone": "none" if one.state == "accepted" else "info",
         "note": _waiting(one)}
        for one in engagement.questionnaires.order_by("pk")
    ]  # fmt: skip
    return serve(request, engagement, "specialist/questionnaires.html", {}, lambda desk: {"found": found})


def _waiting(found: Questionnaire) -> str:
    """How many threads wait for InterWeave's side, in words."""
    count = sum(thread.waits_for_staff for thread in answer_comments.threads(found).values())
    return f"{count} comment{'' if count == 1 else 's'} to answer" if count else ""


@engagement_page
def questionnaire(request: HttpRequest, engagement: Engagement, kind: str) -> HttpResponse:
    """One document, answer by answer."""
    if kind not in Questionnaire.Kind.values:
        raise Http404

    def context(desk: Desk) -> dict[str, Any]:
        rows = engagement.questionnaires.select_related("last_submission__document")
        found = rows.filter(kind=kind).first()
        return {"title": Questionnaire.Kind(kind).label, "found": found} | (_open(desk, found) if found else {})

    return serve(request, engagement, "specialist/questionnaire.html", ACTS, context)


def _open(desk: Desk, found: Questionnaire) -> dict[str, Any]:
    about = {"questionnaire_id": found.pk}
    last, is_submitted = found.last_submission, found.state == State.SUBMITTED
    is_accepted, is_file = found.state == State.ACCEPTED, bool(last and last.is_file)
    review = desk.form("review", initial=about) if is_submitted and not is_file else None
    return {
        "sections": _sections(desk, found, review),
        "progress": query.progress(found),
        "is_file": is_file,
        "file": [files.drawn(last.document, url_name="specialist:document")] if last else [],
        "is_showable": bool(last and last.document.is_ready and last.document.content_type in files.SHOWABLE),
        "unconfirmed": submissions.unconfirmed(last) if is_submitted and is_file else {},
        "facts": submissions.facts_in_words(last) if last and is_file else [],
        "marked": len(questionnaires.marked(found)) if is_submitted else 0,
        "accept": desk.form("accept", initial=about) if is_submitted else None,
        "review": review,
        "confirm": desk.form("confirm", initial=about) if is_submitted and is_file else None,
        "revise": desk.form("need_revision", initial=about) if is_submitted or is_accepted else None,
        "reopen": desk.form("reopen", initial=about) if is_accepted else None,
    }


def _sections(desk: Desk, found: Questionnaire, review: Drawn | None) -> list[dict[str, Any]]:
    """The sections with who has them, each line with its review's fields and its thread."""
    threads, given = answer_comments.threads(found), section_assignments.by_section(found)
    return [
        {
            "title": sheet.title,
            "given": given.get(sheet.code),
            "lines": [
                {
                    "line": line,
                    "thread": threads.get(line.question.code),
                    "url": reverse(
                        "specialist:answer", args=[desk.engagement.reference, found.kind, line.question.code]
                    ),
                    "outcome": _field(review, f"{OUTCOME}{line.question.code}"),
                    "note": _field(review, line.question.code),
                    "mark": Answer.Review(line.review).label if line.review else "",
                }
                for line in sheet.lines
            ],
        }
        for sheet in query.sheet(found)
    ]


def _field(drawn: Drawn | None, name: str) -> forms.BoundField | None:
    return drawn.form[name] if drawn and name in drawn.form.fields else None


@require_safe
@engagement_page
def past(request: HttpRequest, engagement: Engagement, kind: str) -> HttpResponse:
    """Every submission, and what changed from one to another."""
    found = engagement.questionnaires.filter(kind=kind).first()
    if found is None:
        raise Http404
    shown = comparing.drawn(found, request.GET, document_url="specialist:document")
    place = {"title": found.get_kind_display(), "url": url_of(f"questionnaires/{kind}", engagement.reference)}
    context = {"engagement": engagement, "here": {}, "place": place}
    return pages.show(request, "specialist/submissions.html", context | shown)
