"""Where an agreement is signed, over the API: chosen, told, its provider asked and its file sealed at once; comments settled."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from onboarding.actors import Role
from onboarding.models import AgreementComment, Engagement, Envelope, Sealing
from onboarding.workflow.steps import Step
from tests import enveloped
from tests.every_row import every_row
from tests.factories import CompanyFactory
from tests.journey import journey, phase_one
from tests.journey.cast import Cast
from tests.portal.api.conftest import bearing, token_of
from tests.portal.api.test_agreements import post
from tests.sealed_agreements import countersigned

TROUBLE = {"class": "config", "words": "DocuSign does not know this key.", "what_to_do": "Set another."}


@pytest.fixture
def specialist(db: None) -> Client:
    return bearing(token_of(None, Role.SPECIALIST))


@pytest.fixture
def docusign(settings: Any) -> None:
    settings.DOCUSIGN_INTEGRATION_KEY, settings.DOCUSIGN_USER_ID = "a-key", "a-user"
    settings.DOCUSIGN_PRIVATE_KEY = "a private key"


def place_of(agreement: Any) -> str:
    return f"/api/v1/engagements/{agreement.engagement.reference}/agreements/{agreement.number}/"


class TestInStepFour:
    @pytest.fixture
    def cast(self, db: None) -> Cast:
        made = journey(Step.CUSTOMER_VERIFICATION)
        made.printed()
        return made

    @pytest.fixture
    def engagement(self, cast: Cast) -> Engagement:
        return cast.engagement

    @pytest.fixture
    def here(self, cast: Cast) -> str:
        return place_of(cast.engagement.agreements.get())

    def test_it_is_chosen_before_it_is_issued(
        self, cast: Cast, specialist: Client, owner: Client, here: str, docusign: None
    ) -> None:
        chosen = [post(specialist, f"{here}provider/", {"provider": "docusign"}) for _ in range(2)]
        back = post(specialist, f"{here}provider/", {"provider": "own"})
        wrong = post(specialist, f"{here}provider/", {"provider": "pigeon"})
        phase_one.verified(cast)
        late = post(specialist, f"{here}provider/", {"provider": "docusign"})
        customers = post(owner, f"{here}provider/", {"provider": "own"})

        assert [one.json()["provider"] for one in (*chosen, back)] == ["docusign", "docusign", "own"]
        assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["provider"])
        assert [one.json()["code"] for one in (late, customers)] == ["wrong_state", "not_yours"]

    def test_one_that_is_not_set_up_is_told_at_its_field(self, specialist: Client, here: str) -> None:
        before = every_row()

        reply = post(specialist, f"{here}provider/", {"provider": "docusign"})

        assert reply.json()["fields"] == {"provider": "Choose one of the providers that are set up here."}
        assert every_row() == before

    def test_nothing_is_hurried_while_there_is_nothing(self, specialist: Client, here: str) -> None:
        replies = [post(specialist, f"{here}{path}") for path in ("envelope/ask-again/", "sealing/try-again/")]

        assert [(one.status_code, one.json()["code"]) for one in replies] == [(409, "wrong_state")] * 2
        told = specialist.get(here).json()
        assert (told["envelope"], told["sealing"]) == (None, None)

    def test_what_was_said_at_a_clause_is_settled_once(
        self, cast: Cast, owner: Client, specialist: Client, here: str
    ) -> None:
        phase_one.verified(cast)
        said = [post(owner, f"{here}comments/", {"text": "Why?", "clause": "7.2"}).json()["comments"][-1]["id"],
                post(owner, f"{here}comments/", {"text": "And this?"}).json()["comments"][-1]["id"]]  # fmt: skip

        settled = [post(specialist, f"{here}comments/{said[0]}/settle/", key="once") for _ in range(2)]
        again = post(specialist, f"{here}comments/{said[0]}/settle/")
        elsewhere = post(specialist, f"{here}comments/{said[1] + 1}/settle/")
        viewer = bearing(token_of(cast.company, Role.VIEWER))

        assert [one["settled_at"] is None for one in settled[0].json()["comments"]] == [False, True]
        assert (settled[1]["Idempotency-Replayed"], again.status_code, elsewhere.status_code) == ("true", 409, 404)
        assert post(viewer, f"{here}comments/{said[1]}/settle/").json()["code"] == "not_yours"
        assert AgreementComment.objects.filter(settled_at=None).count() == 1

    def test_without_the_scope_or_the_company_nothing_changes(self, here: str) -> None:
        reading = bearing(token_of(None, Role.LEAD, "agreements:read"))
        stranger = bearing(token_of(CompanyFactory(name="Meadow Ltd"), Role.OWNER))
        before = every_row()

        for path in ("provider/", "envelope/ask-again/", "sealing/try-again/", "comments/1/settle/"):
            refused, unseen = (post(one, f"{here}{path}", {"provider": "own"}) for one in (reading, stranger))
            assert (refused.json()["code"], unseen.status_code) == ("scope_missing", 404), path
        assert every_row() == before


def test_an_envelope_is_told_and_its_provider_asked_at_once(specialist: Client, docusign: None, db: None) -> None:
    agreement = enveloped.issued()
    owner = bearing(token_of(agreement.company, Role.OWNER))
    Envelope.objects.update(state="failed", problem=TROUBLE, external_id="4f1d", status="sent", sent_at=now())
    here = place_of(agreement)

    held_up, customers = specialist.get(here).json()["envelope"], owner.get(here).json()["envelope"]
    refused = post(owner, f"{here}envelope/ask-again/")
    asked = post(specialist, f"{here}envelope/ask-again/", key="once")
    again = post(specialist, f"{here}envelope/ask-again/", key="once")

    assert (held_up["id"], held_up["status"], held_up["problem"]) == ("4f1d", "sent", TROUBLE["words"])
    assert customers == held_up | {"problem": ""}
    assert (refused.status_code, asked.status_code, again["Idempotency-Replayed"]) == (403, 200, "true")
    assert asked.json()["envelope"]["problem"] == ""
    assert Envelope.objects.get().state == "queued"


def test_a_sealing_that_waits_is_tried_at_once(specialist: Client, db: None) -> None:
    row = countersigned()
    Sealing.objects.update(state="failed", problem=TROUBLE)
    here = place_of(row.agreement)

    waits = specialist.get(here).json()["sealing"]
    tried = post(specialist, f"{here}sealing/try-again/")
    Sealing.objects.update(state="done")
    late = post(specialist, f"{here}sealing/try-again/")

    assert waits == {"state": "failed", "problem": TROUBLE["words"]}
    assert tried.json()["sealing"] == {"state": "queued", "problem": ""}
    assert (late.status_code, late.json()["detail"]) == (409, "There is nothing to seal any more.")
