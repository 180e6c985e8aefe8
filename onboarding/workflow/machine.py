"""The machine: eleven changes forward, one family of returns, nothing else. Bodies set their own fields only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django_fsm import FSMField, transition

from onboarding.actors import SPECIALISTS, Role
from onboarding.workflow.steps import STEP_CHOICES, STEPS, Step


def step_change(*, source: Step | Iterable[Step], target: Step, roles: frozenset[Role]) -> Callable[..., Any]:
    """Declare one step change: from where, to where, and which roles may make it."""
    sources = [source.value] if isinstance(source, Step) else [step.value for step in source]
    return transition(field="step", source=sources, target=target.value, custom={"roles": roles})


def later_than(step: Step) -> list[Step]:
    """The steps from which one may return to `step`: every later one but the last (a live customer goes on)."""
    return [later for later in STEPS if step.number < later.number < Step.CONTINUOUS_SUPPORT.number]


class Journey(models.Model):
    """The step of an engagement and the only changes there are. Called by actions.engagements.move() alone."""

    activated_at: datetime | None
    went_live_at: datetime | None

    step = FSMField(max_length=40, choices=STEP_CHOICES, default=Step.WELCOME_CALL.value, protected=True)

    class Meta:
        abstract = True

    @step_change(source=Step.WELCOME_CALL, target=Step.DATA_COLLECTION, roles=SPECIALISTS)
    def complete_welcome_call(self, *, at: datetime) -> None:
        """The call was held, expectations are shared, the contacts are known."""

    @step_change(source=Step.DATA_COLLECTION, target=Step.REQUIREMENTS_REVIEW, roles=SPECIALISTS)
    def complete_data_collection(self, *, at: datetime) -> None:
        """Both questionnaires are accepted and every requested document is in."""

    @step_change(source=Step.REQUIREMENTS_REVIEW, target=Step.CUSTOMER_VERIFICATION, roles=SPECIALISTS)
    def complete_requirements_review(self, *, at: datetime) -> None:
        """The requirements are on record, prioritised and signed off."""

    @step_change(source=Step.CUSTOMER_VERIFICATION, target=Step.CUSTOMER_APPROVAL, roles=SPECIALISTS)
    def complete_verification(self, *, at: datetime) -> None:
        """The customer's details hold; agreement and invoice are issued."""

    @step_change(source=Step.CUSTOMER_APPROVAL, target=Step.PLAN_TIMELINE, roles=SPECIALISTS)
    def activate(self, *, at: datetime) -> None:
        """The MSA is signed and the invoice paid: technical work may begin."""
        self.activated_at = self.activated_at or at

    @step_change(source=Step.PLAN_TIMELINE, target=Step.INITIAL_SETUP, roles=SPECIALISTS)
    def complete_planning(self, *, at: datetime) -> None:
        """The plan is agreed, the scope confirmed, everyone assigned."""

    @step_change(source=Step.INITIAL_SETUP, target=Step.CONNECTIVITY_SETUP, roles=SPECIALISTS)
    def complete_setup(self, *, at: datetime) -> None:
        """Both systems are prepared."""

    @step_change(source=Step.CONNECTIVITY_SETUP, target=Step.SOLUTION_CONFIGURATION, roles=SPECIALISTS)
    def complete_connectivity(self, *, at: datetime) -> None:
        """Both connections are proven, and so are the fields of step VII."""

    @step_change(source=Step.SOLUTION_CONFIGURATION, target=Step.ACTIVATION_TESTING, roles=SPECIALISTS)
    def complete_configuration(self, *, at: datetime) -> None:
        """The flows are mapped and the customer confirmed the blueprint."""

    @step_change(source=Step.ACTIVATION_TESTING, target=Step.GO_LIVE, roles=SPECIALISTS)
    def complete_testing(self, *, at: datetime) -> None:
        """Every flow passed its tests, the pilot is closed, the team is trained."""

    @step_change(source=Step.GO_LIVE, target=Step.CONTINUOUS_SUPPORT, roles=SPECIALISTS)
    def complete_go_live(self, *, at: datetime) -> None:
        """Live, watched through hypercare, and handed to continuous support."""
        self.went_live_at = self.went_live_at or at

    @step_change(source=later_than(Step.DATA_COLLECTION), target=Step.DATA_COLLECTION, roles=SPECIALISTS)
    def return_to_data_collection(self, *, at: datetime) -> None:
        """What was collected does not hold."""

    @step_change(source=later_than(Step.REQUIREMENTS_REVIEW), target=Step.REQUIREMENTS_REVIEW, roles=SPECIALISTS)
    def return_to_requirements_review(self, *, at: datetime) -> None:
        """The requirements changed."""

    @step_change(source=later_than(Step.CUSTOMER_VERIFICATION), target=Step.CUSTOMER_VERIFICATION, roles=SPECIALISTS)
    def return_to_customer_verification(self, *, at: datetime) -> None:
        """A verified detail changed, or agreement or invoice must be issued anew."""

    @step_change(source=later_than(Step.CUSTOMER_APPROVAL), target=Step.CUSTOMER_APPROVAL, roles=SPECIALISTS)
    def return_to_customer_approval(self, *, at: datetime) -> None:
        """A signature or a payment does not hold."""

    @step_change(source=later_than(Step.PLAN_TIMELINE), target=Step.PLAN_TIMELINE, roles=SPECIALISTS)
    def return_to_plan_timeline(self, *, at: datetime) -> None:
        """The plan must be made anew."""

    @step_change(source=later_than(Step.INITIAL_SETUP), target=Step.INITIAL_SETUP, roles=SPECIALISTS)
    def return_to_initial_setup(self, *, at: datetime) -> None:
        """A system must be prepared further."""

    @step_change(source=later_than(Step.CONNECTIVITY_SETUP), target=Step.CONNECTIVITY_SETUP, roles=SPECIALISTS)
    def return_to_connectivity_setup(self, *, at: datetime) -> None:
        """A connection does not hold."""

    @step_change(source=later_than(Step.SOLUTION_CONFIGURATION), target=Step.SOLUTION_CONFIGURATION, roles=SPECIALISTS)
    def return_to_solution_configuration(self, *, at: datetime) -> None:
        """A flow must be configured anew."""

    @step_change(source=later_than(Step.ACTIVATION_TESTING), target=Step.ACTIVATION_TESTING, roles=SPECIALISTS)
    def return_to_activation_testing(self, *, at: datetime) -> None:
        """Something must be tested again before going live."""
