"""What stands behind a criterion in figures: how far it is, until when, and how it is called now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from onboarding.actions.payments import paid_so_far
from onboarding.models import Contact, Engagement, Questionnaire
from onboarding.queries import questionnaires
from onboarding.workflow.agreement_machine import OPEN_FOR_SIGNATURE
from onboarding.workflow.document_requests import CUSTOMERS, Standing, in_force, standing
from onboarding.workflow.step_04_customer_verification import agreement_in_force, invoice_in_force
from onboarding.workflow.step_06_plan_timeline import current_plan
from onboarding.workflow.step_08_connectivity_setup import connection_of
from portal import request_words
from portal.templatetags.page import money


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`parts` are short ("14 of 22 answers"); `state` takes the place of "To do"; `tone` goes with it.

    `is_untouched`: a questionnaire nobody answered anything of.
    """

    parts: tuple[str, ...] = ()
    due_on: date | None = None
    state: str = ""
    tone: str = ""
    is_untouched: bool = False


def facts(engagement: Engagement, code: str) -> Facts:
    """The facts of one open criterion; in phase 2 its milestone of the agreed plan says until when."""
    found = FACTS[code](engagement) if code in FACTS else Facts()
    if found.due_on is None and engagement.at_step.phase == 2:
        return Facts(parts=found.parts, state=found.state, tone=found.tone, due_on=_milestone(engagement))
    return found


def _milestone(engagement: Engagement) -> date | None:
    plan = current_plan(engagement)
    milestone = plan.milestones.filter(step=engagement.step).first() if plan else None
    return milestone.due_on if milestone else None


def _contacts(engagement: Engagement) -> Facts:
    return Facts(parts=(f"{engagement.contacts.count()} of {len(Contact.Kind.values)} named",))


def _questionnaire(kind: str) -> Callable[[Engagement], Facts]:
    def facts_of(engagement: Engagement) -> Facts:
        row = engagement.questionnaires.filter(kind=kind).first()
        if row is None:
            return Facts()
        schema, progress = questionnaires.schema_of(row), questionnaires.progress(row)
        answered = f"{progress['answered']} of {progress['total']} answers"
        if row.state == Questionnaire.State.SUBMITTED:
            return Facts(parts=(answered,), state="In review", tone="info")
        if row.state == Questionnaire.State.REVISION_NEEDED:
            return Facts(parts=("some answers need another look",), state="Revision needed", tone="bad")
        state = "In progress" if progress["is_begun"] else ""
        parts = (answered, f"about {schema.minutes} minutes")
        return Facts(parts=parts, state=state, is_untouched=not progress["is_begun"])

    return facts_of


def _documents(engagement: Engagement) -> Facts:
    asked = list(engagement.document_requests.filter(withdrawn_at=None).prefetch_related("documents"))
    where = [standing(one, in_force(one.documents.all())) for one in asked]
    outstanding = [one for one, at in zip(asked, where, strict=True) if at in CUSTOMERS]
    due = min((one.due_on for one in outstanding if one.due_on), default=None)
    parts = (f"{len(asked) - len(outstanding)} of {len(asked)} received",)
    for trouble in (Standing.EXPIRED, Standing.QUARANTINED, Standing.REVISION_NEEDED):
        if trouble in where:
            state, tone = request_words.WORDS[trouble]
            return Facts(parts=parts, due_on=due, state=state, tone=tone)
    return Facts(parts=parts, due_on=due)


def _requirements(engagement: Engagement) -> Facts:
    count = engagement.requirements.exclude(state="declined").count()
    return Facts(parts=(f"{count} requirement{'' if count == 1 else 's'}",) if count else ())


def _verification(engagement: Engagement) -> Facts:
    waiting = [check for check in engagement.verifications.all() if check.waits_for_customer]
    failed = [check for check in waiting if check.outcome == check.Outcome.FAILED]
    parts = tuple(check.get_check_code_display() for check in waiting)
    return Facts(parts=parts, state="Not verified", tone="bad") if failed else Facts(parts=parts)


def _agreement(engagement: Engagement) -> Facts:
    agreement = agreement_in_force(engagement)
    if agreement is None or agreement.state not in OPEN_FOR_SIGNATURE:
        return Facts()
    return Facts(parts=(agreement.number,), due_on=agreement.expires_on)


def _invoice(engagement: Engagement) -> Facts:
    invoice = invoice_in_force(engagement)
    if invoice is None or invoice.state in ("draft", "paid"):
        return Facts()
    left = money(invoice.gross - paid_so_far(invoice), invoice.currency)
    state = {"part_paid": "Part paid", "overdue": "Overdue"}.get(invoice.state, "")
    return Facts(parts=(invoice.number, f"{left} open"), due_on=invoice.due_on, state=state)


def _workstream(workstream: str) -> Callable[[Engagement], Facts]:
    def facts_of(engagement: Engagement) -> Facts:
        done = [at is not None for at in _done(engagement, workstream)]
        state = "In progress" if any(done) else ""
        return Facts(parts=(f"{sum(done)} of {len(done)} done",) if done else (), state=state)

    return facts_of


def _done(engagement: Engagement, workstream: str) -> list[object]:
    return list(engagement.setup_tasks.filter(workstream=workstream).values_list("done_at", flat=True))


def _connection(side: str) -> Callable[[Engagement], Facts]:
    def facts_of(engagement: Engagement) -> Facts:
        connection = connection_of(engagement, side)
        if connection is None or connection.secret_given_at is None:
            return Facts(parts=("not connected yet",))
        if connection.state == "failing":
            return Facts(parts=("the last check found something to fix",), state="Failing", tone="bad")
        return Facts(state="Being checked", tone="info")

    return facts_of


def _pilot(engagement: Engagement) -> Facts:
    pilot = getattr(engagement, "pilot", None)
    if pilot is None:
        return Facts()
    count = pilot.feedback.filter(resolved_at=None).exclude(severity="wish").count()
    return Facts(parts=(f"{count} open problem{'' if count == 1 else 's'}",) if count else (), due_on=pilot.ends_on)


FACTS: dict[str, Callable[[Engagement], Facts]] = {
    "contacts.missing": _contacts,
    "definition.not_accepted": _questionnaire("solutions_definition"),
    "technical_details.not_accepted": _questionnaire("technical_details"),
    "customer_documents.outstanding": _documents,
    "requirements.not_agreed": _requirements,
    "customer_details.unverified": _verification,
    "msa.unsigned": _agreement,
    "payment.outstanding": _invoice,
    "crm_customisation.incomplete": _workstream("crm"),
    "finance_preparation.incomplete": _workstream("finance"),
    "crm_connection.unproven": _connection("crm"),
    "finance_connection.unproven": _connection("finance"),
    "pilot.open": _pilot,
}
