"""Two people at one questionnaire at the same moment: the later one sees the other's words and decides."""

from __future__ import annotations

import pytest
from django.test import Client

from onboarding.actors import Role
from onboarding.models import Answer, Document, Event, Questionnaire, QuestionnaireSubmission
from onboarding.workflow.steps import Step
from tests.at_once import at_once
from tests.journey import journey, phase_one
from tests.journey.cast import Cast, named
from tests.portal.api.conftest import bearing, token_of
from tests.portal.customer.conftest import signed_in

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
PAGE = "/questionnaires/technical_details/answers/crm_users/"
JSON = "application/json"


@pytest.fixture
def cast() -> Cast:
    return journey(Step.DATA_COLLECTION)


def kept(cast: Cast) -> tuple[int, int]:
    row = Answer.objects.get(questionnaire__engagement=cast.engagement, question="crm_users")
    return row.value, row.version


def test_on_the_pages(cast: Cast) -> None:
    tom = named(cast.company, "Tom Baker", Role.CONTRIBUTOR)
    browsers = {"14": signed_in(cast), "20": signed_in(cast, tom)}
    said: dict[str, str] = {}

    def answer(value: str) -> None:
        said[value] = browsers[value].post(PAGE, {"crm_users": value, "version-crm_users": "0"}).content.decode()

    at_once(lambda: answer("14"), lambda: answer("20"))

    first = str(kept(cast)[0])
    second = ({"14", "20"} - {first}).pop()
    assert ("Changed meanwhile" in said[first], "Changed meanwhile" in said[second]) == (False, True)
    assert f"answered “{first}” meanwhile" in said[second]
    browsers[second].post(PAGE, {"crm_users": second, "version-crm_users": "1"})
    assert kept(cast) == (int(second), 2)


def test_over_the_api(cast: Cast) -> None:
    path = f"/api/v1/engagements/{cast.engagement.reference}/questionnaires/technical_details/"
    programs = {value: bearing(token_of(cast.company, Role.OWNER)) for value in (14, 20)}
    replies = {}

    def answer(value: int) -> None:
        given = {"answers": {"crm_users": {"value": value, "version": 0}}}
        replies[value] = programs[value].patch(f"{path}answers/", given, content_type=JSON)

    at_once(lambda: answer(14), lambda: answer(20))

    first = kept(cast)[0]
    second = ({14, 20} - {first}).pop()
    assert (replies[first].status_code, replies[second].status_code) == (200, 409)
    theirs = replies[second].json()["answers"]["crm_users"]
    assert theirs == {"value": first, "version": 1, "by": "script (API)"}
    decided = {"answers": {"crm_users": {"value": second, "version": theirs["version"]}}}
    assert programs[second].patch(f"{path}answers/", decided, content_type=JSON).status_code == 200
    assert kept(cast) == (second, 2)


def test_submitted_by_both_it_is_one_submission(cast: Cast) -> None:
    row = phase_one.answered(cast, "technical_details")
    browsers: list[Client] = [signed_in(cast), signed_in(cast, named(cast.company, "Tom Baker", Role.CONTRIBUTOR))]
    statuses: list[int] = []

    def submit(browser: Client) -> None:
        statuses.append(browser.post("/questionnaires/technical_details/check/").status_code)

    at_once(*[lambda browser=one: submit(browser) for one in browsers])

    assert sorted(statuses) == [302, 409]
    assert Questionnaire.objects.get(pk=row.pk).last_submission.number == 1
    assert QuestionnaireSubmission.objects.count() == 1
    assert Document.objects.filter(kind="technical_details").count() == 1
    assert Event.objects.filter(kind="questionnaire.submitted").count() == 1
