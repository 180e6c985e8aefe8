"""The whole table of step changes, and every pair that is not in it."""

import pytest
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed

from onboarding.models import Engagement
from onboarding.queries.step_changes import declared
from onboarding.workflow.steps import STEPS, Step
from tests.factories import EngagementFactory

FORWARD = {
    ("welcome_call", "complete_welcome_call", "data_collection"),
    ("data_collection", "complete_data_collection", "requirements_review"),
    ("requirements_review", "complete_requirements_review", "customer_verification"),
    ("customer_verification", "complete_verification", "customer_approval"),
    ("customer_approval", "activate", "plan_timeline"),
    ("plan_timeline", "complete_planning", "initial_setup"),
    ("initial_setup", "complete_setup", "connectivity_setup"),
    ("connectivity_setup", "complete_connectivity", "solution_configuration"),
    ("solution_configuration", "complete_configuration", "activation_testing"),
    ("activation_testing", "complete_testing", "go_live"),
    ("go_live", "complete_go_live", "continuous_support"),
}
BACK = {
    ("requirements_review", "return_to_data_collection", "data_collection"),
    ("customer_verification", "return_to_data_collection", "data_collection"),
    ("customer_verification", "return_to_requirements_review", "requirements_review"),
    ("customer_approval", "return_to_data_collection", "data_collection"),
    ("customer_approval", "return_to_requirements_review", "requirements_review"),
    ("customer_approval", "return_to_customer_verification", "customer_verification"),
    ("plan_timeline", "return_to_data_collection", "data_collection"),
    ("plan_timeline", "return_to_requirements_review", "requirements_review"),
    ("plan_timeline", "return_to_customer_verification", "customer_verification"),
    ("plan_timeline", "return_to_customer_approval", "customer_approval"),
    ("initial_setup", "return_to_data_collection", "data_collection"),
    ("initial_setup", "return_to_requirements_review", "requirements_review"),
    ("initial_setup", "return_to_customer_verification", "customer_verification"),
    ("initial_setup", "return_to_customer_approval", "customer_approval"),
    ("initial_setup", "return_to_plan_timeline", "plan_timeline"),
    ("connectivity_setup", "return_to_data_collection", "data_collection"),
    ("connectivity_setup", "return_to_requirements_review", "requirements_review"),
    ("connectivity_setup", "return_to_customer_verification", "customer_verification"),
    ("connectivity_setup", "return_to_customer_approval", "customer_approval"),
    ("connectivity_setup", "return_to_plan_timeline", "plan_timeline"),
    ("connectivity_setup", "return_to_initial_setup", "initial_setup"),
    ("solution_configuration", "return_to_data_collection", "data_collection"),
    ("solution_configuration", "return_to_requirements_review", "requirements_review"),
    ("solution_configuration", "return_to_customer_verification", "customer_verification"),
    ("solution_configuration", "return_to_customer_approval", "customer_approval"),
    ("solution_configuration", "return_to_plan_timeline", "plan_timeline"),
    ("solution_configuration", "return_to_initial_setup", "initial_setup"),
    ("solution_configuration", "return_to_connectivity_setup", "connectivity_setup"),
    ("activation_testing", "return_to_data_collection", "data_collection"),
    ("activation_testing", "return_to_requirements_review", "requirements_review"),
    ("activation_testing", "return_to_customer_verification", "customer_verification"),
    ("activation_testing", "return_to_customer_approval", "customer_approval"),
    ("activation_testing", "return_to_plan_timeline", "plan_timeline"),
    ("activation_testing", "return_to_initial_setup", "initial_setup"),
    ("activation_testing", "return_to_connectivity_setup", "connectivity_setup"),
    ("activation_testing", "return_to_solution_configuration", "solution_configuration"),
    ("go_live", "return_to_data_collection", "data_collection"),
    ("go_live", "return_to_requirements_review", "requirements_review"),
    ("go_live", "return_to_customer_verification", "customer_verification"),
    ("go_live", "return_to_customer_approval", "customer_approval"),
    ("go_live", "return_to_plan_timeline", "plan_timeline"),
    ("go_live", "return_to_initial_setup", "initial_setup"),
    ("go_live", "return_to_connectivity_setup", "connectivity_setup"),
    ("go_live", "return_to_solution_configuration", "solution_configuration"),
    ("go_live", "return_to_activation_testing", "activation_testing"),
}
NAMES = sorted({name for _, name, _ in FORWARD | BACK})
UNDECLARED = [
    (step.value, name)
    for step in STEPS
    for name in NAMES
    if (step.value, name) not in {(source, change) for source, change, _ in FORWARD | BACK}
]


def test_the_machine_has_exactly_these_changes() -> None:
    found = {(edge.source.value, edge.name, edge.target.value) for edge in declared().values()}

    assert found == FORWARD | BACK


@pytest.mark.parametrize(("step", "name"), UNDECLARED)
def test_an_undeclared_change_is_refused_by_the_machine_itself(step: str, name: str) -> None:
    engagement = Engagement(step=step)

    with pytest.raises(TransitionNotAllowed):
        getattr(engagement, name)(at=None)

    assert engagement.step == step


def test_the_step_cannot_be_set_by_hand() -> None:
    engagement = Engagement(step=Step.WELCOME_CALL)

    with pytest.raises(AttributeError, match="Direct step modification is not allowed"):
        engagement.step = Step.GO_LIVE.value


@pytest.mark.django_db
def test_the_database_knows_only_the_twelve_steps() -> None:
    engagement = EngagementFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Engagement.objects.filter(pk=engagement.pk).update(step="thirteenth")

    assert Engagement.objects.get().step == "welcome_call"
