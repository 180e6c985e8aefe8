"""One engagement on its whole way, halting wherever people are in the middle of something: its pages differ there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.timezone import now

from onboarding.actions import (
    agreement_comments,
    agreement_copies,
    agreements,
    answer_comments,
    answer_reviews,
    blueprints,
    change_requests,
    document_requests,
    documents,
    doors,
    engagements,
    filled_documents,
    flow_runs,
    flows,
    key_facts,
    meetings,
    members,
    payments,
    pilots,
    plans,
    questionnaires,
    requirements,
    sealings,
    setup_tasks,
    signing,
    signing_order,
    test_runs,
    trainings,
    work,
)
from onboarding.actions import suggestions as put_aside
from onboarding.library import consent
from onboarding.models import Company, FlowRun, Meeting, Questionnaire, ReadinessScan, Rendering, Sealing, TestRun
from onboarding.queries import suggestions
from onboarding.queries.requirements import list_hash
from onboarding.workflow.step_06_plan_timeline import current_plan
from onboarding.workflow.steps import Step
from tests import bank
from tests.factories import UserFactory
from tests.file_checks import found_clean, left_undecided
from tests.journey import journey, phase_one, phase_two
from tests.journey.cast import Cast, upload
from tests.journey.results import PDF
from tests.recorded import full


def pending(cast: Cast) -> None:
    """Step I: the registration waits for a lead, somebody asks to join."""
    Company.objects.filter(pk=cast.company.pk).update(state=Company.State.PENDING)
    members.request_to_join(cast.company.pk, user=UserFactory(), message="I work here too.", at=now())


def invited(cast: Cast) -> None:
    """Step I: a colleague is invited, the welcome call booked."""
    Company.objects.filter(pk=cast.company.pk).update(state=Company.State.ACCEPTED)
    members.invite(cast.company.pk, email="new@acme.example", name="", roles=["viewer"], by=cast.owner, at=now())
    phase_one.assigned(cast)
    meetings.book(
        cast.engagement.pk, kind="welcome_call", channel="zoom", starts_at=now() + timedelta(days=3), minutes=45,
        place="", topic="", by=cast.specialist, at=now(),
    )  # fmt: skip


def half_answered(cast: Cast) -> None:
    """Step II: four answers so far, and a file that could not be checked."""
    meetings.cancel(cast.engagement.meetings.get().pk, reason="Another day", by=cast.owner, at=cast.later())
    phase_one.welcomed(cast)
    cast.moved(Step.WELCOME_CALL)
    phase_one.answered(cast, "solutions_definition", most=4)
    odd = documents.upload(
        cast.engagement.pk, kind="customer_document", upload=upload("odd.csv", b"odd,even\n1,2\n"), by=cast.owner,
        at=cast.later(),
    )  # fmt: skip
    left_undecided(odd, at=cast.later())


def submitted(cast: Cast) -> None:
    """Step II: both documents in review, one as a file, a file sent, the rest waived; nobody came to the review."""
    engagements.waive(
        cast.engagement.pk, criterion="customer_documents.outstanding", reason="We read them ourselves.", by=cast.lead,
        at=cast.later(),
    )  # fmt: skip
    definition = phase_one.answered(cast, "solutions_definition")
    questionnaires.submit(definition.pk, by=cast.owner, at=cast.later())
    said = {"objective": "accepted"}
    answer_reviews.record(definition.pk, outcomes=said, notes={}, by=cast.specialist, at=cast.later())
    answer_comments.write(definition.pk, question="objective", text="Well said.", by=cast.specialist, at=cast.later())
    technical = phase_one.answered(cast, "technical_details")
    filled_documents.submit(technical.pk, upload=upload("filled.pdf", PDF), by=cast.owner, at=cast.later())
    cast.printed()
    meetings.book(
        cast.engagement.pk, kind="requirements_review", channel="zoom", starts_at=cast.at + timedelta(hours=1),
        minutes=60, place="", topic="", by=cast.specialist, at=cast.at,
    )  # fmt: skip
    cast.later(2)
    documents.upload(
        cast.engagement.pk, kind="customer_document", upload=upload("chart.csv"), by=cast.owner, at=cast.later(),
        request_id=cast.engagement.document_requests.first().pk,
    )  # fmt: skip
    proposed, dismissed = cast.engagement.document_requests.all()[1:3]
    document_requests.declare_not_applicable(proposed.pk, reason="We have none.", by=cast.owner, at=cast.later())
    document_requests.declare_not_applicable(dismissed.pk, reason="Known.", by=cast.specialist, at=cast.later())


def held(cast: Cast) -> None:
    """Step II: on hold."""
    engagements.hold(cast.engagement.pk, reason="Summer", by=cast.specialist, at=cast.later())


def listed(cast: Cast) -> None:
    """Step III: two requirements on the list, the review held but not summed up."""
    engagements.resume(cast.engagement.pk, by=cast.specialist, at=cast.later())
    missed = cast.engagement.meetings.get(kind="requirements_review")
    meetings.miss(missed.pk, missed_by="customer", note="", by=cast.specialist, at=cast.later())
    technical = cast.engagement.questionnaires.get(kind="technical_details")
    found_clean(technical.last_submission.document)
    facts = {"crm": "salesforce", "finance": "quickbooks_online", "accounts": 230, "customers": 180,
             "deployment": "cloud"}  # fmt: skip
    key_facts.confirm(technical.pk, facts=facts, by=cast.specialist, at=cast.later())
    for one in Questionnaire.objects.filter(engagement=cast.engagement):
        questionnaires.accept(one.pk, note="", by=cast.specialist, at=cast.later())
    for asked in cast.engagement.document_requests.all():
        for sent in asked.documents.all():
            found_clean(sent, at=cast.later(0.1))
            documents.accept(str(sent.uuid), by=cast.specialist, at=cast.later())
        if asked.is_open and not asked.documents.exists():
            document_requests.declare_not_applicable(
                asked.pk, reason="We have none.", by=cast.specialist, at=cast.later()
            )
    cast.printed()
    cast.moved(Step.DATA_COLLECTION)
    phase_one.listed(cast)
    aside = suggestions.open_for(cast.engagement)[-1]
    put_aside.dismiss(cast.engagement.pk, key=aside.key, by=cast.specialist, at=cast.later())
    Meeting.objects.filter(engagement=cast.engagement, kind="requirements_review").update(shared_at=None)


def agreed(cast: Cast) -> None:
    """Step III: the list signed off, a change awaits the customer's decision, another its effect."""
    requirements.sign_off(cast.engagement.pk, sha256=list_hash(cast.engagement), by=cast.owner, at=cast.later())
    asked = change_requests.propose(
        cast.engagement.pk, kind="add", text="Contacts as well", requirement_kind="mapping", reason="Sales asks for it",
        by=cast.owner, at=cast.later(),
    )  # fmt: skip
    change_requests.state_effect(asked.pk, words="Two days.", days=2, by=cast.specialist, at=cast.later())
    change_requests.propose(
        cast.engagement.pk, kind="remove", requirement=2, reason="The books never close", by=cast.specialist,
        at=cast.later(),
    )  # fmt: skip


def verifying(cast: Cast) -> None:
    """Step IV: agreement and invoice drafted."""
    cast.moved(Step.REQUIREMENTS_REVIEW)
    cast.printed()


def cosigned(cast: Cast) -> None:
    """Step IV: a second person signs for the customer."""
    signing_order.add(
        cast.engagement.agreements.get().pk, name="Ed Second", title="CFO", email="ed@acme.example", by=cast.specialist,
        at=cast.later(),
    )  # fmt: skip
    cast.printed()


def reviewing(cast: Cast) -> None:
    """Step IV: the agreement in its internal review, by one signer alone after all."""
    agreement = cast.engagement.agreements.get()
    signing_order.remove(agreement.pk, position=2, by=cast.specialist, at=cast.later())
    cast.printed()
    agreements.send_for_review(agreement.pk, by=cast.specialist, at=cast.later())


def approving(cast: Cast) -> None:
    """Step V: agreement and invoice issued; the customer asks about a clause and names a recipient of a copy."""
    phase_one.verified(cast)
    cast.moved(Step.CUSTOMER_VERIFICATION)
    agreement = cast.engagement.agreements.get()
    agreement_comments.write(agreement.pk, clause="7.2", text="Why so low?", by=cast.owner, at=cast.later())
    agreement_copies.add(agreement.pk, email="law@firm.example", name="Law Firm", by=cast.owner, at=cast.later())
    signer = agreement.signers.filter(party="customer")[0]
    door, _ = doors.ask(cast.engagement, purpose="sign", signer=signer, by=cast.specialist, at=cast.later())
    doors.send_again(door.pk, by=cast.specialist, at=cast.later())
    invoice = cast.engagement.invoices.get()
    doors.let_pay(invoice.pk, name="Pia Payer", email="pia@payers.example", by=cast.owner, at=cast.later())


def signed(cast: Cast) -> None:
    """Step V: signed by the customer, part of the invoice paid, much more waits for a second person."""
    phase_one.signed(cast)
    phase_one.part_paid(cast)
    phase_one.part_paid(cast, "48880.00", "WIRE-TYPO")


def sealing(cast: Cast) -> None:
    """Step V: countersigned, but no time stamp is to be had for the sealed file."""
    agreement = cast.engagement.agreements.get()
    signing.countersign(
        agreement.pk, typed_name=cast.specialist.name, title="Technical Specialist",
        seen_sha256=agreement.document.sha256, consent=True, consent_sha256=consent.digest(), authentication="their authenticator app",
        by=cast.specialist, at=cast.later(),
    )  # fmt: skip
    waiting = Sealing.objects.get(agreement=agreement)
    row = work.claim(Sealing, waiting.pk, at=waiting.not_before)
    assert row is not None
    problem = {
        "words": "The connection broke off.",
        "what_to_do": "Nothing to do: we try again.",
        "class": "broken_off",
    }
    sealings.give_up(row, problem=problem, retry=True, at=cast.later())


def planning(cast: Cast) -> None:
    """Step VI: sealed and paid; the plan is made, its scope not confirmed."""
    invoice = cast.engagement.invoices.get()
    cast.printed()
    for waiting in invoice.payments.filter(state="proposed"):
        payments.reject(waiting.pk, note="The bank says 4,000.00.", by=cast.lead, at=cast.later())
    phase_one.part_paid(cast, f"{invoice.gross - payments.paid_so_far(invoice):.2f}", "WIRE-2")
    cast.moved(Step.CUSTOMER_APPROVAL)
    phase_one.proposed(cast)
    cast.engagement.plans.update(scope_confirmed_at=None)


def proposed(cast: Cast) -> None:
    """Step VI: the plan waits for the customer."""
    plans.confirm_scope(cast.engagement.pk, by=cast.specialist, at=cast.later())


def preparing(cast: Cast) -> None:
    """Step VII: every task open."""
    plans.agree(current_plan(cast.engagement).pk, by=cast.owner, at=cast.later())
    cast.printed()
    cast.moved(Step.PLAN_TIMELINE)


def _fail(cast: Cast, state: str, to: str) -> None:
    """One rendering as a worker would have left it."""
    row = Rendering.objects.filter(engagement=cast.engagement, state=state).first()
    assert row is not None
    Rendering.objects.filter(pk=row.pk).update(state=to)


def connecting(cast: Cast) -> None:
    """Step VIII: the CRM's keys are given, its check waits; a document could not be made."""
    cast.moved(Step.INITIAL_SETUP)
    phase_two.given(cast, "crm")
    setup_tasks.start_run(cast.engagement.pk, workstream="crm", by=cast.owner, at=cast.later())
    _fail(cast, "done", "failed")


def registering(cast: Cast) -> None:
    """Step IX: both systems connected."""
    _fail(cast, "failed", "done")
    setup_tasks.cancel_run(cast.engagement.setup_runs.get().pk, by=cast.owner, at=cast.later())
    phase_two.checked(cast, cast.engagement.connections.get(side="crm"))
    phase_two.connected(cast)
    cast.moved(Step.CONNECTIVITY_SETUP)


def scanning(cast: Cast) -> None:
    """Step IX: a scan under way, the flow not called configured."""
    flow = cast.engagement.flows.get()
    flows.start_scan(flow.pk, by=cast.specialist, at=cast.later())
    cast.engagement.flows.update(configured_at=None)


def being_tested(cast: Cast) -> None:
    """Step X: the test under way."""
    flows.configure(cast.engagement.flows.get().pk, by=cast.specialist, at=cast.later())
    flows.cancel_scan(ReadinessScan.objects.get(finished_at=None).pk, by=cast.specialist, at=cast.later())
    blueprint = cast.engagement.blueprints.get()
    blueprints.confirm(blueprint.pk, sha256=blueprint.sha256, by=cast.owner, at=cast.later())
    cast.printed()
    cast.moved(Step.SOLUTION_CONFIGURATION)
    test_runs.start(cast.engagement.flows.get().pk, by=cast.specialist, at=cast.later())


def piloting(cast: Cast) -> None:
    """Step X: tested, the pilot under way, the training held."""
    test_runs.cancel(TestRun.objects.get().pk, by=cast.specialist, at=cast.later())
    phase_two.tried(cast)
    phase_two.piloted(cast)
    phase_one.met(cast, "training", topic="Day to day with the integration")


def launching(cast: Cast) -> None:
    """Step XI: nothing decided yet."""
    pilots.close(cast.engagement.pk, conclusion="We can work with it.", by=cast.owner, at=cast.later())
    trainings.sign_off(cast.engagement.pk, statement="Our team was trained.", by=cast.owner, at=cast.later())
    cast.moved(Step.ACTIVATION_TESTING)


def running(cast: Cast) -> None:
    """Step XI: a run under way."""
    phase_two.launched(cast)
    flow_runs.start(cast.engagement.flows.get().pk, by=cast.specialist, at=cast.later())


def stopped(cast: Cast) -> None:
    """Step XI: the schedule stopped."""
    flow_runs.cancel(FlowRun.objects.get().pk, by=cast.specialist, at=cast.later())
    flow_runs.unschedule(cast.engagement.flows.get().pk, reason="Year end", by=cast.specialist, at=cast.later())


def supported(cast: Cast) -> None:
    """Step XII: live."""
    flow_runs.schedule(cast.engagement.flows.get().pk, by=cast.specialist, at=cast.later())
    for _ in range(3):
        phase_two.ran(cast)
    cast.moved(Step.GO_LIVE)


def recorded(cast: Cast) -> None:
    """Step XII: meetings recorded, to be recorded and not to be; tasks of both sides."""
    full(cast.engagement, owner=cast.owner, specialist=cast.specialist, kind="check_in")


@dataclass(frozen=True)
class Stage:
    """How the engagement gets here from the one before, and whose pages are looked at: their first words, or all."""

    name: str
    come: Callable[[Cast], None]
    rooms: str = "all"
    desks: str = "all"
    has_visitors: bool = False
    has_doors: bool = False  # for people without an account, their links not opened yet


STAGES = (
    Stage("pending", pending, "people", "company"),
    Stage("invited", invited, has_visitors=True),
    Stage("half answered", half_answered, "questionnaires documents requirements", "documents move"),
    Stage("submitted", submitted, "documents questionnaires", "questionnaires documents waive meetings"),
    Stage("held", held, "", "hold"),
    Stage("listed", listed, "requirements", "requirements meetings documents questionnaires move"),
    Stage("agreed", agreed, "requirements", "requirements"),
    Stage("verifying", verifying, "records domain authority", "verification agreement invoice"),
    Stage("cosigned", cosigned, "", "agreement"),
    Stage("reviewing", reviewing, "agreement", "agreement"),
    Stage("approving", approving, "records agreement invoice", "agreement invoice", has_doors=True),
    Stage("signed", signed, "agreement", "agreement invoice"),
    Stage("banked", bank.banked, "", "bank invoice"),
    Stage("sealing", sealing, "agreement", "agreement"),
    Stage("planning", planning, "plan", "plan"),
    Stage("proposed", proposed, "plan", "plan"),
    Stage("preparing", preparing, "setup connections", "setup connections"),
    Stage("prepared", phase_two.prepared, "", "setup move"),
    Stage("connecting", connecting, "connections setup", "connections setup flows"),
    Stage("registering", registering, "registration flows connections", "solution flows blueprint connections"),
    Stage("drawn", phase_two.drawn, "registration flows blueprint", "solution flows blueprint"),
    Stage("scanning", scanning, "", "flows"),
    Stage("being tested", being_tested, "pilot", "flows pilot"),
    Stage("piloting", piloting, "pilot training meetings", "pilot training flows"),
    Stage("launching", launching, "go-live", "go-live"),
    Stage("running", running, "go-live", "go-live flows"),
    Stage("stopped", stopped, "", "flows"),
    Stage("supported", supported, "support meetings", "support meetings"),
    Stage("recorded", recorded, "meetings follow-ups", "meetings follow-ups"),
)


@dataclass
class Way:
    """The engagement on its way: `to` brings it to a stage ahead of it."""

    cast: Cast = field(default_factory=lambda: journey(Step.WELCOME_CALL))
    at: int = -1

    def to(self, stage: Stage) -> Cast:
        """The engagement in the middle of this; stages come in their order."""
        for passed in STAGES[self.at + 1 : STAGES.index(stage) + 1]:
            passed.come(self.cast)
            self.cast.fresh()
            self.at += 1
        return self.cast
