"""What the customer answered in step II stands beside the work it is about."""

from __future__ import annotations

import pytest
from django.urls import reverse

from onboarding.workflow.steps import Step
from tests.factories import handed_in

pytestmark = pytest.mark.django_db
ROW = {"flow": "opportunity_to_invoice", "direction": "crm_to_finance", "trigger": "won"}


def words(client, name, engagement):
    return client.get(reverse(f"specialist:{name}", args=[engagement.reference])).content.decode()


def test_the_plan_shows_the_wish_and_how_firm_it_is(standing_at, specialist):
    engagement = standing_at(Step.PLAN_TIMELINE)
    answers = {"go_live_wish": "2027-03-12", "go_live_firm": "fixed", "go_live_reason": "The old tool's licence ends"}
    handed_in(engagement, answers=answers, schema_version=2)

    page = words(specialist, "plan", engagement)

    assert 'value="2027-03-12"' in page
    assert "<dd>Fixed: something hangs on it</dd>" in page
    assert "The old tool&#x27;s licence ends" in page
    address = reverse("specialist:questionnaire", args=[engagement.reference, "solutions_definition"])
    assert f'<a href="{address}#answer-go_live_firm">How firm is that day?</a>' in page


def test_the_solution_shows_the_flows_as_wanted_and_what_it_lacks(standing_at, specialist):
    engagement = standing_at(Step.SOLUTION_CONFIGURATION)
    handed_in(engagement, answers={"flows": ["opportunity_to_invoice"], "flow_details": [ROW]}, schema_version=2)

    page = words(specialist, "solution", engagement)

    assert "Opportunity to Invoice; direction: CRM to books; what starts it: An opportunity is won" in page
    assert "Wanted, but not part of this solution" in page


def test_the_connections_show_what_the_customer_is_told(standing_at, specialist):
    engagement = standing_at(Step.CONNECTIVITY_SETUP)
    handed_in(engagement, "technical_details", {"single_sign_on": True}, schema_version=2)

    assert "Single sign-on is enforced" in words(specialist, "connections", engagement)
