"""The questionnaires' data and what becomes of an answer that was typed."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from onboarding import errors
from onboarding.library import questionnaires
from onboarding.library.questionnaires import Choice, Question
from onboarding.library.questionnaires.questions import SIMPLE, WHO, Type
from onboarding.models import Questionnaire

KINDS = Questionnaire.Kind.values
FILES = [(kind, version) for kind in KINDS for version in (1, 2)]
COLUMNS = (
    Question(code="what", label="What", type="text", required=True, ask="Say what."),
    Question(code="many", label="How many", type="number", unit="pieces"),
    Question(code="on", label="On", type="date"),
    Question(code="ok", label="OK", type="yes_no"),
)
CHOICES = (Choice(value="a", label="Option A"), Choice(value="b", label="Option B"))


UUID = "3f2b8c1e-6a7d-4e0f-9b1a-2c3d4e5f6a7b"


def question(type_: Any, **fields: Any) -> Question:
    return Question(code="q", label="Q?", type=type_, choices=CHOICES, **fields)


def table(**fields: Any) -> Question:
    return question("table", **{"columns": COLUMNS, "row": "Line", "ask": "Give a line."} | fields)


@pytest.mark.parametrize(("kind", "version"), FILES)
def test_every_question_can_be_asked_for_and_hangs_on_an_earlier_one(kind: str, version: int) -> None:
    schema = questionnaires.schema(kind, version)
    first = questionnaires.schema(KINDS[0], version).questions if kind != KINDS[0] else ()
    seen = {one.code: one for one in first}

    for one in schema.questions:
        assert one.code not in seen, f"{one.code} is asked twice"
        assert one.type in get_args(Type), one.code
        assert one.ask or not one.required, one.code
        assert one.choices or one.type not in {"choice", "multi_choice"}, one.code
        if one.show_if:
            asked = seen[one.show_if.question]
            known = [True, False] if asked.type == "yes_no" else [choice.value for choice in asked.choices]
            assert set(one.show_if.values) <= set(known), one.code
        seen[one.code] = one


@pytest.mark.parametrize(("kind", "version"), FILES)
def test_every_text_is_there_short_and_says_what_to_do(kind: str, version: int) -> None:
    schema = questionnaires.schema(kind, version)
    texts = [schema.title, schema.intro, *(section.title for section in schema.sections)]

    for one in (*schema.questions, *(column for question in schema.questions for column in question.columns)):
        assert re.fullmatch("[a-z][a-z0-9_]{1,59}", one.code), one.code
        assert not re.search("please|invalid", f"{one.label} {one.hint} {one.ask}", re.IGNORECASE), one.code
        assert len(one.hint) <= 160, one.code
        assert one.ask[-1:] in {"", ".", "?", "”"}, one.code
        texts += [one.label, *(choice.label for choice in one.choices), *([one.ask] if one.required else [])]

    assert [text for text in texts if not text.strip() or len(text) > 200] == []
    assert [one.label for one in schema.questions if len(one.label) > 90] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_version_is_typed_through_and_says_who_knows(kind: str) -> None:
    for one in questionnaires.schema(kind, 2).questions:
        assert one.who in WHO, one.code
        assert (one.type == "table") == bool(one.columns), one.code
        assert {column.type for column in one.columns} <= SIMPLE, one.code
        dates = {column.code for column in one.columns if column.type == "date"}
        assert len({column.code for column in one.columns}) == len(one.columns), one.code
        assert {column.not_before for column in one.columns if column.not_before} <= dates, one.code
        assert not any(column.show_if or column.columns for column in one.columns), one.code
        assert 0 <= one.min_rows <= one.max_rows <= 50, one.code
        assert not one.key or one.type in SIMPLE | {"multi_choice"}, one.code


@pytest.mark.parametrize("kind", KINDS)
def test_a_code_means_the_same_in_both_versions(kind: str) -> None:
    first, second = questionnaires.schema(kind, 1), questionnaires.schema(kind, 2)
    kept = [(one, same) for one in first.questions if (same := second.question(one.code))]

    assert len(kept) > 15
    for one, same in kept:
        assert (one.type, one.unit, one.decimals) == (same.type, same.unit, same.decimals), one.code
        assert set(one.choices) <= set(same.choices), one.code


DESKTOP = {
    "flows": ["account_to_customer", "product_to_item", "opportunity_to_invoice"], "invoice_trigger": "stage",
    "first_load": "load", "multi_currency": True, "alerts": "daily", "go_live_firm": "fixed", "tried_before": True,
    "rules": ["gdpr"], "crm": "creatio", "creatio_hosting": "own", "finance": "quickbooks_desktop",
    "qbd_hosting": "provider", "deployment": "on_premises", "outbound": "proxy", "automated_tax": False,
    "crm_sandbox": True,
}  # fmt: skip
CLOUD = {
    "flows": ["account_to_customer"],
    "crm": "salesforce",
    "finance": "quickbooks_online",
    "deployment": "cloud",
}


def test_fifty_odd_questions_are_the_most_anybody_is_asked() -> None:
    asked = [questionnaires.visible(questionnaires.schema(KINDS[1], 2), answers) for answers in (DESKTOP, CLOUD)]

    assert [len(one) for one in asked] == [55, 37]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answers", [DESKTOP, CLOUD, CLOUD | {"crm_edition": "professional", "crm_sandbox": True}])
def test_a_page_asks_a_small_group(kind: str, answers: dict[str, Any]) -> None:
    """Never none, whatever was answered; seven at the most."""
    schema = questionnaires.schema(kind, 2)
    shown = questionnaires.visible(schema, answers)

    groups = {section.code: len([one for one in section.questions if one in shown]) for section in schema.sections}

    assert {code: count for code, count in groups.items() if not 1 <= count <= 7} == {}


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
        (question("number", decimals=2), " 1,250.50 ", "1250.5"),
        (question("number", decimals=1), 0, "0"),
        (question("number", decimals=1), 12.5, "12.5"),
        (question("host_port"), "proxy01:3128", "proxy01:3128"),
        (question("number", decimals=1, minimum=-9), "-7.5", "-7.5"),
        (question("number", decimals=1), "1200", "1200"),
        (table(), [{"many": "1,200", "what": " a  b "}, {"what": "", "ok": " "}], [{"what": "a b", "many": 1200}]),
        (table(), [{"ok": "no"}], [{"ok": False}]),
        (table(), [{"what": " "}], None),
        (question("file"), [UUID.upper(), UUID], [UUID]),
        (question("file"), UUID, [UUID]),
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
        (question("text"), b"bytes", "Enter a text."),
        (question("text"), "half a \ud800 character", "This text holds a broken character."),
        (question("long_text"), "a NUL \x00", "This text holds a broken character."),
        (question("long_text", max_length=4000), "x" * 4001, "Enter at most 4,000 characters; longer papers can be"),
        (question("number", decimals=1), "12.55", "Enter at most 1 digit after the point."),
        (question("number", decimals=1), float("inf"), "Enter a number, such as 12.5."),
        (question("host_port"), "10:8080", "Enter a host and a port like"),
        (question("number", decimals=1), "NaN", "Enter a number, such as 12.5."),
        (question("number", decimals=1), "1e400", "Enter a number from 0 to 1,000,000,000."),
        (question("number", decimals=1), "9" * 30, "Enter a number, such as 12.5."),
        (question("number", decimals=1, maximum=100), "100.1", "Enter a number from 0 to 100."),
        (table(), "many", "Give a list of rows."),
        (table(), ["a"], "Give a list of rows."),
        (table(), {"what": "a"}, "Give a list of rows."),
        (table(), [{"what": "a"}] * 1000, "Keep at most 20 rows: 1000 were given."),
        (table(), [{"what": "a", "horoscope": "lion"}], "Line 1 has no column “horoscope”."),
        (table(), [{"what": "a"}, {"what": "b", "many": "x"}], "Line 2, How many: Enter a whole number, such as 1200."),
        (
            table(),
            [{"on": "12/03/2027", "ok": "maybe"}],
            "Line 1, On: Enter a date with day, month and year. Line 1, OK:",
        ),
        (table(), [{"what": ["a"]}], "Line 1, What: Enter a text."),
        (question("file"), ["../../etc/passwd"], "Choose files that were sent here."),
        (question("file"), [7], "Choose files that were sent here."),
        (question("file", most=1), [UUID, UUID.replace("3", "4")], "Keep at most 1 here;"),
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
        (question("number", decimals=1), "18240.5", "18,240.5"),
        (
            table(),
            [{"what": "Pens", "many": 1200, "ok": True}, {"on": "2027-03-12"}],
            ["Pens; how many: 1,200 pieces; OK: Yes", "–; on: 12 March 2027"],
        ),
        (question("file"), [UUID], [UUID]),
    ],
)
def test_answers_are_shown_in_words(asked: Question, value: Any, shown: str | list[str]) -> None:
    assert questionnaires.display(asked, value) == shown


def test_a_table_is_printed_by_its_columns() -> None:
    assert questionnaires.as_table(table(), [{"what": "Pens", "many": 1200}]) == {
        "columns": ["What", "How many (pieces)", "On", "OK"], "rows": [["Pens", "1,200", "", ""]],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "value", "words"),
    [
        (table(), [], ""),
        (table(required=True), [], "Give a line."),
        (table(), [{"what": "a"}, {"many": 7}], "Line 2: Say what."),
        (table(min_rows=2), [{"what": "a"}], "Give a line. At least 2 rows are needed."),
        (table(min_rows=1), [{"what": "a"}], ""),
    ],
)
def test_what_a_table_lacks_is_said_at_submission(asked: Question, value: Any, words: str) -> None:
    assert questionnaires.lack(asked, value) == words


def test_a_period_that_ends_before_it_begins_is_refused_by_its_row() -> None:
    asked = questionnaires.schema("solutions_definition", 2).question("quiet_dates")
    good, bad = {"from": "2027-03-01", "until": "2027-03-01"}, {"from": "2027-03-02", "until": "2027-03-01"}

    with pytest.raises(errors.BadInput) as refusal:
        questionnaires.check(asked, [good, bad])

    assert refusal.value.fields == {"quiet_dates": "Period 2, Last day: Enter a day on or after “First day”."}
    assert questionnaires.check(asked, [good]) == [good]


def test_what_the_other_document_says_leads_to_questions_here() -> None:
    schema = questionnaires.schema("technical_details", 2)

    plain, invoices = (
        {one.code for one in questionnaires.visible(schema, {"flows": flows})}
        for flows in (["account_to_customer"], ["opportunity_to_invoice"])
    )

    assert invoices - plain == {"crm_lines", "invoice_numbers", "invoice_sample", "item_kinds"}
