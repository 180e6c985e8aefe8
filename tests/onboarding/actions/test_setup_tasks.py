"""Set-up tasks: from the library, done by hand or by a worker, proven by the live schema."""

from __future__ import annotations

import pytest

from onboarding import errors
from onboarding.actions import engagements, setup_tasks, work
from onboarding.models import CheckRun, Engagement, Event, SetupRun, SetupTask
from onboarding.workflow.steps import Step
from tests.factories import NOW, ConnectionFactory, EngagementFactory, lead, owner, specialist, stranger, viewer

pytestmark = pytest.mark.django_db
FIELD = "salesforce.account.qb_full_name"


@pytest.fixture
def engagement() -> Engagement:
    engagement = EngagementFactory(step=Step.INITIAL_SETUP.value)
    setup_tasks.open_for(engagement, by=specialist(), at=NOW)
    return engagement


def task_of(engagement: Engagement, code: str = FIELD) -> SetupTask:
    return engagement.setup_tasks.get(code=code)


def claimed(engagement: Engagement) -> SetupRun:
    run = setup_tasks.start_run(engagement.pk, workstream="crm", by=owner(engagement.company), at=NOW)
    row = work.claim(SetupRun, run.pk, at=NOW)
    assert row is not None
    return row


def test_entering_step_seven_opens_the_librarys_tasks_once() -> None:
    engagement = EngagementFactory(step=Step.PLAN_TIMELINE.value)
    boss = lead()
    for code in ("go_live_date.missing", "assignments.incomplete", "scope.unconfirmed", "plan.not_agreed"):
        engagements.waive(engagement.pk, criterion=code, reason="Agreed by mail", by=boss, at=NOW)

    engagements.move(engagement.pk, "complete_planning", by=boss, at=NOW)
    setup_tasks.open_for(Engagement.objects.get(), by=boss, at=NOW)

    tasks = list(engagement.setup_tasks.values_list("workstream", "code"))
    assert tasks == [
        ("crm", "salesforce.integration_user"),
        ("crm", "salesforce.account.qb_full_name"),
        ("crm", "salesforce.account.qb_last_modified"),
        ("crm", "salesforce.account.active"),
        ("crm", "salesforce.account.qb_customer_id"),
        ("finance", "quickbooks_online.customer.account_id"),
        ("finance", "quickbooks_online.administrator"),
    ]
    spec = task_of(engagement).spec
    assert (spec["field"]["type"], spec["field"]["length"], spec["can_be_automated"]) == ("text", 210, True)
    assert Event.objects.filter(kind="setup.opened").count() == 1


def test_a_task_is_done_with_what_was_done(engagement: Engagement) -> None:
    done = setup_tasks.mark_done(
        task_of(engagement).pk, note=" Made in Object Manager ", by=owner(engagement.company), at=NOW
    )  # fmt: skip

    assert (done.done_at, done.done_note) == (NOW, "Made in Object Manager")
    assert Event.objects.get(kind="setup_task.done").data == {"task": FIELD, "note": "Made in Object Manager"}


def test_a_task_called_done_can_be_opened_again_with_a_reason(engagement: Engagement) -> None:
    by, task = owner(engagement.company), task_of(engagement)
    setup_tasks.mark_done(task.pk, note="Made", by=by, at=NOW)
    setup_tasks.prove(engagement.pk, found={FIELD: "Account.QB_Full_Name__c: text"}, at=NOW)

    again = setup_tasks.reopen(task.pk, reason="Wrong object", by=by, at=NOW)

    assert (again.done_at, again.done_note, again.proven_at, again.proof) == (None, "", None, "")
    assert Event.objects.get(kind="setup_task.reopened").data["reason"] == "Wrong object"


@pytest.mark.parametrize(
    ("by", "note", "refusal"),
    [
        (owner, "  ", errors.BadInput),
        (viewer, "Made", errors.NotYours),
        (lambda company: stranger(), "Made", errors.NotFound),
    ],
    ids=["without a note", "by a viewer", "by a stranger"],
)
def test_mark_done_is_refused(engagement: Engagement, by, note: str, refusal: type[Exception]) -> None:
    before = Event.objects.count()

    with pytest.raises(refusal):
        setup_tasks.mark_done(task_of(engagement).pk, note=note, by=by(engagement.company), at=NOW)

    assert (task_of(engagement).done_at, Event.objects.count()) == (None, before)


def test_nothing_is_done_before_step_seven() -> None:
    engagement = EngagementFactory(step=Step.PLAN_TIMELINE.value)
    setup_tasks.open_for(engagement, by=specialist(), at=NOW)

    with pytest.raises(errors.WrongStep):
        setup_tasks.mark_done(task_of(engagement).pk, note="Made", by=owner(engagement.company), at=NOW)

    assert task_of(engagement).done_at is None


@pytest.mark.parametrize(("reason", "refusal"), [("Why", errors.WrongState), ("", errors.BadInput)])
def test_reopen_is_refused(engagement: Engagement, reason: str, refusal: type[Exception]) -> None:
    task = task_of(engagement)
    if refusal is errors.BadInput:
        setup_tasks.mark_done(task.pk, note="Made", by=specialist(), at=NOW)

    with pytest.raises(refusal):
        setup_tasks.reopen(task.pk, reason=reason, by=specialist(), at=NOW)

    assert not Event.objects.filter(kind="setup_task.reopened").exists()


def test_a_run_waits_for_a_connection(engagement: Engagement) -> None:
    with pytest.raises(errors.WrongState):
        setup_tasks.start_run(engagement.pk, workstream="crm", by=owner(engagement.company), at=NOW)
    with pytest.raises(errors.BadInput):
        setup_tasks.start_run(engagement.pk, workstream="both", by=owner(engagement.company), at=NOW)

    assert not SetupRun.objects.exists()


def test_a_run_is_started_once_and_can_be_stopped(engagement: Engagement) -> None:
    ConnectionFactory(engagement=engagement)
    by = owner(engagement.company)

    first = setup_tasks.start_run(engagement.pk, workstream="crm", by=by, at=NOW)
    second = setup_tasks.start_run(engagement.pk, workstream="crm", by=by, at=NOW)
    stopped = setup_tasks.cancel_run(first.pk, by=by, at=NOW)

    assert (first.pk, stopped.state, SetupRun.objects.count()) == (second.pk, "cancelled", 1)
    with pytest.raises(errors.WrongState):
        setup_tasks.cancel_run(first.pk, by=by, at=NOW)


def test_results_make_tasks_done_and_order_the_proof(engagement: Engagement) -> None:
    connection = ConnectionFactory(engagement=engagement)
    run = claimed(engagement)
    results = [
        {"code": FIELD, "state": "made", "words": "QB Full Name is there and visible."},
        {"code": "salesforce.account.active", "state": "manual", "words": "Active lacks the values No."},
    ]

    is_recorded = setup_tasks.record_results(run, results=results, at=NOW)

    run.refresh_from_db()
    assert (is_recorded, run.state, run.results) == (True, "done", results)
    assert (task_of(engagement).done_by, task_of(engagement).done_note) == (
        "InterWeave",
        "QB Full Name is there and visible.",
    )
    assert task_of(engagement, "salesforce.account.active").done_at is None
    assert CheckRun.objects.get(connection=connection).reason == "fields prepared"


def test_results_of_a_lost_claim_are_nothing(engagement: Engagement) -> None:
    ConnectionFactory(engagement=engagement)
    run = claimed(engagement)
    setup_tasks.cancel_run(run.pk, by=owner(engagement.company), at=NOW)

    is_recorded = setup_tasks.record_results(
        run, results=[{"code": FIELD, "state": "made", "words": "Made."}], at=NOW
    )  # fmt: skip

    assert (is_recorded, task_of(engagement).done_at, CheckRun.objects.count()) == (False, None, 0)


def test_proof_comes_and_goes_with_the_live_schema(engagement: Engagement) -> None:
    setup_tasks.prove(engagement.pk, found={FIELD: "text, 210 characters"}, at=NOW)
    proven = task_of(engagement)
    setup_tasks.prove(engagement.pk, found={FIELD: "text, 210 characters"}, at=NOW)
    setup_tasks.prove(engagement.pk, found={FIELD: None}, at=NOW)

    assert (proven.proven_at, proven.proof) == (NOW, "text, 210 characters")
    assert (task_of(engagement).proven_at, task_of(engagement).proof) == (None, "")
    assert [event.data for event in Event.objects.filter(kind="setup.proven")] == [
        {"proven": [FIELD], "lost": []},
        {"proven": [], "lost": [FIELD]},
    ]
