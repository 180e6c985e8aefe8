from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.timezone import now

from onboarding.actions import connections
from onboarding.models import CheckRun, Event, JoinRequest, Rendering
from onboarding.queries import reviews, runs
from onboarding.workflow.steps import Step
from tests.factories import CompanyFactory, EngagementFactory, UserFactory, owner
from tests.factories import lead as a_lead

pytestmark = pytest.mark.django_db


def test_reviews_hold_what_waits_for_us_and_nothing_else(standing_at, lead):
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)
    engagement.questionnaires.filter(kind="technical_details").update(state="submitted")
    EngagementFactory(company=CompanyFactory(state="pending"))
    engagement.document_requests.filter(code="price_list").update(
        not_applicable_at=now(), not_applicable_is_proposed=True
    )
    JoinRequest.objects.create(company=engagement.company, user=UserFactory(), created_at=now())

    page = lead.get(reverse("specialist:reviews"))

    found = {queue["code"]: len(queue["entries"]) for queue in page.context["queues"]}
    waiting = ("registrations", "join_requests", "questionnaires", "dismissals", "agreements", "invoices")
    assert found == dict.fromkeys(waiting, 1)
    assert reverse("specialist:agreement", args=[engagement.reference]) in page.content.decode()


def test_an_engagement_on_hold_asks_nothing_of_us(standing_at):
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)
    type(engagement).objects.filter(pk=engagement.pk).update(held_at=now(), hold_reason="x")

    assert [queue.entries for queue in reviews.queues(a_lead())] == [[]] * 9


@pytest.mark.parametrize("count", [1, 3])
def test_the_queues_take_as_many_queries_as_there_are_queues(count, standing_at, django_assert_num_queries):
    for _ in range(count):
        engagement = standing_at(Step.CUSTOMER_VERIFICATION)
        JoinRequest.objects.create(company=engagement.company, user=UserFactory(), created_at=now())

    viewer = a_lead()
    with django_assert_num_queries(9):
        reviews.queues(viewer)


@pytest.mark.parametrize("count", [1, 3])
def test_the_runs_take_one_query_a_kind(count, standing_at, django_assert_num_queries):
    for _ in range(count):
        standing_at(Step.CUSTOMER_VERIFICATION)

    viewer = a_lead()
    with django_assert_num_queries(15):
        found = runs.under_way(viewer)
        _ = [(row.company.name, row.document.title) for row in found if isinstance(row, Rendering)]


def failed_check(engagement):
    by = owner(engagement.company)
    made = connections.open(engagement.pk, side="crm", environment="production", by=by, at=now())
    connections.give_credentials(made.pk, values={"key": "x"}, public={}, by=by, at=now())
    CheckRun.objects.update(state="failed", finished_at=now(), problem={"words": "The worker stopped."})
    return CheckRun.objects.get()


def test_a_failed_check_is_tried_again_and_leaves_the_list(standing_at, specialist):
    engagement = standing_at(Step.CONNECTIVITY_SETUP)
    failed = failed_check(engagement)
    before = specialist.get(reverse("specialist:flows_queue")).content.decode()

    answer = specialist.post(reverse("specialist:retry", args=["check", failed.pk]))

    after = specialist.get(reverse("specialist:flows_queue"))
    assert ("The worker stopped." in before, answer.status_code) == (True, 302)
    assert CheckRun.objects.filter(state="queued").count() == 1
    assert [one["kind"] for one in after.context["failed"]] == []


def test_a_failed_document_is_made_again_once(standing_at, specialist):
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)
    Rendering.objects.update(state="failed", finished_at=now(), attempts=5, problem={"words": "No font."})
    failed = Rendering.objects.filter(engagement=engagement).first()
    here = reverse("specialist:retry", args=["rendering", failed.pk])

    specialist.post(here)
    specialist.post(here)

    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.problem) == ("queued", 0, None)
    assert Event.objects.filter(kind="run.retried").count() == 1


def test_an_auditor_is_not_offered_a_retry_and_has_none(standing_at, auditor):
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)
    Rendering.objects.update(state="failed", finished_at=now(), problem={"words": "No font."})
    failed = Rendering.objects.filter(engagement=engagement).first()

    page = auditor.get(reverse("specialist:flows_queue")).content.decode()
    auditor.post(reverse("specialist:retry", args=["rendering", failed.pk]))

    failed.refresh_from_db()
    assert ("Retry" in page, failed.state) == (False, "failed")


def test_a_kind_of_work_nobody_knows_is_not_here(specialist):
    assert specialist.post(reverse("specialist:retry", args=["magic", 1])).status_code == 404
