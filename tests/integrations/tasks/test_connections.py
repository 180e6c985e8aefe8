"""The check ladder as work: climbed against the real stand-ins, stored rung by rung, proving connection and fields."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection as database
from django.utils.timezone import now

from integrations import tasks
from integrations.engine.connector import FieldWish
from integrations.tasks.labour import connector_of
from onboarding import tenancy, vault
from onboarding.actions import connections, work
from onboarding.models import CheckRun, Connection, Event
from tests.integrations.sandbox_fixture import RunningSandbox
from tests.integrations.tasks.stage import Stage, staged


def rungs(check: CheckRun) -> dict[str, str]:
    return {rung["code"]: rung["state"] for rung in check.rungs}


def test_a_prepared_system_is_proven_with_its_fields(stage: Stage):
    crm = stage.connect_crm()
    stage.prepare("crm")

    check = stage.check(crm)

    crm.refresh_from_db()
    assert (check.state, check.is_passed, set(rungs(check).values())) == ("done", True, {"passed"})
    assert (crm.state, crm.identity["name"], crm.identity["id"]) == ("proven", "Acme Widgets", stage.org["org_id"])
    assert dict(stage.engagement.setup_tasks.exclude(proof="").values_list("code", "proof")) == {
        "salesforce.account.qb_full_name": "Account.QB_Full_Name__c: text, 210 characters",
        "salesforce.account.qb_last_modified": "Account.QB_LastModified__c: datetime",
        "salesforce.account.active": "Account.Active__c: picklist",
        "salesforce.account.qb_customer_id": "Account.QB_Customer_Id__c: text, 50 characters",
    }
    assert stage.created("salesforce", "Account") == 1  # the canary, cleaned away again
    assert stage.sandbox.state("salesforce", stage.org["org_id"])["records"]["Account"] == 20


def test_a_side_without_the_optional_field_is_proven_by_the_way_round(stage: Stage):
    stage.sandbox.fault("quickbooks", stage.books["realm_id"], "no_custom_fields")

    check = stage.check(stage.connect_finance())

    task = stage.engagement.setup_tasks.get(code="quickbooks_online.customer.account_id")
    assert (check.is_passed, rungs(check)["fields"]) == (True, "warned")
    assert task.proof.startswith("Left out: Editions without customer fields bind by the id kept in Salesforce")


def test_a_wrong_secret_fails_at_the_sign_in_and_says_who_can_fix_it(stage: Stage):
    crm = stage.connect_crm(consumer_secret="mistyped")

    check = stage.check(crm)

    crm.refresh_from_db()
    found = {rung["code"]: rung for rung in check.rungs}
    assert (check.state, check.is_passed, crm.state, crm.identity) == ("done", False, "failing", {})
    assert (found["sign_in"]["state"], found["sign_in"]["who_can_fix"]) == ("failed", "customer_admin")
    assert found["identity"]["state"] == "skipped"
    assert "mistyped" not in str(list(Event.objects.values_list("data", flat=True)))


def test_another_organisation_than_the_proven_one_is_refused(stage: Stage):
    crm = stage.connect_crm()
    stage.prepare("crm")
    stage.check(crm)
    other = stage.sandbox.new_org("Somebody Else")

    check = stage.check(stage.connect_crm(**{name: other[name] for name in ("consumer_key", "consumer_secret")}))

    crm.refresh_from_db()
    assert (check.is_passed, rungs(check)["identity"], crm.state) == (False, "failed", "failing")
    assert crm.identity["id"] == stage.org["org_id"]


def test_a_field_that_disappears_is_no_longer_proven(stage: Stage):
    crm = stage.connect_crm()
    stage.prepare("crm")
    stage.check(crm)
    stage.sandbox.fault("salesforce", stage.org["org_id"], "hide_field", value="Account.QB_Full_Name__c")

    check = stage.check(crm)

    task = stage.engagement.setup_tasks.get(code="salesforce.account.qb_full_name")
    assert (check.is_passed, rungs(check)["fields"]) == (False, "failed")
    assert (task.proven_at, task.proof, task.done_at is not None) == (None, "", True)
    assert Event.objects.filter(kind="setup.proven").last().data == {
        "proven": [],
        "lost": ["salesforce.account.qb_full_name"],
    }


def test_each_run_tells_the_customer_once_that_the_secret_was_used(stage: Stage):
    crm = stage.connect_crm()

    check = stage.check(crm)

    used = Event.objects.get(kind="connection.secret_used")
    assert used.data == {
        "connection": crm.pk,
        "side": "crm",
        "system": "salesforce",
        "environment": "production",
        "run": check.pk,
        "for": "check run",
    }


def test_a_check_is_climbed_by_one_worker_only(stage: Stage):
    crm = stage.connect_crm()
    check = stage.check(crm)
    calls = stage.sandbox.state("salesforce", stage.org["org_id"])["total_calls"]

    tasks.run_check(check_id=check.pk)

    assert stage.sandbox.state("salesforce", stage.org["org_id"])["total_calls"] == calls
    assert Event.objects.filter(kind="connection.secret_used").count() == 1


def test_a_cancelled_check_stays_cancelled(stage: Stage):
    crm = stage.connect_crm()
    run = crm.checks.get()
    connections.cancel_check(run.pk, by=stage.customer, at=now())

    tasks.run_check(check_id=run.pk)

    run.refresh_from_db()
    crm.refresh_from_db()
    assert (run.state, run.rungs, crm.state) == ("cancelled", [], "connected")
    assert stage.sandbox.state("salesforce", stage.org["org_id"])["total_calls"] == 0


def test_a_check_cancelled_on_its_way_leaves_no_result_and_no_test_record(stage: Stage):
    crm = stage.connect_crm()
    stage.prepare("crm")
    run = crm.checks.get()
    taken = work.claim(CheckRun, run.pk, at=now())
    connections.cancel_check(run.pk, by=stage.customer, at=now())

    is_recorded = connections.record_check(taken, rungs=[], is_passed=True, identity={"id": "00D"}, at=now())

    crm.refresh_from_db()
    assert (is_recorded, crm.state, crm.identity) == (False, "connected", {})


def test_new_credentials_end_the_check_of_the_old_ones(stage: Stage):
    crm = stage.connect_crm()
    old = crm.checks.get()

    stage.connect_crm()

    assert list(crm.checks.values_list("pk", "state")) == [(old.pk + 1, "queued"), (old.pk, "cancelled")]


def test_a_vendor_that_is_down_leaves_words_and_a_failing_connection(stage: Stage):
    crm = stage.connect_crm()
    Connection.objects.filter(pk=crm.pk).update(settings={"my_domain": "https://localhost:1"})

    check = stage.check(crm)

    found = {rung["code"]: rung for rung in check.rungs}
    assert (check.is_passed, found["port"]["state"], found["port"]["who_can_fix"]) == (False, "failed", "customer_it")


def test_a_field_of_another_length_is_not_the_one_we_asked_for(stage: Stage):
    crm = stage.connect_crm()
    short = FieldWish(object="Account", name="QB_Full_Name__c", label="QB Full Name", length=100)
    connector_of(crm).ensure_field(short)

    run, check = stage.prepare("crm"), stage.check(crm)

    task = stage.engagement.setup_tasks.get(code="salesforce.account.qb_full_name")
    found = {rung["code"]: rung for rung in check.rungs}
    assert run.results[0]["state"] == "manual"
    assert found["fields"]["words"] == "QB Full Name: holds 100 characters, should hold 210"
    assert (task.done_at, task.proven_at) == (None, None)


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_check_stopped_while_it_climbs_goes_no_further(outbound, sandbox: RunningSandbox):
    stage = staged(sandbox)
    crm = stage.connect_crm()
    run = crm.checks.get()
    sandbox.fault("salesforce", stage.org["org_id"], "timeout", value=2)

    with ThreadPoolExecutor(1) as elsewhere:
        climbing = elsewhere.submit(climb_elsewhere, run)
        while CheckRun.objects.get().state == "queued":
            time.sleep(0.05)
        connections.cancel_check(run.pk, by=stage.customer, at=now())
        climbing.result(timeout=30)

    run.refresh_from_db()
    crm.refresh_from_db()
    assert (run.state, run.is_passed, crm.state) == ("cancelled", None, "connected")
    assert stage.created("salesforce", "Account") == 0


def climb_elsewhere(run: CheckRun) -> None:
    """As a worker of another thread does."""
    try:
        with tenancy.acting(company_id=run.company_id):
            tasks.run_check(check_id=run.pk)
    finally:
        database.close()


def test_a_bug_is_recorded_without_its_message_and_raised(stage: Stage):
    crm = stage.connect_crm()
    Connection.objects.update(secret="c2VjcmV0LXRoYXQtbm8ta2V5LW9wZW5zLXNvLWl0LWZhaWxz")

    with pytest.raises(vault.Unreadable):
        tasks.run_check(check_id=crm.checks.get().pk)

    run = crm.checks.get()
    assert (run.state, run.attempts) == ("queued", 1)
    assert (run.problem["class"], run.problem["error"]) == ("unexpected", "Unreadable")
