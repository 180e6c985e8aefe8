"""Acts around the two questionnaires: sections given away, comments, reviews, files instead of answers."""

from __future__ import annotations

from django.utils.timezone import now

from onboarding.actions import (
    answer_comments,
    answer_reviews,
    filled_documents,
    key_facts,
    questionnaires,
    section_assignments,
)
from tests.acts import STAFF, WRITERS, Act
from tests.journey.cast import upload

WHEN = "II III"

# fmt: off
ACTS = [
    Act("questionnaires.save_answers", WRITERS, WHEN, lambda w, by: questionnaires.save_answers(w.questionnaire.pk,
        answers={"objective": ("Yes", None)}, by=by, at=now())),
    Act("section_assignments.assign", WRITERS, WHEN, lambda w, by: section_assignments.assign(w.questionnaire.pk,
        section="purpose", member_id=w.member.pk, by=by, at=now())),
    Act("section_assignments.unassign", WRITERS, WHEN, lambda w, by: section_assignments.unassign(w.questionnaire.pk,
        section="purpose", by=by, at=now())),
    Act("answer_comments.write", WRITERS + STAFF, WHEN, lambda w, by: answer_comments.write(w.questionnaire.pk,
        question="objective", text="Really?", by=by, at=now())),
    Act("answer_comments.resolve", WRITERS + STAFF, WHEN, lambda w, by: answer_comments.resolve(w.questionnaire.pk,
        question="objective", by=by, at=now())),
    Act("answer_reviews.record", STAFF, WHEN, lambda w, by: answer_reviews.record(w.questionnaire.pk,
        outcomes={"objective": "accepted"}, notes={}, by=by, at=now())),
    Act("answer_reviews.undo", STAFF, WHEN, lambda w, by: answer_reviews.undo(w.questionnaire.pk, question="objective",
        by=by, at=now())),
    Act("answer_reviews.reopen", STAFF, WHEN, lambda w, by: answer_reviews.reopen(w.questionnaire.pk, reason="Again",
        by=by, at=now())),
    Act("key_facts.confirm", STAFF, WHEN, lambda w, by: key_facts.confirm(w.questionnaire.pk, facts={}, by=by,
        at=now())),
    Act("filled_documents.submit", WRITERS, WHEN, lambda w, by: filled_documents.submit(w.questionnaire.pk,
        upload=upload(), by=by, at=now())),
]
# fmt: on
