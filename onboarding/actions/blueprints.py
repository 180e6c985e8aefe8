"""The blueprint of step IX: the whole configuration on a few pages, confirmed by the customer by its hash."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import documents, gates, messages, rows
from onboarding.actors import SPECIALISTS, Actor, Role
from onboarding.models import Blueprint, Document, Engagement
from onboarding.queries import blueprints
from onboarding.workflow.step_09_solution_configuration import flows_on
from onboarding.workflow.steps import Step

CONFIRMERS = frozenset({Role.OWNER, Role.SIGNATORY})
AT = frozenset({Step.SOLUTION_CONFIGURATION})


@transaction.atomic
def make(engagement_id: int, *, by: Actor, at: datetime) -> Blueprint:
    """Make the blueprint of the configuration as it is now: the next version, superseding the one before.

    Refused with everything that is still missing. The customer's deciders are asked to confirm.
    """
    engagement = gates.writable(
        engagement_id, by, roles=SPECIALISTS, steps=AT, words="Specialists make the blueprint."
    )  # fmt: skip
    if missing := _missing(engagement):
        raise errors.WrongState(f"The blueprint can't be made yet. Missing: {'; '.join(missing)}.")
    settings = blueprints.configuration(engagement)
    supersede(engagement, at=at)
    blueprint = Blueprint.objects.create(
        company_id=engagement.company_id, engagement=engagement, version=engagement.blueprints.count() + 1,
        sha256=blueprints.digest(settings), configuration=settings, made_at=at, made_by=by.name,
    )  # fmt: skip
    _order(blueprint, by=by, at=at)
    outbox.record("blueprint.made", engagement, by=by, at=at, data=_facts(blueprint))
    messages.send_to_members(
        engagement,
        kind="blueprint.made",
        subject="Your integration blueprint is ready",
        text="It shows on a few pages what will be connected and how. Read it and confirm, or tell us what to change.",
        key=f"blueprint:{blueprint.pk}",
        at=at,
        roles=CONFIRMERS,
        path="/",
        button="Read the blueprint",
    )
    return blueprint


@transaction.atomic
def confirm(blueprint_id: int, *, sha256: str, by: Actor, at: datetime) -> Blueprint:
    """The customer confirms exactly the configuration it saw, by its hash; Stale when it changed meanwhile."""
    found = rows.visible(Blueprint, blueprint_id, by)
    engagement = gates.writable(
        found.engagement_id, by, roles=CONFIRMERS, steps=AT,
        words="The owner or the signatory confirms the blueprint.",
    )  # fmt: skip
    blueprint = Blueprint.objects.get(pk=found.pk)
    if blueprint.superseded_at or sha256 != blueprint.sha256:
        raise errors.Stale("The configuration changed since you read it. Read the newest blueprint.")
    if blueprint.confirmed_at:
        return blueprint
    blueprint.confirmed_at, blueprint.confirmed_by = at, by.name
    blueprint.save(update_fields=["confirmed_at", "confirmed_by"])
    _order(blueprint, by=by, at=at)  # the same pages with the confirmation on them
    outbox.record("blueprint.confirmed", engagement, by=by, at=at, data=_facts(blueprint))
    return blueprint


def supersede(engagement: Engagement, *, at: datetime) -> None:
    """The configuration changed: what was confirmed no longer describes it. Called inside other actions."""
    engagement.blueprints.filter(superseded_at=None).update(superseded_at=at)


def _order(blueprint: Blueprint, *, by: Actor, at: datetime) -> None:
    blueprint.document = documents.order(
        blueprint.engagement,
        kind=Document.Kind.BLUEPRINT,
        title="Integration blueprint",
        file_name=f"{blueprint.engagement.reference}-blueprint-{blueprint.version}.pdf",
        template="blueprint",
        context=blueprints.context(blueprint),
        by=by,
        at=at,
    )
    blueprint.save(update_fields=["document"])


def _missing(engagement: Engagement) -> list[str]:
    flows = flows_on(engagement)
    missing = []
    if getattr(engagement, "registration", None) is None:
        missing.append("the company's registration")
    if engagement.solution_selected_at is None:
        missing.append("the solution")
    if not flows:
        missing.append("a flow that is switched on")
    missing += [f"the configuration of {flow.name}" for flow in flows if flow.configured_at is None]
    return missing


def _facts(blueprint: Blueprint) -> dict[str, object]:
    return {"blueprint": blueprint.pk, "version": blueprint.version, "sha256": blueprint.sha256}
