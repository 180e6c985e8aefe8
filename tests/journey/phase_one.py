"""Steps I to VI, each stage by the real actions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from onboarding import errors
from onboarding.actions import (
    agreements,
    contacts,
    document_requests,
    documents,
    engagements,
    follow_ups,
    invoices,
    meetings,
    payments,
    plans,
    questionnaires,
    recordings,
    requirements,
    signing,
    verifications,
)
from onboarding.actions import records as record_actions
from onboarding.library import consent
from onboarding.models import Contact, Engagement, Questionnaire, Specialist
from onboarding.queries import records
from onboarding.queries.questionnaires import schema_of
from onboarding.queries.requirements import list_hash
from onboarding.workflow.step_06_plan_timeline import current_plan
from portal.walkthrough import answers
from tests.file_checks import found_clean
from tests.journey.cast import Cast, upload
from tests.journey.results import PDF


def assigned(cast: Cast) -> Engagement:
    """Step I: the specialist is known."""
    specialist = Specialist.objects.get(user_id=cast.specialist.user_id)
    engagements.assign(cast.engagement.pk, specialist_id=specialist.pk, by=cast.lead, at=cast.later())
    return cast.fresh()


def met(cast: Cast, kind: str, channel: str = "zoom", topic: str = "", notes: str = "") -> Any:
    """A meeting booked at any hour, so by the specialist, and held, its notes shared; a review with everybody's consent to record."""
    starts_at = cast.at + timedelta(hours=2)
    meeting = meetings.book(
        cast.engagement.pk, kind=kind, channel=channel, starts_at=starts_at, minutes=45,
        place="https://zoom.example/j/4471", topic=topic, by=cast.specialist, at=cast.at,
    )  # fmt: skip
    if kind == "requirements_review":
        recordings.ask(meeting.pk, by=cast.specialist, at=cast.at)
        for consent in meeting.recording_consents.all():
            recordings.note(consent.pk, is_given=True, by=cast.specialist, at=cast.at)
    held_at = cast.later(3)
    notes = notes or "We go live with Account to Customer first.\n\nConcern: duplicates in the customer list."
    people = ["Maria Fernández", "Priya Patel"]
    meetings.hold(meeting.pk, held_at=held_at, attendees=people, notes=notes, by=cast.specialist, at=held_at)
    return meetings.share_summary(meeting.pk, by=cast.specialist, at=cast.later())


def welcomed(cast: Cast) -> None:
    """Step I: assigned, called, summed up, four contacts named."""
    assigned(cast)
    met(cast, "welcome_call")
    for kind in Contact.Kind.values:
        contacts.save(
            cast.engagement.pk, kind=kind, name=cast.owner.name, email=cast.owner.email, title="Managing Director",
            phone="+1 617 555 0142", by=cast.owner, at=cast.later(),
        )  # fmt: skip


def answered(cast: Cast, kind: str, *, most: int = 1000) -> Questionnaire:
    """Step II: a questionnaire filled in, at most so many answers."""
    row = Questionnaire.objects.get(engagement=cast.engagement, kind=kind)
    wish = timezone.localdate() + timedelta(days=60)
    sections = (
        answers.definition(go_live_on=wish, email=cast.owner.email)
        if kind == "solutions_definition"
        else answers.technical(salesforce="https://acme.my.salesforce.com", email=cast.owner.email)
    )
    schema = schema_of(row)
    given = [pair for values in sections.values() for pair in values.items()]
    for code, value in given[:most]:
        question = schema.question(code)
        assert question is not None
        questionnaires.save_answer(row.pk, question=code, value=value, version=None, by=cast.owner, at=cast.at)
    return row


def with_a_file(cast: Cast, row: Questionnaire) -> None:
    """Step II: one question answered by a file."""
    sent = documents.upload(
        cast.engagement.pk, kind="customer_document", upload=upload("a-typical-account.csv", b"name\nAcme\n"),
        by=cast.owner, at=cast.later(),
    )  # fmt: skip
    found_clean(sent, at=cast.later(0.1))
    questionnaires.save_answer(
        row.pk, question="crm_screens", value=[str(sent.uuid)], version=None, by=cast.owner, at=cast.at
    )


def collected(cast: Cast) -> None:
    """Step II: both documents accepted, one request answered, the other not applicable."""
    for kind in Questionnaire.Kind.values:
        row = answered(cast, kind)
        if kind == Questionnaire.Kind.TECHNICAL_DETAILS:
            with_a_file(cast, row)
        questionnaires.submit(row.pk, by=cast.owner, at=cast.later())
        questionnaires.accept(row.pk, note="Clear and complete.", by=cast.specialist, at=cast.later())
    first, *others = cast.engagement.document_requests.all()
    sent = documents.upload(
        cast.engagement.pk, kind="customer_document", upload=upload("chart-of-accounts.csv"), request_id=first.pk,
        by=cast.owner, at=cast.later(),
    )  # fmt: skip
    found_clean(sent, at=cast.later(0.1))
    documents.accept(str(sent.uuid), by=cast.specialist, at=cast.later())
    for asked in others:
        document_requests.declare_not_applicable(
            asked.pk, reason="The readiness scan reads our customers itself.", by=cast.owner, at=cast.later()
        )
        document_requests.agree_not_applicable(asked.pk, by=cast.specialist, at=cast.later(0.1))
    cast.printed()


def listed(cast: Cast) -> None:
    """Step III: the review held and recorded, two requirements on the list."""
    review = met(cast, "requirements_review", "google_meet")
    transcript = documents.upload(
        cast.engagement.pk, kind="transcript", upload=upload("review.vtt", b"WEBVTT\n\n00:04.000 --> 00:09.000\nHi\n"),
        by=cast.specialist, at=cast.later(),
    )  # fmt: skip
    found_clean(transcript, at=cast.later(0.1))
    meetings.file_record(review.pk, document_id=transcript.pk, by=cast.specialist, at=cast.later())
    follow_ups.add(
        cast.engagement.pk, text="Name the administrator of QuickBooks", side="customer", person=cast.owner.name,
        due_on=(cast.at + timedelta(days=7)).date(), by=cast.specialist, at=cast.at,
    )  # fmt: skip
    wanted = (
        ("A new or changed account is a customer in QuickBooks within the hour, without duplicates.", "flow", "must",
         "account_to_customer", "Transcript 00:04: “New accounts must be customers within the hour.”"),
        ("No run while the books are closed.", "constraint", "should", "", "Transcript 00:10"),
    )  # fmt: skip
    for text, kind, priority, flow, source in wanted:
        requirements.add(
            cast.engagement.pk, text=text, kind=kind, priority=priority, flow=flow, source=source, by=cast.specialist,
            at=cast.later(),
        )  # fmt: skip


def reviewed(cast: Cast) -> None:
    """Step III: the list signed off."""
    listed(cast)
    shown = list_hash(cast.engagement)
    requirements.sign_off(cast.engagement.pk, sha256=shown, by=cast.owner, at=cast.later())


def verified(cast: Cast) -> None:
    """Step IV: the signatory's authority shown, every check passed, agreement and invoice issued."""
    extract = verifications.give_authority(
        cast.engagement.pk, upload=upload("register-extract.pdf", PDF), by=cast.owner, at=cast.later()
    )  # fmt: skip
    found_clean(extract, at=cast.later(0.1))
    for check in cast.engagement.verifications.exclude(outcome="passed"):
        verifications.decide(
            cast.engagement.pk, check_code=check.check_code, outcome="passed", evidence="Register entry, read today",
            document_id=extract.pk, by=cast.specialist, at=cast.later(),
        )  # fmt: skip
    cast.printed()
    if cast.engagement.agreements.get().state == "draft":
        agreements.send_for_review(cast.engagement.agreements.get().pk, by=cast.specialist, at=cast.later())
    agreements.issue(cast.engagement.agreements.get().pk, by=cast.lead, at=cast.later())
    invoices.issue(cast.engagement.invoices.get().pk, by=cast.finance, at=cast.later())
    cast.printed()


def signed(cast: Cast) -> None:
    """Step V: records approved, the agreement signed by the customer."""
    shown = records.present_sha256(cast.fresh())
    record_actions.approve(cast.engagement.pk, seen_sha256=shown, by=cast.owner, at=cast.later())
    agreement = cast.engagement.agreements.get()
    signing.sign(
        agreement.pk, typed_name=cast.owner.name, title="Managing Director", consent=True, consent_sha256=consent.digest(),
        seen_sha256=agreement.document.sha256, authentication="password", by=cast.owner, at=cast.later(),
    )  # fmt: skip


def part_paid(cast: Cast, amount: str = "888.00", reference: str = "WIRE-1") -> None:
    """Step V: some of the invoice has arrived."""
    invoice = cast.engagement.invoices.get()
    payments.record(
        invoice.pk, amount=Decimal(amount), currency="USD", method="bank_transfer", reference=reference,
        received_on=cast.later().date(), by=cast.finance, at=cast.at,
    )  # fmt: skip


def signed_and_paid(cast: Cast) -> None:
    """Step V: signed by both, paid in two parts."""
    signed(cast)
    agreement = cast.engagement.agreements.get()
    signing.countersign(
        agreement.pk, typed_name=cast.specialist.name, title="Technical Specialist",
        seen_sha256=agreement.document.sha256, consent=True, consent_sha256=consent.digest(), authentication="their authenticator app",
        by=cast.specialist, at=cast.later(),
    )  # fmt: skip
    cast.printed()
    part_paid(cast)
    invoice = cast.engagement.invoices.get()
    part_paid(cast, f"{invoice.gross - Decimal('888.00'):.2f}", "WIRE-2")


def proposed(cast: Cast) -> None:
    """Step VI: a plan with owners and confirmed scope, waiting for the customer."""
    _make_plan(cast, (cast.at + timedelta(days=75)).date())
    plans.confirm_scope(cast.engagement.pk, by=cast.specialist, at=cast.later())


def _make_plan(cast: Cast, day: date) -> None:
    """For the first working day from `day` on."""
    for more in range(10):
        try:
            plans.make(cast.engagement.pk, go_live_on=day + timedelta(days=more), by=cast.specialist, at=cast.later())
            return
        except errors.BadInput:
            continue
    raise AssertionError("no working day found")


def planned(cast: Cast) -> None:
    """Step VI: agreed."""
    proposed(cast)
    plans.agree(current_plan(cast.engagement).pk, by=cast.owner, at=cast.later())
    cast.printed()
