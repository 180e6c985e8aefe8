"""Moving, holding, cancelling, waiving: what is allowed, what is refused, and that a refusal changes nothing."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from onboarding import errors, tenancy
from onboarding.actions import engagements
from onboarding.models import Contact, Engagement, Event, Message, StepRecord, Waiver
from onboarding.models.meetings import Meeting
from onboarding.workflow.chain import GENESIS, digest
from onboarding.workflow.step_01_welcome_call import CONTACT_KINDS
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory, SpecialistFactory, lead, owner, specialist, stranger

pytestmark = pytest.mark.django_db


def ready_to_close_step_one() -> Engagement:
    engagement = EngagementFactory(specialist=SpecialistFactory(), assigned_at=NOW)
    here = {"company": engagement.company, "engagement": engagement}
    Meeting.objects.create(
        **here, kind="welcome_call", starts_at=NOW, booked_by="Ann", booked_at=NOW, held_at=NOW, notes="Hello",
        attendees=["Ann", "Priya"], shared_at=NOW, shared_by="Priya",
    )  # fmt: skip
    for kind in CONTACT_KINDS:
        Contact.objects.create(**here, kind=kind, name=kind, email=f"{kind}@acme.example", updated_at=NOW)
    return engagement


def test_a_step_closes_when_every_criterion_is_met_and_its_evidence_is_frozen() -> None:
    engagement = ready_to_close_step_one()

    engagements.move(engagement.pk, "complete_welcome_call", by=specialist(), at=NOW)

    record = StepRecord.objects.get(engagement=engagement, step=Step.WELCOME_CALL)
    assert Engagement.objects.get(pk=engagement.pk).step == "data_collection"
    assert record.closed_at == NOW
    assert [finding["code"] for finding in record.evidence] == [
        "company.not_accepted", "specialist.unassigned", "welcome_call.not_held", "expectations.unshared",
        "contacts.missing",
    ]  # fmt: skip
    assert all(finding["met"] and finding["evidence"] for finding in record.evidence)


def test_every_unmet_criterion_is_named_at_once_and_nothing_happens() -> None:
    engagement = EngagementFactory()

    with pytest.raises(errors.CriteriaUnmet) as refusal:
        engagements.move(engagement.pk, "complete_welcome_call", by=specialist(), at=NOW)

    assert [one["code"] for one in refusal.value.unmet] == [
        "specialist.unassigned", "welcome_call.not_held", "expectations.unshared", "contacts.missing",
    ]  # fmt: skip
    assert Engagement.objects.get().step == "welcome_call"
    assert (Event.objects.count(), Message.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("change", "actor", "refusal"),
    [
        ("complete_data_collection", specialist, errors.WrongStep),
        ("no_such_change", specialist, errors.WrongStep),
        ("complete_welcome_call", stranger, errors.NotFound),
        ("complete_welcome_call", None, errors.NotYours),
    ],
    ids=["from another step", "unknown", "by a stranger", "by the customer"],
)
def test_a_move_is_refused(change, actor, refusal, django_capture_on_commit_callbacks) -> None:
    engagement = ready_to_close_step_one()
    by = actor() if actor else owner(engagement.company)

    with django_capture_on_commit_callbacks() as after_commit, pytest.raises(refusal):
        engagements.move(engagement.pk, change, by=by, at=NOW)

    assert Engagement.objects.get(pk=engagement.pk).step == "welcome_call"
    assert (Event.objects.count(), after_commit) == (0, [])


def test_a_return_needs_a_reason_and_opens_the_steps_in_between() -> None:
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL)

    with pytest.raises(errors.BadInput) as refusal:
        engagements.move(engagement.pk, "return_to_data_collection", by=specialist(), at=NOW, reason=" ")
    engagements.move(engagement.pk, "return_to_data_collection", by=specialist(), at=NOW, reason="Wrong edition")

    assert refusal.value.fields == {"reason": "Say why the engagement goes back."}
    closed = StepRecord.objects.filter(engagement=engagement, closed_at__isnull=False)
    assert [record.step for record in closed] == ["welcome_call"]
    assert StepRecord.objects.get(engagement=engagement, step="data_collection").return_reason == "Wrong edition"


@pytest.mark.parametrize(
    ("act", "words"),
    [("hold", "on hold"), ("cancel", "cancelled")],
)
def test_nothing_moves_while_held_or_cancelled(act, words) -> None:
    engagement = ready_to_close_step_one()
    getattr(engagements, act)(engagement.pk, reason="Customer asked", by=lead(), at=NOW)

    with pytest.raises(errors.WrongState, match=words):
        engagements.move(engagement.pk, "complete_welcome_call", by=specialist(), at=NOW)

    assert Engagement.objects.get(pk=engagement.pk).step == "welcome_call"


def test_a_resumed_engagement_moves_again() -> None:
    engagement = ready_to_close_step_one()
    engagements.hold(engagement.pk, reason="Holiday", by=specialist(), at=NOW)

    engagements.resume(engagement.pk, by=specialist(), at=NOW)
    engagements.move(engagement.pk, "complete_welcome_call", by=specialist(), at=NOW)

    assert Engagement.objects.get(pk=engagement.pk).step == "data_collection"


def test_a_lead_waives_a_criterion_by_name_and_the_waiver_is_the_evidence() -> None:
    engagement = ready_to_close_step_one()
    Contact.objects.all().delete()

    engagements.waive(engagement.pk, criterion="contacts.missing", reason="Known from the CRM", by=lead(), at=NOW)
    engagements.move(engagement.pk, "complete_welcome_call", by=specialist(), at=NOW)

    finding = StepRecord.objects.get(engagement=engagement, step="welcome_call").evidence[-1]
    assert (finding["code"], finding["waived"]) == ("contacts.missing", True)
    assert finding["evidence"][2] == {"label": "Reason", "value": "Known from the CRM"}


@pytest.mark.parametrize("criterion", ["msa.unsigned", "payment.outstanding"])
def test_signature_and_payment_are_never_waived(criterion) -> None:
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL)

    with pytest.raises(errors.Refused, match="can't be waived"):
        engagements.waive(engagement.pk, criterion=criterion, reason="In a hurry", by=lead(), at=NOW)

    assert (Waiver.objects.count(), Event.objects.count()) == (0, 0)


def test_a_specialist_does_not_waive() -> None:
    engagement = EngagementFactory()

    with pytest.raises(errors.NotYours):
        engagements.waive(engagement.pk, criterion="contacts.missing", reason="In a hurry", by=specialist(), at=NOW)

    assert Waiver.objects.count() == 0


def test_a_criterion_broken_later_shows_its_step_as_reopened() -> None:
    engagement = ready_to_close_step_one()
    engagements.move(engagement.pk, "complete_welcome_call", by=specialist(), at=NOW)

    Contact.objects.filter(kind="billing").delete()
    engagements.note(engagement.pk, text="Billing contact left", by=specialist(), at=NOW)

    first = Engagement.objects.get(pk=engagement.pk).status["steps"][0]
    assert (first["state"], [one["code"] for one in first["broken"]]) == ("reopened", ["contacts.missing"])


def test_events_form_a_chain_and_the_status_document_carries_its_version() -> None:
    engagement = ready_to_close_step_one()
    engagements.hold(engagement.pk, reason="Holiday", by=specialist(), at=NOW)
    engagements.resume(engagement.pk, by=specialist(), at=NOW + timedelta(days=2))

    first, second = Event.objects.all()
    assert (first.number, first.previous_hash, first.hash) == (1, GENESIS, digest(first))
    assert (second.number, second.previous_hash, second.hash) == (2, first.hash, digest(second))
    fresh = Engagement.objects.get(pk=engagement.pk)
    assert (fresh.version, fresh.status["version"], fresh.status["waiting_for"]) == (2, 2, "specialist")


def test_the_clocks_count_the_side_that_is_waited_for() -> None:
    engagement = ready_to_close_step_one()
    Contact.objects.filter(kind="billing").delete()
    engagements.note(engagement.pk, text="Asked for the billing contact", by=specialist(), at=NOW)

    engagements.hold(engagement.pk, reason="Holiday", by=specialist(), at=NOW + timedelta(days=3))

    fresh = Engagement.objects.get(pk=engagement.pk)
    assert (fresh.customer_waited, fresh.interweave_waited) == (timedelta(days=3), timedelta(0))
    assert (fresh.waiting_for, fresh.waiting_since) == ("", None)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_specialists_at_once_one_moves_and_one_is_told() -> None:
    engagement = ready_to_close_step_one()
    actors, outcomes, start = [specialist(), specialist()], [], threading.Barrier(2)

    def press(by) -> None:
        with tenancy.acting(staff=True):
            start.wait()
            try:
                engagements.move(engagement.pk, "complete_welcome_call", by=by, at=NOW)
                outcomes.append("moved")
            except errors.WrongStep:
                outcomes.append("told")
            finally:
                connections.close_all()

    threads = [threading.Thread(target=press, args=(actor,)) for actor in actors]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(outcomes) == ["moved", "told"]
    assert Event.objects.filter(kind="engagement.complete_welcome_call").count() == 1


def test_a_move_costs_this_many_queries(django_assert_num_queries) -> None:
    engagement = ready_to_close_step_one()
    by = specialist()

    with django_assert_num_queries(24):
        engagements.move(engagement.pk, "complete_welcome_call", by=by, at=NOW)
