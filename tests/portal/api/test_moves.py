"""Step changes over the API: made by specialists' tokens, refused with everything that is missing."""

import pytest

from onboarding.actors import Role
from onboarding.models import Engagement, Event, Waiver
from onboarding.workflow.criteria import CRITERIA
from onboarding.workflow.steps import Step
from tests.factories import NOW
from tests.portal.api.conftest import bearing, opened, token_of

JSON = "application/json"


@pytest.fixture
def closable(engagement) -> Engagement:
    """Every criterion of its first step was let go by a lead."""
    for criterion in CRITERIA[Step.WELCOME_CALL]:
        Waiver.objects.create(
            company=engagement.company, engagement=engagement, criterion=criterion.code, reason="rehearsal",
            by="Lena Lead", at=NOW,
        )  # fmt: skip
    return engagement


@pytest.fixture
def move(at):
    return lambda client, change, **more: client.post(at("moves/"), {"change": change, **more}, content_type=JSON)


def test_a_specialists_token_moves_and_gets_the_new_status(closable, lead, move):
    response = move(lead, "complete_welcome_call")

    moved = Engagement.objects.get()
    assert (response.status_code, moved.step) == (200, "data_collection")
    assert response.json() == moved.status
    assert response["ETag"] == f'W/"{moved.reference}-{moved.version}"'


def test_all_that_is_missing_is_told_at_once_and_nothing_happened(engagement, lead, move):
    response = move(lead, "complete_welcome_call")

    body = response.json()
    assert (response.status_code, body["code"]) == (409, "criteria_unmet")
    assert body["unmet"] == [one for one in engagement.status["criteria"] if not one["met"]]
    assert len(body["unmet"]) > 1
    kept = Engagement.objects.get()
    assert (kept.step, kept.version, Event.objects.count()) == ("welcome_call", 1, 1)


def test_a_change_that_is_not_declared_here_is_refused(engagement, lead, move):
    body = move(lead, "activate").json()

    assert (body["status"], body["code"], body["step"], body["change"]) == (
        409,
        "wrong_step",
        "welcome_call",
        "activate",
    )


@pytest.mark.parametrize("role", [Role.OWNER, Role.VIEWER])
def test_a_companys_token_moves_nothing(closable, move, role):
    response = move(bearing(token_of(closable.company, role)), "complete_welcome_call")

    assert (response.status_code, response.json()["code"]) == (403, "not_yours")
    assert Engagement.objects.get().step == "welcome_call"


def test_reading_scopes_move_nothing(closable, move):
    response = move(bearing(token_of(None, Role.LEAD, "engagements:read")), "complete_welcome_call")

    assert (response.status_code, response.json()["code"]) == (403, "scope_missing")
    assert Engagement.objects.get().step == "welcome_call"


def test_going_back_needs_a_reason(db, lead):
    engagement = opened(step="requirements_review")
    address = f"/api/v1/engagements/{engagement.reference}/moves/"

    refused = lead.post(address, {"change": "return_to_data_collection"}, content_type=JSON)
    gone = lead.post(address, {"change": "return_to_data_collection", "reason": "A new system."}, content_type=JSON)

    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["reason"])
    assert (gone.status_code, gone.json()["step"]["code"]) == (200, "data_collection")


def test_the_changes_from_here_say_who_may(engagement, owner, lead, at):
    expected = {"change": "complete_welcome_call", "to": "data_collection", "is_return": False}

    assert owner.get(at("moves/")).json() == {"items": [{**expected, "is_allowed": False}]}
    assert lead.get(at("moves/")).json() == {"items": [{**expected, "is_allowed": True}]}


@pytest.mark.parametrize(
    ("body", "field"), [({}, "change"), ({"change": ""}, "change"), ({"change": "x" * 61}, "change"), ([], "body")]
)
def test_an_unfit_body_is_refused_by_field(engagement, lead, at, body, field):
    response = lead.post(at("moves/"), body, content_type=JSON)

    assert (response.status_code, list(response.json()["fields"])) == (422, [field])
