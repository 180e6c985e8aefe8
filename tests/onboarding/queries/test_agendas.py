"""Agendas: what the two documents leave open comes first."""

from __future__ import annotations

import pytest

from onboarding.models import KeyFact, Questionnaire
from onboarding.queries import agendas
from tests.factories import NOW, EngagementFactory, handed_in

pytestmark = pytest.mark.django_db


def test_a_document_that_came_as_a_file_is_open_where_nobody_read_it_yet() -> None:
    engagement = EngagementFactory()
    file = handed_in(engagement, "technical_details", is_file=True)
    Questionnaire.objects.update(state="submitted")
    for question, value in {"crm": "creatio", "finance": "quickbooks_online", "accounts": 3, "customers": 4}.items():
        KeyFact.objects.create(
            company=engagement.company, submission=file, question=question, value=value, by="Priya", at=NOW
        )  # fmt: skip

    points = agendas.agenda(engagement, "requirements_review")

    assert [str(one) for one in points] == [
        "Where do the two systems run? (not read from the file yet)", "Flows and their priority",
        "Timeline, constraints and dependencies",
    ]  # fmt: skip
