"""What answers mean for later work: every rule rests on a question there is, at a place there is."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding.library import advice, questionnaires, setup
from onboarding.models import Questionnaire

QUESTIONS = {
    one.code: one for kind in Questionnaire.Kind.values for one in questionnaires.schema(kind, 2).questions
}  # fmt: skip
PLACES = {task.code for task in setup.TASKS} | {advice.CRM, advice.FINANCE}


@pytest.mark.parametrize("rule", advice.ADVICE, ids=lambda rule: f"{rule.place} {rule.question}")
def test_every_rule_rests_on_a_question_and_a_place(rule: advice.Advice) -> None:
    asked = QUESTIONS[rule.question]
    known = {True, False} if asked.type == "yes_no" else {choice.value for choice in asked.choices}

    assert rule.place in PLACES
    assert rule.values == advice.ANYTHING or set(rule.values) <= known


@pytest.mark.parametrize(
    ("place", "answers", "words"),
    [
        (advice.FINANCE, {"proxy": "proxy.acme.example:8080"}, ["through your proxy, proxy.acme.example:8080."]),
        (advice.FINANCE, {"outbound": "blocked", "firewall_admin": "it@acme.example"}, ["Ask it@acme.example."]),
        (advice.FINANCE, {"outbound": "blocked"}, []),  # nobody named: half a sentence helps nobody
        (advice.CRM, {"ip_restrictions": True, "single_sign_on": False}, ["InterWeave's addresses must be let in"]),
        (advice.CRM, {"ip_restrictions": 1, "sleep_window": ""}, []),
        (advice.CRM, {"sleep_window": "{crm.__class__} {0}"}, ["Systems rest: {crm.__class__} {0}."]),
        ("no.such.place", {"proxy": "proxy.acme.example:8080"}, []),
    ],
)
def test_the_words_for_a_place(place: str, answers: dict[str, Any], words: list[str]) -> None:
    found = advice.at(place, answers)

    assert len(found) == len(words)
    assert all(part in said for part, said in zip(words, found, strict=True))
