"""Answers reviewed one by one: accepted and locked, marked, opened again; the document sent back or reopened."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import answer_reviews, questionnaires
from onboarding.models import Answer, Event, Message, Questionnaire
from onboarding.queries import questionnaires as queries
from tests.factories import NOW, owner, specialist
from tests.onboarding.actions.test_questionnaires import fill, opened, save, submitted

pytestmark = pytest.mark.django_db


def record(row: Questionnaire, outcomes: dict[str, str], **notes: str) -> Questionnaire:
    return answer_reviews.record(row.pk, outcomes=outcomes, notes=notes, by=specialist(), at=NOW)


def reviews(row: Questionnaire) -> dict[str, str]:
    return dict(row.answers.exclude(review="").values_list("question", "review"))


def back(row: Questionnaire, note: str = "", **questions: str) -> Questionnaire:
    return questionnaires.need_revision(row.pk, note=note, questions=questions, by=specialist(), at=NOW)


def test_marks_are_kept_for_the_specialist_until_the_document_goes_back() -> None:
    row = submitted()

    record(row, {"objective": "accepted", "users": "revision_needed"}, users=" Really? ")
    record(row, {"objective": "accepted", "users": "revision_needed"}, users="Really?")  # nothing new

    lines = {line.question.code: line for sheet in queries.sheet(row) for line in sheet.lines}
    assert reviews(row) == {"objective": "accepted", "users": "revision_needed"}
    assert (lines["users"].needs_revision, lines["users"].review_note) == (False, "Really?")
    event = Event.objects.get(kind="questionnaire.answers_reviewed")
    assert (event.is_internal, event.data["accepted"], event.data["marked"]) == (True, ["objective"], ["users"])
    assert not Message.objects.filter(kind="questionnaire.revision_needed").exists()

    back(row)

    sent = {line.question.code for sheet in queries.sheet(Questionnaire.objects.get(pk=row.pk)) for line in sheet.lines
            if line.needs_revision}  # fmt: skip
    assert sent == {"users"}
    assert "Really?" in Message.objects.filter(kind="questionnaire.revision_needed")[0].text


@pytest.mark.parametrize(
    ("question", "outcome", "note", "words"),
    [
        ("horoscope", "accepted", "", "This questionnaire has no such question."),
        ("users", "splendid", "", "Choose accepted or revision needed."),
        ("hours_a_week", "accepted", "", "There is no answer to accept. Ask for one, or leave it."),
        ("users", "revision_needed", " ", "Say what should change."),
        ("users", "revision_needed", "x" * 1001, "Shorten this to 1000 characters: it has 1001."),
    ],
)
def test_a_review_that_wont_do_is_refused_whole(question: str, outcome: str, note: str, words: str) -> None:
    row = submitted()

    with pytest.raises(errors.BadInput) as refusal:
        record(row, {"objective": "accepted", question: outcome}, **{question: note})

    assert refusal.value.fields == {question: words}
    assert (reviews(row), Event.objects.count()) == ({}, 1)


def test_an_accepted_answer_is_locked_until_a_specialist_opens_it() -> None:
    row = submitted()
    record(row, {"users": "accepted"})
    with pytest.raises(errors.BadInput):
        record(row, {"users": ""})
    back(row, note="The rest, please.")

    with pytest.raises(errors.WrongState):
        save(row, "users", 99)
    same = save(row, "users", 12)
    answer_reviews.undo(row.pk, question="users", by=specialist(), at=NOW)
    changed = save(row, "users", 99)

    assert (same.version, changed.value, changed.review) == (1, 99, "")


def test_accepting_accepts_the_rest_and_waits_for_marks() -> None:
    row = submitted()
    record(row, {"users": "revision_needed"}, users="Really?")

    with pytest.raises(errors.WrongState, match="1 answer is marked for revision"):
        questionnaires.accept(row.pk, by=specialist(), at=NOW)
    assert Questionnaire.objects.get(pk=row.pk).state == "submitted"
    record(row, {"users": ""})
    questionnaires.accept(row.pk, by=specialist(), at=NOW)

    assert set(reviews(row)) == set(row.last_submission.answers)
    assert set(reviews(row).values()) == {"accepted"}


def test_an_accepted_document_is_reopened_with_its_answers_still_accepted() -> None:
    row = submitted()
    questionnaires.accept(row.pk, by=specialist(), at=NOW)

    with pytest.raises(errors.BadInput):
        answer_reviews.reopen(row.pk, reason=" ", by=specialist(), at=NOW)
    with pytest.raises(errors.WrongState):
        answer_reviews.undo(row.pk, question="users", by=specialist(), at=NOW)
    answer_reviews.reopen(row.pk, reason="They moved to Creatio.", by=specialist(), at=NOW)
    answer_reviews.undo(row.pk, question="users", by=specialist(), at=NOW)

    row.refresh_from_db()
    assert (row.state, row.review_note, "users" in reviews(row)) == ("submitted", "They moved to Creatio.", False)
    assert Event.objects.filter(kind="questionnaire.reopened").get().data["reason"] == "They moved to Creatio."


def test_sending_an_accepted_document_back_opens_what_is_named_or_else_everything() -> None:
    row = submitted()
    questionnaires.accept(row.pk, by=specialist(), at=NOW)

    back(row, users="Count again.")
    named = reviews(row)
    save(row, "users", 13)
    questionnaires.submit(row.pk, by=owner(row.company), at=NOW)
    questionnaires.accept(row.pk, by=specialist(), at=NOW)
    back(row, note="Everything changed.")

    assert (named["users"], named["objective"], reviews(row)) == ("revision_needed", "accepted", {})


def test_a_mark_at_a_question_that_is_no_longer_asked_does_not_keep_the_document_back() -> None:
    row = submitted(kind="technical_details")
    back(row, crm="Is it?", crm_edition="Which one?")
    save(row, "crm", "creatio")
    fill(row)

    questionnaires.submit(row.pk, by=owner(row.company), at=NOW)
    questionnaires.accept(row.pk, by=specialist(), at=NOW)

    hidden = row.answers.get(question="crm_edition")
    assert (Questionnaire.objects.get(pk=row.pk).state, hidden.review, hidden.review_note) == ("accepted", "", "")


def test_a_document_is_not_accepted_without_the_questions_that_the_other_one_led_to_meanwhile() -> None:
    other = opened()
    Questionnaire.objects.update(schema_version=2)
    row = Questionnaire.objects.get(kind="technical_details")
    fill(row)
    questionnaires.submit(row.pk, by=owner(row.company), at=NOW)
    save(other, "flows", ["opportunity_to_invoice"])

    with pytest.raises(errors.WrongState, match="Answers given meanwhile lead to further questions"):
        questionnaires.accept(row.pk, by=specialist(), at=NOW)

    assert Questionnaire.objects.get(pk=row.pk).state == "submitted"


def test_a_note_alone_opens_everything_though_an_answer_that_was_not_handed_in_is_open_already() -> None:
    row = submitted()
    Answer.objects.create(
        company=row.company, questionnaire=row, question="hours_a_week", value=None, by="Ann", at=NOW
    )  # fmt: skip
    questionnaires.accept(row.pk, by=specialist(), at=NOW)

    back(row, note="Everything changed.")

    assert (save(row, "users", 99).value, reviews(row)) == (99, {})


@pytest.mark.parametrize("question", ["users", "horoscope"], ids=["not accepted", "unknown"])
def test_there_is_nothing_to_open_again(question: str) -> None:
    row = submitted()

    with pytest.raises(errors.Refused) as refusal:
        answer_reviews.undo(row.pk, question=question, by=specialist(), at=NOW)

    expected: Any = errors.WrongState if question == "users" else errors.NotFound
    assert (type(refusal.value), Event.objects.count(), Answer.objects.exclude(review="").count()) == (expected, 1, 0)
