"""Our bank's statements over the API: taken in once, recorded, dismissed; finance's alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onboarding.actors import Role
from onboarding.models import BankEntry, Engagement
from onboarding.workflow.steps import Step
from tests.journey import journey
from tests.portal.api.conftest import bearing, token_of
from tests.portal.api.test_agreements import post

BANK = "/api/v1/bank/"


@pytest.fixture
def engagement(db: None) -> Engagement:
    return journey(Step.CUSTOMER_APPROVAL).engagement


@pytest.fixture
def finance(engagement: Engagement) -> Client:
    return bearing(token_of(None, Role.FINANCE))


def statement(*rows: str) -> SimpleUploadedFile:
    head = "Booking date;Amount;Currency;Name;Reference;Bank reference"
    return SimpleUploadedFile("november.csv", "\n".join([head, *rows]).encode())


def sent(client: Client, *rows: str) -> Any:
    return client.post(f"{BANK}statements/", {"file": statement(*rows)})


def test_a_statement_is_taken_in_once_and_its_credit_recorded(engagement: Engagement, finance: Client) -> None:
    invoice = engagement.invoices.get()
    rows = (
        f"2026-01-05;{invoice.gross};USD;Acme;Invoice {invoice.number};B-1",
        "2026-01-06;10.00;USD;Unknown;Hello;B-2",
    )

    first, again = sent(finance, *rows), sent(finance, *rows)
    listed = finance.get(f"{BANK}entries/").json()
    paying = next(one for one in listed["items"] if one["bank_reference"] == "B-1")
    other = next(one for one in listed["items"] if one["bank_reference"] == "B-2")
    recorded = post(finance, f"{BANK}entries/{paying['id']}/record/", {"invoice_number": invoice.number})
    dismissed = post(finance, f"{BANK}entries/{other['id']}/dismiss/", {"note": "A private transfer"})
    reopened = post(finance, f"{BANK}entries/{other['id']}/reopen/")

    assert (first.status_code, first.json()["new"], first.json()["is_repeat"]) == (201, 2, False)
    assert (again.status_code, again.json()["new"], again.json()["is_repeat"]) == (200, 0, True)
    assert (paying["state"], paying["invoice_number"], listed["after"]) == ("suggested", invoice.number, "")
    assert (recorded.status_code, recorded.json()["state"]) == (200, "recorded")
    assert (dismissed.json()["state"], reopened.json()["state"]) == ("dismissed", "open")
    assert [one["id"] for one in finance.get(f"{BANK}entries/?state=open").json()["items"]] == [other["id"]]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"a;b\n1;2"])
def test_a_file_that_is_no_statement_is_refused_in_words(content: bytes, finance: Client) -> None:
    reply = finance.post(f"{BANK}statements/", {"file": SimpleUploadedFile("x.csv", content)})

    assert (reply.status_code, list(reply.json()["fields"])) == (422, ["file"])
    assert not BankEntry.objects.exists()


def test_a_misspelt_filter_does_not_answer_with_everything(finance: Client) -> None:
    assert finance.get(f"{BANK}entries/?stat=open").status_code == 422
    assert finance.get(f"{BANK}entries/?state=lost").json()["fields"]["state"].startswith("Ask for one of open")


def test_customers_learn_of_nothing_and_specialists_may_not(owner: Client, engagement: Engagement) -> None:
    specialist = bearing(token_of(None, Role.SPECIALIST))

    assert owner.get(f"{BANK}entries/").status_code == 404
    assert post(owner, f"{BANK}entries/1/dismiss/", {"note": "x"}).status_code == 404
    assert specialist.get(f"{BANK}entries/").json()["code"] == "not_yours"
    assert sent(specialist, "2026-01-05;1.00;USD;A;B;C").status_code == 403
