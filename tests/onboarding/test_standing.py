"""Standing questions give what the plain query gives, for every value, from SQL made once."""

import threading

import pytest
from django.db import connection, connections

from onboarding import tenancy
from onboarding.models import Document, Engagement, Meeting
from onboarding.standing import Standing
from tests.factories import NOW, EngagementFactory, SpecialistFactory

pytestmark = pytest.mark.django_db


def test_it_gives_the_rows_of_each_value_it_is_asked_with(django_assert_num_queries) -> None:
    first, second = EngagementFactory(), EngagementFactory(specialist=SpecialistFactory())
    rows = Engagement.objects.select_related("company", "specialist__user").defer("status")
    made = []

    def query(pk: int):
        made.append(pk)
        return rows.filter(pk=pk, cancelled_at=None)

    whole = Standing(query)

    for engagement in (first, second, first):
        with django_assert_num_queries(1):
            [found] = whole(engagement.pk)
            assert (found, found.company.name) == (engagement, engagement.company.name)
            assert (found.specialist and found.specialist.user.name) == (
                engagement.specialist and engagement.specialist.user.name
            )
        assert found.get_deferred_fields() == {"status"}
    assert (len(made), whole(0)) == (1, [])


def test_it_fills_two_values_and_leaves_constants_alone() -> None:
    one = EngagementFactory()
    Document.objects.create(
        company=one.company, engagement=one, kind="msa", title="MSA", file_name="m.pdf", version=7, created_at=NOW,
        created_by="x",
    )  # fmt: skip
    versions = Standing(
        lambda engagement, company: Document.objects.filter(
            engagement_id=engagement, company_id=company, version=7
        ).values_list("kind", "version"),
        values=2,
    )

    assert versions(one.pk, one.company_id) == [("msa", 7)]
    assert versions(one.company_id + 1000, one.pk) == []
    with pytest.raises(ValueError, match="shorter"):
        versions(one.pk)


def test_the_rows_know_whose_they_are(django_assert_num_queries) -> None:
    engagement = EngagementFactory()
    Meeting.objects.create(
        company=engagement.company,
        engagement=engagement,
        kind="training",
        channel="phone",
        starts_at=NOW,
        booked_at=NOW,
    )
    meetings = Standing(lambda pk: Engagement(pk=pk).meetings.all())

    with django_assert_num_queries(1):
        [meeting] = meetings(engagement.pk, of=engagement)
        assert meeting.engagement is engagement


@pytest.mark.django_db(transaction=True)
def test_every_thread_asks_over_its_own_connection() -> None:
    engagement, found = EngagementFactory(), []
    by_reference = Standing(lambda pk: Engagement.objects.filter(pk=pk).values_list("reference"))
    assert by_reference(engagement.pk) == [(engagement.reference,)]

    def ask() -> None:
        with tenancy.acting(staff=True):
            found.extend([*by_reference(engagement.pk), connections["default"] is not connection])
        connections.close_all()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()

    assert found[0] == (engagement.reference,)
