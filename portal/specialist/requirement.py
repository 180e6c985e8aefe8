"""One requirement: its thread, its sources, and how it is changed before and after the list is signed off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from onboarding import errors
from onboarding.actions import change_requests, requirement_sources, requirements
from onboarding.models import Engagement, Meeting, Requirement, Sentence
from onboarding.queries import requirements as queries
from onboarding.queries import said, threads
from portal import access
from portal import threads as drawn
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, EngagementForm, Given, engagement_page, on_row, serve
from portal.specialist.requirements import STEPS, AskForm, WordsForm


class ChangeForm(WordsForm):
    requirement_id = fields.row_id()


class DeclineForm(forms.Form):
    requirement_id = fields.row_id()
    reason = fields.line("Why is it left out?", longest=500)


class SayForm(forms.Form):
    requirement_id = fields.row_id()
    quote = fields.text("What was said?", longest=requirement_sources.LONGEST)
    said_by = fields.line("By whom?", required=False)
    said_on = fields.day("On which day?", required=False)


class SentenceForm(EngagementForm):
    """A sentence by its time on the transcript's page."""

    requirement_id = fields.row_id()
    meeting = fields.choice("Meeting", ())
    clock = forms.RegexField(
        r"^(?:\d{1,2}:)?\d{1,3}:\d{2}$", label="Time", help_text="As it stands beside the sentence, such as 4:07.",
        error_messages={"invalid": "Write the time as minutes and seconds, such as 4:07."},
    )  # fmt: skip

    def prepare(self, engagement: Engagement) -> None:
        held = Meeting.objects.filter(engagement=engagement, transcript__isnull=False)
        self.fields["meeting"].choices = [
            (one.pk, f"{one.get_kind_display()}, {one.starts_at:%-d %b %Y}") for one in held
        ]


class AnswerForm(EngagementForm):
    requirement_id = fields.row_id()
    answer = fields.choice("Answer", ())

    def prepare(self, engagement: Engagement) -> None:
        self.fields["answer"].choices = [
            (f"{one.questionnaire.pk}:{code}", one.label) for code, one in said.by_question(engagement).items()
        ]


class DocumentForm(EngagementForm):
    requirement_id = fields.row_id()
    document_uuid = fields.choice("Document", ())
    place = fields.line("Page or place", required=False, longest=100)
    quote = fields.text("The words that stand there", longest=requirement_sources.LONGEST)

    def prepare(self, engagement: Engagement) -> None:
        known = engagement.documents.filter(withdrawn_at=None, is_generated=False).exclude(sha256="")
        self.fields["document_uuid"].choices = [(str(one.uuid), one.file_name) for one in known]


class RemoveForm(forms.Form):
    source_id = fields.row_id()


class AskChangeForm(AskForm):
    requirement = fields.row_id()


class AskRemovalForm(forms.Form):
    requirement = fields.row_id()
    reason = fields.text("Why is it not needed any more?", rows=2, longest=2000)


def _cite_sentence(given: Given) -> object:
    values = given.values
    here = Sentence.objects.filter(transcript__engagement=given.engagement, transcript__meeting=values["meeting"])
    since = _seconds(values["clock"]) * 1000
    if (sentence := here.filter(starts_ms__gte=since, starts_ms__lt=since + 1000).first()) is None:
        raise errors.BadInput(fields={"clock": "Nobody began to speak at this time. Copy it from the transcript."})
    number = values["requirement_id"]
    return requirement_sources.cite_sentence(number, sentence_id=sentence.pk, by=given.by, at=given.at)


def _seconds(clock: str) -> int:
    seconds = 0
    for part in clock.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds


def _cite_answer(given: Given) -> object:
    questionnaire, _, question = given.values["answer"].partition(":")
    return requirement_sources.cite_answer(
        given.values["requirement_id"], questionnaire_id=int(questionnaire), question=question, by=given.by, at=given.at
    )


def _ask(kind: str) -> Any:
    return lambda given: change_requests.propose(
        given.engagement.pk, kind=kind, **given.values, by=given.by, at=given.at
    )  # fmt: skip


def _source(form: type[forms.Form], call: Any) -> Act:
    return Act(button="Name this source", done="Named.", form=form, kind="secondary", call=call)


ROW = "requirement_id"
ACTS = {
    "change": Act(button="Save", done="Changed.", form=ChangeForm, steps=STEPS, call=on_row(requirements.change, ROW)),
    "decline": Act(button="Leave it out", done="Left out of the list.", form=DeclineForm, kind="danger secondary",
                   steps=STEPS, call=on_row(requirements.decline, ROW)),
    "say": _source(SayForm, on_row(requirement_sources.say, ROW)),
    "cite_sentence": _source(SentenceForm, _cite_sentence),
    "cite_answer": _source(AnswerForm, _cite_answer),
    "cite_document": _source(DocumentForm, on_row(requirement_sources.cite_document, ROW)),
    "remove": Act(button="Take this source back", done="Taken back.", form=RemoveForm, kind="quiet", key="source_id",
                  call=on_row(requirement_sources.remove, "source_id")),
    "ask_change": Act(button="Ask for this change", done="Asked for. Say next what it means for the plan.",
                      form=AskChangeForm, call=_ask("change")),
    "ask_removal": Act(button="Ask to leave it out", done="Asked for. Say next what it means for the plan.",
                       form=AskRemovalForm, kind="danger secondary", call=_ask("remove")),
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement, number: int) -> HttpResponse:
    """Where it comes from, what was made of it, and the forms to change it."""
    rows = Requirement.objects.filter(engagement=engagement).select_related("engagement")
    one = access.get(request, rows, number=number)

    def context(desk: Desk) -> dict[str, Any]:
        one.refresh_from_db()
        return _context(desk, one)

    return serve(request, engagement, "specialist/requirement.html", ACTS, context, place="requirements")


def _context(desk: Desk, one: Requirement) -> dict[str, Any]:
    door = drawn.Door(desk.engagement.reference)
    found = drawn.thread(threads.of(one), door)
    for source in found["sources"]:
        source["remove"] = desk.form("remove", initial={"source_id": source["id"]})
    about = {"requirement_id": one.pk}
    kept = {name: getattr(one, name) for name in queries.FIELDS}
    changes = list(one.change_requests.order_by("-number"))
    signoff = queries.signoff_in_force(desk.engagement)
    is_listed = one.state != Requirement.State.DECLINED
    is_open = is_listed and not signoff
    is_settled = is_listed and signoff and not any(change.is_open for change in changes)
    number = {"requirement": one.number}
    return {
        "thread": found,
        "signoff": signoff,
        "changes": changes,
        "change": desk.form("change", initial=about | kept) if is_open else None,
        "decline": desk.form("decline", initial=about) if is_open else None,
        "ask_change": desk.form("ask_change", initial=kept | number | {"requirement_kind": one.kind})
        if is_settled
        else None,
        "ask_removal": desk.form("ask_removal", initial=number) if is_settled else None,
        "sources_to_name": _namable(desk, about),
    }


def _namable(desk: Desk, about: dict[str, Any]) -> list[dict[str, Any]]:
    """The ways to name a source, each only while there is something to choose from."""
    ways = (
        ("cite_sentence", "A sentence of a transcript", "meeting"),
        ("cite_answer", "An answer of a questionnaire", "answer"),
        ("cite_document", "A document", "document_uuid"),
        ("say", "What somebody said", ""),
    )
    offered = [(desk.form(name, initial=about), summary, field) for name, summary, field in ways]
    return [
        {"act": act, "summary": summary}
        for act, summary, field in offered
        if act and (not field or act.form.fields[field].choices)
    ]
