"""An agreement's life, lived at random: whatever people do in whatever order, the rules of signing hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from onboarding import errors
from onboarding.actions import (
    agreement_comments,
    agreement_copies,
    agreement_dates,
    agreements,
    contacts,
    signing,
    signing_order,
)
from onboarding.actors import Actor
from onboarding.models import Agreement, Event, Signature
from onboarding.workflow.agreement_machine import CLOSED
from onboarding.workflow.steps import Step
from tests.agreements import CO_SIGNERS, countersign, ours, person, print_all, sealed, sign
from tests.factories import NOW, EngagementFactory, SpecialistFactory, lead, owner, specialist, stranger
from tests.onboarding.workflow.test_agreement_machine import CHANGES

CLOSED_STATES = {state.value for state in CLOSED}
NAMED = [("Sam Sponsor", "sam@acme.example"), *CO_SIGNERS]
PEOPLE = ["lead", "sam", "owner", "ours", "specialist", "ed", "flo", "stranger"]
DRAWINGS = [None, [[[1, 1], [90, 90]]], [[[1, 1]]]]
anybody = st.sampled_from(PEOPLE)


class Life(RuleBasedStateMachine):
    """One engagement, its people, a clock that only goes on; after each act the rules are looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()

    def teardown(self) -> None:
        """Nothing of a run stays for the next."""
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)

    @initialize(others=st.integers(0, 2))
    def begin(self, others: int) -> None:
        """Step V, with a draft."""
        self.at: datetime = NOW
        self.engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL.value, specialist=SpecialistFactory())
        company = self.engagement.company
        self.people: dict[str, Actor] = {
            name.split()[0].lower(): person(company, name, email) for name, email in NAMED
        }  # fmt: skip
        self.people |= {"owner": owner(company), "stranger": stranger(), "specialist": specialist(), "lead": lead()}
        self.people["ours"] = ours(self.engagement)
        contacts.save(
            self.engagement.pk, kind="executive_sponsor", name="Sam Sponsor", email="sam@acme.example", title="CEO",
            phone="", by=self.people["lead"], at=self.at,
        )  # fmt: skip
        with transaction.atomic():
            drafted = agreements.draft(self.engagement, by=self.people["lead"], at=self.at)
        for name, email in CO_SIGNERS[:others]:
            signing_order.add(drafted.pk, name=name, email=email, title="CFO", by=self.people["lead"], at=self.at)
        print_all()
        self.seen: dict[int, str] = {}
        self.ended: dict[int, Any] = {}
        self.passed: set[str] = set()

    def attempt(self, act: Callable[..., Any], *args: Any, by: str, **given: Any) -> None:
        """Let somebody try; a refusal is in words, and leaves every state as it was."""
        before, words = self.states(), ""
        try:
            with transaction.atomic():
                act(*args, by=self.people[by], at=self.at, **given)
        except errors.Refused as refusal:
            words = refusal.words
        assert not words or (words.endswith(".") and self.states() == before)
        print_all()

    def states(self) -> dict[int, str]:
        return dict(Agreement.objects.values_list("pk", "state"))

    def last(self) -> Agreement:
        return Agreement.objects.select_related("engagement__specialist__user").order_by("-pk")[0]

    def any_of(self, which: int) -> Agreement:
        """Mostly the last; an old one now and then, as people keep pages open."""
        rows = list(Agreement.objects.select_related("engagement__specialist__user").order_by("-pk"))
        return rows[which % len(rows)] if which > 7 else rows[0]

    # --- what people do -------------------------------------------------------------------------------------------

    @rule(by=anybody)
    def draft_again(self, by: str) -> None:
        self.attempt(agreements.draft_again, self.engagement.pk, by=by)

    @rule(by=anybody, which=st.integers(0, 9))
    def send_for_review(self, by: str, which: int) -> None:
        self.attempt(agreements.send_for_review, self.any_of(which).pk, by=by)

    @rule(by=anybody)
    def send_back(self, by: str) -> None:
        self.attempt(agreements.send_back, self.last().pk, note="The term is missing.", by=by)

    @rule(by=anybody, which=st.integers(0, 9))
    def issue(self, by: str, which: int) -> None:
        self.attempt(agreements.issue, self.any_of(which).pk, by=by)

    @rule(by=anybody)
    def view(self, by: str) -> None:
        self.attempt(signing.view, self.last().pk, by=by)

    @rule(by=anybody, which=st.integers(0, 9), is_stale=st.booleans(), drawing=st.sampled_from(DRAWINGS))
    def sign(self, by: str, which: int, is_stale: bool, drawing: Any) -> None:
        given = {"seen_sha256": "0" * 64} if is_stale and which % 2 else {}
        self.attempt(sign, self.any_of(which), by=by, drawing=drawing, **given)

    @rule(steps=st.integers(1, 6))
    def go_on(self, steps: int) -> None:
        """What usually comes next, by whose turn it is: so that runs get to the end."""
        for _ in range(steps):
            last = self.last()
            match last.state:
                case "draft":
                    self.attempt(agreements.send_for_review, last.pk, by="specialist")
                case "in_review":
                    self.attempt(agreements.issue, last.pk, by="lead")
                case "issued" | "viewed":
                    signer = last.signers.filter(signature=None).order_by("position")[0]
                    self.attempt(sign, last, by=signer.name.split()[0].lower())
                case "signed":
                    self.attempt(countersign, last, by="ours")
                case "countersigned":
                    sealed(last, at=self.at)
                case closed if closed in CLOSED_STATES:
                    self.attempt(agreements.draft_again, self.engagement.pk, by="lead")
            self.a_state_changes_by_declared_changes_only()

    @rule(by=anybody, which=st.integers(0, 9))
    def countersign(self, by: str, which: int) -> None:
        self.attempt(countersign, self.any_of(which), by=by)

    @rule(which=st.integers(0, 9))
    def seal(self, which: int) -> None:
        sealed(self.any_of(which), at=self.at)

    @rule(by=st.sampled_from(["owner", "sam", "lead"]), which=st.integers(0, 9))
    def decline(self, by: str, which: int) -> None:
        self.attempt(signing.decline, self.any_of(which).pk, reason="Liability", by=by)

    @rule(by=anybody, which=st.integers(0, 30))
    def void(self, by: str, which: int) -> None:
        self.attempt(agreements.void, self.any_of(which).pk, reason="Wrong party", by=by)

    @rule(by=anybody, position=st.integers(0, 4), act=st.sampled_from(["add", "remove", "move_up"]))
    def change_signers(self, by: str, position: int, act: str) -> None:
        name, email = NAMED[position % 3]
        given = {"name": name, "email": email, "title": "CFO"} if act == "add" else {"position": position}
        self.attempt(getattr(signing_order, act), self.last().pk, by=by, **given)

    @rule(by=anybody, which=st.integers(0, 9))
    def talk(self, by: str, which: int) -> None:
        self.attempt(agreement_comments.write, self.any_of(which).pk, text="Why?", clause="7.2", by=by)
        self.attempt(agreement_copies.add, self.any_of(which).pk, email="law@firm.example", by=by)

    @rule(hours=st.sampled_from([24 * 32, 24 * 4, 20]))
    def time_goes_by(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        agreement_dates.look(at=self.at)

    @rule(days=st.integers(25, 35))
    def leave_it_lying(self, days: int) -> None:
        """Nobody does anything once it is out, and then the next one is drafted."""
        self.go_on(2)
        self.at += timedelta(days=days)
        agreement_dates.look(at=self.at)

    # --- what always holds ----------------------------------------------------------------------------------------

    @invariant()
    def never_two_are_in_force(self) -> None:
        states = list(self.states().values())
        assert len([state for state in states if state not in CLOSED_STATES]) <= 1

    @invariant()
    def it_is_executed_only_with_every_signature(self) -> None:
        for agreement in Agreement.objects.filter(state__in=["countersigned", "executed"]):
            assert not agreement.signers.filter(signature=None).exists()
            assert agreement.signatures.filter(party="interweave").count() == 1
            assert (agreement.state == "executed") == bool(agreement.executed_document_id)
        for agreement in Agreement.objects.filter(state="signed"):
            assert [one.party for one in agreement.signers.filter(signature=None)] == ["interweave"]

    @invariant()
    def signatures_come_in_order_under_the_version_they_saw(self) -> None:
        for agreement in Agreement.objects.select_related("document"):
            made = list(agreement.signatures.select_related("signer").order_by("pk"))
            assert [one.signer.position for one in made] == list(range(1, len(made) + 1))
            assert {one.seen_sha256 for one in made} <= {agreement.document.sha256}
            assert [one.email for one in made if one.party == "customer"] == [
                one.signer.email for one in made if one.party == "customer"
            ]

    @invariant()
    def a_state_changes_by_declared_changes_only(self) -> None:
        """Each act makes at most two of them at once: signing what nobody opened."""
        for pk, state in self.states().items():
            before = self.seen.get(pk, "draft")
            assert state in reachable(before, 2), f"{before} became {state}"
            self.seen[pk] = state
            self.passed.add(state)

    @invariant()
    def what_is_closed_never_changes(self) -> None:
        for row in Agreement.objects.filter(state__in=CLOSED_STATES).values():
            signed = list(Signature.objects.filter(agreement=row["id"]).values_list("pk", flat=True))
            assert self.ended.setdefault(row["id"], (row, signed)) == (row, signed)

    @invariant()
    def only_the_one_whose_turn_it_is_was_asked_last(self) -> None:
        for agreement in Agreement.objects.filter(state__in=["issued", "viewed"]):
            open_ones = agreement.signers.filter(signature=None).order_by("position")
            assert [one.asked_at is not None for one in open_ones] == [True] + [False] * (len(open_ones) - 1)

    @invariant()
    def every_change_is_an_event(self) -> None:
        for number, state in Agreement.objects.exclude(state__in=["draft", "in_review"]).values_list("number", "state"):
            about = Event.objects.filter(data__agreement=number).order_by("-number")
            assert any(one.data.get("state") == state for one in about), f"{number} is {state}, and no event says so"


def reachable(state: str, most: int) -> set[str]:
    """Where so many declared changes can lead from here."""
    found = {state}
    for _ in range(most):
        found |= {target for source, _, target in CHANGES if source in found}
    return found


@pytest.mark.long
@pytest.mark.django_db
def test_the_rules_hold_whatever_people_do() -> None:
    run_state_machine_as_test(
        Life, settings=settings(max_examples=30, stateful_step_count=25, suppress_health_check=list(HealthCheck))
    )
