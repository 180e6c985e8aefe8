"""Suggested requirements: from answers, promises and sentences; taken with their sources, put aside, shown again."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import requirements, suggestions
from onboarding.library import questionnaires as questions
from onboarding.library.suggestions import ANSWER_RULES
from onboarding.models import ActionItem, DismissedSuggestion, Engagement, Event, Requirement, Sentence, Transcript
from onboarding.queries.suggestions import Suggestion, dismissed_for, open_for
from tests.every_row import every_row
from tests.factories import NOW, EngagementFactory, handed_in, owner, specialist, stranger, viewer
from tests.onboarding.actions.test_requirement_sources import sentence

pytestmark = pytest.mark.django_db
ANSWERS = {
    "flows": ["account_to_customer", "opportunity_to_invoice"], "invoice_trigger": "won", "multi_currency": True,
    "currencies": "USD and CAD.", "go_live_wish": "2027-03-01", "quiet_periods": "The last three days of each month.",
}  # fmt: skip


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(step="requirements_review")


def suggested(engagement: Engagement) -> dict[str, Suggestion]:
    return {one.key: one for one in open_for(engagement)}


def take(engagement: Engagement, key: str, by: Any = None, **given: Any) -> Requirement:
    words = {"text": "As it was", "kind": "constraint", "priority": "must", "flow": ""} | given
    return suggestions.take(engagement.pk, key=key, **words, by=by or specialist(), at=NOW)


def test_answers_suggest_what_follows_from_them(engagement: Engagement) -> None:
    handed_in(engagement, answers=ANSWERS)

    found = suggested(engagement)

    assert {key: (one.kind, one.text) for key, one in found.items()} == {
        "rule:flow.account_to_customer": (
            "flow", "A new or changed account is a customer in QuickBooks, without duplicates.",
        ),
        "rule:flow.opportunity_to_invoice.won": (
            "flow", "An opportunity becomes an invoice in QuickBooks when it is won.",
        ),
        "rule:date.wished": ("timeline", "The integration is live on 1 March 2027."),
        "rule:quiet.periods": (
            "constraint", "No flow runs while the systems must be left alone: The last three days of each month",
        ),
        "rule:currencies": ("constraint", "Every amount keeps the currency it was agreed in: USD and CAD."),
    }  # fmt: skip
    invoice = found["rule:flow.opportunity_to_invoice.won"]
    assert (invoice.flow, [one.question for one in invoice.sources]) == (
        "opportunity_to_invoice", ["flows", "invoice_trigger"],
    )  # fmt: skip
    assert [one.quote for one in found["rule:currencies"].sources] == ["Yes", "USD and CAD."]


def test_every_rule_asks_for_answers_that_some_version_gives() -> None:
    known: dict[str, set[Any]] = {}
    for kind in ("solutions_definition", "technical_details"):
        for version in (1, 2):
            for one in questions.schema(kind, version).questions:
                known.setdefault(one.code, set()).update(choice.value for choice in one.choices)

    unknown = [
        f"{rule.code}: {code} {value}"
        for rule in ANSWER_RULES
        for code in rule.questions
        for value in rule.when.get(code, ("*",))
        if code not in known or (isinstance(value, str) and value != "*" and value not in known[code])
    ]

    assert unknown == []
    assert len({rule.code for rule in ANSWER_RULES}) == len(ANSWER_RULES)


@pytest.mark.parametrize(
    ("text", "kind", "flow"),
    [
        ("New accounts must be customers in QuickBooks within the hour.", "flow", "account_to_customer"),
        ("The books stay untouched while we close the month.", "constraint", ""),
        ("We want to be live before the first of March.", "timeline", ""),
        ("That waits for the new administrator to be hired.", "dependency", ""),
        ("The custom field for the region must reach the books.", "mapping", ""),
        ("Can we go on with the next point now?", None, ""),
        ("Thank you, that was a good summary.", None, ""),
        ("It must be.", None, ""),
    ],
)
def test_sentences_that_sound_like_a_need_are_suggested(
    text: str, kind: str | None, flow: str, engagement: Engagement
) -> None:
    spoken = sentence(engagement, text)

    found = suggested(engagement)

    if kind is None:
        assert found == {}
    else:
        one = found[f"sentence:{spoken.pk}"]
        assert (one.kind, one.flow, one.text, one.sources[0].sentence_id) == (kind, flow, text, spoken.pk)
        assert one.why.startswith("Maria said it in the meeting.")


def test_a_promise_is_suggested_once_with_the_sentence_it_was_given_in(engagement: Engagement) -> None:
    spoken = sentence(engagement, "We must name an administrator by then.")
    ActionItem.objects.create(
        company=engagement.company, engagement=engagement, transcript=Transcript.objects.get(), number=1, owner="Maria",
        text="Name an administrator", at_second=249,
    )  # fmt: skip

    [one] = open_for(engagement)

    assert (one.kind, one.text, one.why) == (
        "dependency",
        "Name an administrator",
        "It was promised by Maria in the meeting.",
    )
    assert one.sources[0].sentence_id == spoken.pk


def test_taken_as_edited_it_brings_its_sources(engagement: Engagement) -> None:
    handed_in(engagement, answers=ANSWERS)
    spoken = sentence(engagement, "The books stay untouched while we close.")

    rule = take(engagement, "rule:currencies", text="USD and CAD stay apart")
    take(engagement, f"sentence:{spoken.pk}")

    assert (rule.text, rule.state) == ("USD and CAD stay apart", "proposed")
    assert [(one.kind, one.question, one.quote) for one in rule.sources.all()] == [
        ("answer", "multi_currency", "Yes"), ("answer", "currencies", "USD and CAD."),
    ]  # fmt: skip
    assert Requirement.objects.get(number=2).sources.get().sentence == spoken
    assert {"rule:currencies", f"sentence:{spoken.pk}"} & set(suggested(engagement)) == set()
    assert take(engagement, "rule:currencies").pk == rule.pk


def test_a_flow_that_is_listed_already_is_not_suggested(engagement: Engagement) -> None:
    handed_in(engagement, answers=ANSWERS)
    requirements.add(engagement.pk, text="Accounts", kind="flow", priority="", flow="account_to_customer",
                     by=specialist(), at=NOW)  # fmt: skip

    assert "rule:flow.account_to_customer" not in suggested(engagement)


def test_put_aside_it_is_shown_no_more_until_that_is_undone(engagement: Engagement) -> None:
    handed_in(engagement, answers=ANSWERS)
    by = specialist()

    for _ in range(2):
        suggestions.dismiss(engagement.pk, key="rule:currencies", by=by, at=NOW)

    assert ("rule:currencies" in suggested(engagement), DismissedSuggestion.objects.count()) == (False, 1)
    assert [one.key for one in dismissed_for(engagement)] == ["rule:currencies"]
    assert Event.objects.get().is_internal
    suggestions.restore(engagement.pk, key="rule:currencies", by=by, at=NOW)
    assert ("rule:currencies" in suggested(engagement), DismissedSuggestion.objects.count()) == (True, 0)


@pytest.mark.parametrize("key", ["rule:nothing", "rule:names.colons", "sentence:999999", "sentence:x", ""])
def test_what_is_not_suggested_can_be_neither_taken_nor_put_aside(key: str, engagement: Engagement) -> None:
    handed_in(engagement, answers=ANSWERS)
    there = sentence(EngagementFactory(company=engagement.company), "The books stay untouched while we close.")
    by, before = specialist(), every_row()

    for tried in (key, f"sentence:{there.pk}"):
        for act in (
            lambda: take(engagement, tried, by=by),  # noqa: B023 - called at once
            lambda: suggestions.dismiss(engagement.pk, key=tried, by=by, at=NOW),  # noqa: B023
            lambda: suggestions.restore(engagement.pk, key=tried, by=by, at=NOW),  # noqa: B023
        ):
            with pytest.raises(errors.NotFound):
                act()

    assert every_row() == before


def test_the_customer_may_propose_what_is_suggested_and_weighs_nothing(engagement: Engagement) -> None:
    handed_in(engagement, answers=ANSWERS)

    proposed = take(engagement, "rule:currencies", by=owner(engagement.company))

    assert (proposed.state, proposed.sources.count()) == ("proposed", 2)
    with pytest.raises(errors.NotYours):
        suggestions.dismiss(engagement.pk, key="rule:quiet.periods", by=owner(engagement.company), at=NOW)
    with pytest.raises(errors.NotYours):
        take(engagement, "rule:quiet.periods", by=viewer(engagement.company))
    with pytest.raises(errors.NotFound):
        take(engagement, "rule:quiet.periods", by=stranger())


@pytest.mark.parametrize("number", [3, 60])
def test_the_suggestions_take_seven_queries_however_much_was_said(
    number: int, engagement: Engagement, django_assert_num_queries: Any
) -> None:
    handed_in(engagement, answers=ANSWERS)
    first = sentence(engagement, "The books stay untouched while we close.")
    Sentence.objects.bulk_create(
        Sentence(company=engagement.company, transcript=first.transcript, index=place, speaker="Tom", starts_ms=0, ends_ms=1,
                 text=f"It must never happen again, point {place}.")
        for place in range(10, 9 + number)
    )  # fmt: skip

    with django_assert_num_queries(7):
        assert len(open_for(engagement)) == 5 + number
