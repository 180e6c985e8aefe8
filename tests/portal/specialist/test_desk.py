"""A work page acts on its own engagement: a row of another company's, named in its form, is not there."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.timezone import now

from onboarding.actions import requirements
from onboarding.models import Event, Requirement
from onboarding.workflow.steps import Step
from tests.factories import lead as a_lead

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("whose", "status", "states"), [("own", 302, ["declined"]), ("another's", 404, ["proposed"])])
def test_a_form_acts_on_rows_of_its_own_company(standing_at, lead, whose, status, states):
    here, there = standing_at(Step.REQUIREMENTS_REVIEW), standing_at(Step.REQUIREMENTS_REVIEW)
    row = requirements.add(
        (here if whose == "own" else there).pk, text="No run in the night", kind="constraint", priority="must", flow="",
        source="", by=a_lead(), at=now(),
    )  # fmt: skip

    requirements.add(here.pk, text="Kept", kind="constraint", priority="", flow="", by=a_lead(), at=now())
    before = Event.objects.count()
    page = reverse("specialist:requirement", args=[here.reference, 1])
    answer = lead.post(page, {"act": "decline", "requirement_id": row.pk, "reason": "Later"})

    found = Requirement.objects.exclude(text="Kept").values_list("state", flat=True)
    assert (answer.status_code, list(found)) == (status, states)
    assert Event.objects.count() - before == (1 if whose == "own" else 0)
