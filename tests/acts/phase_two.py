"""Acts of steps VII to XII: preparing, connecting, configuring, testing, going live."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import now

from onboarding.actions import (
    blueprints,
    connections,
    flow_runs,
    flows,
    launches,
    pilots,
    registrations,
    setup_tasks,
    solutions,
    support,
    test_runs,
    trainings,
)
from tests.acts import ANY, SOON, STAFF, WRITERS, Act

# fmt: off
ACTS = [
    Act("blueprints.make", STAFF, "IX", lambda w, by: blueprints.make(w.id, by=by, at=now())),
    Act("blueprints.confirm", "os", "IX", lambda w, by: blueprints.confirm(w.blueprint.pk, sha256="0" * 64, by=by,
        at=now())),
    Act("connections.open", "otSL", "VII VIII IX X XI XII", lambda w, by: connections.open(w.id, side="crm",
        environment="sandbox", by=by, at=now())),
    Act("connections.give_credentials", "ot", "VII VIII IX X XI XII", lambda w, by: connections.give_credentials(
        w.connection.pk, values={"consumer_key": "k", "consumer_secret": "s"}, public={}, by=by, at=now())),
    Act("connections.begin_consent", "ot", "VII VIII IX X XI XII", lambda w, by: connections.begin_consent(
        w.connection.pk, state_digest="d" * 64, by=by, at=now())),
    Act("connections.revoke", "otSL", "VII VIII IX X XI XII", lambda w, by: connections.revoke(w.connection.pk,
        reason="Rotation", by=by, at=now())),
    Act("connections.check", "otSL", "VII VIII IX X XI XII", lambda w, by: connections.check(w.connection.pk,
        reason="asked", by=by, at=now())),
    Act("flow_runs.schedule", STAFF, "XI XII", lambda w, by: flow_runs.schedule(w.flow.pk, by=by, at=now())),
    Act("flow_runs.unschedule", STAFF, "XI XII", lambda w, by: flow_runs.unschedule(w.flow.pk, reason="Stop", by=by,
        at=now())),
    Act("flow_runs.start", STAFF, "XI XII", lambda w, by: flow_runs.start(w.flow.pk, by=by, at=now())),
    Act("flow_runs.cancel", STAFF, ANY, lambda w, by: flow_runs.cancel(w.run.pk, by=by, at=now())),
    Act("flows.set_direction", STAFF, "IX", lambda w, by: flows.set_direction(w.flow.pk, direction="none", by=by,
        at=now())),
    Act("flows.save_mapping", STAFF, "IX", lambda w, by: flows.save_mapping(w.flow.pk, mapping=w.flow.mapping,
        master="crm", version=0, by=by, at=now())),
    Act("flows.check_mapping", STAFF, "IX", lambda w, by: flows.check_mapping(w.flow.pk, by=by, at=now())),
    Act("flows.configure", STAFF, "IX", lambda w, by: flows.configure(w.flow.pk, by=by, at=now())),
    Act("flows.start_scan", "otSL", "IX X XI", lambda w, by: flows.start_scan(w.flow.pk, by=by, at=now())),
    Act("launches.decide", "osSL", "XI", lambda w, by: launches.decide(w.id, is_go=True, comment="", by=by, at=now())),
    Act("launches.cut_over", STAFF, "XI", lambda w, by: launches.cut_over(w.id, hypercare_until=SOON, by=by,
        at=now())),
    Act("pilots.open", STAFF, "X", lambda w, by: pilots.open(w.id, starts_on=SOON, ends_on=SOON + timedelta(days=7),
        participants=["A"], scenarios="B", by=by, at=now())),
    Act("pilots.add_feedback", WRITERS + STAFF, "X", lambda w, by: pilots.add_feedback(w.id, text="Slow",
        severity="wish", by=by, at=now())),
    Act("pilots.resolve", STAFF, "X", lambda w, by: pilots.resolve(w.feedback.pk, resolution="Done", by=by, at=now())),
    Act("pilots.close", "os", "X", lambda w, by: pilots.close(w.id, conclusion="Good", by=by, at=now())),
    Act("registrations.register", "ot", "IX", lambda w, by: registrations.register(w.id, workspace="acme",
        administrator_name="A", administrator_email="a@acme.example", time_zone="UTC", base_currency="USD",
        fiscal_year_starts=1, by=by, at=now())),
    Act("registrations.change", "ot", "IX X XI XII", lambda w, by: registrations.change(w.id, administrator_name="A",
        administrator_email="a@acme.example", time_zone="UTC", base_currency="USD", fiscal_year_starts=1, by=by,
        at=now())),
    Act("setup_tasks.mark_done", "otSL", "VII VIII IX X XI XII", lambda w, by: setup_tasks.mark_done(w.task.pk,
        note="Made", by=by, at=now())),
    Act("setup_tasks.reopen", "otSL", "VII VIII IX X XI XII", lambda w, by: setup_tasks.reopen(w.task.pk,
        reason="Gone", by=by, at=now())),
    Act("setup_tasks.start_run", "otSL", "VII VIII IX X XI XII", lambda w, by: setup_tasks.start_run(w.id,
        workstream="crm", by=by, at=now())),
    Act("solutions.select", STAFF, "IX", lambda w, by: solutions.select(w.id, solution="salesforce_quickbooks_online",
        by=by, at=now())),
    Act("support.schedule", STAFF, "XII", lambda w, by: support.schedule(w.id, due_on=SOON, by=by, at=now())),
    Act("support.hold", STAFF, "XII", lambda w, by: support.hold(w.check_in.pk, notes="Well", recommendations="",
        by=by, at=now())),
    Act("test_runs.start", STAFF, "X XI XII", lambda w, by: test_runs.start(w.flow.pk, by=by, at=now())),
    Act("trainings.sign_off", "os", "X", lambda w, by: trainings.sign_off(w.id, statement="Trained", by=by, at=now())),
]
