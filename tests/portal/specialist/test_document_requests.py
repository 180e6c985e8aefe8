"""Requests on the specialist's page: asked, changed, reminded of, settled; each file reviewed by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from onboarding.actions import document_requests, documents
from onboarding.actors import Role
from onboarding.models import Document, DocumentRequest
from onboarding.workflow.steps import Step
from tests.file_checks import found_clean
from tests.journey import journey
from tests.journey.cast import Cast, upload
from tests.portal.specialist.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db) -> Cast:
    return journey(Step.DATA_COLLECTION)


@pytest.fixture
def desk(cast) -> Client:
    return signed_in(Role.SPECIALIST)


def path(cast: Cast) -> str:
    return f"/staff/engagements/{cast.engagement.reference}/documents/"


def act(desk: Client, cast: Cast, name: str, **values) -> int:
    return desk.post(path(cast), {"act": name, **values}).status_code


def shown(desk: Client, cast: Cast, asked: DocumentRequest) -> str:
    """What the page says of one request."""
    page = desk.get(path(cast)).content.decode()
    return page.split(f'id="request-{asked.pk}"')[1].split("</section>")[0]


def test_a_request_is_asked_with_all_it_says(desk, cast):
    status = act(
        desk, cast, "request", title="Bank letter", why="For payments.", description="Stamped.", example="One page.",
        usually_with="your bookkeeper", file_types=["pdf", "jpg"], limit_mb="40", asks_expiry="on", due_on="2030-03-12",
    )  # fmt: skip

    asked = DocumentRequest.objects.get(title="Bank letter")
    assert (status, asked.file_types, asked.limit_bytes) == (302, ["pdf", "jpg", "jpeg"], 40 * 2**20)
    said = shown(desk, cast, asked)
    assert "Due <time" in said
    assert "PDF or JPEG. Up to 40 MB each. Usually with your bookkeeper. With the day it expires on." in said.replace(
        "\n", " "
    )


def test_a_request_is_changed_from_what_it_says_now(desk, cast):
    asked = cast.engagement.document_requests.get(code="customer_export")

    refused = act(desk, cast, "change_request", request_id=asked.pk, title="", limit_mb="5000")
    taken = act(desk, cast, "change_request", request_id=asked.pk, title="Export", file_types=["csv"], limit_mb="100")

    asked.refresh_from_db()
    assert (refused, taken) == (422, 302)
    assert (asked.title, asked.file_types, asked.limit_bytes) == ("Export", ["csv"], 100 * 2**20)


def test_a_proposal_is_shown_with_its_reason_and_settled(desk, cast):
    asked = cast.engagement.document_requests.first()
    document_requests.declare_not_applicable(asked.pk, reason="We have none.", by=cast.owner, at=cast.at)
    proposed = shown(desk, cast, asked)

    settled = act(desk, cast, "agree_not_applicable", request_id=asked.pk)
    after = shown(desk, cast, asked)
    opened = act(desk, cast, "reopen_request", request_id=asked.pk, note="The auditor asks.")

    assert "Said not to apply" in proposed
    assert "Maria Fernández: We have none." in proposed
    assert "Agree that it does not apply" in proposed
    assert (settled, "Not applicable" in after, "Agree that" in after, opened) == (302, True, False, 302)
    asked.refresh_from_db()
    assert asked.not_applicable_at is None


def test_what_is_no_longer_asked_for_says_why_and_can_be_asked_again(desk, cast):
    asked = cast.engagement.document_requests.first()

    act(desk, cast, "withdraw_request", request_id=asked.pk, reason="Known from the call.")

    said = shown(desk, cast, asked)
    assert "No longer asked for" in said
    assert ": Known from the call.</p>" in said
    assert ("Ask for it again" in said, "Send a reminder" in said) == (True, False)


def test_an_overdue_request_says_so_and_is_reminded_of_once(desk, cast):
    asked = cast.engagement.document_requests.first()
    DocumentRequest.objects.filter(pk=asked.pk).update(due_on=localdate() - timedelta(days=1))

    assert "Overdue" in shown(desk, cast, asked)
    assert [act(desk, cast, "remind", request_id=asked.pk, text="Soon?") for _ in range(2)] == [302, 409]


def test_a_certificate_is_accepted_with_its_last_day_and_the_review_taken_back(desk, cast):
    asked = cast.engagement.document_requests.get(code="resale_certificate")
    sent = documents.upload(
        cast.engagement.pk, kind="customer_document", upload=upload("c.pdf", b"%PDF-1.4"), request_id=asked.pk,
        by=cast.owner, at=now(),
    )  # fmt: skip
    found_clean(sent)

    refused = desk.post(path(cast), {"act": "accept", "document_uuid": str(sent.uuid)})
    taken = act(desk, cast, "accept", document_uuid=str(sent.uuid), expires_on="2031-01-31")
    said = shown(desk, cast, asked)
    undone = act(desk, cast, "undo_review", document_uuid=str(sent.uuid))

    assert refused.status_code == 422
    assert "Enter the day this document expires on" in refused.content.decode()
    assert (taken, "Accepted" in said, "good until" in said, undone) == (302, True, True, 302)
    assert Document.objects.get(pk=sent.pk).review == ""


def test_a_request_of_another_company_is_not_there(desk, cast):
    other = journey(Step.DATA_COLLECTION, name="Meadow Ltd").engagement.document_requests.first()

    assert act(desk, cast, "withdraw_request", request_id=other.pk, reason="Mine?") == 404
    other.refresh_from_db()
    assert other.withdrawn_at is None


def test_the_page_costs_the_same_for_one_file_and_for_three(desk, cast, django_assert_num_queries):
    asked = cast.engagement.document_requests.get(code="chart_of_accounts")

    def send(name: str) -> None:
        documents.upload(cast.engagement.pk, kind="customer_document", upload=upload(name, name.encode()),
                         request_id=asked.pk, by=cast.owner, at=now())  # fmt: skip

    send("a.csv")
    desk.get(path(cast))
    with django_assert_num_queries(13):
        desk.get(path(cast))
    send("b.csv")
    send("c.csv")
    with django_assert_num_queries(13):
        desk.get(path(cast))
