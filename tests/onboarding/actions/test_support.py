"""Continuous support: the evidence pack and the first check-in on entering, then always a next date."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding import errors
from onboarding.actions import engagements, support
from onboarding.models import CheckIn, Document, Engagement, Event, Message
from onboarding.queries import evidence
from onboarding.rendering import pdf
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory, lead, owner, specialist, stranger

pytestmark = pytest.mark.django_db
IN_A_MONTH = NOW.date() + timedelta(days=30)


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(step=Step.CONTINUOUS_SUPPORT.value)


def test_entering_the_last_step_orders_the_evidence_and_a_first_check_in() -> None:
    engagement = EngagementFactory(step=Step.GO_LIVE.value)
    boss = lead()
    for code in ("final_setup.incomplete", "go_decision.missing", "hypercare.open"):
        engagements.waive(engagement.pk, criterion=code, reason="Rehearsal", by=boss, at=NOW)

    engagements.move(engagement.pk, "complete_go_live", by=boss, at=NOW)
    support.open_for(engagement, by=boss, at=NOW)

    pack = Document.objects.get(kind="evidence_pack")
    context = pack.rendering.context
    assert pdf.render("evidence_pack", context).startswith(b"%PDF")
    assert [step["numeral"] for step in context["steps"]] == [
        "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII",
    ]  # fmt: skip
    assert [entry["code"] for entry in context["steps"][10]["evidence"]] == [
        "final_setup.incomplete", "go_decision.missing", "hypercare.open",
    ]  # fmt: skip
    assert (context["event_count"], len(context["chain_head"])) == (3, 64)
    assert CheckIn.objects.get().due_on == IN_A_MONTH


def test_documents_are_listed_by_their_hash_and_unmade_ones_left_out(engagement: Engagement) -> None:
    for name, sha256 in (("Minutes", "a" * 64), ("Being made", "")):
        Document.objects.create(
            company=engagement.company, engagement=engagement, kind="minutes", title=name, file_name=name,
            content_type="text/plain", size=7, sha256=sha256, created_at=NOW, created_by="Priya",
        )  # fmt: skip

    context = evidence.context(engagement, at=NOW)

    assert context["documents"] == [
        {"kind": "Meeting minutes", "title": "Minutes", "version": 1, "sha256": "a" * 64, "size": 7}
    ]
    assert (context["chain_head"], context["event_count"]) == ("", 0)


def test_a_check_in_is_scheduled_once_a_day(engagement: Engagement) -> None:
    first, second = (
        support.schedule(engagement.pk, due_on=IN_A_MONTH, by=specialist(), at=NOW) for _ in range(2)
    )  # fmt: skip

    assert (first.pk, CheckIn.objects.count()) == (second.pk, 1)
    assert Event.objects.get(kind="check_in.scheduled").data["due_on"] == IN_A_MONTH.isoformat()


def test_a_held_check_in_tells_the_customer_and_names_the_next(engagement: Engagement) -> None:
    owner(engagement.company)
    check_in = support.schedule(engagement.pk, due_on=IN_A_MONTH, by=specialist(), at=NOW)
    following = IN_A_MONTH + timedelta(days=90)

    held = support.hold(
        check_in.pk, notes="Went through the runs", recommendations="Add the contact flow", next_on=following,
        by=specialist(), at=NOW,
    )  # fmt: skip

    assert (held.held_at, held.recommendations) == (NOW, "Add the contact flow")
    assert engagement.check_ins.get(held_at=None).due_on == following
    assert Message.objects.get(kind="check_in.held").text == "Add the contact flow"


def test_check_ins_are_refused(engagement: Engagement) -> None:
    check_in = support.schedule(engagement.pk, due_on=IN_A_MONTH, by=specialist(), at=NOW)

    def hold(**more):
        arguments = {"notes": "Held", "recommendations": "", "by": specialist(), "at": NOW} | more
        return support.hold(check_in.pk, **arguments)

    with pytest.raises(errors.BadInput):
        support.schedule(engagement.pk, due_on=NOW.date(), by=specialist(), at=NOW)
    with pytest.raises(errors.NotYours):
        support.schedule(engagement.pk, due_on=IN_A_MONTH, by=owner(engagement.company), at=NOW)
    with pytest.raises(errors.BadInput):
        hold(notes=" ")
    with pytest.raises(errors.BadInput):
        hold(next_on=NOW.date())
    with pytest.raises(errors.NotFound):
        hold(by=stranger())
    assert CheckIn.objects.get().held_at is None
    hold()
    with pytest.raises(errors.WrongState):
        hold()
