"""Requirements over the API: the list, its sources, suggestions, sign-off and change requests, told as they are."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from onboarding.actions import requirements
from onboarding.actors import Role
from onboarding.models import ChangeRequest, Engagement, Event, Requirement, RequirementsSignoff
from tests.every_row import every_row
from tests.factories import NOW, handed_in, specialist
from tests.onboarding.actions.test_requirement_sources import document, sentence
from tests.portal.api.conftest import bearing, opened, token_of

JSON = "application/json"
WORDS = {"text": "Accounts become customers", "kind": "flow", "priority": "must", "flow": "account_to_customer"}


@pytest.fixture
def engagement(db) -> Engagement:
    return opened(step="requirements_review")


def post(client: Client, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
    return client.post(path, body or {}, content_type=JSON, headers={"Idempotency-Key": key} if key else {})


def test_a_requirement_is_added_changed_and_left_out(lead: Client, at: Any) -> None:
    added = post(lead, at("requirements/"), WORDS | {"source": "Maria, on the phone"})
    changed = lead.patch(added["Location"], {"priority": "could"}, content_type=JSON)
    out = post(lead, at("requirements/1/decline/"), {"reason": "Next year"})

    assert (added.status_code, changed.status_code, out.status_code) == (201, 200, 200)
    assert [one["quote"] for one in added.json()["sources"]] == ["Maria, on the phone"]
    assert (changed.json()["text"], changed.json()["priority"]) == (WORDS["text"], "could")
    told = lead.get(at("requirements/")).json()
    assert [(one["number"], one["state"], one["declined_reason"]) for one in told["items"]] == [
        (1, "declined", "Next year")
    ]  # fmt: skip
    assert told["signed_version"] is None


def test_the_list_is_signed_off_by_its_hash_and_then_edited_no_more(owner: Client, lead: Client, at: Any) -> None:
    post(lead, at("requirements/"), WORDS)
    sha256 = owner.get(at("requirements/")).json()["sha256"]

    stale = post(owner, at("requirements/sign-off/"), {"sha256": "0" * 64})
    signed = [post(owner, at("requirements/sign-off/"), {"sha256": sha256}, key="once") for _ in range(2)]
    refused = lead.patch(at("requirements/1/"), {"text": "Another"}, content_type=JSON)

    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert [one.json()["version"] for one in signed] == [1, 1]
    assert signed[1]["Idempotency-Replayed"] == "true"
    assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
    assert refused.json()["detail"] == "The list is signed off, version 1. Ask for a change instead."
    assert Event.objects.filter(kind="requirements.signed_off").count() == 1


def test_every_kind_of_source_is_named(engagement: Engagement, lead: Client, at: Any) -> None:
    post(lead, at("requirements/"), WORDS)
    spoken, file = sentence(engagement), document(engagement)
    handed_in(engagement, answers={"objective": "Nobody types twice."})

    replies = [
        post(lead, at("requirements/1/sources/"), body)
        for body in (
            {"kind": "sentence", "meeting": spoken.transcript.meeting_id, "sentence": 7},
            {"kind": "answer", "questionnaire": "solutions_definition", "question": "objective"},
            {"kind": "document", "document": str(file.uuid), "quote": "As written", "place": "p. 2"},
            {"kind": "said", "quote": "On the phone", "said_by": "Tom", "said_on": "2026-11-20"},
        )
    ]

    assert [reply.status_code for reply in replies] == [201] * 4
    told = lead.get(at("requirements/1/")).json()["sources"]
    assert [(one["kind"], one["quote"]) for one in told] == [
        ("sentence", "Every account within the hour."), ("answer", "Nobody types twice."), ("document", "As written"),
        ("said", "On the phone"),
    ]  # fmt: skip
    assert (told[0]["sentence"], told[1]["question"], told[2]["document"]) == (7, "objective", str(file.uuid))


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"kind": "sentence", "meeting": 1}, 422, "sentence"),
        ({"kind": "answer", "questionnaire": "solutions_definition"}, 422, "question"),
        ({"kind": "document"}, 422, "document"),
        ({"kind": "rumour"}, 422, "kind"),
        ({"kind": "said", "quote": ""}, 422, "quote"),
        ({"kind": "sentence", "meeting": 1, "sentence": 1}, 404, None),
        ({"kind": "answer", "questionnaire": "technical_details", "question": "crm"}, 404, None),
        ({"kind": "document", "document": "6f1f6a68-5b1e-4f1e-8d38-0c2f6a9d0f11", "quote": "x"}, 404, None),
    ],
)
def test_what_is_no_source_is_told_at_its_field(
    body: dict[str, Any], status: int, field: str | None, lead: Client, at: Any
) -> None:
    post(lead, at("requirements/"), WORDS)
    before = every_row()

    reply = post(lead, at("requirements/1/sources/"), body)

    assert (reply.status_code, list(reply.json().get("fields", {}))) == (status, [field] if field else [])
    assert every_row() == before


def test_a_source_of_another_company_is_not_there(lead: Client, at: Any) -> None:
    post(lead, at("requirements/"), WORDS)
    there = opened(step="requirements_review")
    file, spoken = document(there), sentence(there)

    replies = [
        post(lead, at("requirements/1/sources/"), {"kind": "document", "document": str(file.uuid), "quote": "x"}),
        post(lead, at("requirements/1/sources/"),
             {"kind": "sentence", "meeting": spoken.transcript.meeting_id, "sentence": spoken.index}),
    ]  # fmt: skip

    assert [reply.status_code for reply in replies] == [404, 404]
    assert not Requirement.objects.get().sources.exists()


def test_suggestions_are_taken_put_aside_and_shown_again(engagement: Engagement, lead: Client, at: Any) -> None:
    handed_in(engagement, answers={"multi_currency": True, "quiet_periods": "Month's end"})
    found = lead.get(at("requirements/suggestions/")).json()["items"]
    taken = {"key": "rule:currencies", "text": "Keep them apart", "kind": "constraint"}

    replies = [post(lead, at("requirements/suggestions/"), taken) for _ in range(2)]
    aside = post(lead, at("requirements/suggestions/dismissed/"), {"key": "rule:quiet.periods"})
    left = lead.get(at("requirements/suggestions/")).json()["items"]
    again = post(lead, at("requirements/suggestions/restored/"), {"key": "rule:quiet.periods"})

    assert [one["key"] for one in found] == ["rule:quiet.periods", "rule:currencies"]
    assert [one["quote"] for one in found[1]["sources"]] == ["Yes"]
    assert [reply.json()["number"] for reply in replies] == [1, 1]
    assert (aside.status_code, left, again.status_code) == (200, [], 200)
    assert post(lead, at("requirements/suggestions/restored/"), {"key": "rule:quiet.periods"}).status_code == 404


def test_a_change_is_asked_for_weighed_and_approved(owner: Client, lead: Client, at: Any) -> None:
    post(lead, at("requirements/"), WORDS)
    post(owner, at("requirements/sign-off/"), {"sha256": owner.get(at("requirements/")).json()["sha256"]})
    wish = {"kind": "change", "requirement": 1, "text": "Contacts too", "requirement_kind": "flow", "reason": "Sales",
            "flow": "account_to_customer", "priority": "must"}  # fmt: skip

    asked = [post(owner, at("change-requests/"), wish, key="k") for _ in range(2)]
    early = post(owner, at("change-requests/1/approve/"), {"effect_at": "2026-11-23T15:00:00Z"})
    weighed = post(lead, at("change-requests/1/effect/"), {"words": "Two days.", "days": 2}).json()
    stale = post(owner, at("change-requests/1/approve/"), {"effect_at": "2026-11-23T15:00:00Z"})
    approved = post(owner, at("change-requests/1/approve/"), {"effect_at": weighed["effect_at"]})

    assert [reply.status_code for reply in asked] == [201, 201]
    assert (early.json()["code"], stale.json()["code"]) == ("wrong_state", "stale")
    assert (approved.json()["state"], approved.json()["version"]) == ("approved", 2)
    assert approved.json()["before"]["text"] == "Accounts become customers"
    assert (ChangeRequest.objects.count(), RequirementsSignoff.objects.count()) == (1, 2)
    assert owner.get(at("requirements/")).json()["items"][0]["state"] == "changed"
    assert post(owner, at("change-requests/1/withdraw/")).status_code == 409


def test_the_thread_names_its_gaps(lead: Client, at: Any) -> None:
    post(lead, at("requirements/"), WORDS)

    told = lead.get(at("requirements/threads/")).json()

    assert [link["part"] for link in told["items"][0]["links"]] == [
        "source", "sign_off", "flow", "mapping", "test_case", "run", "acceptance",
    ]  # fmt: skip
    assert (told["items"][0]["gaps"], told["loose"]) == (["no source"], [])


@pytest.mark.parametrize(
    ("role", "scopes", "code"),
    [
        (Role.OWNER, ["requirements:read"], "scope_missing"),
        (Role.VIEWER, ["requirements:write"], "not_yours"),
        (Role.OWNER, ["documents:write"], "scope_missing"),
    ],
)
def test_writing_needs_the_scope_and_the_role(
    engagement: Engagement, role: Role, scopes: list[str], code: str, at: Any
) -> None:
    refused = post(bearing(token_of(engagement.company, role, *scopes)), at("requirements/"), WORDS)

    assert (refused.status_code, refused.json()["code"], Requirement.objects.count()) == (403, code, 0)


def test_a_stranger_finds_nothing(stranger: Client, lead: Client, at: Any) -> None:
    post(lead, at("requirements/"), WORDS)
    before = every_row()

    replies = [stranger.get(at(path)) for path in ("requirements/", "requirements/1/", "requirements/threads/",
                                                   "requirements/suggestions/", "change-requests/")]  # fmt: skip
    replies += [
        post(stranger, at("requirements/"), WORDS),
        post(stranger, at("requirements/sign-off/"), {"sha256": "0" * 64}),
        post(stranger, at("requirements/1/decline/"), {"reason": "x"}),
    ]

    assert {reply.status_code for reply in replies} == {404}
    assert every_row() == before


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_takes_nine_queries(
    number: int, engagement: Engagement, owner: Client, at: Any, django_assert_num_queries: Any
) -> None:
    """The token, its maker's role, the engagement; the list, its sources, the hash's list, the sign-off; begin and end."""
    for place in range(number):
        requirements.add(engagement.pk, **WORDS | {"text": f"Point {place}"}, source="Call", by=specialist(), at=NOW)

    with django_assert_num_queries(9):
        assert len(owner.get(at("requirements/")).json()["items"]) == number
