"""The questionnaires' data and what becomes of an answer that was typed."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding import errors
from onboarding.library import questionnaires
from onboarding.library.questionnaires import Choice, Question
from onboarding.models import Questionnaire

KINDS = Questionnaire.Kind.values
CHOICES = (Choice(value="a", label="Option A"), Choice(value="b", label="Option B"))


def question(type_: Any, **fields: Any) -> Question:
    return Question(code="q", label="Q?", type=type_, choices=CHOICES, **fields)


@pytest.mark.parametrize("kind", KINDS)
def test_every_question_can_be_asked_for_and_hangs_on_an_earlier_one(kind: str) -> None:
    schema = questionnaires.schema(kind, 1)
    seen: list[str] = []

    for one in schema.questions:
        assert one.ask or not one.required, one.code
        assert one.choices or one.type not in {"choice", "multi_choice"}, one.code
        if one.show_if:
            asked = schema.question(one.show_if.question)
            assert one.show_if.question in seen
            assert asked is not None
            known = [True, False] if asked.type == "yes_no" else [choice.value for choice in asked.choices]
            assert set(one.show_if.values) <= set(known), one.code
        seen.append(one.code)

    assert len(seen) == len(set(seen))


def test_codes_are_unique_across_both_documents() -> None:
    codes = [one.code for kind in KINDS for one in questionnaires.schema(kind, 1).questions]

    assert len(codes) == len(set(codes))


def test_an_unknown_version_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        questionnaires.schema("technical_details", 99)


def test_conditional_questions_follow_their_answers_down_the_chain() -> None:
    schema = questionnaires.schema("technical_details", 1)

    def shown(**answers: Any) -> set[str]:
        return {one.code for one in questionnaires.visible(schema, answers)}

    assert "crm_api_addon" not in shown(crm="salesforce", crm_edition="enterprise")
    assert "crm_api_addon" in shown(crm="salesforce", crm_edition="professional")
    assert "crm_api_addon" not in shown(crm="creatio", crm_edition="professional")
    assert {"qbo_plan"} == shown(finance="quickbooks_online") - shown()
    assert {"qbd_version", "qbd_computer", "qbd_users"} == shown(finance="quickbooks_desktop") - shown()


def test_a_choice_of_several_shows_what_hangs_on_any_of_them() -> None:
    schema = questionnaires.schema("solutions_definition", 1)

    codes = {one.code for one in questionnaires.visible(schema, {"flows": ["bill", "opportunity_to_invoice"]})}

    assert {"invoice_trigger", "invoice_number_owner", "product_master"} <= codes


def test_missing_names_every_required_visible_question_with_its_words() -> None:
    schema = questionnaires.schema("technical_details", 1)

    missing = questionnaires.missing(schema, {"crm": "salesforce", "automated_tax": False, "accounts": 0})

    assert missing["crm_edition"] == "Choose your edition of Salesforce."
    assert not {"crm", "automated_tax", "accounts", "crm_sandbox_kind", "qbd_version"} & set(missing)


@pytest.mark.parametrize(
    ("asked", "raw", "value"),
    [
        (question("text"), "  two \n lines ", "two lines"),
        (question("text"), "   ", None),
        (question("multi_choice"), [], None),
        (question("long_text", max_length=20), " a\r\nb ", "a\nb"),
        (question("choice"), "a", "a"),
        (question("multi_choice"), ["b", "a", "b"], ["a", "b"]),
        (question("multi_choice"), "b", ["b"]),
        (question("number"), "1,200", 1200),
        (question("number"), 0, 0),
        (question("date"), "2027-03-12", "2027-03-12"),
        (question("yes_no"), False, False),
        (question("yes_no"), "Yes", True),
        (question("email"), " ann@acme.example ", "ann@acme.example"),
        (question("url"), "acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        (question("url"), "http://10.0.0.7:8080/x", "http://10.0.0.7:8080/x"),
        (question("host_port"), "proxy.acme.example:08080", "proxy.acme.example:8080"),
        (question("host_port"), "[::1]:443", "[::1]:443"),
    ],
)
def test_what_was_typed_becomes_what_is_stored(asked: Question, raw: Any, value: Any) -> None:
    assert questionnaires.check(asked, raw) == value


@pytest.mark.parametrize(
    ("asked", "raw", "words"),
    [
        (question("text", max_length=3), "four", "Enter at most 3 characters."),
        (question("text"), 7, "Enter a text."),
        (question("long_text", max_length=3), "four", "Enter at most 3 characters; longer papers can be"),
        (question("choice"), "c", "Choose one of the answers."),
        (question("choice"), {"a": 1}, "Choose one of the answers."),
        (question("multi_choice"), ["a", "c"], "Choose from the answers."),
        (question("multi_choice"), 7, "Choose from the answers."),
        (question("number"), "1.5", "Enter a whole number, such as 1200."),
        (question("number"), 1.5, "Enter a whole number."),
        (question("number"), True, "Enter a whole number."),
        (question("number"), "9" * 16, "Enter a whole number, such as 1200."),
        (question("number", minimum=1, maximum=9), "-1", "Enter a number from 1 to 9."),
        (question("date"), "12/03/2027", "Enter a date with day, month and year."),
        (question("yes_no"), "perhaps", "Choose yes or no."),
        (question("email"), "ann@", "Enter an e-mail address like name@company.com."),
        (question("url"), "ftp://acme.example", "Enter a web address like"),
        (question("url"), "https://", "Enter a web address like"),
        (question("url"), "https://[broken", "Enter a web address like"),
        (question("host_port"), "proxy.acme.example", "Enter a host and a port like"),
        (question("host_port"), "proxy.acme.example:99999", "Enter a host and a port like"),
        (question("host_port"), ":80", "Enter a host and a port like"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_words(asked: Question, raw: Any, words: str) -> None:
    with pytest.raises(errors.BadInput) as refusal:
        questionnaires.check(asked, raw)

    assert refusal.value.fields["q"].startswith(words)


@pytest.mark.parametrize(
    ("asked", "value", "shown"),
    [
        (question("choice"), "a", "Option A"),
        (question("choice"), "gone", "gone"),
        (question("multi_choice"), ["a", "b"], ["Option A", "Option B"]),
        (question("yes_no"), False, "No"),
        (question("yes_no"), True, "Yes"),
        (question("number"), 18240, "18,240"),
        (question("number"), 0, "0"),
        (question("date"), "2027-03-12", "12 March 2027"),
        (question("text"), None, ""),
    ],
)
def test_answers_are_shown_in_words(asked: Question, value: Any, shown: str | list[str]) -> None:
    assert questionnaires.display(asked, value) == shown
