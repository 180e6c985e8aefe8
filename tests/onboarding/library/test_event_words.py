"""Every event reads as a sentence, whoever recorded it."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest

from onboarding.library.event_words import RETURN, WORDS, describe, words_of
from onboarding.models import Company, Document
from onboarding.workflow.machine import Journey
from onboarding.workflow.steps import Step
from tests.factories import NOW
from tests.journey import journey

ROOT = Path(__file__).resolve().parents[3]
# What the kinds that are put together at run time can be.
PUT_TOGETHER = {
    "company.": {Company.State.ACCEPTED, Company.State.DECLINED},
    "connection.": {"proven", "failing"},
    "document.": {one for one in Document.Review.values if one}
    | {"review_undone", "not_applicable", "not_applicable_proposed"},
    "engagement.": {name for name in vars(Journey) if name.startswith(("complete_", "activate", "return_to_"))},
    "recording.consent_": {"given", "refused"},
    "test_run.": {"passed", "failed"},
}


def recorded() -> set[str]:
    """The kind of every `outbox.record(…)` in the code; f-strings with everything they can become."""
    kinds: set[str] = set()
    for path in [*ROOT.glob("onboarding/**/*.py"), *ROOT.glob("integrations/**/*.py")]:
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in {"outbox.record", "_record"}:
                kinds |= _kinds(call)
    return kinds


def _kinds(call: ast.Call) -> set[str]:
    for given in call.args[:2]:
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            return {given.value}
        if isinstance(given, ast.JoinedStr):
            start = ast.literal_eval(given.values[0])
            return {f"{start}{end}" for end in PUT_TOGETHER[start]}
    return set()


def test_every_kind_that_is_recorded_has_words() -> None:
    kinds = recorded()

    assert len(kinds) > 80
    assert {kind for kind in kinds if kind not in WORDS and not kind.startswith(RETURN)} == set()
    assert set(WORDS) - kinds == set(), "words that nobody needs"


@pytest.mark.django_db
def test_no_word_is_missing_on_a_whole_journey() -> None:
    """Every value a sentence asks for is in the data of the event that the action records."""
    engagement = journey(Step.CONTINUOUS_SUPPORT).engagement

    told = [describe(event)["title"] for event in engagement.events.order_by("number")]

    assert [title for title in told if "…" in title or "_" in title.replace("account_to", "")] == []
    assert told[0] == "Onboarding opened"
    assert "Solutions Definition Document submitted" in told
    assert "Salesforce proven: every rung passed" in told
    assert "Go-live decided by the customer: go" in told


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("engagement.target_set", {"go_live_on": "2027-03-12"}, "Go-live target set to 12 March 2027"),
        ("criterion.waived", {"criterion": "contacts.missing", "reason": "Known."},
         "Let go by a lead: Name your four contacts. Known."),
        ("engagement.return_to_data_collection", {"reason": "An old export."}, "Returned to data collection: An old export."),
        ("company.declined", {}, "Registration declined: …"),
        ("moon.landed_on", {}, "Moon landed on"),
    ],
)  # fmt: skip
def test_words(kind: str, data: dict, words: str) -> None:
    assert words_of(kind, data) == words


@pytest.mark.parametrize(
    ("kind", "tone"),
    [("meeting.held", ""), ("engagement.held", "warn"), ("agreement.executed", "good"), ("flow.run_failed", "bad"),
     ("incident.closed", "good"), ("incident.opened", "bad")],
)  # fmt: skip
def test_a_tone_follows_from_what_it_means(kind: str, tone: str) -> None:
    event = SimpleNamespace(kind=kind, data={}, by={"name": "Priya"}, at=NOW, is_internal=False, number=1, hash="a")

    assert describe(event)["tone"] == tone
