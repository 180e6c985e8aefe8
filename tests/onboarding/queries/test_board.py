from __future__ import annotations

from datetime import date, timedelta

import pytest

from onboarding.models import Engagement, Flow, Incident, Specialist
from onboarding.queries import board
from onboarding.queries.board import Filters
from onboarding.workflow.steps import Step
from tests.factories import NOW, CompanyFactory, EngagementFactory, SpecialistFactory, lead, owner
from tests.factories import specialist as a_specialist

pytestmark = pytest.mark.django_db


def named(name, **fields):
    fresh = EngagementFactory(company=CompanyFactory(name=name, legal_name=name), **fields)
    return Engagement.objects.get(pk=fresh.pk)


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_takes_three_queries_however_many_there_are(count, django_assert_num_queries):
    for _ in range(count):
        EngagementFactory(specialist=SpecialistFactory())

    viewer = lead()
    with django_assert_num_queries(3):
        found = board.board(viewer, Filters(), at=NOW)
        _ = [(one.company.name, one.specialist.user.name) for column in found.columns for one in column.engagements]

    assert (found.total, found.columns[0].count, len(found.columns)) == (count, count, 12)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_one_query_however_many_there_are(count, django_assert_num_queries):
    for _ in range(count):
        EngagementFactory(specialist=SpecialistFactory())

    viewer = lead()
    with django_assert_num_queries(1):
        found = board.page(viewer, Filters(), at=NOW, sort="company")
        _ = [(one.company.name, one.specialist.user.name) for one in found.engagements]

    assert len(found.engagements) == count


def test_counts_cards_and_turns_are_of_the_same_query():
    named("Acme", step=Step.GO_LIVE.value, waiting_for="customer")
    named("Bergmann", step=Step.GO_LIVE.value, waiting_for="specialist")
    named("Cedar", waiting_for="specialist")

    found = board.board(lead(), Filters(waiting_for="specialist"), at=NOW)

    counts = {column.step.numeral: column.count for column in found.columns if column.count}
    assert (counts, found.total, found.waiting) == ({"I": 1, "XI": 1}, 2, {"specialist": 2})


def test_a_crowded_step_shows_the_longest_waiting_and_says_how_many_there_are():
    for days in range(board.CARDS_A_STEP + 2):
        EngagementFactory(waiting_for="customer", waiting_since=NOW - timedelta(days=days))

    column = board.board(lead(), Filters(), at=NOW).columns[0]

    assert (column.count, len(column.engagements)) == (22, 20)
    assert column.engagements[0].waiting_since == NOW - timedelta(days=21)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(), ["Acme", "Bergmann", "Delphi"]),
        (Filters(state="active"), ["Acme", "Delphi"]),
        (Filters(state="on_hold"), ["Bergmann"]),
        (Filters(state="cancelled"), ["Cedar"]),
        (Filters(state="live"), ["Delphi"]),
        (Filters(state="pending"), []),
        (Filters(state="no such state"), []),
        (Filters(step="go_live"), ["Bergmann"]),
        (Filters(solution="salesforce_quickbooks_online"), ["Acme", "Bergmann", "Delphi"]),
        (Filters(solution="creatio_sage"), []),
        (Filters(text="berg mann"), ["Bergmann"]),
        (Filters(text="berg optik"), []),
        (Filters(text="iw-2026"), ["Acme", "Bergmann", "Delphi"]),
    ],
)
def test_filters(filters, names):
    named("Acme")
    named("Bergmann", step=Step.GO_LIVE.value, held_at=NOW, hold_reason="x")
    named("Cedar", cancelled_at=NOW)
    named("Delphi", step=Step.CONTINUOUS_SUPPORT.value, went_live_at=NOW)

    found = board.page(lead(), filters, at=NOW, sort="company")

    assert [one.company.name for one in found.engagements] == names


SILENT, LATE = NOW - timedelta(days=7), NOW - timedelta(days=14)


@pytest.mark.parametrize(
    ("level", "names"), [("green", ["Acme"]), ("amber", ["Bergmann", "Cedar"]), ("red", ["Delphi"])]
)
def test_health_is_filtered_as_the_cards_judge_it(level, names, django_assert_num_queries):
    named("Acme", waiting_for="customer", waiting_since=NOW)
    named("Bergmann", waiting_for="customer", waiting_since=SILENT)
    named("Cedar", held_at=NOW, hold_reason="x")
    named("Delphi", waiting_for="customer", waiting_since=LATE)
    viewer = lead()

    with django_assert_num_queries(2):
        found = board.page(viewer, Filters(health=level), at=NOW, sort="company")
    with django_assert_num_queries(3):
        drawn = board.board(viewer, Filters(health=level), at=NOW)

    assert [one.company.name for one in found.engagements] == names
    assert (drawn.total, drawn.levels) == (len(names), {level: len(names)})


def test_the_levels_are_counted_over_the_same_query_and_left_out_when_there_are_too_many(monkeypatch):
    named("Acme", waiting_for="customer", waiting_since=LATE)
    named("Bergmann")
    named("Cedar", cancelled_at=NOW)

    counted = board.board(lead(), Filters(), at=NOW).levels
    monkeypatch.setattr(board, "JUDGED_UNASKED", 1)

    assert (counted, board.board(lead(), Filters(), at=NOW).levels) == ({"red": 1, "green": 1}, {})


@pytest.mark.parametrize(
    ("month", "names"),
    [
        ("2026-12", ["Acme", "Bergmann"]),
        ("2027-01", ["Cedar"]),
        ("2026-11", ["Echo"]),
        ("none", ["Delphi"]),
        ("2026-13", []),
        ("9999-12", []),
    ],
)
def test_the_month_of_going_live_is_the_one_the_cards_show(month, names):
    named("Acme", go_live_target=date(2026, 12, 1))
    named("Bergmann", go_live_target=date(2026, 12, 31))
    named("Cedar", go_live_target=date(2027, 1, 1))
    named("Delphi")
    named("Echo", go_live_target=date(2026, 12, 5), went_live_at=NOW)

    found = board.page(lead(), Filters(go_live=month), at=NOW, sort="company")

    assert [one.company.name for one in found.engagements] == names


def test_mine_and_somebody_elses():
    mine, other = a_specialist(), SpecialistFactory()
    named("Acme", specialist=Specialist.objects.get(user_id=mine.user_id))
    named("Bergmann", specialist=other)

    assert [one.company.name for one in board.rows(mine, Filters(mine=True), at=NOW)] == ["Acme"]
    assert [one.company.name for one in board.rows(mine, Filters(specialist=other.pk), at=NOW)] == ["Bergmann"]


def test_a_customer_sees_only_its_own():
    acme = named("Acme")
    named("Bergmann")

    found = board.page(owner(acme.company), Filters(), at=NOW, sort="company")

    assert [one.company.name for one in found.engagements] == ["Acme"]


@pytest.mark.parametrize("is_descending", [False, True])
@pytest.mark.parametrize("sort", board.SORTS)
def test_pages_by_keyset_show_each_row_once(sort, is_descending, monkeypatch):
    monkeypatch.setattr(board, "ROWS_A_PAGE", 2)
    for number in range(5):
        named(f"Company {number % 3}", go_live_target=date(2026, 12, 1) if number % 2 else None,
              waiting_since=NOW if number < 3 else None)  # fmt: skip

    seen, after = [], ""
    for _ in range(3):
        found = board.page(lead(), Filters(), at=NOW, sort=sort, is_descending=is_descending, after=after)
        seen, after = seen + [one.pk for one in found.engagements], found.after

    everything = board.page(lead(), Filters(), at=NOW, sort=sort, is_descending=is_descending)
    assert (len(seen), len(set(seen)), after) == (5, 5, "")
    assert seen[:2] == [one.pk for one in everything.engagements]


@pytest.mark.parametrize("after", ["x", "7~", "7~not a day", "~"])
def test_an_address_that_this_list_did_not_make_starts_from_the_beginning(after):
    named("Acme")

    assert len(board.page(lead(), Filters(), at=NOW, sort="go_live", after=after).engagements) == 1


def test_open_incidents_are_counted_and_closed_ones_are_not():
    engagement = named("Acme")
    for code, closed_at in (("a", None), ("b", NOW)):
        flow = Flow.objects.create(company=engagement.company, engagement=engagement, code=code, name=code)
        Incident.objects.create(company=engagement.company, engagement=engagement, flow=flow, opened_at=NOW,
                                problem={}, closed_at=closed_at)  # fmt: skip

    assert [one.open_incidents for one in board.export(lead(), Filters(), at=NOW)] == [1]
