from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from onboarding.models import Company, Engagement, SavedView
from onboarding.workflow.steps import Step
from portal.specialist import board

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


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"], ids=["=", "+", "-", "@", "tab", "return"])
def test_no_cell_of_the_export_begins_a_formula(standing_at, lead, first):
    one = standing_at(Step.DATA_COLLECTION)
    Company.objects.filter(pk=one.company_id).update(name=f"{first}1+1")

    answer = lead.get(reverse("specialist:export"))

    cells = [cell for line in csv.reader(io.StringIO(answer.content.decode(), newline="")) for cell in line]
    assert (f"'{first}1+1" in cells, any(cell.startswith(first) for cell in cells)) == (True, False)


def test_health_and_month_are_filters_like_the_others_and_the_export_obeys_them(standing_at, lead):
    late, fine = standing_at(Step.DATA_COLLECTION), standing_at(Step.DATA_COLLECTION)
    Engagement.objects.filter(pk=late.pk).update(waiting_since=now() - timedelta(days=20))

    page = lead.get(reverse("specialist:board"), {"health": "red", "go_live": "none"})
    export = lead.get(page.context["csv_url"])

    assert [one["label"] for one in page.context["applied"]] == ["Health: Off track", "Go-live: No date yet"]
    assert [line["reference"] for line in csv.DictReader(io.StringIO(export.content.decode()))] == [late.reference]
    assert fine.reference not in page.content.decode()


def test_the_figures_count_health_and_lead_to_it(standing_at, lead):
    late = standing_at(Step.DATA_COLLECTION)
    Engagement.objects.filter(pk=late.pk).update(waiting_since=now() - timedelta(days=20))

    figures = lead.get(reverse("specialist:board"), {"q": "acme"}).context["figures"]

    assert {one["label"]: (one["value"], one["url"]) for one in figures[-2:]} == {
        "off track": (1, "/staff/?health=red&q=acme"),
        "at risk": (0, "/staff/?health=amber&q=acme"),
    }


def test_the_months_reach_from_two_back_to_a_year_ahead():
    months = board._months(date(2026, 11, 23))

    assert (months[2], months[4], months[-1], len(months)) == (
        ("2026-09", "September 2026"),
        ("2026-11", "November 2026"),
        ("2027-11", "November 2027"),
        17,
    )


def test_a_view_is_saved_opened_and_removed(standing_at, lead):
    standing_at(Step.DATA_COLLECTION)
    asked = {"name": "Silent", "asked": "waiting_for=customer&sort=x&health=red", "route": "specialist:list"}

    saved = lead.post(reverse("specialist:save_view"), asked)
    page = lead.get(saved["Location"])
    [view] = page.context["views"]
    removed = lead.post(reverse("specialist:remove_view"), {"view": view["id"], "route": "specialist:list"})

    assert saved["Location"] == "/staff/list/?waiting_for=customer&health=red"
    assert (view["name"], view["url"], view["is_here"]) == ("Silent", saved["Location"], True)
    assert "Save this view" not in page.content.decode()
    assert (removed["Location"], SavedView.objects.count()) == ("/staff/list/", 0)


def test_a_view_without_a_name_is_asked_for_one_on_its_own_page(lead):
    page = lead.post(reverse("specialist:save_view"), {"name": "", "asked": "mine=1"})

    assert (page.status_code, SavedView.objects.count()) == (422, 0)
    assert "Enter name" in page.content.decode()


@pytest.mark.parametrize("view", ["", "x", "7", "9" * 30])
def test_a_view_that_is_not_ones_own_is_not_there(view, lead):
    assert lead.post(reverse("specialist:remove_view"), {"view": view}).status_code == 404


@pytest.mark.parametrize(("route", "queries"), [("board", 11), ("list", 9)])
@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_as_many_queries_for_one_as_for_three(
    count, route, queries, standing_at, lead, django_assert_num_queries
):
    for _ in range(count):
        standing_at(Step.DATA_COLLECTION)
    lead.get(reverse(f"specialist:{route}"))

    with django_assert_num_queries(queries):
        lead.get(reverse(f"specialist:{route}"))
