"""A requirement's thread as both sides' pages draw it: sources with their words, links with their state."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from onboarding.library import questionnaires as library
from onboarding.library.flows import NAMES
from onboarding.models import ChangeRequest, Flow, Requirement, RequirementSource, Sentence
from onboarding.queries import threads
from onboarding.queries.requirements import Difference
from onboarding.queries.suggestions import Draft, Suggestion
from onboarding.queries.threads import LATER, MISSING, NOT_NEEDED, Link, Overview, Thread
from portal.transcripts import clock

TONES = {MISSING: "warn", LATER: "none", NOT_NEEDED: "none"}
STATES = {
    Requirement.State.PROPOSED: "info", Requirement.State.AGREED: "good", Requirement.State.CHANGED: "good",
    Requirement.State.DECLINED: "plain",
}  # fmt: skip
FIELDS = {"text": "Words", "kind": "Kind", "priority": "Priority", "flow": "Flow"}
CHOICES = {
    "kind": dict(Requirement.Kind.choices),
    "priority": dict(Requirement.Priority.choices) | {"": "no priority"},
    "flow": NAMES | {"": "no flow"},
}


class Door:
    """Where things are on one side's pages: the customer's, or the specialists' of one engagement."""

    def __init__(self, reference: str = "") -> None:
        self.reference = reference

    def to(self, name: str, *args: Any) -> str:
        """A page of the engagement."""
        if self.reference:
            return reverse(f"specialist:{name}", args=[self.reference, *args])
        return reverse(f"customer:{name}", args=args)

    def answer(self, kind: str, version: int, code: str) -> str:
        """An answer on the page where it stands: the specialist reads all of them on one, the customer by section."""
        if self.reference:
            return f"{self.to('questionnaire', kind)}#answer-{code}"
        for section in library.schema(kind, version).sections:
            if any(question.code == code for question in section.questions):
                return f"{self.to('questionnaire_section', kind, section.code)}#answer-{code}"
        return self.to("questionnaire", kind)

    def document(self, uuid: Any) -> str:
        """A document with its preview."""
        return reverse("specialist:document" if self.reference else "customer:document", args=[uuid])

    def sentence(self, meeting_id: int, index: int) -> str:
        """A sentence of a meeting's transcript."""
        return self.to("transcript", meeting_id) + Sentence(index=index).anchor


def source(one: RequirementSource, door: Door) -> dict[str, Any]:
    """A source's words, who said them, and the way to them."""
    known: dict[str, Any] = {"id": one.pk, "kind": one.get_kind_display(), "quote": one.quote, "where": "", "url": ""}
    if one.sentence:
        where = f"{one.sentence.speaker or 'unknown speaker'}, {clock(one.sentence.starts_ms // 1000)}"
        url = door.sentence(one.sentence.transcript.meeting_id, one.sentence.index)
        return known | {"where": where, "url": url}
    if one.questionnaire:
        asked = one.questionnaire
        url = door.answer(asked.kind, asked.schema_version, one.question)
        return known | {"where": asked.get_kind_display(), "url": url}
    if one.document:
        where = ", ".join(part for part in (one.document.file_name, one.place) if part)
        return known | {"where": where, "url": door.document(one.document.uuid)}
    return known | {"where": one.said_by, "on": one.said_on}


def thread(one: Thread, door: Door) -> dict[str, Any]:
    """A requirement, its sources and its links."""
    return {
        **row(one.requirement, door),
        "sources": [source(cited, door) for cited in one.sources],
        "links": [_link(link, door) for link in one.links],
        "gaps": one.gaps,
    }


def row(one: Requirement, door: Door) -> dict[str, Any]:
    """A requirement as a line of the list."""
    return {
        "row": one,
        "flow": NAMES.get(one.flow, one.flow),
        "tone": STATES[Requirement.State(one.state)],
        "url": door.to("requirement", one.number),
    }


def _link(link: Link, door: Door) -> dict[str, Any]:
    leads = link.flow_id and link.part in {"flow", "mapping", "test_case", "run"}
    return {
        "title": link.title,
        "words": link.words,
        "state": link.state,
        "tone": TONES.get(link.state, "good"),
        "url": door.to("flow", link.flow_id) if leads else "",
    }


def matrix(found: Overview, door: Door) -> dict[str, Any]:
    """The overview: a row a requirement, the gaps counted, and what no requirement asks for."""
    return {
        "threads": [thread(one, door) for one in found.threads],
        "gaps": [{"words": words, "count": count} for words, count in found.gaps.items()],
        "loose": [{"name": flow.name, "words": words, "url": door.to("flow", flow.pk)} for flow, words in found.loose],
        "url": door.to("requirement_threads"),
    }


def asking_for(flow: Flow, door: Door) -> list[dict[str, Any]]:
    """The requirements that a flow and its tests are for."""
    return [row(one, door) for one in threads.asking_for(flow)]


def difference(one: Difference) -> dict[str, Any]:
    """What differs between two versions, in words."""
    return {
        "kind": one.kind,
        "number": one.number,
        "text": one.text,
        "changes": [
            {"field": FIELDS[name], "before": in_words(name, was), "after": in_words(name, now)}
            for name, was, now in one.changes
        ],
    }


def in_words(name: str, value: str) -> str:
    """A field's value as people read it."""
    return CHOICES.get(name, {}).get(value, value)


def suggestion(one: Suggestion, door: Door) -> dict[str, Any]:
    """A suggested requirement, why, and the words it rests on with the way to them."""
    return {
        "key": one.key,
        "text": one.text,
        "kind": CHOICES["kind"][one.kind],
        "why": one.why,
        "sources": [{"quote": draft.quote, "where": draft.label, "url": _way_to(draft, door)} for draft in one.sources],
    }


def _way_to(draft: Draft, door: Door) -> str:
    if draft.meeting_id is not None and draft.sentence_index is not None:
        return door.sentence(draft.meeting_id, draft.sentence_index)
    if draft.questionnaire:
        return door.answer(draft.questionnaire, draft.schema_version, draft.question)
    return ""


def change_request(row: ChangeRequest) -> dict[str, Any]:
    """A change request: from what to what, in words."""
    tones = {"proposed": "info", "approved": "good", "declined": "bad", "withdrawn": "plain"}
    names = row.proposed or row.before
    return {
        "change": row,
        "tone": tones[row.state],
        "changes": [
            {
                "field": FIELDS[name],
                "before": in_words(name, row.before[name]) if row.before else "",
                "after": in_words(name, row.proposed[name]) if row.proposed else "",
            }
            for name in FIELDS
            if name in names and row.before.get(name) != row.proposed.get(name)
        ],
    }
