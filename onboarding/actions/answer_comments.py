"""Comments on answers: one thread a question, written by the customer's people and by InterWeave's, read by both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import gates, letters, questionnaires
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor
from onboarding.library import questionnaires as library
from onboarding.models import AnswerComment, Message, Questionnaire
from onboarding.queries import questionnaires as queries

LONGEST = 4000
# Several comments within this time are one burst: the first of them is mailed, and leads to all.
BURST = timedelta(minutes=30)
READERS = "A viewer reads; ask a colleague to comment."


@transaction.atomic
def write(questionnaire_id: int, *, question: str, text: str, by: Actor, at: datetime) -> AnswerComment:
    """Say something about one answer, given or not; the other side gets a mail, one for a burst of comments.

    Raises NotFound for an absent question, BadInput for a comment that is empty or too long.
    """
    questionnaire, asked = _open(questionnaire_id, question, by)
    text = gates.said(text, field="text", words="Write your comment first.", longest=LONGEST)
    comment = AnswerComment.objects.create(
        company_id=questionnaire.company_id, engagement=questionnaire.engagement, questionnaire=questionnaire,
        question=question, text=text, is_staff=by.is_staff, by=by.name, at=at,
    )  # fmt: skip
    data = {"kind": questionnaire.kind, "question": asked.label}
    outbox.record("questionnaire.commented", questionnaire.engagement, by=by, at=at, data=data)
    _tell_the_other_side(questionnaire, asked, comment, by=by, at=at)
    return comment


def _open(questionnaire_id: int, question: str, by: Actor) -> tuple[Questionnaire, library.Question]:
    questionnaire = questionnaires.locked(questionnaire_id, by, roles=CUSTOMER_WRITERS | SPECIALISTS, words=READERS)
    asked = queries.schema_of(questionnaire).question(question)
    if asked is None:
        raise errors.NotFound
    return questionnaire, asked


def _tell_the_other_side(
    questionnaire: Questionnaire, asked: library.Question, comment: AnswerComment, *, by: Actor, at: datetime
) -> None:
    side = "staff" if comment.is_staff else "customer"
    burst = f"comment:{questionnaire.pk}:{side}"
    rows = Message.objects.filter(company_id=questionnaire.company_id, key__startswith=f"{burst}:")
    if rows.filter(queued_at__gt=at - BURST).exists():
        return
    mail: dict[str, Any] = {
        "kind": "questionnaire.commented",
        "subject": f"A comment on the {questionnaire.get_kind_display()}",
        "text": f"{by.name} writes about “{asked.label}”:\n\n{comment.text}\n\nFurther comments of the next half hour "
        "come without a mail; you find them all on the page.",
        "key": f"{burst}:{comment.pk}",
        "at": at,
        "button": "Read and answer",
    }
    place = f"questionnaires/{questionnaire.kind}"
    if comment.is_staff:
        path = f"/{place}/questions/{asked.code}/"
        letters.to_customer(questionnaire.engagement, **mail, path=path, roles=CUSTOMER_WRITERS)
    else:
        letters.to_specialist(questionnaire.engagement, **mail, place=f"{place}/questions/{asked.code}")


@transaction.atomic
def resolve(questionnaire_id: int, *, question: str, by: Actor, at: datetime) -> Questionnaire:
    """Close the thread of one question, by either side; another comment opens it again. WrongState when none is open."""
    questionnaire, asked = _open(questionnaire_id, question, by)
    closed = questionnaire.comments.filter(question=question, resolved_at=None)
    if not closed.update(resolved_at=at, resolved_by=by.name):
        raise errors.WrongState("There is no open comment on this answer.")
    data = {"kind": questionnaire.kind, "question": asked.label}
    outbox.record("questionnaire.comments_resolved", questionnaire.engagement, by=by, at=at, data=data)
    return questionnaire
