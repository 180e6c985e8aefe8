import re
from dataclasses import replace

import pytest

from onboarding.library import clauses
from onboarding.library.solutions import SOLUTIONS
from onboarding.rendering import html
from tests.onboarding.rendering import agreement_samples, samples

ON_PREMISES, INVOICES = "Systems on the Customer’s own computers", "Invoices and payments"


@pytest.mark.parametrize(("kind", "missing"), [("invoice", "gross"), ("msa", "total"), ("evidence_pack", "chain_head")])
def test_a_context_with_a_gap_is_refused(kind, missing):
    context = samples.ALL[kind]()
    del context[missing]

    with pytest.raises(html.MissingValue, match=missing):
        html.page(kind, context)


@pytest.mark.parametrize("kind", ["voucher", "../base", ""])
def test_an_unknown_kind_is_refused(kind):
    with pytest.raises(ValueError, match="no document of kind"):
        html.page(kind, {})


@pytest.mark.parametrize("version", ["99", "../1", "", "1/../../base"])
def test_an_unknown_template_version_is_refused(version):
    with pytest.raises(ValueError, match=r"no template|invalid literal"):
        html.page("msa", {**samples.agreement(), "template_version": version})


@pytest.mark.parametrize("version", ["1", "v1", 1])
def test_a_template_version_may_be_written_as_people_do(version):
    assert html.template_name("msa", {"template_version": version}) == "msa/v1.html"


@pytest.mark.parametrize("kind", samples.ALL)
def test_no_value_reaches_the_page_as_markup(kind):
    page = html.page(kind, poisoned(samples.ALL[kind]()))

    assert "<b>poison</b>" not in page
    assert "&lt;b&gt;poison&lt;/b&gt;" in page


def poisoned(value, key=""):
    """The same context with markup in every text that is not a date, an amount or a code."""
    if isinstance(value, dict):
        return {name: poisoned(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [poisoned(inner, key) for inner in value]
    exact = key.endswith(("_at", "_on")) or key in {
        "at", "amount", "total", "net", "tax", "gross", "tax_rate", "quantity", "unit_price", "currency",
        "template_version", "template", "party", "kind", "owner_side", "priority", "on", "discount", "lines_total", "balance",
        "billed", "paid", "overdue",
    }  # fmt: skip
    return value if exact or not isinstance(value, str) or not value else f"{value}<b>poison</b>"


def test_pages_of_one_text_carry_one_fingerprint_and_another_text_another():
    first, same = (html.page("invoice", samples.invoice()) for _ in range(2))
    other = html.page("invoice", {**samples.invoice(), "due_on": "2026-12-09"})

    assert first == same
    assert fingerprint(first) != fingerprint(other)


def fingerprint(page):
    start = page.index('data-fingerprint="') + len('data-fingerprint="')
    return page[start : page.index('"', start)]


def test_an_agreement_without_a_named_signatory_leaves_the_lines_empty():
    context = samples.agreement()
    for signer in context["signers"]:
        signer |= {"name": "", "title": ""}

    page = html.page("msa", context)

    assert "Ruth Abendroth" not in page
    assert page.count('class="line unsigned"') == 3


def test_the_former_words_leave_the_lines_of_an_unnamed_signatory_empty():
    context = agreement_samples.former_agreement()
    del context["seller"]["signatory"]

    page = html.page("msa", context)

    assert "Ruth Abendroth" not in page
    assert page.count('class="line unsigned"') == 2


@pytest.mark.parametrize(
    ("deployment", "finance", "titles"),
    [
        ("cloud", "quickbooks_online", ["Systems in the cloud", "Salesforce", "QuickBooks Online", INVOICES]),
        ("on_premises", "quickbooks_desktop", [ON_PREMISES, "Salesforce", "QuickBooks Desktop", INVOICES]),
    ],
)
def test_annex_d_holds_the_terms_of_these_systems_and_no_others(deployment, finance, titles):
    solution = replace(SOLUTIONS[0], finance=finance)
    context = samples.agreement() | {"clauses": clauses.terms_for(solution, deployment)}

    page = html.page("msa", context)

    assert re.findall(r"<h3>D\.\d (.*?)</h3>", page) == titles
    assert ("Web Connector" in page) == (finance == "quickbooks_desktop")


def test_every_clause_has_its_words():
    stored = {path.stem for path in (html.DOCUMENTS / "msa" / "v2" / "clauses").iterdir()}

    assert stored == {clause.code for clause in clauses.CLAUSES}


def test_a_template_with_an_unknown_variable_is_refused():
    context = samples.agreement()
    context["envelope"] = {}
    context["signatures"] = agreement_samples.executed_agreement()["signatures"]

    with pytest.raises(html.MissingValue, match=r"envelope\.created_at"):
        html.page("msa", context)


def test_a_blueprint_before_anything_is_there_says_so():
    context = samples.blueprint() | {"registration": {}, "connections": [], "readiness": None, "confirmed": None}
    page = html.page("blueprint", context)

    for words in (
        "Not registered yet.",
        "No system is connected yet.",
        "No sample records have been scanned yet.",
        "Not yet confirmed",
    ):
        assert words in page


def test_an_invoice_without_a_bank_account_shows_no_bank_block():
    context = samples.invoice()
    context["payment"] = {"iban": "", "bic": "", "remittance_reference": "RF18"}
    page = html.page("invoice", context)

    assert "RF18" in page
    assert "IBAN" not in page
    assert "In the portal" not in page


def test_a_table_is_printed_with_its_columns_and_a_dash_for_what_is_empty():
    context = samples.questionnaire()
    table = {"columns": ["Measure", "Target"], "rows": [["<b>Days</b>", "1"], ["Duplicates", ""]]}
    context["sections"][0]["answers"] = [{"question": "Which?", "answer": ["in words"], "table": table}]

    page = html.page("solutions_definition", context)

    assert '<th scope="col">Measure</th><th scope="col">Target</th>' in page
    assert "<tr><td>&lt;b&gt;Days&lt;/b&gt;</td><td>1</td></tr><tr><td>Duplicates</td><td>–</td></tr>" in page
    assert "in words" not in page


def test_an_empty_answer_is_said_to_be_missing():
    assert html.page("solutions_definition", samples.questionnaire()).count("Not answered") == 1
