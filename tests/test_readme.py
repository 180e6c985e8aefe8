"""The README's table of the twelve steps says what the code says."""

from pathlib import Path

from onboarding.workflow.criteria import CRITERIA
from onboarding.workflow.criterion import Owner
from onboarding.workflow.steps import STEPS

README = Path(__file__).parent.parent / "README.md"
LETTERS = {Owner.CUSTOMER: "C", Owner.SPECIALIST: "S", Owner.WORKER: "W"}


def table() -> str:
    """The table as the README has it: one line a step, its criteria with whose they are at first."""
    lines = ["| step | closes when these are no longer true |", "|---|---|"]
    for step in STEPS:
        criteria = " · ".join(f"`{c.code}` {LETTERS[c.owner]}" for c in CRITERIA[step])
        lines.append(f"| **{step.numeral}** {step.title} | {criteria} |")
    return "\n".join(lines)


def test_the_table_of_the_twelve_steps_is_the_codes_own() -> None:
    assert table() in README.read_text()
