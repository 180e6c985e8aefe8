from __future__ import annotations

import pytest
from django.urls import reverse

from onboarding.models import Engagement, Message, Note, Waiver
from onboarding.workflow.steps import Step
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


def at(place, engagement):
    return reverse(f"specialist:{place}", args=[engagement.reference])


def test_a_step_that_cannot_close_says_everything_that_is_missing(standing_at, specialist):
    engagement = standing_at(Step.WELCOME_CALL)

    answer = specialist.post(at("move", engagement), {"act": "move", "change": "complete_welcome_call"})

    engagement = Engagement.objects.get(pk=engagement.pk)
    assert (answer.status_code, engagement.step) == (409, "welcome_call")
    assert [one["code"] for one in answer.context["refusal"].unmet] == [
        "welcome_call.not_held",
        "expectations.unshared",
        "contacts.missing",
    ]
    assert "Name your four contacts" in answer.content.decode()


def test_a_step_with_everything_met_closes_and_the_next_opens(standing_at, specialist):
    engagement = standing_at(Step.CONTINUOUS_SUPPORT)
    back = standing_at(Step.INITIAL_SETUP)
    for task in back.setup_tasks.all():
        specialist.post(at("setup", back), {"act": "mark_done", "task_id": task.pk, "note": "Made by hand"})

    answer = specialist.post(at("move", back), {"act": "move", "change": "complete_setup"})

    back = Engagement.objects.get(pk=back.pk)
    assert (answer.status_code, answer["Location"], back.step) == (302, at("workspace", back), "connectivity_setup")
    assert specialist.post(at("move", engagement), {"act": "move", "change": "complete_go_live"}).status_code == 409


def test_going_back_needs_a_reason(standing_at, specialist):
    engagement = standing_at(Step.CUSTOMER_APPROVAL)
    asked = {"act": "return", "change": "return_to_data_collection", "reason": ""}

    refused = specialist.post(at("move", engagement), asked)
    done = specialist.post(at("move", engagement), asked | {"reason": "The chart of accounts is another one"})

    engagement = Engagement.objects.get(pk=engagement.pk)
    assert (refused.status_code, done.status_code, engagement.step) == (422, 302, "data_collection")


def test_hold_and_resume(standing_at, specialist):
    engagement = standing_at(Step.WELCOME_CALL)

    specialist.post(at("hold", engagement), {"act": "hold", "reason": "Year-end closing"})
    engagement = Engagement.objects.get(pk=engagement.pk)
    held = engagement.state
    specialist.post(at("hold", engagement), {"act": "resume"})

    engagement = Engagement.objects.get(pk=engagement.pk)
    assert (held, engagement.state) == ("on_hold", "active")


def test_only_a_lead_cancels(standing_at, specialist, lead):
    engagement = standing_at(Step.WELCOME_CALL)
    asked = {"act": "cancel", "reason": "Bought by another company"}

    refused = specialist.post(at("hold", engagement), asked)
    engagement = Engagement.objects.get(pk=engagement.pk)
    before = engagement.state
    lead.post(at("hold", engagement), asked)

    engagement = Engagement.objects.get(pk=engagement.pk)
    assert (refused.status_code, before, engagement.state) == (403, "active", "cancelled")


def test_only_a_lead_waives_and_takes_a_waiver_back(standing_at, specialist, lead):
    engagement = standing_at(Step.WELCOME_CALL)
    asked = {"act": "waive", "criterion": "contacts.missing", "reason": "Two of the four are the same person"}

    refused = specialist.post(at("waive", engagement), asked)
    given = lead.post(at("waive", engagement), asked)
    waiver = Waiver.objects.get()
    taken = lead.post(at("waive", engagement), {"act": "revoke_waiver", "criterion": "contacts.missing"})

    waiver.refresh_from_db()
    assert (refused.status_code, given.status_code, taken.status_code) == (403, 302, 302)
    assert (waiver.criterion, waiver.revoked_at is not None) == ("contacts.missing", True)


def test_a_reminder_goes_out_once_a_day(standing_at, specialist):
    engagement = standing_at(Step.WELCOME_CALL)
    member = MemberFactory(company=engagement.company)
    asked = {"act": "remind", "criterion": "contacts.missing", "text": "Only the four names, please."}

    first = specialist.post(at("remind", engagement), asked)
    second = specialist.post(at("remind", engagement), asked)

    assert (first.status_code, second.status_code) == (302, 409)
    assert [(one.to, one.subject) for one in Message.objects.filter(kind="engagement.reminder")] == [
        (member.user.email, "A reminder: Name your four contacts")
    ]


def test_what_waits_for_us_is_not_reminded_of(standing_at, specialist):
    engagement = standing_at(Step.WELCOME_CALL)
    MemberFactory(company=engagement.company)

    answer = specialist.post(at("remind", engagement), {"act": "remind", "criterion": "expectations.unshared"})

    assert (answer.status_code, Message.objects.count()) == (422, 0)


def test_a_note_is_kept_and_an_empty_one_is_not(standing_at, specialist):
    engagement = standing_at(Step.WELCOME_CALL)

    empty = specialist.post(at("notes", engagement), {"act": "note", "text": " "})
    kept = specialist.post(at("notes", engagement), {"act": "note", "text": "Prefers mornings"})

    assert (empty.status_code, kept.status_code) == (422, 302)
    assert list(Note.objects.values_list("text", flat=True)) == ["Prefers mornings"]
    assert "Prefers mornings" in specialist.get(at("workspace", engagement)).content.decode()


def test_an_act_nobody_knows_is_not_here(standing_at, specialist):
    engagement = standing_at(Step.WELCOME_CALL)

    assert specialist.post(at("notes", engagement), {"act": "burn"}).status_code == 404
