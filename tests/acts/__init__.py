"""Every act people can do, as one literal table: who may do it, in which steps, and the call that does it.

A file of acts for each phase, and one for the company's own; `w` is the world of tests/test_who_and_when.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from onboarding.actors import MEMBER_ROLES, STAFF_ROLES, Actor, Role
from onboarding.workflow.steps import STEPS, Step
from tests.factories import working_time

SOON = date(2031, 3, 12)
MOMENT = working_time(days=60)
EVERYBODY = (*MEMBER_ROLES, *STAFF_ROLES)
LETTERS = dict(zip("osbtcvSLFA", EVERYBODY, strict=True))
NUMERALS = {step.numeral: step for step in STEPS}
ANY = " ".join(NUMERALS)
WRITERS, STAFF = "osbtc", "SL"


@dataclass(frozen=True)
class Act:
    """One act: who may do it, in which steps, and the call. `paused`: what a hold stops too."""

    name: str
    who: str
    when: str
    call: Callable[[Any, Actor], object]
    is_paused: bool = True

    @property
    def roles(self) -> set[Role]:
        return {LETTERS[letter] for letter in self.who}

    @property
    def steps(self) -> set[Step]:
        return {NUMERALS[numeral] for numeral in self.when.split()}
