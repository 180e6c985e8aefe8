"""The twelve steps in their order, in the customer's own words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
LAST_OF_PHASE_ONE = 6


@dataclass(frozen=True)
class Words:
    """What people read of a step."""

    title: str
    purpose: str


class Step(StrEnum):
    """One of twelve, in their order; the value is what the database and the API hold."""

    WELCOME_CALL = "welcome_call"
    DATA_COLLECTION = "data_collection"
    REQUIREMENTS_REVIEW = "requirements_review"
    CUSTOMER_VERIFICATION = "customer_verification"
    CUSTOMER_APPROVAL = "customer_approval"
    PLAN_TIMELINE = "plan_timeline"
    INITIAL_SETUP = "initial_setup"
    CONNECTIVITY_SETUP = "connectivity_setup"
    SOLUTION_CONFIGURATION = "solution_configuration"
    ACTIVATION_TESTING = "activation_testing"
    GO_LIVE = "go_live"
    CONTINUOUS_SUPPORT = "continuous_support"

    @property
    def number(self) -> int:
        """1 to 12."""
        return POSITIONS[self]

    @property
    def numeral(self) -> str:
        """I to XII, as the customer's own material has it."""
        return NUMERALS[self.number - 1]

    @property
    def title(self) -> str:  # type: ignore[override]  # the step's own title takes the place of str.title()
        """The step's name as people read it."""
        return WORDS[self].title

    @property
    def purpose(self) -> str:
        """What the step is for, in one or two lines."""
        return WORDS[self].purpose

    @property
    def phase(self) -> int:
        """1 for steps I to VI, 2 for VII to XII."""
        return 1 if self.number <= LAST_OF_PHASE_ONE else 2


WORDS: dict[Step, Words] = {
    Step.WELCOME_CALL: Words(
        "Welcome Call or Meeting",
        "We introduce ourselves and the platform, learn what you need, and agree how onboarding will go.",
    ),
    Step.DATA_COLLECTION: Words(
        "Data Collection",
        "Two questionnaires and your own documents tell us what to build and which systems to connect.",
    ),
    Step.REQUIREMENTS_REVIEW: Words(
        "Requirements Review",
        "In a recorded video meeting we walk through your requirements and agree them, flow by flow.",
    ),
    Step.CUSTOMER_VERIFICATION: Words(
        "Customer Verification",
        "We verify your company's details and issue the agreement and the invoice for review.",
    ),
    Step.CUSTOMER_APPROVAL: Words(
        "Customer Approval",
        "You approve your records, sign the agreement and pay: this activates the engagement.",
    ),
    Step.PLAN_TIMELINE: Words(
        "Plan & Timeline",
        "We plan every milestone backwards from your go-live target and confirm who does what.",
    ),
    Step.INITIAL_SETUP: Words(
        "Initial Setup & Customisation",
        "Your CRM and your financial application get the fields that bind their records together.",
    ),
    Step.CONNECTIVITY_SETUP: Words(
        "Connectivity Setup",
        "We connect both systems and prove each connection, rung by rung.",
    ),
    Step.SOLUTION_CONFIGURATION: Words(
        "Registration & Solution Configuration",
        "Your company is registered on the Solutions Portal and the blueprint becomes a live configuration.",
    ),
    Step.ACTIVATION_TESTING: Words(
        "Activation & Testing",
        "Each flow is tested with real records, your team pilots it and is trained.",
    ),
    Step.GO_LIVE: Words(
        "Full Deployment & Go-Live",
        "The integration goes live; we watch it closely through the first weeks.",
    ),
    Step.CONTINUOUS_SUPPORT: Words(
        "Continuous Support & Optimisation",
        "Check-ins, updates and improvements for the life of your integration.",
    ),
}
POSITIONS = {step: number for number, step in enumerate(Step, start=1)}
PHASES = {1: "Initial Customer Engagement", 2: "Setting Up Your Solution"}
STEPS = tuple(Step)
STEP_CHOICES = [(step.value, f"{step.numeral} {step.title}") for step in STEPS]


def by_number(number: int) -> Step:
    """The step with this number, 1 to 12; ValueError otherwise."""
    if not 1 <= number <= len(STEPS):
        raise ValueError(f"no step {number}")
    return STEPS[number - 1]
