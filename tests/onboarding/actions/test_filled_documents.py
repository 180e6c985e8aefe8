"""A questionnaire filled in elsewhere: one submission, read by a specialist, its key facts in the place of answers."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import filled_documents, key_facts, questionnaires
from onboarding.models import Answer, Document, Event, KeyFact, Questionnaire, QuestionnaireSubmission
from onboarding.queries import questionnaires as queries
from onboarding.queries import submissions
from onboarding.rendering import word
from onboarding.workflow import criteria
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory, SpecialistFactory, owner, specialist
from tests.file_checks import found_clean
from tests.journey.cast import upload

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
FACTS = {
    "crm": "salesforce",
    "finance": "quickbooks_online",
    "accounts": "230",
    "customers": 180,
    "deployment": "cloud",
}


@pytest.fixture
def row() -> Questionnaire:
    engagement = EngagementFactory(step=Step.DATA_COLLECTION.value, specialist=SpecialistFactory())
    questionnaires.open_for(engagement, by=specialist(), at=NOW)
    return engagement.questionnaires.get(kind="technical_details")


def send(row: Questionnaire, name: str = "filled.pdf", content: bytes = PDF) -> Questionnaire:
    file = upload(name, content)
    return filled_documents.submit(row.pk, upload=file, by=owner(row.company), at=NOW)


def confirm(row: Questionnaire, **facts: Any) -> Questionnaire:
    return key_facts.confirm(row.pk, facts=facts, by=specialist(), at=NOW)


def blank(row: Questionnaire) -> bytes:
    schema = queries.schema_of(row)
    return word.questionnaire(schema, company="Acme", reference="IW-1", answers=queries.values(row))


def with_macros(content: bytes) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"macro")
    return file.getvalue()


def test_a_file_is_one_submission_that_waits_for_the_specialist(row: Questionnaire) -> None:
    questionnaires.save_answer(row.pk, question="crm_users", value=3, version=None, by=owner(row.company), at=NOW)

    done = send(row, "filled.docx", blank(row))

    kept = QuestionnaireSubmission.objects.get()
    assert (done.state, done.last_submission, kept.is_file, kept.answers, kept.number) == (
        "submitted",
        kept,
        True,
        {},
        1,
    )
    assert kept.sha256 == submissions.sha256(row, file_sha256=kept.document.sha256)
    assert (kept.document.kind, kept.document.scan, kept.document.is_generated) == (
        "technical_details",
        "pending",
        False,
    )
    event = Event.objects.get(kind="questionnaire.submitted")
    assert (event.data["file_name"], queries.submitted(row.engagement)) == ("filled.docx", {})


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("filled.docx", with_macros, "holds macros"),
        ("filled.xlsx", lambda content: content, "is no Word or PDF file"),
        ("filled.docm", lambda content: content, "is no Word or PDF file"),
        ("filled.pdf", lambda content: content, "is not what its name says"),
        ("filled.docx", lambda content: b"", "is empty"),
    ],
    ids=["macros", "a sheet", "macro type", "another type", "empty"],
)
def test_a_file_that_wont_do_is_refused_and_leaves_nothing(
    row: Questionnaire, name: str, content: Any, words: str
) -> None:
    with pytest.raises(errors.BadInput) as refusal:
        send(row, name, content(blank(row)))

    assert words in refusal.value.fields["file"]
    row.refresh_from_db()
    assert (row.state, QuestionnaireSubmission.objects.count(), Document.objects.count()) == ("open", 0, 0)


def test_a_file_in_review_is_not_sent_twice_and_an_unchanged_one_not_again(row: Questionnaire) -> None:
    send(row)
    with pytest.raises(errors.WrongState):
        send(row)
    questionnaires.need_revision(row.pk, note="Page 3", questions={}, by=specialist(), at=NOW)
    with pytest.raises(errors.BadInput, match="Check what you entered"):
        send(row)

    assert QuestionnaireSubmission.objects.count() == 1


def test_a_file_is_accepted_once_it_is_clean_and_every_required_key_fact_confirmed(row: Questionnaire) -> None:
    send(row)
    by = specialist()

    with pytest.raises(errors.WrongState, match="is still being checked"):
        questionnaires.accept(row.pk, by=by, at=NOW)
    found_clean(QuestionnaireSubmission.objects.get().document, at=NOW)
    with pytest.raises(errors.BadInput) as refusal:
        questionnaires.accept(row.pk, by=by, at=NOW)
    confirm(row, **FACTS)
    questionnaires.accept(row.pk, by=by, at=NOW)

    assert set(refusal.value.fields) == set(FACTS)
    assert refusal.value.fields["accounts"] == "Confirm “Accounts in the CRM” from the file."
    assert queries.submitted(row.engagement) == FACTS | {"accounts": 230}
    met = {one.criterion.code: one.is_met for one in criteria.find(row.engagement, Step.DATA_COLLECTION)}
    assert met["technical_details.not_accepted"]


def test_a_quarantined_file_is_never_accepted(row: Questionnaire) -> None:
    send(row)
    Document.objects.update(scan="quarantined")

    with pytest.raises(errors.WrongState, match="is quarantined"):
        questionnaires.accept(row.pk, by=specialist(), at=NOW)


def test_key_facts_are_changed_and_cleared_and_wrong_ones_keep_none(row: Questionnaire) -> None:
    send(row)
    confirm(row, **FACTS)

    with pytest.raises(errors.BadInput) as refusal:
        confirm(row, crm="creatio", accounts="many", crm_users=3, go_live_wish="soon")
    confirm(row, crm="creatio", customers="")
    confirm(row, crm="creatio")

    assert set(refusal.value.fields) == {"accounts", "crm_users", "go_live_wish"}
    assert dict(KeyFact.objects.values_list("question", "value")) == {
        "crm": "creatio", "finance": "quickbooks_online", "accounts": 230, "deployment": "cloud",
    }  # fmt: skip
    assert Event.objects.filter(kind="questionnaire.facts_confirmed").count() == 2


def test_there_are_no_key_facts_without_a_file(row: Questionnaire) -> None:
    Questionnaire.objects.filter(pk=row.pk).update(state="submitted")

    with pytest.raises(errors.WrongState):
        confirm(row, crm="salesforce")

    assert KeyFact.objects.count() == 0


def test_marks_at_single_answers_are_answered_by_the_file(row: Questionnaire) -> None:
    Questionnaire.objects.filter(pk=row.pk).update(state="submitted")
    questionnaires.need_revision(row.pk, note="", questions={"crm": "Which?"}, by=specialist(), at=NOW)

    send(row)

    assert not Answer.objects.exclude(review="").exists()
