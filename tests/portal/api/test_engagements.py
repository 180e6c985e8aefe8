"""The list: own engagements only, every filter, pages that do not shift, one query; and one engagement."""

from datetime import datetime

import pytest
from django.utils.timezone import now

from onboarding import outbox
from onboarding.actions import engagements
from onboarding.actors import SYSTEM, Role
from onboarding.models import Engagement, Specialist
from tests.factories import CompanyFactory, SpecialistFactory, UserFactory, lead
from tests.portal.api.conftest import bearing, opened, token_of

pytestmark = pytest.mark.both
LIST = "/api/v1/engagements/"


def references(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [one["reference"] for one in response.json()["items"]]


@pytest.fixture
def staff(db):
    return bearing(token_of(None, Role.SPECIALIST))


@pytest.fixture
def three(db) -> list[Engagement]:
    """Three of one company, oldest first."""
    company = CompanyFactory(name="Zenith Ltd")
    return [opened(company=company) for _ in range(3)]


def test_a_companys_token_lists_its_own_newest_first(engagement, three, owner):
    client = bearing(token_of(three[0].company, Role.VIEWER))

    assert references(client.get(LIST)) == [one.reference for one in reversed(three)]
    assert owner.get(LIST).json() == {"items": [engagement.status], "next": None}


def test_staff_list_every_company(engagement, three, staff):
    assert set(references(staff.get(LIST))) == {engagement.reference, *(one.reference for one in three)}


def test_a_company_without_engagement_has_an_empty_list(db):
    client = bearing(token_of(CompanyFactory(), Role.OWNER))

    assert client.get(LIST + "?count=1").json() == {"items": [], "next": None, "count": 0}


@pytest.mark.parametrize("others", [0, 2])
def test_it_takes_one_query(engagement, owner, others, django_assert_num_queries):
    for _ in range(others):
        opened(company=engagement.company)

    with django_assert_num_queries(1):
        assert len(references(owner.get(LIST + "?count=1&step=welcome_call"))) == 1 + others
    with django_assert_num_queries(1):
        assert bearing("iw_guess").get(LIST).status_code == 401


def test_pages_follow_each_other_with_the_same_filters(three, staff):
    first = staff.get(LIST + "?limit=2&company=Zenith+Ltd&count=1")
    opened(company=three[0].company)
    second = staff.get(first.json()["next"])

    assert references(first) + references(second) == [one.reference for one in reversed(three)]
    assert (first.json()["count"], second.json()["next"]) == (3, None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=on_hold", "held"), ("state=cancelled", "cancelled"), ("state=active&step=go_live", "far"),
        ("step=go_live", "far"), ("solution=creatio_quickbooks_online", "other"), ("company=Zenith+Ltd", "zenith"),
        ("specialist=Pat@interweave.example", "assigned"), ("waiting_for=customer", "theirs"), ("company=zenith", ""),
        ("updated_since=2026-11-23T09:30:00%2B01:00", "zenith"), ("specialist=nobody@interweave.example", ""),
    ],
)  # fmt: skip
def test_filters(db, staff, query, found):
    pat = SpecialistFactory(user=UserFactory(email="pat@interweave.example"))
    made = {
        "held": opened(held_at=now(), hold_reason="holidays"),
        "cancelled": opened(cancelled_at=now(), cancel_reason="gone"),
        "far": opened(step="go_live"),
        "other": opened(solution="creatio_quickbooks_online"),
        "assigned": opened(specialist=pat),
        "theirs": opened(),
        "zenith": opened(company=CompanyFactory(name="Zenith Ltd")),
    }
    for name, one in made.items():
        hour = "09" if name == "zenith" else "08"
        one.updated_at = datetime.fromisoformat(f"2026-11-23T{hour}:00:00Z")
        one.waiting_for = "customer" if name == "theirs" else "specialist"
        one.save(update_fields=["updated_at", "waiting_for"])

    assert references(staff.get(f"{LIST}?{query}&count=1")) == ([made[found].reference] if found else [])
    assert staff.get(f"{LIST}?{query}&count=1").json()["count"] == int(bool(found))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("stat=active", "stat"), ("state=open", "state"), ("step=13", "step"), ("limit=0", "limit"),
        ("limit=101", "limit"), ("limit=x", "limit"), ("limit=²", "limit"), ("cursor=abc", "cursor"),
        ("cursor=%F0%9F%92%A9", "cursor"), ("updated_since=yesterday", "updated_since"),
        ("updated_since=2026-11-23T15:00:00", "updated_since"), ("updated_since=2026-13-23T15:00:00Z", "updated_since"),
        ("updated_since=0001-01-01T00:00:00%2B10:00", "updated_since"), ("count=yes", "count"), ("solution=%00", "solution"),
    ],
)  # fmt: skip
def test_an_unfit_parameter_is_refused_by_name(owner, query, field):
    response = owner.get(f"{LIST}?{query}")

    assert (response.status_code, list(response.json()["fields"])) == (422, [field])


def test_one_engagement_names_its_people_and_doors(engagement, owner, at):
    priya = SpecialistFactory(user=UserFactory(name="Priya Patel"))
    engagements.assign(engagement.pk, specialist_id=priya.pk, by=lead(), at=now())

    answer = owner.get(at()).json()

    assert (answer["reference"], answer["specialist"]["name"]) == (engagement.reference, "Priya Patel")
    assert answer["status"] == owner.get(answer["links"]["status"]).json()
    assert {owner.get(link).status_code for link in answer["links"].values()} == {200}


def test_one_engagement_may_have_no_specialist_yet(owner, at):
    assert owner.get(at()).json()["specialist"] is None


def test_a_removed_specialist_still_finds_their_engagements(db, staff):
    one = opened(specialist=SpecialistFactory(user=UserFactory(email="pat@interweave.example")))
    Specialist.objects.filter(pk=one.specialist_id).update(removed_at=now())
    outbox.record("engagement.held", one, by=SYSTEM, at=now(), data={})

    assert references(staff.get(LIST + "?specialist=pat@interweave.example")) == [one.reference]
