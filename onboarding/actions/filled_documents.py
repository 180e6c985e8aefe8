"""A questionnaire that was filled in elsewhere, as a Word or PDF file: handed in as one submission."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from onboarding import errors, file_policy
from onboarding.actions import documents, questionnaires
from onboarding.actors import CUSTOMER_WRITERS, Actor
from onboarding.models import Answer, Questionnaire
from onboarding.queries import submissions

ENDINGS = ("docx", "pdf")
READERS = "A viewer reads; ask a colleague to send the document."


@transaction.atomic
def submit(questionnaire_id: int, *, upload: documents.Upload, by: Actor, at: datetime) -> Questionnaire:
    """Hand the document in as a file: kept for good, read by the specialist, its key facts confirmed before acceptance.

    The answers given in the browser stay where they are and are no part of it. A file that was sent back and comes
    again unchanged is refused. Raises WrongState in review or once accepted, BadInput with words at `file`.
    """
    questionnaire = questionnaires.locked(
        questionnaire_id, by, roles=CUSTOMER_WRITERS, words=READERS, states=questionnaires.ANSWERABLE
    )
    name = file_policy.clean_name(upload.name)
    if name.rpartition(".")[2].lower() not in ENDINGS:
        raise errors.BadInput(
            fields={"file": f"“{name}” is no Word or PDF file. Save it as DOCX or PDF and send that."}
        )
    last = questionnaire.last_submission
    if last is not None and last.is_file and last.document.sha256 == upload.sha256:
        raise errors.BadInput(fields={"file": f"“{name}” is the file that was sent back. Send the one you changed."})
    document = documents.take(
        questionnaire.engagement, kind=questionnaire.kind, title=questionnaire.get_kind_display(), upload=upload, by=by,
        at=at,
    )  # fmt: skip
    # What was asked about single answers is answered by the file.
    marked = questionnaire.answers.filter(review=Answer.Review.REVISION_NEEDED)
    marked.update(review=Answer.Review.NONE, review_note="")
    sha256 = submissions.sha256(questionnaire, file_sha256=document.sha256)
    questionnaires.hand_in(questionnaire, answers={}, sha256=sha256, document=document, is_file=True, by=by, at=at)
    return questionnaire
