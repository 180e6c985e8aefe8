"""Parts given to colleagues: on the list, on the part's page, on the colleague's first page."""

from __future__ import annotations

import pytest

from onboarding.actions import members, section_assignments
from onboarding.actors import Actor, Role
from onboarding.models import Member, Message, Questionnaire, SectionAssignment
from tests.journey.cast import Cast, named
from tests.portal.customer.conftest import said, signed_in

pytestmark = pytest.mark.django_db
FORM = "/questionnaires/technical_details"


@pytest.fixture
def tom(collecting: Cast) -> Actor:
    return named(collecting.company, "Tom Baker", Role.CONTRIBUTOR)


def row_of(actor: Actor) -> Member:
    return Member.objects.get(user_id=actor.user_id)


def test_a_part_is_given_found_and_taken_back(collecting: Cast, tom: Actor) -> None:
    client, theirs = signed_in(collecting), signed_in(collecting, tom)

    given = client.post(f"{FORM}/parts/crm/assign/", {"member_id": row_of(tom).pk})
    home, part = theirs.get("/").content.decode(), client.get(f"{FORM}/parts/crm/").content.decode()
    front = client.get(f"{FORM}/").content.decode()
    back = client.post(f"{FORM}/parts/crm/assign/", {"member_id": ""})

    assert (said(given), given["Location"]) == ("Given to Tom Baker.", f"{FORM}/colleagues/")
    assert "Answer “Your CRM”" in home
    assert f'href="{FORM}/parts/crm/"' in home
    assert ("Assigned to Tom Baker." in part, "with Tom Baker" in front) == (True, True)
    assert "Answer “Your CRM”" not in client.get("/").content.decode()
    assert (back.status_code, SectionAssignment.objects.count()) == (302, 0)


def test_the_mailed_link_survives_signing_in(collecting: Cast, tom: Actor, client) -> None:
    signed_in(collecting).post(f"{FORM}/parts/crm/assign/", {"member_id": row_of(tom).pk})

    path = Message.objects.get(kind="questionnaire.section_assigned").path

    assert client.get(path)["Location"] == f"/account/login/?next={path}"
    assert "Your CRM" in signed_in(collecting, tom).get(path).content.decode()


def test_a_part_of_somebody_who_left_says_so(collecting: Cast, tom: Actor) -> None:
    row = Questionnaire.objects.get(kind="technical_details")
    member_id = row_of(tom).pk
    section_assignments.assign(
        row.pk, section="crm", member_id=member_id, by=collecting.owner, at=collecting.later()
    )  # fmt: skip
    members.remove(member_id, by=collecting.owner, at=collecting.later())
    client = signed_in(collecting)

    assert "Tom Baker left the company. Give it to somebody else." in client.get(f"{FORM}/colleagues/").content.decode()
    assert "Tom Baker left: give it to somebody else" in client.get(f"{FORM}/").content.decode()
    assert "who had this part, left the company" in client.get(f"{FORM}/parts/crm/").content.decode()


@pytest.mark.parametrize("member_id", ["999999", "²", "-1", "x"])
def test_whom_nobody_knows_gets_no_part(collecting: Cast, member_id: str) -> None:
    assert signed_in(collecting).post(f"{FORM}/parts/crm/assign/", {"member_id": member_id}).status_code == 404
    assert SectionAssignment.objects.count() == 0


def test_a_member_of_another_company_gets_no_part_and_a_reader_is_refused_in_words(collecting: Cast, elsewhere) -> None:
    other = Member.objects.exclude(company=collecting.company).first()
    client = signed_in(collecting)

    assert client.post(f"{FORM}/parts/crm/assign/", {"member_id": other.pk}).status_code == 404
    refused = client.post(f"{FORM}/parts/crm/assign/", {"member_id": row_of(collecting.viewer).pk})

    assert (refused.status_code, "only reads. Choose somebody who may answer." in refused.content.decode()) == (
        422,
        True,
    )
    assert SectionAssignment.objects.count() == 0


@pytest.mark.parametrize("count", [1, 6])
def test_the_page_takes_as_many_queries_however_many_work_on_it(
    collecting: Cast, tom: Actor, count: int, django_assert_num_queries
) -> None:
    row = Questionnaire.objects.get(kind="technical_details")
    client = signed_in(collecting)
    for section in ["crm", "signing_in", "finance", "books", "volumes", "network"][:count]:
        SectionAssignment.objects.create(
            company=row.company, engagement=row.engagement, questionnaire=row, section=section, member=row_of(tom),
            by="Ann", at=collecting.at,
        )  # fmt: skip
    client.get(f"{FORM}/colleagues/")

    with django_assert_num_queries(12):
        client.get(f"{FORM}/colleagues/")
