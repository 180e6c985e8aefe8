"""Key facts: what a specialist reads from a questionnaire that came as a file, as later steps need it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import questionnaires
from onboarding.actors import SPECIALISTS, Actor
from onboarding.library import questionnaires as library
from onboarding.models import KeyFact, Questionnaire
from onboarding.queries import submissions


@transaction.atomic
def confirm(questionnaire_id: int, *, facts: Mapping[str, Any], by: Actor, at: datetime) -> Questionnaire:
    """Note what the submitted file says: `facts` maps each key question to its answer; an empty one clears it.

    Raises WrongState unless a file waits for review, and BadInput with words at each fact that cannot be taken: then
    none is kept.
    """
    questionnaire = questionnaires.locked(
        questionnaire_id, by, roles=SPECIALISTS, words=questionnaires.REVIEWERS,
        states=frozenset({questionnaires.State.SUBMITTED}),
    )  # fmt: skip
    submission = questionnaire.last_submission
    if submission is None or not submission.is_file:
        raise errors.WrongState("The answers were given here, not in a file: there is nothing to read from one.")
    known = submissions.facts_of(submission)
    checked = _checked(submissions.key_questions(submissions.schema_of(submission)), facts)
    changed = {code: value for code, value in checked.items() if known.get(code) != value}
    for code, value in changed.items():
        if value is None:
            submission.key_facts.filter(question=code).delete()
            continue
        KeyFact.objects.update_or_create(
            submission=submission, question=code, defaults={"value": value, "by": by.name, "at": at},
            create_defaults={"company_id": submission.company_id, "value": value, "by": by.name, "at": at},
        )  # fmt: skip
    if changed:
        data = {"kind": questionnaire.kind, "facts": sorted(changed), "file_name": submission.document.file_name}
        outbox.record("questionnaire.facts_confirmed", questionnaire.engagement, by=by, at=at, data=data)
    return questionnaire


def _checked(asked: list[library.Question], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Each fact as it is stored; BadInput with everything that won't do."""
    questions, checked, wrong = {question.code: question for question in asked}, {}, {}
    for code, value in facts.items():
        if code not in questions:
            wrong[code] = "This is no key fact of the document."
            continue
        try:
            checked[code] = library.check(questions[code], value)
        except errors.BadInput as refusal:
            wrong |= refusal.fields
    if wrong:
        raise errors.BadInput(fields=wrong)
    return checked
