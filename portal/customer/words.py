"""The criteria as the customer hears them: what InterWeave does in its turn, what the button says, whose role it is."""

from __future__ import annotations

from dataclasses import dataclass

from onboarding.actions import blueprints, connections, launches, pilots, plans, registrations, setup_tasks, trainings
from onboarding.actors import CUSTOMER_WRITERS, Role

DECIDERS = frozenset({Role.OWNER, Role.SIGNATORY})
SIGNATORY = frozenset({Role.SIGNATORY})


@dataclass(frozen=True, kw_only=True)
class Told:
    """`now`: a sentence for InterWeave's turn. `title`: the task's name where it is not the customer's to do.

    `action` and `roles` belong to the customer's turn: the button, and whose it is; `task` and `why` too, where the
    criterion's own words are for InterWeave's people.
    """

    now: str
    title: str = ""
    task: str = ""
    why: str = ""
    action: str = "Continue"
    roles: frozenset[Role] = CUSTOMER_WRITERS


TOLD: dict[str, Told] = {
    # I
    "company.not_accepted": Told(title="Registration accepted", now="A lead of InterWeave reads your registration."),
    "specialist.unassigned": Told(
        title="Technical Specialist assigned", now="We choose the Technical Specialist who knows your systems best."
    ),
    "welcome_call.not_held": Told(
        title="Welcome call held", now="{specialist} meets you for the welcome call, at a time you pick."
    ),
    "expectations.unshared": Told(
        title="Summary of the call sent", now="{specialist} sends you the summary of the welcome call."
    ),
    "contacts.missing": Told(now="{specialist} reads your contacts.", action="Name your contacts"),
    # II
    "definition.not_accepted": Told(now="{specialist} reviews your Solutions Definition Document."),
    "technical_details.not_accepted": Told(now="{specialist} reviews your Technical Details Document."),
    "customer_documents.outstanding": Told(now="{specialist} reviews your documents.", action="Send documents"),
    # III
    "review.not_held": Told(
        title="Requirements review held", now="{specialist} walks through your requirements with you, at a time you pick."
    ),
    "record.missing": Told(
        title="Transcript or minutes filed", now="{specialist} files the transcript or the minutes of the review."
    ),
    "flows.not_prioritised": Told(
        title="Every flow has a priority", now="{specialist} writes down your requirements with their priorities."
    ),
    "requirements.not_agreed": Told(
        now="{specialist} writes down your requirements.", action="Read the list", roles=DECIDERS
    ),
    # IV
    "customer_details.unverified": Told(
        title="Your details verified", now="{specialist} verifies your company's details.",
        task="Show what proves your details", action="See what is needed",
        why="We may only sign with a company that is verified, by somebody who may sign for it.",
    ),
    "msa.not_issued": Told(
        title="Agreement issued", now="{specialist} prepares the Master Services Agreement for your review."
    ),
    "invoice.not_issued": Told(title="Invoice issued", now="{specialist} prepares the invoice."),
    # V
    "records.unapproved": Told(now="{specialist} reads your correction.", action="Read your records", roles=DECIDERS),
    "msa.unsigned": Told(now="InterWeave countersigns the agreement, or issues it anew.", action="Read and sign", roles=SIGNATORY),
    "payment.outstanding": Told(now="Finance issues the invoice anew.", title="Invoice paid", action="See how to pay"),
    # VI
    "go_live_date.missing": Told(title="Go-live target set", now="{specialist} plans backwards from your go-live target."),
    "assignments.incomplete": Told(
        title="Every milestone has an owner", now="{specialist} names who answers for each milestone."
    ),
    "scope.unconfirmed": Told(
        title="Scope confirmed", now="{specialist} compares the plan with the requirements you signed off."
    ),
    "plan.not_agreed": Told(now="{specialist} completes the plan.", action="Read the plan", roles=plans.AGREERS),
    # VII
    "crm_customisation.incomplete": Told(
        now="The portal prepares your CRM.", action="Prepare your CRM", roles=setup_tasks.WRITERS
    ),
    "finance_preparation.incomplete": Told(
        now="The portal prepares your books.", action="Prepare your books", roles=setup_tasks.WRITERS
    ),
    # VIII
    "crm_connection.unproven": Told(
        now="Our workers climb the check ladder of your CRM.", action="Connect your CRM", roles=connections.SECRET_GIVERS
    ),
    "finance_connection.unproven": Told(
        now="Our workers climb the check ladder of your financial application.", action="Connect your books",
        roles=connections.SECRET_GIVERS,
    ),
    "setup.unproven": Told(
        now="Our workers read the fields of step VII back from both systems.", action="See the fields",
        roles=setup_tasks.WRITERS,
    ),
    # IX
    "registration.missing": Told(
        now="The Solutions Portal takes your registration in.", action="Register", roles=registrations.REGISTRANTS
    ),
    "solution.unselected": Told(title="Solution selected", now="{specialist} selects your solution in the library."),
    "flows.unconfigured": Told(title="Flows configured", now="{specialist} configures your flows, field by field."),
    "readiness.unscanned": Told(title="Sample records scanned", now="Our workers scan sample records, writing nothing."),
    "blueprint.unconfirmed": Told(
        now="{specialist} makes your integration blueprint.", action="Read the blueprint", roles=blueprints.CONFIRMERS
    ),
    # X
    "flows.untested": Told(
        title="Every flow tested with real records", now="Our workers test each flow with real records, twice."
    ),
    "pilot.open": Told(
        now="{specialist} prepares the pilot, or resolves what you reported.", action="Open the pilot",
        roles=pilots.ACCEPTERS,
    ),
    "training.incomplete": Told(
        now="{specialist} trains your team.", action="Open the training", roles=trainings.SIGNERS
    ),
    # XI
    "final_setup.incomplete": Told(
        title="Go-live checklist complete", now="{specialist} completes the go-live checklist.",
        action="See the checklist", roles=connections.SECRET_GIVERS,
    ),
    "go_decision.missing": Told(
        title="Go from both sides", now="{specialist} decides for InterWeave, then you for your company.",
        action="Decide", roles=launches.DECIDERS,
    ),
    "hypercare.open": Told(title="Hypercare complete", now="We watch every scheduled run closely until hypercare ends."),
    # XII
    "check_in.unscheduled": Told(title="Next check-in scheduled", now="{specialist} schedules your next check-in."),
}  # fmt: skip


def roles_in_words(roles: frozenset[Role]) -> str:
    """Whom to ask in the company: "the owner or the signatory"; empty when nearly everybody may."""
    own = [role for role in (Role.OWNER, Role.SIGNATORY, Role.TECHNICAL, Role.BILLING) if role in roles]
    if roles >= CUSTOMER_WRITERS:
        return "a contributor"
    named = [f"a {role} member" if role in (Role.TECHNICAL, Role.BILLING) else f"the {role}" for role in own]
    return " or ".join(named)
