"""Doc 1 and Doc 2: answered by several people, submitted once complete, reviewed, revised."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import questionnaires
from onboarding.library import questionnaires as library
from onboarding.models import Answer, Document, Event, Message, Questionnaire, QuestionnaireSubmission, Rendering
from onboarding.queries import questionnaires as queries
from onboarding.rendering import html
from onboarding.workflow.steps import Step
from tests.at_once import at_once
from tests.factories import (
    NOW,
    EngagementFactory,
    SpecialistFactory,
    finance,
    owner,
    specialist,
    stranger,
    viewer,
)

pytestmark = pytest.mark.django_db
SAMPLES = {
    "text": "Text", "long_text": "Long text", "number": 12, "date": "2027-03-12", "yes_no": False,
    "email": "ann@acme.example", "url": "https://acme.my.salesforce.com", "host_port": "proxy.acme.example:8080",
}  # fmt: skip


def opened(kind: str = "solutions_definition", **fields: Any) -> Questionnaire:
    """Blank, on the first version of the questions: engagements that began with it keep it."""
    engagement = EngagementFactory(**{"step": Step.DATA_COLLECTION.value, "specialist": SpecialistFactory()} | fields)
    here = {"company": engagement.company, "engagement": engagement, "schema_version": 1}
    for one in Questionnaire.Kind.values:
        Questionnaire.objects.create(**here, kind=one)
    return engagement.questionnaires.get(kind=kind)


def sample(question: library.Question) -> Any:
    if question.type == "multi_choice":
        return [question.choices[0].value]
    if question.type == "table":
        return [{column.code: sample(column) for column in question.columns}]
    return question.choices[0].value if question.type == "choice" else SAMPLES[question.type]


def fill(questionnaire: Questionnaire) -> None:
    """Answer whatever is required, conditional questions as they appear."""
    schema = queries.schema_of(questionnaire)
    while missing := library.missing(schema, queries.values(questionnaire)):
        for question in schema.questions:
            if question.code in missing:
                Answer.objects.create(
                    company=questionnaire.company, questionnaire=questionnaire, question=question.code,
                    value=sample(question), by="Ann", at=NOW,
                )  # fmt: skip


def save(questionnaire: Questionnaire, question: str, value: Any, version: int | None = None, **given: Any) -> Answer:
    by = given.get("by") or owner(questionnaire.company)
    return questionnaires.save_answer(
        questionnaire.pk, question=question, value=value, version=version, by=by, at=NOW
    )  # fmt: skip


def submitted(**fields: Any) -> Questionnaire:
    questionnaire = opened(**fields)
    fill(questionnaire)
    return questionnaires.submit(questionnaire.pk, by=owner(questionnaire.company), at=NOW)


def test_entering_step_two_opens_both_documents_once_on_the_latest_questions() -> None:
    engagement = EngagementFactory(step=Step.DATA_COLLECTION.value)
    questionnaires.open_for(engagement, by=specialist(), at=NOW)
    answers = Answer.objects.count()

    questionnaires.open_for(engagement, by=specialist(), at=NOW)

    assert [(one.kind, one.state, one.schema_version) for one in Questionnaire.objects.order_by("pk")] == [
        ("solutions_definition", "open", 2), ("technical_details", "open", 2),
    ]  # fmt: skip
    assert Answer.objects.count() == answers


def test_an_answer_is_kept_and_its_version_rises_with_each_change() -> None:
    questionnaire = opened()

    first = save(questionnaire, "users", "40", version=0)
    second = save(questionnaire, "users", "41", version=1)
    same = save(questionnaire, "users", "41", version=1)

    assert (first.value, first.version) == (40, 1)
    assert (second.value, second.version, same.version) == (41, 2, 2)
    assert (Answer.objects.get().by, Event.objects.count()) == (second.by, 0)


def test_an_empty_field_that_was_empty_stays_no_answer_and_an_answer_can_be_cleared() -> None:
    questionnaire = opened()

    untouched = save(questionnaire, "users", "", version=0)
    assert (untouched.version, Answer.objects.count()) == (0, 0)

    save(questionnaire, "users", "40", version=0)
    cleared = save(questionnaire, "users", "", version=1)
    assert (cleared.value, cleared.version, Answer.objects.get().value) == (None, 2, None)


@pytest.mark.parametrize("read", [0, 1], ids=["saw none", "saw an older one"])
def test_an_answer_changed_meanwhile_is_shown_not_overwritten(read: int) -> None:
    questionnaire = opened()
    colleague = owner(questionnaire.company)
    save(questionnaire, "users", 40)
    save(questionnaire, "users", 50, by=colleague)

    with pytest.raises(errors.Stale) as refusal:
        save(questionnaire, "users", 60, version=read)

    assert refusal.value.data == {"value": 50, "version": 2, "by": colleague.name}
    assert Answer.objects.get().value == 50


@pytest.mark.parametrize(
    ("question", "value", "words"),
    [
        ("users", "many", "Enter a whole number, such as 1200."),
        ("horoscope", "lion", "This questionnaire has no such question."),
    ],
)
def test_an_answer_that_cannot_be_taken_is_refused_with_words(question: str, value: str, words: str) -> None:
    questionnaire = opened()

    with pytest.raises(errors.BadInput) as refusal:
        save(questionnaire, question, value)

    assert refusal.value.fields == {question: words}
    assert Answer.objects.count() == 0


@pytest.mark.parametrize(
    ("by", "refusal"),
    [(viewer, errors.NotYours), (lambda _: stranger(), errors.NotFound), (lambda _: specialist(), errors.NotYours)],
    ids=["viewer", "stranger", "specialist"],
)
def test_only_the_customers_writers_answer_and_submit(by: Any, refusal: type[errors.Refused]) -> None:
    questionnaire = opened()
    fill(questionnaire)
    actor, before = by(questionnaire.company), Answer.objects.count()

    with pytest.raises(refusal):
        save(questionnaire, "hours_a_week", 6, by=actor)
    with pytest.raises(refusal):
        questionnaires.submit(questionnaire.pk, by=actor, at=NOW)

    questionnaire.refresh_from_db()
    assert (questionnaire.state, Answer.objects.count(), Event.objects.count()) == ("open", before, 0)


def test_answers_belong_to_steps_two_and_three() -> None:
    questionnaire = opened(step=Step.CUSTOMER_VERIFICATION.value)

    with pytest.raises(errors.WrongStep):
        save(questionnaire, "users", 40)

    assert Answer.objects.count() == 0


def test_progress_counts_visible_questions_only() -> None:
    questionnaire = opened("technical_details")
    save(questionnaire, "crm", "salesforce")
    save(questionnaire, "crm_edition", "enterprise")

    before = queries.progress(questionnaire)
    save(questionnaire, "crm", "creatio")
    after = queries.progress(questionnaire)

    assert (before["answered"], before["total"]) == (2, 23)
    assert (after["answered"], after["total"]) == (1, 21)
    assert before["sections"][0] == {"code": "crm", "title": "Your CRM", "answered": 2, "total": 8}
    assert [section["code"] for section in after["sections"]] == ["crm", "finance", "volumes", "network"]


def test_a_submission_freezes_the_visible_answers_and_orders_their_pdf() -> None:
    questionnaire = opened("technical_details")
    fill(questionnaire)
    by = owner(questionnaire.company)
    save(questionnaire, "crm", "creatio")  # hides crm_edition, which was answered
    engagement = questionnaire.engagement

    done = questionnaires.submit(questionnaire.pk, by=by, at=NOW)

    kept = QuestionnaireSubmission.objects.get()
    assert (done.state, done.last_submission, kept.number, kept.at, kept.by) == ("submitted", kept, 1, NOW, by.name)
    assert kept.answers["crm"] == "creatio"
    assert "crm_edition" not in kept.answers
    assert queries.submitted(engagement)["crm"] == "creatio"
    document = Document.objects.get()
    assert (document.kind, document.pk, document.version) == ("technical_details", kept.document_id, 1)
    page = html.page("technical_details", Rendering.objects.get().context)
    assert "Which CRM do you use?" in page
    assert "Creatio" in page
    event = Event.objects.get()
    assert (event.kind, event.data) == (
        "questionnaire.submitted",
        {"kind": "technical_details", "submission": 1, "answers": len(kept.answers), "sha256": kept.sha256},
    )
    message = Message.objects.get()
    assert (message.to, message.path) == (
        engagement.specialist.user.email,
        f"/staff/engagements/{engagement.reference}/questionnaires/technical_details/",
    )


def test_an_incomplete_document_is_refused_with_everything_missing() -> None:
    questionnaire = opened()
    save(questionnaire, "multi_currency", "yes")

    with pytest.raises(errors.BadInput) as refusal:
        questionnaires.submit(questionnaire.pk, by=owner(questionnaire.company), at=NOW)

    assert refusal.value.fields["objective"] == "Describe what should be different once the integration is live."
    assert refusal.value.fields["currencies"] == "Name the currencies, your home currency first."
    assert "hours_a_week" not in refusal.value.fields
    questionnaire.refresh_from_db()
    assert (questionnaire.state, Document.objects.count(), Event.objects.count()) == ("open", 0, 0)


def test_a_submitted_document_is_locked_until_a_revision_is_asked_for() -> None:
    questionnaire = submitted()

    with pytest.raises(errors.WrongState):
        save(questionnaire, "hours_a_week", 6)
    with pytest.raises(errors.WrongState):
        questionnaires.submit(questionnaire.pk, by=owner(questionnaire.company), at=NOW)

    assert (Event.objects.count(), Document.objects.count()) == (1, 1)


def test_a_specialist_accepts_a_submission() -> None:
    questionnaire, by = submitted(), specialist()

    done = questionnaires.accept(questionnaire.pk, by=by, at=NOW, note=" Very clear ")

    assert (done.state, done.reviewed_at, done.reviewed_by, done.review_note) == (
        "accepted", NOW, by.name, "Very clear",
    )  # fmt: skip
    assert Event.objects.last().data == {"kind": "solutions_definition", "submission": 1, "note": "Very clear"}


def test_nothing_can_be_accepted_before_it_was_submitted() -> None:
    questionnaire = opened()

    with pytest.raises(errors.WrongState):
        questionnaires.accept(questionnaire.pk, by=specialist(), at=NOW)

    assert Event.objects.count() == 0


@pytest.mark.parametrize("by", [owner, lambda _: finance()], ids=["the customer", "finance"])
def test_only_specialists_review(by: Any) -> None:
    questionnaire = submitted()
    actor = by(questionnaire.company)

    with pytest.raises(errors.NotYours):
        questionnaires.accept(questionnaire.pk, by=actor, at=NOW)
    with pytest.raises(errors.NotYours):
        questionnaires.need_revision(questionnaire.pk, note="More", questions={}, by=actor, at=NOW)

    questionnaire.refresh_from_db()
    assert (questionnaire.state, Event.objects.count()) == ("submitted", 1)


def test_a_revision_names_its_answers_and_is_done_when_each_was_looked_at() -> None:
    questionnaire = submitted()
    people = owner(questionnaire.company)
    asked = {"success": " With numbers? ", "users": "Really?", "hours_a_week": "An estimate helps us."}

    questionnaires.need_revision(questionnaire.pk, note="Almost there", questions=asked, by=specialist(), at=NOW)

    questionnaire.refresh_from_db()
    assert (questionnaire.state, questionnaire.review_note) == ("revision_needed", "Almost there")
    flagged = [line for sheet in queries.sheet(questionnaire) for line in sheet.lines if line.needs_revision]
    assert [(line.question.code, line.review_note, line.is_answered) for line in flagged] == [
        ("hours_a_week", "An estimate helps us.", False), ("success", "With numbers?", True),
        ("users", "Really?", True),
    ]  # fmt: skip
    mail = Message.objects.get(kind="questionnaire.revision_needed", to=people.email)
    assert mail.path == "/questionnaires/solutions_definition/"
    assert "How will you measure that the integration is a success?\nWith numbers?" in mail.text

    with pytest.raises(errors.BadInput) as refusal:
        questionnaires.submit(questionnaire.pk, by=people, at=NOW)
    assert refusal.value.fields["users"] == "Change or confirm this answer: Really?"

    save(questionnaire, "success", "Invoices in one day", by=people)
    confirmed = save(questionnaire, "users", 12, by=people)  # the same value: confirmed
    save(questionnaire, "hours_a_week", 6, by=people)
    assert (confirmed.needs_revision, confirmed.version) == (False, 2)

    done = questionnaires.submit(questionnaire.pk, by=people, at=NOW)
    assert (done.state, done.last_submission.number, done.last_submission.document.version) == ("submitted", 2, 2)
    assert Document.objects.count() == 2


def test_an_accepted_document_can_be_opened_again_in_the_requirements_review() -> None:
    questionnaire = submitted(step=Step.REQUIREMENTS_REVIEW.value)
    questionnaires.accept(questionnaire.pk, by=specialist(), at=NOW)

    done = questionnaires.need_revision(
        questionnaire.pk, note="", questions={"users": "You said more today."}, by=specialist(), at=NOW
    )

    assert done.state == "revision_needed"
    assert Event.objects.last().data == {"kind": "solutions_definition", "questions": ["users"], "note": ""}


@pytest.mark.parametrize(
    ("note", "questions", "fields"),
    [
        (" ", {}, {"note": "Say what should change, here or at the answers."}),
        ("More", {"horoscope": "Lion?"}, {"horoscope": "This questionnaire has no such question."}),
        ("More", {"users": " "}, {"users": "Say what should change."}),
    ],
)
def test_a_revision_without_words_is_refused(note: str, questions: dict[str, str], fields: dict[str, str]) -> None:
    questionnaire = submitted()

    with pytest.raises(errors.BadInput) as refusal:
        questionnaires.need_revision(questionnaire.pk, note=note, questions=questions, by=specialist(), at=NOW)

    assert refusal.value.fields == fields
    questionnaire.refresh_from_db()
    assert (questionnaire.state, Event.objects.count()) == ("submitted", 1)
    assert not Answer.objects.filter(review="revision_needed").exists()


def test_a_revision_asked_for_by_mail_reaches_writers_not_viewers() -> None:
    questionnaire = submitted()
    reader = viewer(questionnaire.company)

    questionnaires.need_revision(questionnaire.pk, note="More", questions={}, by=specialist(), at=NOW)

    assert not Message.objects.filter(to=reader.email).exists()


def test_an_unassigned_engagements_submission_is_told_to_every_lead() -> None:
    questionnaire = opened(specialist=None)
    fill(questionnaire)
    boss = SpecialistFactory(role="lead")
    SpecialistFactory(role="lead", removed_at=NOW)

    questionnaires.submit(questionnaire.pk, by=owner(questionnaire.company), at=NOW)

    assert list(Message.objects.values_list("to", flat=True)) == [boss.user.email]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_colleagues_answering_at_once_one_is_shown_the_others_words() -> None:
    questionnaire = opened()
    one, other = owner(questionnaire.company), owner(questionnaire.company)

    outcomes = at_once(
        lambda: save(questionnaire, "users", 40, version=0, by=one),
        lambda: save(questionnaire, "users", 50, version=0, by=other),
        company_id=questionnaire.company_id,
    )

    assert outcomes == ["Stale", "done"]
    assert Answer.objects.get().version == 1
