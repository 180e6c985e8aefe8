"""Set-up runs: the portal makes the fields it can, finds those that are there, says what a person must do."""

from django.utils.timezone import now

from onboarding.models import SetupRun
from tests.integrations.tasks.stage import Stage

FIELDS = [
    "salesforce.account.qb_full_name",
    "salesforce.account.qb_last_modified",
    "salesforce.account.active",
    "salesforce.account.qb_customer_id",
]


def states(run: SetupRun) -> dict[str, str]:
    return {result["code"]: result["state"] for result in run.results}


def test_the_fields_are_made_once_and_their_tasks_are_done(stage: Stage):
    crm = stage.connect_crm()

    first, second = stage.prepare("crm"), stage.prepare("crm")

    assert (first.state, states(first)) == ("done", dict.fromkeys(FIELDS, "made"))
    assert (second.state, states(second)) == ("done", dict.fromkeys(FIELDS, "present"))
    calls = stage.sandbox.state("salesforce", stage.org["org_id"])["calls"]
    assert calls["POST tooling/sobjects"] == 4
    done = stage.engagement.setup_tasks.filter(done_at__isnull=False)
    assert list(done.values_list("code", "done_by")) == [(code, "InterWeave") for code in FIELDS]
    assert crm.checks.filter(state="queued").count() == 1


def test_a_task_a_person_did_keeps_the_persons_word(stage: Stage):
    stage.connect_crm()
    task = stage.engagement.setup_tasks.get(code="salesforce.account.active")
    task.done_at, task.done_by, task.done_note = now(), "Ada Admin", "Made in Object Manager"
    task.save()

    stage.prepare("crm")

    task.refresh_from_db()
    assert (task.done_by, task.done_note) == ("Ada Admin", "Made in Object Manager")


def test_a_user_who_may_not_customise_leaves_the_fields_to_a_person(stage: Stage):
    stage.connect_crm()
    stage.sandbox.fault("salesforce", stage.org["org_id"], "no_customize")

    run = stage.prepare("crm")

    assert (run.state, states(run)) == ("done", dict.fromkeys(FIELDS, "failed"))
    assert run.results[0]["words"].startswith("The integration user lacks a right.")
    assert not stage.engagement.setup_tasks.filter(done_at__isnull=False).exists()


def test_an_edition_without_customer_fields_is_told_to_go_round(stage: Stage):
    stage.connect_finance()
    stage.sandbox.fault("quickbooks", stage.books["realm_id"], "no_custom_fields")

    run = stage.prepare("finance")

    assert states(run) == {"quickbooks_online.customer.account_id": "manual"}


def test_refused_credentials_end_the_run_with_words(stage: Stage):
    stage.connect_crm(consumer_secret="mistyped")

    run = stage.prepare("crm")

    assert (run.state, run.problem["class"], run.problem["who_can_fix"]) == (
        "failed",
        "credentials_refused",
        "customer_admin",
    )
    assert "mistyped" not in str(run.problem)


def test_a_vendor_that_is_busy_gets_another_try_later_and_nothing_is_made_twice(stage: Stage):
    stage.connect_crm()
    stage.sandbox.fault("salesforce", stage.org["org_id"], "throttle", count=30)

    run = stage.prepare("crm")

    assert (run.state, run.attempts, run.problem["class"]) == ("queued", 1, "rate_limited")
    assert run.not_before > now()
