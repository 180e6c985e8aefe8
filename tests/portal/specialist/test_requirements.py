"""Requirements at the specialist's desk: suggestions, sources, changes of what was signed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.actions import change_requests, requirements
from onboarding.models import ChangeRequest, DismissedSuggestion, Engagement, Message, Requirement, Sentence
from onboarding.queries import reviews
from onboarding.queries.requirements import list_hash
from onboarding.workflow.steps import Step
from tests.factories import NOW, owner
from tests.factories import specialist as a_specialist
from tests.journey import journey, phase_one
from tests.journey.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = journey(Step.REQUIREMENTS_REVIEW)
    phase_one.listed(made)
    return made


def at(engagement: Engagement, name: str = "requirements", *args: object) -> str:
    return reverse(f"specialist:{name}", args=[engagement.reference, *args])


def test_a_suggestion_is_mended_and_taken_or_put_aside(cast: Cast, specialist: Client) -> None:
    here = at(cast.engagement)
    first, second = specialist.get(here).context["suggestions"][:2]
    taken = {
        "act": "take",
        "key": first["key"],
        "text": "In better words",
        "kind": "constraint",
        "priority": "must",
        "flow": "",
    }

    wrong = specialist.post(here, taken | {"text": " "})
    done = specialist.post(here, taken)
    specialist.post(here, {"act": "dismiss", "key": second["key"]})
    page = specialist.get(here)

    assert (wrong.status_code, done.status_code) == (422, 302)
    one = Requirement.objects.latest("number")
    assert (one.number, one.text, one.suggestion, one.sources.exists()) == (3, "In better words", first["key"], True)
    assert [each["key"] for each in page.context["put_aside"]] == [second["key"]]
    specialist.post(here, {"act": "restore", "key": second["key"]})
    assert not DismissedSuggestion.objects.exists()


def test_a_sentence_of_the_transcript_becomes_a_requirement(cast: Cast, specialist: Client) -> None:
    sentence = Sentence.objects.get()
    transcript = specialist.get(at(cast.engagement, "transcript", sentence.transcript.meeting_id)).content.decode()
    here = f"{at(cast.engagement)}?sentence={sentence.pk}"

    form = specialist.get(here).context["add"].form
    specialist.post(
        at(cast.engagement), {"act": "add", "text": "Said so", "kind": "constraint", "sentence_id": sentence.pk}
    )

    back = specialist.get(at(cast.engagement, "transcript", sentence.transcript.meeting_id)).content.decode()
    number = Requirement.objects.latest("number").number
    assert f'href="{here}#do-add"' in transcript
    assert f'href="{at(cast.engagement, "requirement", number)}">Requirement {number}</a>' in back
    assert (form["text"].value(), form["sentence_id"].value()) == (sentence.text, sentence.pk)
    assert Requirement.objects.latest("number").sources.get().sentence == sentence


def test_sources_are_named_on_the_requirements_page(cast: Cast, specialist: Client) -> None:
    one, sentence = Requirement.objects.get(number=1), Sentence.objects.get()
    here = at(cast.engagement, "requirement", 1)
    clock = f"{sentence.starts_ms // 60000}:{sentence.starts_ms // 1000 % 60:02}"
    cite = {"act": "cite_sentence", "requirement_id": one.pk, "meeting": sentence.transcript.meeting_id, "clock": clock}
    answered = cast.engagement.questionnaires.get(kind="solutions_definition")

    nowhere = specialist.post(here, cite | {"clock": "59:59"})
    for act in (
        cite,
        {"act": "cite_answer", "requirement_id": one.pk, "answer": f"{answered.pk}:objective"},
        {"act": "say", "requirement_id": one.pk, "quote": "On the phone", "said_by": "Tom", "said_on": ""},
    ):
        assert specialist.post(here, act).status_code == 302

    assert (nowhere.status_code, "Nobody began to speak at this time." in nowhere.content.decode()) == (422, True)
    assert list(one.sources.values_list("kind", flat=True)) == ["said", "sentence", "answer", "said"]
    last = one.sources.last()
    specialist.post(here, {"act": "remove", "source_id": last.pk})
    assert one.sources.count() == 3


def test_the_effect_of_a_change_is_stated_for_the_customer_to_decide(cast: Cast, specialist: Client) -> None:
    requirements.sign_off(cast.engagement.pk, sha256=list_hash(cast.engagement), by=cast.owner, at=cast.later())
    here = at(cast.engagement, "requirement", 2)

    specialist.post(here, {"act": "ask_removal", "requirement": 2, "reason": "The books never close."})
    row = ChangeRequest.objects.get()
    page = at(cast.engagement, "change_request", row.number)
    to_weigh = [one.title for one in reviews.queues(cast.specialist)[4].entries]
    wrong = specialist.post(page, {"act": "state_effect", "change_request_id": row.pk, "words": "None", "days": "-1"})
    done = specialist.post(page, {"act": "state_effect", "change_request_id": row.pk, "words": "None", "days": "0"})

    row.refresh_from_db()
    assert (wrong.status_code, done.status_code, row.effect_days, row.is_staffs) == (422, 302, 0, True)
    assert Message.objects.latest("pk").path == "/requirements/changes/1/"
    assert (to_weigh, reviews.queues(cast.specialist)[4].entries) == (["Change request 1"], [])
    assert specialist.get(here).context["ask_change"] is None


def test_a_signed_list_is_read_and_opened_again_with_a_reason(cast: Cast, specialist: Client) -> None:
    requirements.sign_off(cast.engagement.pk, sha256=list_hash(cast.engagement), by=cast.owner, at=cast.later())

    context = specialist.get(at(cast.engagement)).context
    done = specialist.post(at(cast.engagement), {"act": "reopen", "reason": "A flow is missing."})

    assert (context["add"], context["reopen"] is not None, "suggestions" in context) == (None, True, False)
    assert done.status_code == 302
    assert specialist.get(at(cast.engagement)).context["signoff"] is None


def test_the_plan_shows_what_approved_changes_add(specialist: Client) -> None:
    cast = journey(Step.INITIAL_SETUP)
    row = change_requests.propose(
        cast.engagement.pk, kind="add", text="Contacts too", requirement_kind="mapping", reason="Sales", by=cast.owner,
        at=cast.later(),
    )  # fmt: skip
    change_requests.state_effect(row.pk, words="Five days.", days=5, by=cast.specialist, at=cast.later())
    pending = specialist.get(at(cast.engagement, "plan")).content.decode()
    change_requests.approve(row.pk, by=cast.owner, at=cast.later())

    page = specialist.get(at(cast.engagement, "plan"))

    assert "Being decided: 5 days of work more" in pending
    assert "Approved changes add 5 days of work" in page.content.decode()
    assert page.context["confirm"] is not None
    told = Message.objects.filter(kind="plan.proposed").count()
    specialist.post(at(cast.engagement, "plan"), {"act": "confirm_scope"})
    assert specialist.get(at(cast.engagement, "plan")).context["confirm"] is None
    assert Message.objects.filter(kind="plan.proposed").count() == told  # it is agreed already


def test_rows_of_another_engagement_are_not_there(standing_at, specialist: Client) -> None:
    here, there = standing_at(Step.REQUIREMENTS_REVIEW), standing_at(Step.REQUIREMENTS_REVIEW)
    requirements.add(there.pk, text="Theirs", kind="constraint", priority="", flow="", by=a_specialist(), at=NOW)
    requirements.sign_off(there.pk, sha256=list_hash(there), by=owner(there.company), at=NOW)
    change_requests.propose(there.pk, kind="remove", requirement=1, reason="No", by=a_specialist(), at=NOW)

    assert specialist.get(at(here, "requirement", 1)).status_code == 404
    assert specialist.get(at(here, "change_request", 1)).status_code == 404
    assert (specialist.get(at(there, "requirement", 1)).status_code, ChangeRequest.objects.count()) == (200, 1)
