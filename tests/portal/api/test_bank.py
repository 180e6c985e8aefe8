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


def test_what_came_in_is_told_file_by_file_and_what_would_follow(engagement: Engagement, finance: Client) -> None:
    invoice = engagement.invoices.get()
    first = f"2026-01-05;{invoice.gross};USD;Acme;Invoice {invoice.number};B-1"
    sent(finance, first, "2026-01-06;10.00;USD;Unknown;Hello;B-2")
    sent(finance, f"2026-01-05;{invoice.gross};USD;Acme;Invoice {invoice.number};B-9")

    files = finance.get(f"{BANK}statements/").json()
    paying = finance.get(f"{BANK}entries/?q=B-1&statement={files['items'][1]['id']}").json()["items"][0]
    told = finance.get(f"{BANK}entries/{paying['id']}/").json()
    twin = finance.get(f"{BANK}entries/?q=B-9").json()["items"][0]["id"]
    other = finance.get(f"{BANK}entries/?q=hello").json()["items"][0]["id"]

    assert [(one["file_name"], one["credits"], one["to_decide"]) for one in files["items"]] == [
        ("november.csv", 1, 1), ("november.csv", 2, 2),
    ]  # fmt: skip
    assert (told["would"], told["is_refused"], told["twins"]) == (
        f"It is exactly what is open on {invoice.number}: the invoice is then paid.", False, [twin],
    )  # fmt: skip
    assert finance.get(f"{BANK}entries/{other}/").json()["is_refused"] is None
    assert finance.get(f"{BANK}entries/{other + 99}/").status_code == 404
    post(finance, f"{BANK}entries/{other}/dismiss/", {"note": "Private"})
    assert [len(finance.get(f"{BANK}entries/{asked}").json()["items"]) for asked in ("", "?state=all")] == [2, 3]


def test_a_second_person_finds_what_waits_and_confirms_it(
    engagement: Engagement, finance: Client, lead: Client, settings: Any
) -> None:
    settings.SECOND_PERSON_FROM = 1
    invoice = engagement.invoices.get()
    sent(finance, f"2026-01-05;{invoice.gross};USD;Acme;Invoice {invoice.number};B-1")
    entry = finance.get(f"{BANK}entries/").json()["items"][0]["id"]
    post(finance, f"{BANK}entries/{entry}/record/", {"invoice_number": invoice.number})

    waiting = lead.get(f"{BANK}payments/").json()
    [one] = waiting["items"]
    waits = [found["id"] for found in finance.get(f"{BANK}entries/?state=waits").json()["items"]]
    own, other = post(finance, one["confirm_url"]), post(lead, one["confirm_url"])

    assert (one["invoice_number"], one["entry"], one["state"]) == (invoice.number, entry, "proposed")
    assert (one["engagement"], one["company"]) == (engagement.reference, engagement.company.name)
    assert (waits, waiting["next"], own.status_code, other.status_code) == ([entry], None, 403, 200)
    assert lead.get(f"{BANK}payments/").json() == {"items": [], "next": None}


@pytest.mark.parametrize("number", [1, 3])
def test_the_lists_take_as_many_queries_however_long_they_are(
    number: int, engagement: Engagement, finance: Client, settings: Any, django_assert_num_queries: Any
) -> None:
    """The token and its maker's role, begin and end; and the entries, the statements, or the payments and their sources."""
    settings.SECOND_PERSON_FROM = 1
    invoice = engagement.invoices.get()
    for place in range(number):
        sent(finance, f"2026-01-0{place + 1};10.00;USD;Acme;Invoice {invoice.number};B-{place}")
    entries = [one["id"] for one in finance.get(f"{BANK}entries/").json()["items"]]

    with django_assert_num_queries(5):
        assert len(finance.get(f"{BANK}entries/").json()["items"]) == number
    with django_assert_num_queries(5):
        assert len(finance.get(f"{BANK}statements/").json()["items"]) == number
    for entry in entries:
        post(finance, f"{BANK}entries/{entry}/record/", {"invoice_number": invoice.number})
    with django_assert_num_queries(6):
        assert len(finance.get(f"{BANK}payments/").json()["items"]) == number


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"a;b\n1;2"])
def test_a_file_that_is_no_statement_is_refused_in_words(content: bytes, finance: Client) -> None:
    reply = finance.post(f"{BANK}statements/", {"file": SimpleUploadedFile("x.csv", content)})

    assert (reply.status_code, list(reply.json()["fields"])) == (422, ["file"])
    assert not BankEntry.objects.exists()


def test_a_misspelt_filter_does_not_answer_with_everything(finance: Client) -> None:
    assert finance.get(f"{BANK}entries/?stat=open").status_code == 422
    assert finance.get(f"{BANK}entries/?state=lost").json()["fields"]["state"].startswith("Ask for one of open")
    assert list(finance.get(f"{BANK}entries/?statement=x&q={'y' * 101}").json()["fields"]) == ["statement", "q"]
    assert [finance.get(f"{BANK}{name}/?stat=open").status_code for name in ("statements", "payments")] == [422, 422]


def test_customers_learn_of_nothing_and_specialists_may_not(owner: Client, engagement: Engagement) -> None:
    specialist = bearing(token_of(None, Role.SPECIALIST))

    for name in ("entries", "entries/1", "statements", "payments"):
        assert owner.get(f"{BANK}{name}/").status_code == 404
        assert specialist.get(f"{BANK}{name}/").json()["code"] == "not_yours"
    assert post(owner, f"{BANK}entries/1/dismiss/", {"note": "x"}).status_code == 404
    assert sent(specialist, "2026-01-05;1.00;USD;A;B;C").status_code == 403
