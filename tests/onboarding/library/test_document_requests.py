"""The templates of requests hold together, and each solution is asked for what it needs."""

import csv

import pytest

from onboarding import file_policy
from onboarding.library.document_requests import TEMPLATES, templates_for


@pytest.mark.parametrize("one", TEMPLATES, ids=lambda one: one.code)
def test_a_template_says_all_that_people_need(one):
    assert [one.title, one.why, one.description, one.usually_with].count("") == 0
    assert len(one.title) <= 200
    assert set(one.file_types) <= set(file_policy.CONTENT_TYPES)
    assert 0 < one.days <= 30
    assert one.limit_bytes is None or one.limit_bytes > 25 * 1024 * 1024
    rows = list(csv.reader(one.example_file.splitlines()))
    assert len({len(row) for row in rows}) <= 1


def test_codes_are_unique():
    assert len({one.code for one in TEMPLATES}) == len(TEMPLATES)


@pytest.mark.parametrize(
    ("solution", "deployment", "more"),
    [
        ("salesforce_quickbooks_online", "cloud", {"resale_certificate"}),
        ("salesforce_quickbooks_online", "on_premises", {"resale_certificate", "network_plan"}),
        ("", "cloud", set()),
        ("nobody_knows_it", "on_premises", {"network_plan"}),
    ],
)
def test_what_is_asked_follows_solution_and_deployment(solution, deployment, more):
    always = {"chart_of_accounts", "customer_sample", "price_list", "sample_invoices", "customer_export"}

    assert {one.code for one in templates_for(solution, deployment)} == always | more
