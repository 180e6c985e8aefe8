"""Steps VII to XII from the specialist's side: each act through its own form."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from onboarding.actions import connections, solutions
from onboarding.models import CheckRun, Connection, Engagement, Flow, MappingCheck, ReadinessScan, TestRun
from onboarding.workflow.steps import Step
from tests.factories import owner
from tests.factories import specialist as a_specialist

pytestmark = pytest.mark.django_db
SCHEMA = {"name": "Account", "label": "Account", "rights": {}, "fields": [
    {"name": "Name", "label": "Name", "type": "text", "createable": True, "updateable": True},
    {"name": "Phone", "label": "Phone", "type": "phone", "createable": True, "updateable": True},
]}  # fmt: skip


def at(place, engagement, *more):
    return reverse(f"specialist:{place}", args=[engagement.reference, *more])


def connected(engagement):
    """Both sides with credentials, given by the customer's owner."""
    by = owner(engagement.company)
    for side in ("crm", "finance"):
        made = connections.open(engagement.pk, side=side, environment="production", by=by, at=now())
        connections.give_credentials(made.pk, values={"key": "hush-hush"}, public={}, by=by, at=now())


def the_flow(engagement):
    solutions.select(engagement.pk, solution="salesforce_quickbooks_online", by=a_specialist(), at=now())
    return Flow.objects.get()


def test_a_task_is_done_with_words_and_opened_again(standing_at, specialist):
    engagement = standing_at(Step.INITIAL_SETUP)
    task = engagement.setup_tasks.first()
    here = at("setup", engagement)

    answers = [
        specialist.post(here, {"act": "mark_done", "task_id": task.pk, "note": ""}),
        specialist.post(here, {"act": "mark_done", "task_id": task.pk, "note": "In Setup, object manager"}),
    ]
    task.refresh_from_db()
    note = task.done_note
    answers.append(specialist.post(here, {"act": "reopen", "task_id": task.pk, "reason": "Wrong type"}))

    task.refresh_from_db()
    assert [one.status_code for one in answers] == [422, 302, 302]
    assert (note, task.done_at) == ("In Setup, object manager", None)


def test_a_system_is_prepared_only_once_it_is_connected(standing_at, specialist):
    engagement = standing_at(Step.INITIAL_SETUP)
    asked = {"act": "start_run", "workstream": "crm"}

    before = specialist.post(at("setup", engagement), asked)
    connected(engagement)
    after = specialist.post(at("setup", engagement), asked)

    assert (before.status_code, after.status_code, engagement.setup_runs.count()) == (409, 302, 1)


def test_a_connection_is_opened_checked_and_disconnected_and_its_secret_never_shown(standing_at, specialist):
    engagement = standing_at(Step.CONNECTIVITY_SETUP)
    here = at("connections", engagement)

    opened = specialist.post(here, {"act": "open", "side": "crm", "environment": "production"})
    connected(engagement)
    found = Connection.objects.get(side="crm")
    CheckRun.objects.update(state="cancelled")
    checked = specialist.post(here, {"act": "check", "connection_id": found.pk})
    check = CheckRun.objects.get(connection=found, state="queued")
    page = specialist.get(here).content.decode()
    stopped = specialist.post(here, {"act": "cancel_check", "check_id": check.pk})
    revoked = specialist.post(here, {"act": "revoke", "connection_id": found.pk, "reason": "New administrator"})

    found.refresh_from_db()
    assert [one.status_code for one in (opened, checked, stopped, revoked)] == [302, 302, 302, 302]
    assert (found.state, found.secret, "hush-hush" in page) == ("revoked", "", False)
    assert 'hx-trigger="every 2s"' in page


def test_the_solution_is_selected_and_its_flow_configured_step_by_step(standing_at, specialist):
    engagement = standing_at(Step.SOLUTION_CONFIGURATION)
    connected(engagement)

    chosen = specialist.post(at("solution", engagement),
                             {"act": "select", "solution": "salesforce_quickbooks_online"})  # fmt: skip
    flow = Flow.objects.get()
    here = at("flow", engagement, flow.pk)
    switched = specialist.post(here, {"act": "set_direction", "flow_id": flow.pk, "direction": "crm_to_finance"})
    early = specialist.post(here, {"act": "configure", "flow_id": flow.pk})
    checked = specialist.post(here, {"act": "check_mapping", "flow_id": flow.pk})
    scanned = specialist.post(here, {"act": "start_scan", "flow_id": flow.pk})
    Flow.objects.update(mapping_validated_at=now())
    configured = specialist.post(here, {"act": "configure", "flow_id": flow.pk})

    flow.refresh_from_db()
    answers = (chosen, switched, early, checked, scanned, configured)
    assert [one.status_code for one in answers] == [302, 302, 409, 302, 302, 302]
    assert (flow.direction, flow.configured_at is not None) == ("crm_to_finance", True)
    assert (MappingCheck.objects.count(), ReadinessScan.objects.count()) == (1, 1)


def mapping_form(page):
    """What a browser would send back unchanged."""
    form = page.context["save_mapping"].form
    return {field.html_name: field.value() for field in form if field.value() not in (None, False)}


def test_the_mapping_is_saved_row_by_row_and_an_older_page_is_told(standing_at, specialist):
    engagement = standing_at(Step.SOLUTION_CONFIGURATION)
    flow = the_flow(engagement)
    here = at("flow", engagement, flow.pk)
    form = mapping_form(specialist.get(here))
    fresh = {"mapping-17-source": "Rating", "mapping-17-target": "Notes", "mapping-17-transforms": "trim, cut:20",
             "mapping-17-compare": "ignore_case", "mapping-0-target": "", "mapping-0-source": ""}  # fmt: skip

    unchanged = specialist.post(here, form | {"act": "save_mapping"})
    version = Flow.objects.get().mapping_version
    saved = specialist.post(here, form | fresh | {"act": "save_mapping", "master": "finance"})
    stale = specialist.post(here, form | {"act": "save_mapping"})

    found = Flow.objects.get()
    assert (unchanged.status_code, version, saved.status_code, stale.status_code) == (302, 1, 302, 409)
    assert (found.mapping_version, found.master, len(found.mapping)) == (2, "finance", 17)
    assert found.mapping[-1] == {"source": "Rating", "target": "Notes", "transforms": ["trim", "cut:20"],
                                 "required": False, "compare": "ignore_case", "note": "", "if_present": False}  # fmt: skip
    assert next(row for row in found.mapping if row["target"] == "AccountID")["if_present"]


def test_a_row_with_one_end_is_not_a_mapping(standing_at, specialist):
    engagement = standing_at(Step.SOLUTION_CONFIGURATION)
    flow = the_flow(engagement)
    here = at("flow", engagement, flow.pk)
    form = mapping_form(specialist.get(here)) | {"act": "save_mapping", "mapping-17-source": "Rating"}

    answer = specialist.post(here, form)

    assert (answer.status_code, Flow.objects.get().mapping_version) == (422, 1)
    assert "Choose the field the value goes to." in answer.content.decode()


def test_fields_are_chosen_from_the_live_schemas_once_they_were_read(standing_at, specialist):
    engagement = standing_at(Step.SOLUTION_CONFIGURATION)
    flow = the_flow(engagement)
    MappingCheck.objects.create(
        company=engagement.company, engagement=engagement, flow=flow, mapping_version=1, state="done", queued_at=now(),
        not_before=now(), finished_at=now(), source_schema=SCHEMA, target_schema=SCHEMA, started_by="Priya",
    )  # fmt: skip

    page = specialist.get(at("flow", engagement, flow.pk)).content.decode()

    assert "Phone (Phone, phone)" in page
    assert "Website (not there)" in page


def test_a_test_starts_once_and_its_progress_can_be_watched(standing_at, specialist):
    engagement = standing_at(Step.SOLUTION_CONFIGURATION)
    flow = the_flow(engagement)
    Flow.objects.update(direction="crm_to_finance", configured_at=now())
    connected(engagement)
    Engagement.objects.filter(pk=engagement.pk).update(step=Step.ACTIVATION_TESTING.value)
    here = at("flow", engagement, flow.pk)

    answers = [specialist.post(here, {"act": "start_test", "flow_id": flow.pk}) for _ in range(2)]
    run = TestRun.objects.get()
    live = specialist.get(at("flow_test", engagement, flow.pk))
    answers.append(specialist.post(here, {"act": "cancel_test", "run_id": run.pk}))
    over = specialist.get(at("flow_test", engagement, flow.pk))

    assert [one.status_code for one in answers] == [302, 302, 302]
    assert (live.status_code, over.status_code) == (200, 286)


def test_the_blueprint_says_what_it_still_needs(standing_at, specialist):
    engagement = standing_at(Step.SOLUTION_CONFIGURATION)

    answer = specialist.post(at("blueprint", engagement), {"act": "make"})

    assert answer.status_code == 409
    assert "the company&#x27;s registration; the solution" in answer.content.decode()


def test_the_pilot_from_opening_to_resolved_feedback(standing_at, specialist):
    engagement = standing_at(Step.ACTIVATION_TESTING)
    here = at("pilot", engagement)
    today = now().date().isoformat()
    opening = {"act": "open", "starts_on": today, "ends_on": today, "participants": "Ann\nBob, Cem", "scenarios": ""}

    refused = specialist.post(here, opening)
    specialist.post(here, opening | {"scenarios": "Enter a customer, see it in the books"})
    specialist.post(here, {"act": "add_feedback", "text": "The phone is missing", "severity": "problem"})
    pilot = Engagement.objects.get(pk=engagement.pk).pilot
    item = pilot.feedback.get()
    answer = specialist.post(here, {"act": "resolve", "feedback_id": item.pk, "resolution": "Mapped it"})

    item.refresh_from_db()
    assert (refused.status_code, answer.status_code) == (422, 302)
    assert (pilot.participants, item.resolution) == (["Ann", "Bob", "Cem"], "Mapped it")


def test_a_go_needs_the_whole_checklist_and_a_no_go_a_reason(standing_at, specialist):
    engagement = standing_at(Step.GO_LIVE)
    here = at("go_live", engagement)

    go = specialist.post(here, {"act": "decide", "is_go": "yes", "comment": ""})
    silent = specialist.post(here, {"act": "decide", "is_go": "no", "comment": ""})
    spoken = specialist.post(here, {"act": "decide", "is_go": "no", "comment": "No connection yet"})
    until = (now() + timedelta(days=14)).date().isoformat()
    cut = specialist.post(here, {"act": "cut_over", "hypercare_until": until, "hypercare_runs": "3"})

    assert [one.status_code for one in (go, silent, spoken, cut)] == [409, 422, 302, 409]
    assert [(one.side, one.is_go) for one in engagement.launch.decisions.all()] == [("interweave", False)]


def test_a_check_in_is_scheduled_and_held(standing_at, specialist):
    engagement = standing_at(Step.CONTINUOUS_SUPPORT)
    here = at("support", engagement)
    check_in = engagement.check_ins.get()
    later = (now() + timedelta(days=90)).date().isoformat()

    scheduled = specialist.post(here, {"act": "schedule", "due_on": later})
    past = specialist.post(here, {"act": "schedule", "due_on": "2020-01-01"})
    held = specialist.post(here, {"act": "hold", "check_in_id": check_in.pk, "notes": "All is well",
                                  "recommendations": "Clean the duplicates", "next_on": ""})  # fmt: skip

    check_in.refresh_from_db()
    assert [one.status_code for one in (scheduled, past, held)] == [302, 422, 302]
    assert (check_in.notes, engagement.check_ins.count()) == ("All is well", 2)
