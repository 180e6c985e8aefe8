"""The signatory's authority over the API: sent as a file, seen, decided by a specialist; settled, nothing more is taken."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onboarding.actors import Role
from onboarding.models import Document, Engagement
from onboarding.workflow.steps import Step
from tests.every_row import every_row
from tests.file_checks import found_clean
from tests.journey import journey
from tests.journey.cast import PDF, Cast
from tests.portal.api.conftest import bearing, token_of
from tests.portal.api.test_agreements import post

HERE = "authority/"


@pytest.fixture
def cast(db: None) -> Cast:
    return journey(Step.CUSTOMER_VERIFICATION)


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return cast.engagement


def sent(client: Client, path: str, content: bytes = PDF, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(path, {"file": SimpleUploadedFile("register.pdf", content)}, headers=headers)


def test_it_is_sent_once_looked_at_and_settled(owner: Client, at: Any) -> None:
    specialist = bearing(token_of(None, Role.SPECIALIST))
    decide, passed = at("verifications/authority/decide/"), {"outcome": "passed", "evidence": "Register, page 2"}

    empty = owner.get(at(HERE)).json()
    given = [sent(owner, at(HERE), key="once") for _ in range(2)]
    early = post(specialist, decide, passed)
    found_clean(Document.objects.get(kind="authority"))
    decided = post(specialist, decide, passed)
    told = owner.get(at(HERE)).json()
    late = sent(owner, at(HERE))

    assert (empty["document"], empty["is_settled"], empty["check"]["outcome"]) == (None, False, "open")
    assert empty["signatory"]["email"]
    assert [one.status_code for one in given] == [201, 201]
    assert given[0].json()["document"]["scan"] == "pending"
    assert given[1]["Idempotency-Replayed"] == "true"
    assert (early.status_code, list(early.json()["fields"])) == (422, ["document"])
    assert (decided.status_code, decided.json()["outcome"]) == (200, "passed")
    assert (told["is_settled"], told["check"]["evidence"], told["document"]["is_ready"]) == (
        True,
        "Register, page 2",
        True,
    )
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    assert Document.objects.filter(kind="authority").count() == 1


def test_a_failed_one_is_sent_anew_as_its_next_version(owner: Client, at: Any) -> None:
    specialist = bearing(token_of(None, Role.SPECIALIST))
    sent(owner, at(HERE))
    post(
        specialist, at("verifications/authority/decide/"), {"outcome": "failed", "evidence": "It names another person"}
    )

    told, anew = owner.get(at(HERE)).json(), sent(owner, at(HERE), PDF + b"\n% another").json()

    assert (told["check"]["outcome"], told["check"]["evidence"]) == ("failed", "It names another person")
    assert (anew["check"]["outcome"], anew["document"]["version"]) == ("open", 2)


@pytest.mark.parametrize(("content", "words"), [(b"", "empty"), (b"MZ\x90\x00", "")])
def test_a_file_that_can_not_be_is_told_at_its_field(content: bytes, words: str, owner: Client, at: Any) -> None:
    before = every_row()

    reply = sent(owner, at(HERE), content)

    assert (reply.status_code, list(reply.json()["fields"])) == (422, ["file"])
    assert words in reply.json()["fields"]["file"]
    assert every_row() == before


def test_without_a_file_or_with_one_too_large_it_is_said(owner: Client, at: Any, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1024

    none, large = owner.post(at(HERE), {}), sent(owner, at(HERE), PDF + b"x" * 2048)

    assert (none.status_code, list(none.json()["fields"])) == (422, ["file"])
    assert (large.status_code, large.json()["code"]) == (413, "too_large")


def test_a_viewer_a_stranger_and_a_token_without_the_scope_send_none(cast: Cast, stranger: Client, at: Any) -> None:
    viewer = bearing(token_of(cast.company, Role.VIEWER))
    reading = bearing(token_of(cast.company, Role.OWNER, "verifications:read"))
    before = every_row()

    replies = [sent(one, at(HERE)) for one in (viewer, reading, stranger)]

    assert [one.json()["code"] for one in replies] == ["not_yours", "scope_missing", "not_found"]
    assert stranger.get(at(HERE)).status_code == 404
    assert every_row() == before


def test_before_step_four_there_is_nothing_to_send(db: None) -> None:
    early = journey(Step.REQUIREMENTS_REVIEW)
    client = bearing(token_of(early.company, Role.OWNER))
    here = f"/api/v1/engagements/{early.engagement.reference}/{HERE}"

    told, refused = client.get(here).json(), sent(client, here)

    assert (told["check"], told["is_settled"]) == (None, True)
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_step")
