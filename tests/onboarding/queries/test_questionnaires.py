"""A questionnaire as it stands: its sheets, and what was submitted."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onboarding.models import Answer, Engagement, Questionnaire
from onboarding.queries import questionnaires
from tests.factories import NOW, EngagementFactory, handed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(step="data_collection")


def make(engagement: Engagement, kind: str = "solutions_definition", **fields: object) -> Questionnaire:
    return Questionnaire.objects.create(company=engagement.company, engagement=engagement, kind=kind, **fields)


def answer(questionnaire: Questionnaire, question: str, value: object, **fields: object) -> None:
    Answer.objects.create(
        company=questionnaire.company, questionnaire=questionnaire, question=question, value=value, by="Ann", at=NOW,
        **fields,
    )  # fmt: skip


def test_a_sheet_shows_answers_in_words_and_what_the_reviewer_asked(engagement: Engagement) -> None:
    questionnaire = make(engagement)
    answer(questionnaire, "ledgers", "both")
    answer(questionnaire, "users", 40, review="revision_needed", review_note="Really?", version=3)

    with CaptureQueriesContext(connection) as queries:
        sheets = {sheet.code: sheet for sheet in questionnaires.sheet(questionnaire)}

    assert len(queries) == 1
    ledgers = sheets["scope"].lines[0]
    assert (ledgers.shown, ledgers.version, ledgers.by, ledgers.at) == ("Both", 1, "Ann", NOW)
    assert [(sheet.code, sheet.answered, sheet.needs_revision) for sheet in sheets.values()] == [
        ("purpose", 0, False), ("scope", 1, False), ("masters", 0, False), ("people", 1, True),
    ]  # fmt: skip
    users = next(line for line in sheets["people"].lines if line.question.code == "users")
    assert (users.value, users.review_note, users.version) == (40, "Really?", 3)


def test_what_was_submitted_is_one_dictionary_of_both_documents(engagement: Engagement) -> None:
    handed_in(engagement, answers={"go_live_wish": "2027-03-12"})
    second = make(engagement, "technical_details")
    answer(second, "crm", "salesforce")

    assert questionnaires.submitted(engagement) == {"go_live_wish": "2027-03-12"}
    handed_in(engagement, "technical_details", {"crm": "creatio"})
    assert questionnaires.submitted(engagement) == {"go_live_wish": "2027-03-12", "crm": "creatio"}
