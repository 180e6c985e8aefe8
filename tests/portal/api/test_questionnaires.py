"""Questionnaires over the API: read cheaply, answered several at once, submitted once, reviewed, compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from onboarding.actions import filled_documents, questionnaires
from onboarding.actors import SYSTEM, Role
from onboarding.models import Answer, AnswerComment, Event, KeyFact, Questionnaire, QuestionnaireSubmission
from tests.factories import NOW, handed_in
from tests.factories import owner as an_owner
from tests.file_checks import found_clean
from tests.journey.cast import upload
from tests.onboarding.actions.test_questionnaires import fill
from tests.portal.api.conftest import bearing, opened, token_of

JSON = "application/json"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def engagement(db):
    engagement = opened(step="data_collection")
    questionnaires.open_for(engagement, by=SYSTEM, at=NOW)
    return engagement


@pytest.fixture
def row(engagement) -> Questionnaire:
    return engagement.questionnaires.get(kind="technical_details")


@pytest.fixture
def here(at) -> Callable[[str], str]:
    return lambda rest="": at(f"questionnaires/technical_details/{rest}")


@pytest.fixture
def specialist(db) -> Client:
    return bearing(token_of(None, Role.SPECIALIST))


@pytest.fixture
def complete(row) -> Questionnaire:
    fill(row)
    return row


@pytest.fixture
def submitted(complete, owner, here) -> Questionnaire:
    assert owner.post(here("submit/"), {}, content_type=JSON).status_code == 200
    complete.refresh_from_db()
    return complete


def save(client: Client, path: str, **answers: tuple[Any, int | None]) -> Any:
    given = {code: {"value": value, "version": version} for code, (value, version) in answers.items()}
    return client.patch(path, {"answers": given}, content_type=JSON)


def test_a_document_is_read_with_its_questions_and_again_only_when_it_changed(owner, here):
    first = owner.get(here())
    again = owner.get(here(), headers={"If-None-Match": first["ETag"]})
    save(owner, here("answers/"), crm_users=(14, 0))
    changed = owner.get(here(), headers={"If-None-Match": first["ETag"]})

    told = {one["question"]: one for section in changed.json()["sections"] for one in section["answers"]}
    assert (first.status_code, again.status_code, again.content, changed.status_code) == (200, 304, b"", 200)
    assert (told["crm_users"]["value"], told["crm_users"]["shown"], told["crm_users"]["version"]) == (14, ["14"], 1)
    assert told["crm_users"]["by"] == "script (API)"


def test_both_documents_are_listed_and_their_questions_described(owner, at, here):
    items = owner.get(at("questionnaires/")).json()["items"]
    asked = owner.get(here("schema/")).json()

    assert [(one["kind"], one["state"]) for one in items] == [
        ("solutions_definition", "open"),
        ("technical_details", "open"),
    ]
    crm = next(q for section in asked["sections"] for q in section["questions"] if q["code"] == "crm")
    assert (asked["kind"], crm["type"], crm["is_key"], crm["is_required"]) == (
        "technical_details",
        "choice",
        True,
        True,
    )
    assert {"value": "creatio", "label": "Creatio"} in crm["choices"]


def test_who_knows_and_what_belongs_to_a_type_is_told(owner, at, here):
    shown = [owner.get(here("schema/")).json(), owner.get(at("questionnaires/solutions_definition/schema/")).json()]
    asked = {q["code"]: q for one in shown for section in one["sections"] for q in section["questions"]}

    assert asked["crm_users"]["usually_known_by"] == "your CRM administrator"
    assert "usually_known_by" not in asked["objective"]
    assert (asked["crm_screens"]["most"], "most" in asked["crm_users"]) == (5, False)
    quiet = {column["code"]: column for column in asked["quiet_dates"]["columns"]}
    assert [column.get("not_before") for column in quiet.values()].count("from") == 1


def test_several_answers_are_saved_together(owner, here, row):
    reply = save(owner, here("answers/"), crm_users=(14, 0), crm_sandbox=("no", None))

    assert reply.status_code == 200
    assert dict(row.answers.filter(question__in=["crm_users", "crm_sandbox"]).values_list("question", "value")) == {
        "crm_users": 14, "crm_sandbox": False,
    }  # fmt: skip


def test_one_answer_that_wont_do_keeps_all_from_being_saved(owner, here, row):
    reply = save(owner, here("answers/"), crm_users=("many", 0), crm_sandbox=("no", 0), horoscope=("lion", 0))

    assert (reply.status_code, reply.json()["code"]) == (422, "bad_input")
    assert reply.json()["fields"] == {
        "crm_users": "Enter a whole number, such as 1200.", "horoscope": "This questionnaire has no such question.",
    }  # fmt: skip
    assert not row.answers.filter(question__in=["crm_users", "crm_sandbox"]).exists()


def test_a_stale_answer_is_told_with_theirs_and_nothing_is_saved(owner, here, row):
    save(owner, here("answers/"), crm_users=(20, 0))

    reply = save(owner, here("answers/"), crm_users=(14, 0), crm_sandbox=("no", 0))
    decided = save(owner, here("answers/"), crm_users=(14, 1))

    assert (reply.status_code, reply.json()["code"]) == (409, "stale")
    assert reply.json()["answers"] == {"crm_users": {"value": 20, "version": 1, "by": "script (API)"}}
    assert (decided.status_code, Answer.objects.get(questionnaire=row, question="crm_users").value) == (200, 14)
    assert not row.answers.filter(question="crm_sandbox").exists()


@pytest.mark.parametrize(
    "body", [{}, {"answers": {}}, {"answers": []}, {"answers": {"crm": "x"}}, {"answers": {"crm": {"version": 1}}}],
    ids=["nothing", "none", "a list", "no pair", "no value"],
)  # fmt: skip
def test_a_body_that_says_nothing_is_refused(owner, here, body):
    before = Answer.objects.count()

    assert owner.patch(here("answers/"), body, content_type=JSON).status_code == 422
    assert Answer.objects.count() == before


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"value": 5, "version": "last"}, "crm_users, version: A valid integer is required."),
        (5, "crm_users, body: Invalid data. Expected a dictionary, but got int."),
    ],
)
def test_what_is_wrong_deep_in_a_body_says_where(owner, here, given, words):
    refused = owner.patch(here("answers/"), {"answers": {"crm_users": given}}, content_type=JSON)

    assert (refused.status_code, refused.json()["fields"]) == (422, {"answers": words})


def test_texts_that_no_database_takes_are_cleaned(owner, here, row):
    assert save(owner, here("answers/"), crm_users=("1\u00004", 0)).status_code == 200
    assert Answer.objects.get(questionnaire=row, question="crm_users").value == 14


def test_a_document_is_submitted_once_however_often_it_is_sent(owner, here, complete):
    read = owner.get(here()).json()["sha256"]
    keyed = {"headers": {"Idempotency-Key": "once"}, "content_type": JSON}

    first = owner.post(here("submit/"), {"sha256": read}, **keyed)
    again = owner.post(here("submit/"), {"sha256": read}, **keyed)
    other = owner.post(here("submit/"), {}, content_type=JSON)

    assert (first.status_code, again.json() == first.json(), again["Idempotency-Replayed"]) == (200, True, "true")
    assert (first.json()["state"], first.json()["submission"]["sha256"]) == ("submitted", read)
    assert (other.status_code, QuestionnaireSubmission.objects.count()) == (409, 1)


def test_answers_that_changed_since_they_were_read_are_not_submitted(owner, here, complete):
    read = owner.get(here()).json()["sha256"]
    save(owner, here("answers/"), crm_users=(99, None))

    reply = owner.post(here("submit/"), {"sha256": read}, content_type=JSON)

    assert (reply.status_code, reply.json()["code"], QuestionnaireSubmission.objects.count()) == (409, "stale", 0)


def test_a_document_with_gaps_is_not_submitted(owner, here):
    reply = owner.post(here("submit/"), {}, content_type=JSON)

    assert (reply.status_code, "accounts" in reply.json()["fields"]) == (422, True)
    assert QuestionnaireSubmission.objects.count() == 0


def test_specialists_review_answer_by_answer_and_customers_see_it_when_it_goes_back(owner, specialist, submitted, here):
    given = {"accepted": ["crm"], "revision_needed": {"accounts": "Leads too?"}}

    reviewed = specialist.post(here("review/"), given, content_type=JSON)
    hidden = marks(owner.get(here()))
    refused = specialist.post(here("accept/"), {}, content_type=JSON)
    back = specialist.post(here("revision/"), {"note": "Nearly"}, content_type=JSON)
    locked = save(owner, here("answers/"), crm=("creatio", None))

    assert (reviewed.status_code, hidden, refused.status_code) == (200, {}, 409)
    assert (back.json()["state"], back.json()["review_note"]) == ("revision_needed", "Nearly")
    assert marks(owner.get(here())) == {"crm": "accepted", "accounts": "revision_needed"}
    assert (locked.status_code, locked.json()["fields"]) == (
        422, {"crm": "Your specialist accepted this answer. Ask them to open it again."}
    )  # fmt: skip


def test_half_a_character_in_a_questions_name_is_refused_in_words(specialist, submitted, here):
    body = '{"questions": {"cr\\ud800": "Which?"}}'

    reply = specialist.post(here("revision/"), body, content_type=JSON)

    assert (reply.status_code, reply.json()["fields"]) == (422, {"cr": "This questionnaire has no such question."})
    submitted.refresh_from_db()
    assert submitted.state == "submitted"


def marks(reply: Any) -> dict[str, str]:
    lines = [one for section in reply.json()["sections"] for one in section["answers"]]
    return {one["question"]: one["review"] for one in lines if one["review"]}


def test_an_accepted_document_is_reopened_and_an_answer_opened_again(specialist, submitted, here):
    specialist.post(here("accept/"), {"note": "Clear"}, content_type=JSON)
    early = specialist.post(here("undo/"), {"question": "crm"}, content_type=JSON)
    reopened = specialist.post(here("reopen/"), {"reason": "They moved."}, content_type=JSON)
    undone = specialist.post(here("undo/"), {"question": "crm"}, content_type=JSON)

    assert (early.status_code, reopened.json()["state"], undone.status_code) == (409, "submitted", 200)
    assert Answer.objects.get(questionnaire=submitted, question="crm").review == ""


@pytest.mark.parametrize("act", ["review", "undo", "accept", "revision", "reopen", "facts"])
def test_a_customer_reviews_nothing(owner, submitted, here, act):
    body = {"question": "crm", "reason": "x", "note": "x", "facts": {"crm": "salesforce"}}

    reply = owner.post(here(f"{act}/"), body, content_type=JSON)

    submitted.refresh_from_db()
    assert (reply.status_code, submitted.state, Event.objects.count()) == (403, "submitted", 2)


def test_a_file_is_accepted_once_its_key_facts_are_confirmed(specialist, engagement, row, here):
    by = an_owner(engagement.company)
    filled_documents.submit(row.pk, upload=upload("filled.pdf", PDF), by=by, at=NOW)
    found_clean(Questionnaire.objects.get(pk=row.pk).last_submission.document, at=NOW)
    facts = {
        "crm": "salesforce",
        "finance": "quickbooks_online",
        "accounts": 230,
        "customers": 180,
        "deployment": "cloud",
    }

    early = specialist.post(here("accept/"), {}, content_type=JSON)
    wrong = specialist.post(here("facts/"), {"facts": {"accounts": "many", "proxy": "a:1"}}, content_type=JSON)
    none = KeyFact.objects.count()
    confirmed = specialist.post(here("facts/"), {"facts": facts}, content_type=JSON)
    accepted = specialist.post(here("accept/"), {}, content_type=JSON)

    assert (early.status_code, set(early.json()["fields"])) == (422, set(facts))
    assert (wrong.status_code, wrong.json()["fields"]) == (
        422, {"accounts": "Enter a whole number, such as 1200.", "proxy": "This is no key fact of the document."}
    )  # fmt: skip
    assert (none, confirmed.status_code, accepted.json()["state"]) == (0, 200, "accepted")


def test_comments_are_written_and_read(owner, specialist, here):
    said = owner.post(here("comments/"), {"question": "crm", "text": "Two orgs?"}, content_type=JSON)
    refused = owner.post(here("comments/"), {"question": "crm", "text": "x" * 20_000}, content_type=JSON)
    nowhere = owner.post(here("comments/"), {"question": "moon", "text": "x"}, content_type=JSON)

    assert (said.status_code, refused.status_code, nowhere.status_code) == (201, 422, 404)
    settled = specialist.post(here("comments/settle/"), {"question": "crm"}, content_type=JSON)
    again = owner.post(here("comments/settle/"), {"question": "crm"}, content_type=JSON)
    [only] = specialist.get(here("comments/")).json()["items"]
    assert (only["text"], only["is_staff"], AnswerComment.objects.count()) == ("Two orgs?", False, 1)
    assert (settled.status_code, again.status_code, only["resolved_by"]) == (200, 409, "script (API)")


def test_submissions_are_listed_and_compared(owner, engagement, here):
    handed_in(engagement, "technical_details", {"crm": "salesforce", "crm_users": 40})
    handed_in(engagement, "technical_details", {"crm": "creatio", "crm_users": 40, "accounts": 230})

    listed = owner.get(here("submissions/")).json()["items"]
    changes = owner.get(here("submissions/compare/?from=1&to=2")).json()["items"]

    assert [(one["number"], len(one["answers"])) for one in listed] == [(2, 3), (1, 2)]
    assert [(one["kind"], one["question"], one["before"], one["after"]) for one in changes] == [
        ("changed", "crm", ["Salesforce"], ["Creatio"]), ("added", "accounts", [], ["230"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "asked", ["?from=1&to=9", "?from=&to=1", "?from=x&to=1", "?from=²&to=1", "?from=1&to=1&than=2"]
)
def test_unknown_numbers_are_refused_in_words(owner, engagement, here, asked):
    handed_in(engagement, "technical_details", {"crm": "salesforce"})

    assert owner.get(here(f"submissions/compare/{asked}")).status_code == 422


@pytest.mark.parametrize(
    ("method", "rest"),
    [("get", ""), ("get", "schema/"), ("patch", "answers/"), ("post", "submit/"), ("post", "accept/"), ("post", "review/"),
     ("get", "comments/"), ("get", "submissions/"), ("get", "submissions/compare/?from=1&to=1")],
)  # fmt: skip
def test_another_companys_documents_are_not_there(stranger, here, method, rest):
    reply = getattr(stranger, method)(here(rest), **({} if method == "get" else {"data": {}, "content_type": JSON}))

    assert reply.status_code == 404


def test_a_token_without_the_scope_neither_reads_nor_writes(engagement, here):
    reader = bearing(token_of(engagement.company, Role.OWNER, "questionnaires:read"))
    neither = bearing(token_of(engagement.company, Role.OWNER, "documents:read"))

    assert (neither.get(here()).status_code, save(reader, here("answers/"), crm_users=(1, 0)).status_code) == (403, 403)
    assert reader.get(here()).status_code == 200


@pytest.mark.parametrize("count", [0, 20])
def test_a_document_takes_as_many_queries_however_much_is_answered(owner, row, here, count, django_assert_num_queries):
    """The token, its maker's role, the engagement, the questionnaire, its answers, who has which section; begin, end."""
    if count:
        fill(row)

    with django_assert_num_queries(8):
        owner.get(here())
