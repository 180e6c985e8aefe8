"""Submissions: their hash by hand, what changed between two, questions that one version alone asks."""

from __future__ import annotations

import hashlib

import pytest
from django.db import Error, transaction

from onboarding.library import questionnaires as library
from onboarding.models import Document, KeyFact, QuestionnaireSubmission
from onboarding.queries import submissions
from tests.factories import NOW, EngagementFactory, handed_in

pytestmark = pytest.mark.django_db
KIND = "technical_details"


def test_the_hash_is_that_of_the_canonical_json() -> None:
    row = handed_in(EngagementFactory(), KIND).questionnaire
    said = '{"answers":{"a":[1,"é"],"crm":"salesforce"},"kind":"technical_details","schema_version":1}'
    row.schema_version = 1

    assert (
        submissions.sha256(row, answers={"crm": "salesforce", "a": [1, "é"]})
        == hashlib.sha256(said.encode()).hexdigest()
    )
    file = '{"file":"ab","kind":"technical_details","schema_version":1}'
    assert submissions.sha256(row, file_sha256="ab") == hashlib.sha256(file.encode()).hexdigest()


def test_what_changed_is_told_in_words_and_in_order() -> None:
    engagement = EngagementFactory()
    old = {"crm": "salesforce", "crm_users": 40, "accounts": 1200, "crm_sandbox": True}
    new = {"crm": "creatio", "crm_users": 40, "customers": 9, "crm_sandbox": False}

    changes = submissions.compare(handed_in(engagement, KIND, old), handed_in(engagement, KIND, new))

    assert [(one.kind, one.code, one.before, one.after, one.only_in) for one in changes] == [
        ("changed", "crm", ["Salesforce"], ["Creatio"], 0),
        ("changed", "crm_sandbox", ["Yes"], ["No"], 0),
        ("removed", "accounts", ["1,200"], [], 0),
        ("added", "customers", [], ["9"], 0),
    ]


def test_questions_of_another_version_are_named() -> None:
    engagement = EngagementFactory()
    first, second = library.schema(KIND, 1), library.schema(KIND, 2)
    gone = next(one for one in first.questions if second.question(one.code) is None and one.type == "number")
    came = next(one for one in second.questions if first.question(one.code) is None and one.type == "number")

    changes = submissions.compare(
        handed_in(engagement, KIND, {gone.code: 2}, schema_version=1),
        handed_in(engagement, KIND, {came.code: 3}, schema_version=2),
    )

    assert [(one.kind, one.code, one.only_in) for one in changes] == [
        ("added", came.code, 2),
        ("removed", gone.code, 1),
    ]


def test_a_file_is_compared_by_what_was_read_from_it() -> None:
    engagement = EngagementFactory()
    file = handed_in(engagement, KIND, is_file=True)
    KeyFact.objects.create(company=engagement.company, submission=file, question="crm", value="creatio", by="P", at=NOW)

    changes = submissions.compare(file, handed_in(engagement, KIND, {"crm": "salesforce"}))

    assert [(one.kind, one.before, one.after) for one in changes] == [("changed", ["Creatio"], ["Salesforce"])]


def test_a_submission_can_be_neither_changed_nor_deleted() -> None:
    kept = handed_in(EngagementFactory(), KIND, {"crm": "salesforce"})

    for touch in (lambda: QuestionnaireSubmission.objects.update(by="Eve"), kept.delete):
        with pytest.raises(Error), transaction.atomic():
            touch()

    assert QuestionnaireSubmission.objects.get().by == "Ann"
    assert Document.objects.count() == 1


@pytest.mark.parametrize("kind", ["solutions_definition", "technical_details"])
@pytest.mark.parametrize("version", [1, 2])
def test_key_questions_are_simple_and_hang_on_key_questions_alone(kind: str, version: int) -> None:
    asked = submissions.key_questions(library.schema(kind, version))
    codes = {one.code for one in asked}

    assert codes
    assert not {one.type for one in asked} & {"table", "file", "long_text"}
    assert {one.show_if.question for one in asked if one.show_if} <= codes
