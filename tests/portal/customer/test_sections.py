"""A section's page: rows and files that come and go by plain buttons, with script only their own question anew."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from onboarding.models import Answer, Document, Engagement, Questionnaire
from portal.walkthrough import answers
from portal.walkthrough.browser import Page
from tests.factories import EngagementFactory
from tests.journey.cast import Cast
from tests.portal.customer.conftest import said, signed_in

pytestmark = pytest.mark.django_db
DEFINITION, TECHNICAL = "/questionnaires/solutions_definition", "/questionnaires/technical_details"
PURPOSE, CRM = f"{DEFINITION}/parts/purpose/", f"{TECHNICAL}/parts/crm/"
RECORDS = f"{TECHNICAL}/parts/crm_records/"
MEASURE = {"success_measures-0-measure": "Days to an invoice", "success_measures-0-target": "1 day"}
BOTH = MEASURE | {"success_measures-1-measure": "Duplicates", "success_measures-1-target": "none"}


def value(code: str) -> Any:
    return Answer.objects.filter(question=code).values_list("value", flat=True).first()


def picture(name: str = "account.csv", content: bytes = b"a,b\n1,2\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def read(client: Client, path: str) -> Page:
    reply = client.get(path)
    assert reply.status_code == 200
    return Page(reply.content.decode(), path.partition("?")[0], 200)


def row_numbers(page: Page, code: str) -> list[str]:
    return sorted(set(re.findall(rf'name="{code}-(\d+)-', page.text)))


def test_a_whole_document_is_answered_without_script(collecting: Cast) -> None:
    """As the walkthrough does it: every part, row by row, to the submission."""
    client, path = signed_in(collecting), f"{DEFINITION}/parts/purpose/"
    left = {
        code: value
        for part in answers.definition(go_live_on=collecting.at.date(), email="maria@acme.example").values()
        for code, value in part.items()
    }

    for _ in range(40):
        page = read(client, path)
        form = page.form({})
        given = {code: left.pop(code) for code in list(left) if code in form.names}
        for code, rows in [pair for pair in left.items() if f"{pair[0]}-0-" in " ".join(form.names)]:
            shown = len(row_numbers(page, code))
            given |= answers.as_fields(code, rows[:shown]) | ({"more": code} if shown < len(rows) else {})
            if shown >= len(rows):
                left.pop(code)
        reply = client.post(path.partition("?")[0], form.sends(given))
        assert reply.status_code == 302, Page(reply.content.decode(), path, reply.status_code).words
        path = reply.headers["Location"].partition("#")[0]
        if path.endswith("/check/"):
            break

    done = client.post(f"{DEFINITION}/check/")
    assert (left, done.status_code, done.headers["Location"]) == ({}, 302, f"{DEFINITION}/submitted/")
    assert [row["team"] for row in value("teams")] == ["Accounting", "Sales"]
    assert value("success_measures")[1]["now"] == "31 of 180"


def test_a_button_adds_a_row_and_keeps_what_was_typed(collecting: Cast) -> None:
    client = signed_in(collecting)
    assert row_numbers(read(client, PURPOSE), "success_measures") == ["0"]

    more = client.post(PURPOSE, MEASURE | {"objective": "Less typing", "more": "success_measures"})

    assert more.headers["Location"] == f"{PURPOSE}?more=success_measures#id_success_measures"
    assert row_numbers(read(client, f"{PURPOSE}?more=success_measures"), "success_measures") == ["0", "1"]
    assert row_numbers(read(client, PURPOSE), "success_measures") == ["0"]
    assert (value("objective"), value("success_measures")) == (
        "Less typing", [{"measure": "Days to an invoice", "target": "1 day"}],
    )  # fmt: skip


def test_a_button_takes_a_row_away(collecting: Cast) -> None:
    client = signed_in(collecting)
    client.post(PURPOSE, BOTH | {"later": "1"})

    less = client.post(PURPOSE, BOTH | {"less": "success_measures-0", "version-success_measures": "1"})

    assert less.headers["Location"] == f"{PURPOSE}#id_success_measures"
    assert value("success_measures") == [{"measure": "Duplicates", "target": "none"}]


def test_a_wrong_cell_is_named_by_row_and_column_and_nothing_typed_is_lost(collecting: Cast) -> None:
    reply = signed_in(collecting).post(PURPOSE, BOTH | {"success_measures-1-by": "soon", "objective": "Less typing"})

    page = reply.content.decode()
    assert reply.status_code == 422
    assert "<title>Error: What the integration is for" in page
    assert '<a href="#id_success_measures">Measure 2, By when: Enter a date with day, month and year.</a>' in page
    assert 'value="soon"' in page
    assert 'value="Duplicates"' in page
    assert (value("objective"), value("success_measures")) == ("Less typing", None)


@pytest.mark.parametrize(
    ("part", "given", "words"),
    [
        ("crm", {"crm_users": "many"}, "Enter a whole number, such as 1200."),
        ("crm", {"crm": "sugar"}, "Choose one of the answers."),
        ("crm", {"crm_address": "https://"}, "Enter a web address like"),
        ("crm_records", {"crm_admin": "ann@"}, "Enter an e-mail address like"),
        ("crm_records", {"crm_automation": ["flows", "none"]}, "Choose from the answers."),
        ("crm", {"crm_sandbox": "perhaps"}, "Choose yes or no."),
        (
            "crm_records",
            {"kept-crm_screens": "3f2b8c1e-6a7d-4e0f-9b1a-2c3d4e5f6a7b"},
            "Choose files that were sent here",
        ),
        ("crm_records", {"kept-crm_screens": "../../etc/passwd"}, "Choose files that were sent here."),
        ("crm_records", {f"custom_fields-{n}-field": "x" for n in range(31)}, "Keep at most 30 rows: 31 were given."),
        ("books", {"books_closed_until": "soon"}, "Enter a date with day, month and year."),
        ("volumes", {"growth": "fast"}, "Enter a number, such as 12.5."),
        ("upkeep", {"sleep_window": "x" * 101}, "Enter at most 100 characters."),
    ],
)
def test_each_wrong_kind_is_refused_in_words_and_kept_out(
    collecting: Cast, part: str, given: dict[str, Any], words: str
) -> None:
    before = dict(Answer.objects.values_list("question", "value"))

    reply = signed_in(collecting).post(f"{TECHNICAL}/parts/{part}/", filled(collecting, part) | given)

    assert (reply.status_code, words in reply.content.decode()) == (422, True)
    assert dict(Answer.objects.values_list("question", "value")) == before


def filled(cast: Cast, part: str) -> dict[str, Any]:
    """What the page sends as it stands."""
    return dict(read(signed_in(cast), f"{TECHNICAL}/parts/{part}/").form({}).sends({}))


def test_broken_utf_8_is_no_end_of_the_page(collecting: Cast) -> None:
    reply = signed_in(collecting).generic(
        "POST", f"{DEFINITION}/answers/objective/", b"objective=a%ED%A0%80%FFb%00&version-objective=0",
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip

    assert reply.status_code == 200
    assert "\x00" not in value("objective")


def test_files_are_sent_with_the_form_kept_and_taken_away_again(collecting: Cast) -> None:
    client = signed_in(collecting)

    client.post(
        RECORDS,
        filled(collecting, "crm_records") | {"crm_screens": [picture(), picture("deal.csv", b"x\n")], "later": "1"},
    )
    first, second = Document.objects.order_by("pk")
    page = read(client, RECORDS)
    gone = client.post(
        RECORDS, page.form({}).sends({"kept-crm_screens": value("crm_screens"), "drop": f"crm_screens:{first.uuid}"})
    )

    assert [(one.file_name, one.kind) for one in (first, second)] == [
        ("account.csv", "customer_document"), ("deal.csv", "customer_document"),
    ]  # fmt: skip
    assert all(
        words in page.text for words in ("account.csv", "Being checked", "Remove deal.csv", "multipart/form-data")
    )
    assert gone.headers["Location"] == f"{RECORDS}#id_crm_screens"
    assert value("crm_screens") == [str(second.uuid)]


def test_a_refused_file_says_why_and_keeps_the_others(collecting: Cast) -> None:
    files = [picture(), picture("virus.exe", b"MZ")]

    reply = signed_in(collecting).post(
        RECORDS, filled(collecting, "crm_records") | {"crm_person_accounts": "no", "crm_screens": files}
    )

    page = reply.content.decode()
    assert (reply.status_code, "virus.exe" in page, "Remove account.csv" in page) == (422, True, True)
    assert value("crm_screens") == [str(Document.objects.get().uuid)]
    assert value("crm_person_accounts") is False


def test_another_companys_file_is_unknown_here(collecting: Cast) -> None:
    elsewhere: Engagement = EngagementFactory(reference="IW-2026-9999")
    foreign = Document.objects.create(
        company=elsewhere.company, engagement=elsewhere, kind="customer_document", title="Theirs", file_name="theirs.csv",
        content_type="text/csv", created_at=collecting.at, created_by="Them",
    )  # fmt: skip

    reply = signed_in(collecting).post(
        RECORDS, filled(collecting, "crm_records") | {"kept-crm_screens": str(foreign.uuid)}
    )

    page = reply.content.decode()
    assert (reply.status_code, "Choose files that were sent here" in page, "theirs.csv" in page) == (422, True, False)
    assert value("crm_screens") is None


def auto(cast: Cast, code: str, sent: dict[str, Any], kind: str = DEFINITION) -> HttpResponse:
    return signed_in(cast).post(f"{kind}/answers/{code}/", sent)


def test_with_script_a_table_is_saved_by_itself_and_a_row_comes_alone(collecting: Cast) -> None:
    saved = auto(collecting, "success_measures", MEASURE | {"version-success_measures": "0"}).content.decode()
    more = auto(collecting, "success_measures", MEASURE | {"more": "success_measures"}).content.decode()
    wrong = auto(collecting, "success_measures", MEASURE | {"success_measures-0-by": "soon"}).content.decode()

    assert saved.startswith('<div class="answer-state')
    assert 'name="version-success_measures" value="1"' in saved
    assert more.startswith('<div class="answer" id="answer-success_measures">')
    assert 'name="success_measures-1-measure"' in more
    assert "Not saved" in wrong
    assert value("success_measures") == [{"measure": "Days to an invoice", "target": "1 day"}]


def test_with_script_a_file_comes_alone(collecting: Cast) -> None:
    drawn = auto(collecting, "crm_screens", {"crm_screens": picture(), "version-crm_screens": "0"}, TECHNICAL)

    assert "Remove account.csv" in drawn.content.decode()
    assert value("crm_screens") == [str(Document.objects.get().uuid)]


def test_a_colleagues_rows_are_shown_in_words_not_overwritten(collecting: Cast) -> None:
    auto(collecting, "success_measures", MEASURE)

    clash = auto(collecting, "success_measures", BOTH | {"version-success_measures": "0"}).content.decode()

    assert "Maria Fernández answered “Days to an invoice; target: 1 day” meanwhile." in clash
    assert len(value("success_measures")) == 1


def test_what_registration_knows_stands_there_and_says_so(collecting: Cast) -> None:
    page = read(signed_in(collecting), CRM)

    assert page.form({}).filled["crm"] == ["salesforce"]
    assert "From your registration. Change it where it is wrong." in page.text
    assert "Usually known by your CRM administrator." in page.text


def test_an_accepted_answer_is_read_and_the_others_are_saved(collecting: Cast) -> None:
    row = Questionnaire.objects.get(kind="solutions_definition")
    Answer.objects.create(
        company=row.company, questionnaire=row, question="objective", value="Less typing", review="accepted", by="Ann",
        at=collecting.at,
    )  # fmt: skip

    reply = signed_in(collecting).post(PURPOSE, MEASURE | {"objective": "Something else", "later": "1"})

    assert said(reply) == "Saved. You can come back any time."
    assert (value("objective"), len(value("success_measures"))) == ("Less typing", 1)
    assert "Ask your specialist if it has to change." in read(signed_in(collecting), PURPOSE).text
    late = auto(collecting, "objective", {"objective": "Something else", "version-objective": "1"}).content.decode()
    assert "Your specialist accepted this answer." in late


def test_a_part_that_is_accepted_as_a_whole_leads_on(collecting: Cast) -> None:
    row = Questionnaire.objects.get(kind="solutions_definition")
    for code in ("objective", "today", "hours_a_week", "outcomes", "success_measures"):
        Answer.objects.create(
            company=row.company, questionnaire=row, question=code, value=None, review="accepted", by="Ann", at=collecting.at
        )  # fmt: skip

    led = signed_in(collecting).post(PURPOSE, {})

    assert (led.status_code, led.headers["Location"]) == (302, f"{DEFINITION}/parts/scope/")
    assert signed_in(collecting, collecting.viewer).post(PURPOSE, {}).status_code == 403


def test_a_question_that_came_with_a_colleagues_answer_is_neither_erased_nor_hidden(collecting: Cast) -> None:
    drawn = filled(collecting, "crm")  # without the question that a sandbox leads to
    auto(collecting, "crm_sandbox", {"crm_sandbox": "yes"}, TECHNICAL)
    auto(collecting, "crm_sandbox_kind", {"crm_sandbox_kind": "full"}, TECHNICAL)

    reply = signed_in(collecting).post(CRM, drawn | {"crm_users": "14"})

    page = Page(reply.content.decode(), CRM, 422)
    assert (reply.status_code, "answered “Yes” meanwhile" in page.text) == (422, True)
    assert (value("crm_users"), value("crm_sandbox"), value("crm_sandbox_kind")) == (14, True, "full")
    assert page.form({}).filled["crm_sandbox_kind"] == ["full"]


def test_with_script_further_questions_are_shown_before_the_next_part(collecting: Cast) -> None:
    drawn = filled(collecting, "crm")
    auto(collecting, "crm_sandbox", {"crm_sandbox": "yes", "version-crm_sandbox": "0"}, TECHNICAL)
    client = signed_in(collecting)

    led = client.post(CRM, drawn | {"crm_sandbox": "yes", "version-crm_sandbox": "1"})
    on = client.post(CRM, filled(collecting, "crm"))

    assert led.headers["Location"] == f"{CRM}#id_crm_sandbox_kind"
    assert said(led) == "Your answers lead to a further question on this page."
    assert on.headers["Location"] == RECORDS


def test_a_viewer_adds_no_row_and_sends_no_file(collecting: Cast, elsewhere: Client) -> None:
    client = signed_in(collecting, collecting.viewer)

    refused = client.post(RECORDS, {"crm_screens": picture(), "more": "custom_fields"})

    assert (refused.status_code, Document.objects.count()) == (403, 0)
    assert elsewhere.post(RECORDS, {"crm_screens": picture()}).status_code == 404


def test_a_document_on_the_first_questions_goes_on_as_before(collecting: Cast) -> None:
    Questionnaire.objects.filter(kind="solutions_definition").update(schema_version=1)
    client = signed_in(collecting)

    drawn = read(client, PURPOSE).form({}).sends({"success": "Invoices within a day", "more": "success_measures"})
    saved = client.post(PURPOSE, drawn)

    assert saved.headers["Location"] == f"{DEFINITION}/parts/scope/"
    assert value("success") == "Invoices within a day"
    assert "success_measures" not in read(client, PURPOSE).text


def test_a_part_costs_the_same_for_one_row_and_file_and_for_three(
    collecting: Cast, django_assert_num_queries: Any
) -> None:
    client = signed_in(collecting)

    def fill(count: int) -> None:
        rows = {f"custom_fields-{n}-field": f"Field {n}" for n in range(count)}
        files = [picture(f"{n}.csv", str(n).encode()) for n in range(count)]
        client.post(RECORDS, filled(collecting, "crm_records") | rows | {"crm_screens": files, "later": "1"})

    for count in (1, 3):
        fill(count)
        with django_assert_num_queries(14):
            client.get(RECORDS)
