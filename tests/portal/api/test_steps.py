"""The twelve steps, with evidence frozen at closing and live criteria for the step one stands in."""

import pytest
from django.utils.timezone import now

from onboarding import outbox
from onboarding.actors import SYSTEM, Role
from onboarding.models import StepRecord
from tests.portal.api.conftest import bearing, opened, token_of

FROZEN = {
    "code": "msa.unsigned", "title": "Sign", "hint": "Sign it.", "owner": "customer", "place": "agreement",
    "met": True, "waived": False, "evidence": [{"label": "Signed by", "value": "Ada"}],
}  # fmt: skip


def test_closed_steps_keep_their_evidence_and_the_current_one_shows_its_criteria(db):
    engagement = opened(step="plan_timeline")
    StepRecord.objects.filter(engagement=engagement, number=5).update(evidence=[FROZEN], visits=2)
    client = bearing(token_of(engagement.company, Role.VIEWER))

    steps = client.get(f"/api/v1/engagements/{engagement.reference}/steps/").json()["items"]

    assert [step["number"] for step in steps] == list(range(1, 13))
    approval, plan, setup = steps[4:7]
    assert approval["state"] in {"closed", "reopened"}
    assert (approval["is_frozen"], approval["visits"], approval["criteria"]) == (True, 2, [FROZEN])
    assert approval["closed_by"] == "Priya Patel"
    assert (plan["state"], plan["is_frozen"], plan["criteria"]) == ("current", False, engagement.status["criteria"])
    assert (setup["state"], setup["visits"], setup["criteria"], setup["closed_by"]) == ("upcoming", 0, [], None)


def test_a_return_says_why(db):
    engagement = opened(step="requirements_review")
    StepRecord.objects.filter(engagement=engagement, number=3).update(return_reason="The scope grew.")
    client = bearing(token_of(engagement.company, Role.VIEWER))

    steps = client.get(f"/api/v1/engagements/{engagement.reference}/steps/").json()["items"]

    assert [step["return_reason"] for step in steps[1:4]] == [None, "The scope grew.", None]


@pytest.mark.parametrize("step", ["welcome_call", "data_collection"])
def test_it_takes_six_queries_however_far_one_is(db, step, django_assert_num_queries):
    """The token, its maker's role, the engagement, the records; and the transaction's begin and end."""
    engagement = opened(step=step)
    client = bearing(token_of(engagement.company, Role.VIEWER))
    outbox.record("engagement.held", engagement, by=SYSTEM, at=now(), data={})

    with django_assert_num_queries(6):
        client.get(f"/api/v1/engagements/{engagement.reference}/steps/")
