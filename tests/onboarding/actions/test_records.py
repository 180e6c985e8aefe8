"""Records: approved as they were shown, kept under their hash, the approval withdrawn by a change."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding import errors
from onboarding.actions import contacts, records, verifications
from onboarding.models import Engagement, Event, RecordsApproval
from onboarding.queries import records as query
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory, owner, specialist, viewer
from tests.journey import journey

pytestmark = pytest.mark.django_db


def approved(step: Step = Step.CUSTOMER_APPROVAL) -> Engagement:
    engagement = EngagementFactory(step=step)
    shown = query.present_sha256(engagement)
    return records.approve(engagement.pk, seen_sha256=shown, by=owner(engagement.company), at=NOW)


def test_records_are_approved_once_by_owner_or_signatory_and_kept_under_their_hash() -> None:
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL)
    shown = query.present_sha256(engagement)
    with pytest.raises(errors.NotYours):
        records.approve(engagement.pk, seen_sha256=shown, by=viewer(engagement.company), at=NOW)
    by = owner(engagement.company)

    records.approve(engagement.pk, seen_sha256=shown, by=by, at=NOW)
    records.approve(engagement.pk, seen_sha256=shown, by=by, at=NOW + timedelta(days=1))

    engagement, approval = Engagement.objects.get(), RecordsApproval.objects.get()
    assert (engagement.records_approved_at, engagement.records_sha256) == (NOW, shown)
    assert (approval.sha256, query.sha256(approval.content)) == (shown, shown)
    assert Event.objects.get(kind="records.approved").data == {"sha256": shown}


@pytest.mark.parametrize("step", [Step.DATA_COLLECTION, Step.CUSTOMER_VERIFICATION])
def test_records_are_not_approved_before_step_five(step: Step) -> None:
    engagement = EngagementFactory(step=step)

    with pytest.raises(errors.WrongStep):
        records.approve(engagement.pk, seen_sha256="", by=owner(engagement.company), at=NOW)

    assert Event.objects.count() == 0


def test_what_changed_since_it_was_read_is_not_approved() -> None:
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL)
    shown = query.present_sha256(engagement)
    verifications.correct_company(engagement.pk, city="Cambridge", by=specialist(), at=NOW)

    for seen in (shown, "", "0" * 64):
        with pytest.raises(errors.Stale, match="changed since you opened this page"):
            records.approve(engagement.pk, seen_sha256=seen, by=owner(engagement.company), at=NOW)

    assert not RecordsApproval.objects.exists()


@pytest.mark.parametrize("step", [Step.CUSTOMER_APPROVAL, Step.INITIAL_SETUP])
def test_a_change_withdraws_the_approval_and_says_what_changed(step: Step) -> None:
    engagement = approved(step)
    before = RecordsApproval.objects.get().content

    contacts.save(
        engagement.pk, kind="billing", name="Bea", email="bea@acme.example", title="", phone="",
        by=owner(engagement.company), at=NOW,
    )  # fmt: skip
    assert Engagement.objects.get().records_approved_at == NOW  # named for the first time: nothing changed
    verifications.correct_company(engagement.pk, city="Cambridge", by=owner(engagement.company), at=NOW)

    engagement, approval = Engagement.objects.select_related("company").get(), RecordsApproval.objects.get()
    assert (engagement.records_approved_at, engagement.records_sha256) == (None, "")
    assert (approval.withdrawn_at, approval.withdrawn_because) == (NOW, "City: “Boston” is now “Cambridge”.")
    changes = query.differences(before, query.content(query.of(engagement)))
    assert (
        "Address",
        "1 Main Street, Boston, MA 02110, United States",
        "1 Main Street, Cambridge, MA 02110, United States",
    ) in changes
    assert ("Billing contact", "", "Bea, bea@acme.example") in changes


def test_the_records_hold_everything_collected_without_what_staff_alone_sees() -> None:
    cast = journey(Step.PLAN_TIMELINE)

    sections = {one.code: one for one in query.of(cast.fresh())}

    assert list(sections) == [
        "company", "contacts", "solutions_definition", "technical_details", "requirements", "documents",
        "verifications", "agreement", "invoice",
    ]  # fmt: skip
    assert all(one.entries for one in sections.values())
    assert "duplicates" not in [one.key for one in sections["verifications"].entries]
    assert "register-extract.pdf" in [one.value for one in sections["documents"].entries]
    approval = RecordsApproval.objects.get()
    assert approval.sha256 == cast.engagement.records_sha256
    assert query.differences(approval.content, query.content(list(sections.values()))) == []  # signing changes nothing
