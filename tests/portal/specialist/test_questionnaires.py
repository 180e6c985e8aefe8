"""Questionnaires as their reviewer meets them: answer by answer, talked about, sent back, or read from a file."""

from __future__ import annotations

import pytest
from django.urls import reverse

from onboarding.actions import answer_comments, filled_documents, questionnaires
from onboarding.models import Answer, AnswerComment, KeyFact, Questionnaire
from onboarding.workflow.steps import Step
from tests.factories import handed_in
from tests.file_checks import found_clean
from tests.journey import journey, phase_one
from tests.journey.cast import Cast, upload

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def collecting(db) -> Cast:
    return journey(Step.DATA_COLLECTION)


@pytest.fixture
def submitted(collecting: Cast) -> Questionnaire:
    row = phase_one.answered(collecting, "technical_details")
    return questionnaires.submit(row.pk, by=collecting.owner, at=collecting.later())


@pytest.fixture
def as_file(collecting: Cast) -> Questionnaire:
    row = Questionnaire.objects.get(engagement=collecting.engagement, kind="technical_details")
    return filled_documents.submit(row.pk, upload=upload("filled.pdf", PDF), by=collecting.owner, at=collecting.at)


def place(row: Questionnaire, name: str = "questionnaire", *more: str) -> str:
    return reverse(f"specialist:{name}", args=[row.engagement.reference, row.kind, *more])


def reviews(row: Questionnaire) -> dict[str, str]:
    return dict(row.answers.exclude(review="").values_list("question", "review"))


def test_answers_are_reviewed_one_by_one_and_sent_back(submitted, specialist):
    about = {"questionnaire_id": submitted.pk}
    marks = {"outcome-crm": "accepted", "outcome-crm_users": "", "crm_users": "With the warehouse?"}

    kept = specialist.post(place(submitted), {"act": "review", **about, **marks})
    refused = specialist.post(place(submitted), {"act": "accept", **about, "note": ""})
    back = specialist.post(place(submitted), {"act": "need_revision", **about, "note": "Nearly there"})

    submitted.refresh_from_db()
    assert (kept.status_code, back.status_code, submitted.state) == (302, 302, "revision_needed")
    assert (refused.status_code, "1 answer is marked for revision" in refused.content.decode()) == (409, True)
    assert reviews(submitted) == {"crm": "accepted", "crm_users": "revision_needed"}


def test_a_revision_without_words_stands_at_its_answer_and_nothing_is_kept(submitted, specialist):
    asked = {"act": "review", "questionnaire_id": submitted.pk, "outcome-crm": "accepted"}

    refused = specialist.post(place(submitted), asked | {"outcome-crm_users": "revision_needed", "crm_users": ""})

    assert (refused.status_code, refused.context["form"].errors["crm_users"]) == (422, ["Say what should change."])
    assert reviews(submitted) == {}


def test_a_document_is_accepted_reopened_and_an_answer_opened_again(submitted, specialist):
    about = {"questionnaire_id": submitted.pk}
    here = place(submitted)

    specialist.post(here, {"act": "accept", **about, "note": "Clear"})
    accepted = set(reviews(submitted).values())
    specialist.post(here, {"act": "reopen", **about, "reason": "They moved to Creatio."})
    undone = specialist.post(place(submitted, "answer", "crm"), {"act": "undo", **about, "question": "crm"})

    submitted.refresh_from_db()
    assert (accepted, undone.status_code, submitted.state) == ({"accepted"}, 302, "submitted")
    assert Answer.objects.get(questionnaire=submitted, question="crm").review == ""


def test_comments_are_written_and_settled_at_the_answer(submitted, specialist):
    here, about = place(submitted, "answer", "crm"), {"questionnaire_id": submitted.pk, "question": "crm"}

    said = specialist.post(here, {"act": "comment", **about, "text": "<script>alert(1)</script> Which edition?"})
    page = specialist.get(here).content.decode()
    settled = specialist.post(here, {"act": "resolve", **about})

    assert (said.status_code, settled.status_code) == (302, 302)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Which edition?" in page
    assert "1 comment, settled" in specialist.get(place(submitted)).content.decode()
    assert AnswerComment.objects.get().resolved_by


def test_what_the_customer_asks_waits_on_the_list(collecting, submitted, specialist):
    answer_comments.write(submitted.pk, question="crm", text="Two?", by=collecting.owner, at=collecting.later())

    page = specialist.get(reverse("specialist:questionnaires", args=[submitted.engagement.reference])).content.decode()

    assert page.count("1 comment to answer") == 1


def test_a_file_is_read_and_accepted_once_its_key_facts_are_confirmed(as_file, specialist):
    about, here = {"questionnaire_id": as_file.pk}, place(as_file)
    facts = {"crm": "salesforce", "finance": "quickbooks_online", "accounts": "230", "customers": "180",
             "deployment": "cloud"}  # fmt: skip

    unchecked = specialist.post(here, {"act": "accept", **about, "note": ""})
    found_clean(as_file.last_submission.document)
    early = specialist.post(here, {"act": "accept", **about, "note": ""})
    wrong = specialist.post(here, {"act": "confirm", **about, **facts, "accounts": "many"})
    kept_before = KeyFact.objects.count()
    confirmed = specialist.post(here, {"act": "confirm", **about, **facts})
    accepted = specialist.post(here, {"act": "accept", **about, "note": ""})

    as_file.refresh_from_db()
    assert (unchecked.status_code, "is still being checked" in unchecked.content.decode()) == (409, True)
    assert (early.status_code, "Confirm “" in early.content.decode()) == (422, True)
    assert wrong.context["form"].errors["accounts"] == ["Enter a whole number, such as 1200."]
    assert (kept_before, confirmed.status_code, accepted.status_code) == (0, 302, 302)
    assert (as_file.state, KeyFact.objects.get(question="accounts").value) == ("accepted", 230)
    assert "read from filled.pdf" in specialist.get(here).content.decode()


def test_what_changed_between_two_submissions_is_shown(standing_at, specialist):
    engagement = standing_at(Step.DATA_COLLECTION)
    handed_in(engagement, "technical_details", {"crm": "salesforce", "crm_users": 40})
    row = handed_in(engagement, "technical_details", {"crm": "creatio", "accounts": 230}).questionnaire

    page = specialist.get(place(row, "submissions")).content.decode()
    unknown = specialist.get(place(row, "submissions") + "?from=1&to=99").content.decode()

    assert "3 differences from submission 1 to 2" in page
    assert all(word in page for word in ("Salesforce", "Creatio", "Added", "Changed", "Removed"))
    assert "There is no submission “99”. Choose from 1 to 2." in unknown


@pytest.mark.parametrize("path", ["questions/horoscope/", "questions/crm/", "submissions/"])
def test_what_is_not_there_is_not_found(standing_at, specialist, path):
    engagement = standing_at(Step.WELCOME_CALL)

    base = f"/staff/engagements/{engagement.reference}/questionnaires"
    assert specialist.get(f"{base}/technical_details/{path}").status_code == 404
    assert specialist.get(f"{base}/horoscope/{path}").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_takes_as_many_queries_however_much_was_said(submitted, specialist, count, django_assert_num_queries):
    for number in range(count):
        AnswerComment.objects.create(
            company=submitted.company, engagement=submitted.engagement, questionnaire=submitted, question="crm",
            text=str(number), is_staff=False, by="Ann", at=submitted.last_submission.at,
        )  # fmt: skip
    specialist.get(place(submitted))

    with django_assert_num_queries(16):  # one of them because its PDF is still being made
        specialist.get(place(submitted))


def test_only_specialists_are_offered_the_review(submitted, auditor):
    assert "Save the review" not in auditor.get(place(submitted)).content.decode()
