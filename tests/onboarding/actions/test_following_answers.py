"""What was answered in step II reaches the steps it is about."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import plans, questionnaires, setup_tasks
from onboarding.models import Engagement, Event
from onboarding.queries import calendars
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory, SpecialistFactory, handed_in, specialist

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 12, 18)


def planning(answers: dict[str, Any]) -> Engagement:
    engagement = EngagementFactory(step=Step.PLAN_TIMELINE.value, specialist=SpecialistFactory())
    handed_in(engagement, answers=answers, schema_version=2)
    return engagement


def starts(engagement: Engagement) -> date:
    plan = plans.make(engagement.pk, go_live_on=FRIDAY, by=specialist(), at=NOW)
    return plan.milestones.get(number=7).starts_on


def test_quiet_days_are_no_working_days_of_the_plan() -> None:
    quiet = [{"from": "2026-12-07", "until": "2026-12-08", "why": "Stock-taking"}]

    assert starts(planning({})) == date(2026, 11, 30)
    assert starts(planning({"quiet_dates": quiet})) == date(2026, 11, 25)


def test_nobody_goes_live_on_a_quiet_day() -> None:
    engagement = planning({"quiet_dates": [{"from": "2026-12-18", "until": "2026-12-18"}]})

    with pytest.raises(errors.BadInput) as refusal:
        starts(engagement)

    assert "18 December 2026 is no working day" in refusal.value.fields["go_live_on"]
    assert not engagement.plans.exists()


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ({"from": "2026-12-07", "until": "2026-12-08"}, 2),
        ({"from": "2026-12-08", "until": "2026-12-07"}, 0),
        ({"from": "2026-12-07"}, 0),
        ({"from": "2026-01-01", "until": "9999-12-31"}, 366),
    ],
)
def test_a_period_has_the_days_from_its_first_to_its_last(period: dict[str, str], days: int) -> None:
    assert len(calendars.of(planning({"quiet_dates": [period]})).quiet) == days


def test_what_was_said_of_licence_and_plan_stands_among_the_instructions() -> None:
    engagement = EngagementFactory(step=Step.INITIAL_SETUP.value)
    answers = {"integration_licence": "integration", "single_sign_on": True, "qbo_plan": "essentials"}
    handed_in(engagement, "technical_details", answers, schema_version=2)

    setup_tasks.open_for(engagement, by=specialist(), at=NOW)

    user = engagement.setup_tasks.get(code="salesforce.integration_user").instructions
    field = engagement.setup_tasks.get(code="quickbooks_online.customer.account_id").instructions
    assert [words.partition(",")[0] for words in user[-2:]] == [
        "Give the user the Salesforce Integration licence", "Exempt the user from single sign-on",
    ]  # fmt: skip
    assert field[-1].startswith("Your plan of QuickBooks Online has no custom fields on customers.")


@pytest.mark.parametrize(("selected_at", "solution"), [(None, "salesforce_quickbooks_online"), (NOW, "another")])
def test_accepted_answers_say_where_the_systems_run_and_which_they_are(selected_at: Any, solution: str) -> None:
    engagement = EngagementFactory(
        step=Step.DATA_COLLECTION.value, solution="another", solution_selected_at=selected_at, specialist=SpecialistFactory()
    )  # fmt: skip
    answers = {"deployment": "on_premises", "crm": "salesforce", "finance": "quickbooks_online"}
    submission = handed_in(engagement, "technical_details", answers, schema_version=2)
    submission.questionnaire.state = "submitted"
    submission.questionnaire.save()

    questionnaires.accept(submission.questionnaire_id, by=specialist(), at=NOW)

    engagement = Engagement.objects.get()
    assert (engagement.deployment, engagement.solution) == ("on_premises", solution)
    assert Event.objects.get().data["deployment"] == "on_premises"
    assert ("solution" in Event.objects.get().data) is (selected_at is None)


def test_a_pair_the_library_does_not_join_leaves_the_solution_alone() -> None:
    engagement = EngagementFactory(step=Step.DATA_COLLECTION.value, solution="salesforce_quickbooks_online")
    submission = handed_in(engagement, "technical_details", {"crm": "creatio", "finance": "none"}, schema_version=2)
    submission.questionnaire.state = "submitted"
    submission.questionnaire.save()

    questionnaires.accept(submission.questionnaire_id, by=specialist(), at=NOW)

    engagement = Engagement.objects.get()
    assert (engagement.deployment, engagement.solution) == ("cloud", "salesforce_quickbooks_online")


def test_accepting_one_document_does_not_follow_the_other_that_was_sent_back() -> None:
    engagement = EngagementFactory(step=Step.DATA_COLLECTION.value, specialist=SpecialistFactory())
    rejected = handed_in(engagement, "technical_details", {"deployment": "on_premises"}, schema_version=2).questionnaire
    rejected.state = "revision_needed"
    rejected.save()
    row = handed_in(engagement, answers={"users": 12}, schema_version=2).questionnaire
    row.state = "submitted"
    row.save()

    questionnaires.accept(row.pk, by=specialist(), at=NOW)

    assert (Engagement.objects.get().deployment, "deployment" in Event.objects.get().data) == ("cloud", False)
