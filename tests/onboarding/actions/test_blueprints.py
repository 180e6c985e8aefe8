"""The blueprint: made from a whole configuration, confirmed by its hash, superseded by any change."""

from __future__ import annotations

import pytest

from onboarding import errors
from onboarding.actions import blueprints, flows, registrations, solutions
from onboarding.actors import Role
from onboarding.models import Blueprint, Document, Event, Flow, Message, Registration
from onboarding.queries import blueprints as blueprint_queries
from onboarding.rendering import pdf
from onboarding.workflow.steps import Step
from tests.factories import NOW, ConnectionFactory, EngagementFactory, FlowFactory, member, owner, specialist

pytestmark = pytest.mark.django_db


@pytest.fixture
def flow() -> Flow:
    engagement = EngagementFactory(step=Step.SOLUTION_CONFIGURATION.value)
    for side in ("crm", "finance"):
        ConnectionFactory(engagement=engagement, side=side)
    registrations.register(
        engagement.pk, workspace="acme", administrator_name="Ada Admin", administrator_email="ada@acme.example",
        time_zone="UTC", base_currency="USD", fiscal_year_starts=1, by=owner(engagement.company), at=NOW,
    )  # fmt: skip
    solutions.select(engagement.pk, solution="salesforce_quickbooks_online", by=specialist(), at=NOW)
    flow = Flow.objects.get(engagement=engagement)
    flow.direction, flow.configured_at, flow.mapping_validated_at = "crm_to_finance", NOW, NOW
    flow.save()
    return flow


def made(flow: Flow) -> Blueprint:
    return blueprints.make(flow.engagement_id, by=specialist(), at=NOW)


def test_a_blueprint_holds_the_configuration_and_asks_the_deciders(flow: Flow) -> None:
    blueprint = made(flow)

    assert (blueprint.version, blueprint.document.kind, blueprint.document.version) == (1, "blueprint", 1)
    assert blueprint.sha256 == blueprint_queries.digest(blueprint.configuration)
    assert blueprint.configuration["connections"][0] == {
        "system": "Salesforce",
        "environment": "production",
        "identity": "Acme crm (crm-1)",
    }
    assert Message.objects.filter(kind="blueprint.made").count() == 1
    assert Event.objects.get(kind="blueprint.made").data["sha256"] == blueprint.sha256


def test_the_context_is_enough_for_the_document(flow: Flow) -> None:
    context = blueprint_queries.context(made(flow))

    assert pdf.render("blueprint", context).startswith(b"%PDF")
    assert (context["flows"][0]["interval"], context["flows"][0]["master"]) == ("every 10 minutes", "Salesforce")
    assert context["registration"]["fiscal_year_start"] == "January"


def test_the_customer_confirms_what_it_saw_and_the_pages_say_so(flow: Flow) -> None:
    blueprint, by = made(flow), owner(flow.company)

    confirmed = blueprints.confirm(blueprint.pk, sha256=blueprint.sha256, by=by, at=NOW)
    blueprints.confirm(blueprint.pk, sha256=blueprint.sha256, by=by, at=NOW)

    assert (confirmed.confirmed_at, confirmed.confirmed_by) == (NOW, by.name)
    assert (confirmed.document.version, Document.objects.filter(kind="blueprint").count()) == (2, 2)
    assert confirmed.document.rendering.context["confirmed"] == {"by": by.name, "at": "2026-11-23T15:00:00Z"}
    assert Event.objects.filter(kind="blueprint.confirmed").count() == 1


@pytest.mark.parametrize("case", ["another hash", "superseded", "not a decider"])
def test_confirming_is_refused(flow: Flow, case: str) -> None:
    blueprint, by = made(flow), owner(flow.company)
    sha256 = "0" * 64 if case == "another hash" else blueprint.sha256
    if case == "superseded":
        flows.set_direction(flow.pk, direction="none", by=specialist(), at=NOW)
    if case == "not a decider":
        by = member(flow.company, Role.TECHNICAL)

    with pytest.raises(errors.NotYours if case == "not a decider" else errors.Stale):
        blueprints.confirm(blueprint.pk, sha256=sha256, by=by, at=NOW)

    assert Blueprint.objects.get().confirmed_at is None


def test_a_new_blueprint_supersedes_the_one_before(flow: Flow) -> None:
    first, second = made(flow), made(flow)

    first.refresh_from_db()
    assert (first.superseded_at, second.version, blueprint_queries.current(flow.engagement)) == (NOW, 2, second)


def test_everything_missing_is_named_at_once() -> None:
    engagement = EngagementFactory(step=Step.SOLUTION_CONFIGURATION.value)

    with pytest.raises(errors.WrongState) as refusal:
        blueprints.make(engagement.pk, by=specialist(), at=NOW)

    assert refusal.value.words == (
        "The blueprint can't be made yet. Missing: the company's registration; the solution; a flow that is switched on."
    )
    assert not Blueprint.objects.exists()


def test_an_unconfigured_flow_is_named(flow: Flow) -> None:
    Flow.objects.update(configured_at=None)

    with pytest.raises(errors.WrongState, match="the configuration of Account to Customer"):
        made(flow)


def test_the_hash_is_the_same_however_the_keys_are_ordered() -> None:
    assert blueprint_queries.digest({"a": 1, "b": [2]}) == blueprint_queries.digest({"b": [2], "a": 1})


def test_a_configuration_half_done_can_be_looked_at() -> None:
    flow = FlowFactory(interval_seconds=60)
    FlowFactory(engagement=flow.engagement, code="other", interval_seconds=45)
    ConnectionFactory(engagement=flow.engagement, identity={})

    settings = blueprint_queries.configuration(flow.engagement)
    preview = Blueprint(engagement=flow.engagement, configuration=settings, made_at=NOW)

    assert (settings["registration"], settings["connections"][0]["identity"]) == ({}, "not proven yet")
    flow.scans.create(
        company=flow.company, engagement=flow.engagement, mapping_version=1, state="done", total=20, passing=13,
        queued_at=NOW, not_before=NOW, started_by="Priya",
    )  # fmt: skip
    context = blueprint_queries.context(preview)
    assert [entry["interval"] for entry in context["flows"]] == ["every minute", "every 45 seconds"]
    assert (context["readiness"], Registration.objects.count()) == ({"total": 20, "passing": 13}, 0)
