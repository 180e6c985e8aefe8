"""Questionnaires: saved answer by answer, with and without script, checked at the end, submitted once."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client

from onboarding.actions import questionnaires
from onboarding.models import Answer, Questionnaire
from portal.walkthrough.browser import Page
from tests.journey import phase_one
from tests.journey.cast import Cast
from tests.portal.customer.conftest import said, signed_in

pytestmark = pytest.mark.django_db
FORM = "/questionnaires/technical_details"
CRM = {"crm": "salesforce", "crm_edition": "enterprise", "crm_users": "14"}


def answer(code: str) -> Answer:
    return Answer.objects.get(questionnaire__kind="technical_details", question=code)


def test_before_step_two_the_page_says_when(welcome: Cast) -> None:
    reply = signed_in(welcome).get(f"{FORM}/")

    assert (reply.status_code, "This document opens in step II" in reply.content.decode()) == (200, True)


@pytest.mark.parametrize("path", ["/questionnaires/horoscope/", f"{FORM}/parts/moon/"])
def test_what_is_not_there_is_not_found(collecting: Cast, path: str) -> None:
    assert signed_in(collecting).get(path).status_code == 404


def test_an_answer_is_saved_by_itself(collecting: Cast) -> None:
    reply = signed_in(collecting).post(f"{FORM}/answers/crm_users/", {"crm_users": "14", "version-crm_users": "0"})

    page = reply.content.decode()
    assert reply.status_code == 200
    assert 'id="state-crm_users"' in page
    assert 'name="version-crm_users" value="1"' in page
    assert ("Saved" in page, answer("crm_users").value) == (True, 14)


def test_an_answer_that_will_not_do_is_said_and_not_saved(collecting: Cast) -> None:
    reply = signed_in(collecting).post(f"{FORM}/answers/crm_users/", {"crm_users": "many", "version-crm_users": "0"})

    assert "Not saved" in reply.content.decode()
    assert not Answer.objects.filter(question="crm_users").exists()


def test_a_colleagues_answer_is_not_overwritten_unseen(collecting: Cast) -> None:
    row = Questionnaire.objects.get(kind="technical_details")
    questionnaires.save_answer(
        row.pk, question="crm_users", value=20, version=0, by=collecting.owner, at=collecting.at
    )  # fmt: skip
    client, path = signed_in(collecting), f"{FORM}/answers/crm_users/"

    clash = client.post(path, {"crm_users": "14", "version-crm_users": "0"}).content.decode()
    decided = client.post(path, {"crm_users": "14", "version-crm_users": "1"}).content.decode()

    assert "Maria Fernández answered “20”" in clash
    assert 'name="version-crm_users" value="1"' in clash
    assert ("Saved" in decided, answer("crm_users").value) == (True, 14)


def test_a_part_is_saved_without_script(collecting: Cast) -> None:
    client = signed_in(collecting)

    def sent(values: dict) -> HttpResponse:
        """The whole part, as a browser sends it."""
        page = Page(client.get(f"{FORM}/parts/crm/").content.decode(), f"{FORM}/parts/crm/", 200)
        return client.post(f"{FORM}/parts/crm/", page.form({}).sends(values))

    new = sent(CRM | {"crm_sandbox": "yes"})  # a sandbox leads to a question of its own
    on = sent(CRM)
    later = client.post(f"{FORM}/parts/crm/", CRM | {"later": "1"})

    assert new.headers["Location"] == f"{FORM}/parts/crm/#id_crm_sandbox_kind"
    assert (on.status_code, on.headers["Location"]) == (302, f"{FORM}/parts/crm_records/")
    assert (said(later), later.headers["Location"]) == ("Saved. You can come back any time.", f"{FORM}/")
    assert answer("crm_edition").value == "enterprise"


def test_a_wrong_answer_keeps_what_was_typed_and_saves_the_rest(collecting: Cast) -> None:
    reply = signed_in(collecting).post(f"{FORM}/parts/crm/", CRM | {"crm_users": "many"})

    page = reply.content.decode()
    assert reply.status_code == 422
    assert "<title>Error: Your CRM" in page
    assert '<a href="#id_crm_users">' in page
    assert 'value="many"' in page
    assert answer("crm").value == "salesforce"


def test_required_questions_are_not_called_optional(collecting: Cast) -> None:
    page = signed_in(collecting).get(f"{FORM}/parts/crm/").content.decode()

    label = "How many people sign in to it?"
    assert f"{label}</label>" in page


def test_a_document_with_gaps_is_not_submitted(collecting: Cast) -> None:
    reply = signed_in(collecting).post(f"{FORM}/check/")

    page = reply.content.decode()
    assert reply.status_code == 422
    assert "<title>Error: Check your answers" in page
    assert f'<a href="{FORM}/parts/crm/#id_crm_edition">Choose your edition of Salesforce.</a>' in page
    assert '<span class="note is-bad">Choose your edition of Salesforce.</span>' in page
    assert '<span class="missing">Not answered</span><span class="note">Optional</span>' in page
    assert Questionnaire.objects.get(kind="technical_details").state == "open"


def test_a_complete_document_is_submitted_once(collecting: Cast) -> None:
    phase_one.answered(collecting, "technical_details")
    client = signed_in(collecting)

    first, second = client.post(f"{FORM}/check/"), client.post(f"{FORM}/check/")

    assert (first.status_code, first.headers["Location"]) == (302, f"{FORM}/submitted/")
    assert second.status_code == 409
    assert Questionnaire.objects.get(kind="technical_details").last_submission.number == 1
    assert "usually within two business days" in client.get(f"{FORM}/submitted/").content.decode()
    assert "Save and continue" not in client.get(f"{FORM}/parts/crm/").content.decode()


def test_a_revision_stands_at_its_question(collecting: Cast) -> None:
    row = phase_one.answered(collecting, "technical_details")
    questionnaires.submit(row.pk, by=collecting.owner, at=collecting.later())
    notes = {"crm_users": "Count the warehouse too."}
    questionnaires.need_revision(row.pk, note="", questions=notes, by=collecting.specialist, at=collecting.later())
    client = signed_in(collecting)

    assert "Count the warehouse too." in client.get(f"{FORM}/parts/crm/").content.decode()
    front = client.get(f"{FORM}/").content.decode()
    assert "Revision needed" in front
    assert "Each answer that is meant says what to change; its part is marked below." in front


def test_a_viewer_reads(collecting: Cast, elsewhere: Client) -> None:
    client = signed_in(collecting, collecting.viewer)

    assert "Not saved" in client.post(f"{FORM}/answers/crm_users/", {"crm_users": "14"}).content.decode()
    assert client.post(f"{FORM}/parts/crm/", CRM).status_code == 403
    assert client.post(f"{FORM}/check/").status_code == 403
    assert set(Answer.objects.values_list("by", "version")) == {("your registration", 1)}
    assert elsewhere.get(f"{FORM}/parts/crm/").status_code == 404
