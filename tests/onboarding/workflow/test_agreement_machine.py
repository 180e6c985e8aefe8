"""The whole table of an agreement's changes, and every pair that is not in it."""

from __future__ import annotations

from typing import Any

import pytest
from django_fsm import TransitionNotAllowed

from onboarding.models import Agreement
from onboarding.workflow.agreement_machine import CLOSED, AgreementState
from tests.factories import NOW

CHANGES = {
    ("draft", "send_for_review", "in_review"),
    ("in_review", "send_back", "draft"),
    ("in_review", "issue", "issued"),
    ("issued", "view", "viewed"),
    ("issued", "sign", "signed"),
    ("viewed", "sign", "signed"),
    ("signed", "countersign", "countersigned"),
    ("countersigned", "execute", "executed"),
    ("issued", "decline", "declined"),
    ("viewed", "decline", "declined"),
    ("issued", "expire", "expired"),
    ("viewed", "expire", "expired"),
    ("draft", "supersede", "superseded"),
    ("in_review", "supersede", "superseded"),
    ("issued", "supersede", "superseded"),
    ("viewed", "supersede", "superseded"),
    ("draft", "void", "voided"),
    ("in_review", "void", "voided"),
    ("issued", "void", "voided"),
    ("viewed", "void", "voided"),
    ("signed", "void", "voided"),
    ("countersigned", "void", "voided"),
    ("executed", "void", "voided"),
}
GIVEN: dict[str, dict[str, Any]] = {
    "send_for_review": {"asker_id": None, "at": NOW},
    "send_back": {"note": "The term is missing."},
    "issue": {"by": "Lena Lead", "reviewer_id": None, "at": NOW},
    "view": {"at": NOW},
    "sign": {},
    "countersign": {},
    "execute": {"at": NOW},
    "decline": {"reason": "Liability", "at": NOW},
    "expire": {"at": NOW},
    "supersede": {"at": NOW},
    "void": {"reason": "Wrong party", "at": NOW},
}
UNDECLARED = [
    (state, name)
    for state in AgreementState.values
    for name in GIVEN
    if (state, name) not in {(source, change) for source, change, _ in CHANGES}
]


def test_the_table_of_changes() -> None:
    field = Agreement._meta.get_field("state")

    declared = {(one.source, one.name, one.target) for one in field.get_all_transitions(Agreement)}

    assert declared == CHANGES


@pytest.mark.parametrize(("source", "change", "target"), sorted(CHANGES))
def test_a_declared_change_is_made(source: str, change: str, target: str) -> None:
    agreement = Agreement(state=source)

    getattr(agreement, change)(**GIVEN[change])

    assert (agreement.state, agreement.closed_at) == (target, NOW if target in CLOSED else None)


@pytest.mark.parametrize(("state", "change"), UNDECLARED)
def test_an_undeclared_change_is_refused(state: str, change: str) -> None:
    agreement = Agreement(state=state)

    with pytest.raises(TransitionNotAllowed):
        getattr(agreement, change)(**GIVEN[change])

    assert agreement.state == state


def test_nobody_sets_the_state_past_the_changes() -> None:
    agreement = Agreement(state="draft")

    with pytest.raises(AttributeError):
        agreement.state = "executed"
