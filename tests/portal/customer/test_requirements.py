"""Requirements at the customer's browser: sources and threads read, suggestions proposed, changes asked for and decided."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from onboarding.actions import change_requests, requirement_sources, requirements
from onboarding.models import ChangeRequest, Requirement, RequirementsSignoff, Sentence
from onboarding.workflow.steps import Step
from tests.factories import FlowFactory, specialist
from tests.journey import journey, phase_one
from tests.journey.cast import Cast
from tests.portal.customer.conftest import said, signed_in

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> & “more”"


@pytest.fixture
def signed() -> Cast:
    """Step III, the list of two signed off."""
    cast = journey(Step.REQUIREMENTS_REVIEW)
    phase_one.reviewed(cast)
    return cast


def asked(cast: Cast, **given: Any) -> ChangeRequest:
    words = {"kind": "change", "requirement": 2, "text": HOSTILE, "requirement_kind": "constraint", "reason": HOSTILE}
    return change_requests.propose(cast.engagement.pk, **words | given, by=cast.specialist, at=cast.later())


def weighed(cast: Cast) -> ChangeRequest:
    return change_requests.state_effect(
        asked(cast).pk, words="Two days of work.", days=2, by=cast.specialist, at=cast.later()
    )


def text_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_a_requirement_shows_its_source_and_what_became_of_it(signed: Cast) -> None:
    page = text_of(signed_in(signed), "/requirements/1/")

    assert "New accounts must be customers within the hour." in page
    assert "Version 1, " in page
    assert '<span class="soft">In step IX</span>' in page


def test_a_source_leads_to_its_sentence_and_its_answer(signed: Cast) -> None:
    one, by = Requirement.objects.get(number=1), specialist()
    sentence = Sentence.objects.get()
    requirement_sources.cite_sentence(one.pk, sentence_id=sentence.pk, by=by, at=signed.later())
    answered = signed.engagement.questionnaires.get(kind="solutions_definition")
    requirement_sources.cite_answer(
        one.pk, questionnaire_id=answered.pk, question="objective", by=by, at=signed.later()
    )  # fmt: skip

    page = text_of(signed_in(signed), "/requirements/1/")

    meeting = sentence.transcript.meeting_id
    assert f'href="/meetings/{meeting}/transcript/{sentence.anchor}"' in page
    assert 'href="/questionnaires/solutions_definition/parts/purpose/#answer-objective"' in page
    back = text_of(signed_in(signed), f"/meetings/{meeting}/transcript/")
    assert '<a class="small" href="/requirements/1/">Requirement 1</a>' in back


def test_a_flow_says_which_requirements_it_is_for(signed: Cast) -> None:
    asked_for = FlowFactory(engagement=signed.engagement)
    nobodys = FlowFactory(engagement=signed.engagement, code="bill", name="Bill")
    client = signed_in(signed)

    assert '<a href="/requirements/1/">1. ' in text_of(client, f"/flows/{asked_for.pk}/")
    assert "No requirement asks for this flow." in text_of(client, f"/flows/{nobodys.pk}/")


def test_what_the_answers_suggest_is_proposed_in_one_press() -> None:
    cast = journey(Step.REQUIREMENTS_REVIEW)
    client = signed_in(cast)
    key = client.get("/requirements/").context["suggestions"][0]["key"]

    done = client.post("/requirements/suggestions/", {"key": key})

    assert said(done) == "Proposed. Your specialist gives it a priority."
    assert (Requirement.objects.get().suggestion, Requirement.objects.get().sources.exists()) == (key, True)
    assert client.post("/requirements/suggestions/", {"key": "rule:nothing"}).status_code == 404


def test_the_signed_list_changes_by_requests_alone(signed: Cast) -> None:
    client = signed_in(signed)
    words = {"text": "Also contacts", "kind": "flow", "flow": "account_to_customer", "priority": "must"}

    without_reason = client.post("/requirements/1/", words)
    done = client.post("/requirements/1/", words | {"reason": "Sales wants it"})
    one_more = client.post("/requirements/", {"text": "One more", "kind": "constraint", "reason": "Audit"})
    removal = client.post("/requirements/2/", {"remove": "yes", "reason": "Not any more"})

    assert (without_reason.status_code, "What kind" in without_reason.content.decode()) == (422, True)
    assert (done["Location"], removal["Location"]) == ("/requirements/changes/1/", "/requirements/changes/3/")
    assert said(one_more) == "Asked for. Your specialist says what it means for the plan."
    assert list(ChangeRequest.objects.values_list("kind", "state")) == [
        ("change", "proposed"), ("add", "proposed"), ("remove", "proposed"),
    ]  # fmt: skip
    assert Requirement.objects.count() == 2


def test_a_change_is_approved_as_it_was_read(signed: Cast) -> None:
    client, row = signed_in(signed), weighed(signed)
    page = client.get("/requirements/changes/1/").content.decode()
    home = text_of(client, "/")
    decision = {"decision": "approve", "seen": row.effect_at.isoformat()}

    stale = client.post("/requirements/changes/1/decide/", decision | {"seen": "2020-01-01T00:00:00+00:00"})
    done = client.post("/requirements/changes/1/decide/", decision)

    assert ("Two days of work." in page, HOSTILE in page, f'value="{decision["seen"]}"' in page) == (True, False, True)
    assert ("Decide on change request 1" in home, "Decide on" in text_of(client, "/")) == (True, False)
    assert (stale.status_code, "stated anew" in stale.content.decode()) == (409, True)
    assert said(done) == "Approved. The list has a new version."
    assert RequirementsSignoff.objects.latest("version").version == 2
    again = text_of(client, "/requirements/")
    assert ("Version 2" in again, "Earlier versions" in again, "Agreed, changed since" in again) == (True, True, True)


def test_turning_it_down_needs_a_reason(signed: Cast) -> None:
    client = signed_in(signed)
    weighed(signed)

    silent = client.post("/requirements/changes/1/decide/", {"decision": "decline", "reason": " "})
    done = client.post("/requirements/changes/1/decide/", {"decision": "decline", "reason": "Too late"})

    assert (silent.status_code, "Say why it is turned down." in silent.content.decode()) == (422, True)
    assert said(done) == "Turned down. The list stays as it is."
    assert client.post("/requirements/changes/1/decide/", {"decision": "burn"}).status_code == 404


def test_the_customer_never_reads_what_was_put_aside(signed: Cast) -> None:
    page = text_of(signed_in(signed), "/requirements/threads/")

    assert ("From source to test" in page, "put aside" in page) == (True, False)


def test_another_companys_numbers_lead_nowhere(signed: Cast) -> None:
    weighed(signed)
    other = journey(Step.REQUIREMENTS_REVIEW, name="Meadow Ltd")
    client = signed_in(other)

    for path in ("/requirements/1/", "/requirements/changes/1/"):
        assert client.get(path).status_code == 404
    assert client.post("/requirements/changes/1/decide/", {"decision": "withdraw"}).status_code == 404
    assert ChangeRequest.objects.get().state == "proposed"


@pytest.mark.parametrize("number", [3, 60])
def test_the_matrix_costs_the_same_however_long_the_list(number: int, django_assert_num_queries: Any) -> None:
    cast = journey(Step.REQUIREMENTS_REVIEW)
    for place in range(number):
        requirements.add(
            cast.engagement.pk, text=f"Point {place}", kind="constraint", priority="", flow="", source="Call",
            by=cast.specialist, at=cast.at,
        )  # fmt: skip
    client = signed_in(cast)
    client.get("/requirements/threads/")

    with django_assert_num_queries(14):
        client.get("/requirements/threads/")
