from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from onboarding.models import Company, Engagement
from onboarding.workflow.steps import Step

pytestmark = pytest.mark.django_db


def test_a_card_says_whose_turn_it_is_and_what_is_missing(standing_at, lead):
    engagement = standing_at(Step.DATA_COLLECTION)

    card = lead.get(reverse("specialist:board")).context["columns"][1]["cards"][0]

    assert (card["company"], card["whose"]) == (engagement.company.name, "Customer")
    assert (card["unmet"], card["systems"]) == (
        "Complete the Solutions Definition Document",
        "Salesforce → QuickBooks Online",
    )


def test_filters_live_in_the_address_and_in_every_link(standing_at, lead):
    standing_at(Step.DATA_COLLECTION)

    page = lead.get(reverse("specialist:board"), {"waiting_for": "customer", "q": "acme"})

    assert page.context["csv_url"] == "/staff/export.csv?waiting_for=customer&q=acme"
    assert [one["label"] for one in page.context["applied"]] == ["Waiting for: Customer", "Search: acme"]
    assert page.context["applied"][0]["url"] == "/staff/?q=acme"


def test_what_no_filter_finds_is_said(standing_at, lead):
    standing_at(Step.DATA_COLLECTION)

    page = lead.get(reverse("specialist:board"), {"q": "nobody"})

    assert "No engagement matches" in page.content.decode()


@pytest.mark.parametrize("asked", [{"sort": "nonsense"}, {"mine": "sx"}, {"after": "1~x"}, {"step": "nowhere"}])
def test_an_address_made_up_by_hand_breaks_nothing(asked, standing_at, lead):
    standing_at(Step.DATA_COLLECTION)

    assert lead.get(reverse("specialist:list"), asked).status_code == 200


def test_a_heading_sorts_and_sorts_back(standing_at, lead):
    standing_at(Step.DATA_COLLECTION)

    first = lead.get(reverse("specialist:list"), {"sort": "company"}).context["columns"][0]
    second = lead.get(reverse("specialist:list"), {"sort": "-company"}).context["columns"][0]

    assert (first["sorted"], first["sort_url"]) == ("ascending", "/staff/list/?sort=-company")
    assert (second["sorted"], second["sort_url"]) == ("descending", "/staff/list/?sort=company")


def test_the_export_obeys_the_filters_and_runs_no_formula(standing_at, lead):
    one, other = standing_at(Step.DATA_COLLECTION), standing_at(Step.WELCOME_CALL)
    Company.objects.filter(pk=one.company_id).update(name='=HYPERLINK("http://evil")')

    answer = lead.get(reverse("specialist:export"), {"step": "data_collection"})

    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [line["reference"] for line in lines] == [one.reference]
    assert (lines[0]["company"], lines[0]["step"]) == ('\'=HYPERLINK("http://evil")', "II")
    assert Engagement.objects.filter(reference=other.reference).exists()
