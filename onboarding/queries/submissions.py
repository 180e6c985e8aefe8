"""What was handed in: the answers of a submission, their hash, the key facts of a file, and what changed between two."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from onboarding.library import questionnaires as library
from onboarding.models import Questionnaire, QuestionnaireSubmission


class HasLines(Protocol):
    """A section as it stands (queries.questionnaires.Sheet)."""

    @property
    def lines(self) -> Iterable[Any]: ...


def answers_in(sections: Iterable[HasLines]) -> dict[str, Any]:
    """What would be handed in: every visible answer by question code."""
    return {line.question.code: line.value for one in sections for line in one.lines if line.is_answered}


def sha256(
    questionnaire: Questionnaire, *, answers: Mapping[str, Any] | None = None, file_sha256: str = ""
) -> str:  # fmt: skip
    """The hash of a submission, in hex: of its canonical JSON.

    That is {"answers", "kind", "schema_version"}, for a file {"file", "kind", "schema_version"} with the file's own
    SHA-256: keys sorted, no blanks, UTF-8 as it is.
    """
    what = {"file": file_sha256} if file_sha256 else {"answers": dict(answers or {})}
    said = {"kind": questionnaire.kind, "schema_version": questionnaire.schema_version, **what}
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def present_sha256(questionnaire: Questionnaire, sections: Iterable[HasLines]) -> str:
    """The hash of what would be handed in now."""
    return sha256(questionnaire, answers=answers_in(sections))


def next_number(questionnaire: Questionnaire) -> int:
    """The number that the next submission will have."""
    return (questionnaire.last_submission.number if questionnaire.last_submission else 0) + 1


def schema_of(submission: QuestionnaireSubmission) -> library.Schema:
    """The questions it answers."""
    return library.schema(submission.questionnaire.kind, submission.schema_version)


def said_in(submission: QuestionnaireSubmission | None) -> dict[str, Any]:
    """What a submission says, by question code: its answers, or what a specialist read from its file."""
    if submission is None:
        return {}
    return facts_of(submission) if submission.is_file else dict(submission.answers)


def facts_of(submission: QuestionnaireSubmission) -> dict[str, Any]:
    """The key facts confirmed so far, by question code."""
    return dict(submission.key_facts.values_list("question", "value"))


def facts_in_words(submission: QuestionnaireSubmission) -> list[tuple[str, list[str], str]]:
    """Each key fact read from a file: the question, the answer in words, and who read it."""
    rows = {fact.question: fact for fact in submission.key_facts.all()}
    asked = [question for question in key_questions(schema_of(submission)) if question.code in rows]
    return [(one.label, _words(one, rows[one.code].value), rows[one.code].by) for one in asked]


def key_questions(schema: library.Schema) -> list[library.Question]:
    """What has to be read from a file, as later steps cannot do without it."""
    return [question for question in schema.questions if question.key]


def unconfirmed(submission: QuestionnaireSubmission | None) -> dict[str, str]:
    """The required key facts that nobody confirmed, with words; those that the confirmed ones rule out are left out."""
    if submission is None:
        return {}
    schema, known = schema_of(submission), facts_of(submission)
    shown = {question.code for question in library.visible(schema, known)}
    return {
        question.code: f"Confirm “{question.label}” from the file."
        for question in key_questions(schema)
        if question.required and question.code in shown and question.code not in known
    }


@dataclass(frozen=True, kw_only=True)
class Change:
    """One question on which two submissions differ. `kind`: added, changed or removed; the answers are in words.

    `only_in` is the version of the questions that alone asks it, 0 when both do.
    """

    kind: str
    code: str
    label: str
    before: list[str]
    after: list[str]
    only_in: int = 0


def compare(earlier: QuestionnaireSubmission, later: QuestionnaireSubmission) -> list[Change]:
    """What differs from one submission to another, in the later one's order of questions. At most two queries."""
    old_schema, new_schema = schema_of(earlier), schema_of(later)
    old, new = said_in(earlier), said_in(later)
    asked = [question.code for question in new_schema.questions]
    asked += [question.code for question in old_schema.questions if question.code not in asked]
    changes = []
    for code in asked:
        before, after = old.get(code), new.get(code)
        if before == after:
            continue
        was, now = old_schema.question(code), new_schema.question(code)
        kind = "added" if code not in old else "removed" if code not in new else "changed"
        only_in = 0 if was and now else earlier.schema_version if was else later.schema_version
        changes.append(
            Change(
                kind=kind, code=code, label=_label(now or was), before=_words(was, before), after=_words(now, after),
                only_in=only_in,
            )
        )  # fmt: skip
    return changes


def _label(question: library.Question | None) -> str:
    return question.label if question else ""


def _words(question: library.Question | None, value: Any) -> list[str]:
    if question is None or not library.is_answered(value):
        return []
    shown = library.display(question, value)
    return [str(one) for one in shown] if isinstance(shown, list) else [str(shown)]
