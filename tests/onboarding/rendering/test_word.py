"""The blank as a Word file: every question, what is answered so far, accepted by our own file policy."""

from __future__ import annotations

import io

import pytest
from docx import Document

from onboarding import file_policy
from onboarding.library import questionnaires as library
from onboarding.rendering import word


@pytest.mark.parametrize("kind", ["solutions_definition", "technical_details"])
@pytest.mark.parametrize("version", [1, 2])
def test_every_question_is_on_paper_with_what_is_known(kind: str, version: int) -> None:
    schema = library.schema(kind, version)
    answers = {
        "crm": "creatio",
        "crm_users": 40,
        "multi_currency": True,
        "objective": "Less typing\x0b & <more> \x01time",
    }

    made = word.questionnaire(schema, company="Müller & Søhne", reference="IW-2026-0042", answers=answers)

    paper = Document(io.BytesIO(made))
    words = "\n".join(one.text for one in paper.paragraphs)
    cells = "\n".join(cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    assert all(question.label in words for question in schema.questions)
    assert "Müller & Søhne · IW-2026-0042" in words
    if kind == "technical_details":
        assert ("☒  Creatio" in words, "☐  Salesforce" in words, "40" in cells) == (True, True, True)
    else:
        assert "Less typing & <more> time" in " ".join(cells.split())
    assert file_policy.content_type(io.BytesIO(made), "blank.docx") == word.CONTENT_TYPE
