"""The same form sent twice, or two at once: one row, and the way back to the page."""

from __future__ import annotations

from datetime import timedelta
from itertools import takewhile

import pytest
from django.test import Client
from django.utils.timezone import now

from onboarding.actions import idempotency
from onboarding.models import (
    Company,
    Document,
    DocumentRequest,
    Engagement,
    FeedbackItem,
    GoDecision,
    Invitation,
    Meeting,
    Note,
    Payment,
    Requirement,
    Submission,
)
from onboarding.tasks.sweep import sweep
from tests.at_once import at_once
from tests.journey import journey
from tests.journey.cast import Cast, upload
from tests.portal.customer.conftest import said, signed_in
from tests.portal.test_every_form import browser_of
from tests.stages import STAGES, Way

PILOT = {"csrfmiddlewaretoken": "of this page", "email": "new@acme.example", "name": "", "roles": ["viewer"]}
SOON = f"{now() + timedelta(days=9):%Y-%m-%d}"
OWNER, LEAD = "owner", "lead"
WORKSPACE = "/staff/engagements/{reference}/"
# Where people are in the middle of it, who sends which form, and what there must be one more of.
PRESSED = {
    "invited": [
        (OWNER, "/people/", {"email": "two@acme.example", "name": "", "roles": "viewer"}, Invitation),
        (OWNER, "/documents/", {"files": ("chart.csv", b"number,name\n4000,Sales\n")}, Document),
        (LEAD, f"{WORKSPACE}notes/", {"act": "note", "text": "They are in a hurry."}, Note),
    ],
    "half answered": [
        (OWNER, "/requirements/", {"text": "Credit notes too", "kind": "constraint"}, Requirement),
        (LEAD, f"{WORKSPACE}documents/", {"act": "request", "title": "Price list", "description": "The latest",
                                          "due_on": SOON}, DocumentRequest),
    ],
    "approving": [
        (LEAD, f"{WORKSPACE}invoice/", {"act": "record_payment", "amount": "10.00", "currency": "USD", "method":
                                        "bank_transfer", "reference": "W 1", "received_on": f"{now():%Y-%m-%d}"},
         Payment),
    ],
    "piloting": [
        (OWNER, "/pilot/", {"text": "Slow on Mondays", "severity": "wish"}, FeedbackItem),
        (LEAD, f"{WORKSPACE}meetings/", {"act": "book", "kind": "training", "starts_at": f"{SOON}T10:00",
                                         "minutes": "30", "channel": "phone", "place": "+1 617 555 0100",
                                         "topic": ""}, Meeting),
    ],
    "launching": [(OWNER, "/go-live/", {"decision": "no-go", "comment": "Year end"}, GoDecision)],
}  # fmt: skip


@pytest.fixture
def welcome(db) -> Cast:
    return journey()


def test_the_repeat_goes_back_to_its_page_and_does_nothing(welcome):
    browser, page = signed_in(welcome), "http://testserver/people/?from=home"
    first = browser.post("/people/", PILOT, headers={"referer": page})
    again = browser.post("/people/", PILOT, headers={"referer": page})

    assert (first.status_code, again.status_code, again["Location"]) == (302, 302, "/people/?from=home")
    assert said(again) == "It was sent twice and is done once."
    assert Invitation.objects.filter(email="new@acme.example").count() == 1


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/people/", "http://testserver/no/such/page/"])
def test_from_a_page_we_do_not_know_it_goes_home(welcome, referer):
    browser = signed_in(welcome)
    for _ in range(2):
        reply = browser.post("/people/", PILOT, headers={"referer": referer})

    assert (reply.status_code, reply["Location"]) == (302, "/")


def test_another_page_another_person_or_another_word_is_another_form(welcome):
    browser = signed_in(welcome)
    browser.post("/people/", PILOT)
    browser.post("/people/", PILOT | {"csrfmiddlewaretoken": "of the page drawn anew"})
    browser.post("/people/", PILOT | {"name": "Nell"})

    assert Invitation.objects.filter(email="new@acme.example").count() == 3


def test_a_refused_form_may_be_sent_again(welcome):
    browser, viewer = signed_in(welcome), signed_in(welcome, welcome.viewer)
    refused = [viewer.post("/people/", PILOT).status_code for _ in range(2)]
    kept = Submission.objects.count()

    assert (refused, kept) == ([403, 403], 0)
    assert browser.post("/people/", PILOT).status_code == 302


def test_files_of_one_name_and_other_bytes_are_other_files(welcome):
    browser = signed_in(welcome)
    for content in (b"a,b\n1,2\n", b"a,b\n3,4\n"):
        browser.post("/documents/", {"csrfmiddlewaretoken": "this", "files": upload("list.csv", content)})

    assert Document.objects.filter(engagement=welcome.engagement, kind="customer_document").count() == 2


def test_the_sweep_forgets_what_no_open_page_can_send(db):
    at = now()
    for digest, age in (("a" * 64, timedelta(days=3)), ("b" * 64, timedelta(hours=1))):
        idempotency.claim_form(digest, at=at - age)

    sweep()

    assert list(Submission.objects.values_list("digest", flat=True)) == ["b" * 64]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_done_once():
    way, outcomes = Way(), {}
    for stage in takewhile(lambda stage: stage.name != "running", STAGES):
        cast = way.to(stage)
        for who, page, values, model in PRESSED.get(stage.name, []):
            before = model.objects.count()
            together(cast, who, page.format(reference=cast.engagement.reference), values)
            outcomes[f"{stage.name} {page}"] = model.objects.count() - before

    assert outcomes == dict.fromkeys(outcomes, 1)
    assert len(outcomes) == sum(len(pressed) for pressed in PRESSED.values())


def together(cast: Cast, who: str, page: str, values: dict) -> None:
    """Two browsers of one session send the very same form at the same moment."""
    if values.get("act") == "record_payment":
        values = values | {"invoice_id": cast.engagement.invoices.get().pk}
    one = browser_of(cast, getattr(cast, who), is_staff=who == LEAD)
    other = Client()
    other.cookies = one.cookies
    sent = [
        {name: upload(*value) if isinstance(value, tuple) else value for name, value in values.items()}
        | {"csrfmiddlewaretoken": page}
        for _ in range(2)
    ]
    at_once(lambda: one.post(page, sent[0]), lambda: other.post(page, sent[1]))


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_one_company_registered_by_two_at_once_is_one_company():
    form = {
        "legal_name": "Harbour Foods Ltd", "name": "Harbour Foods", "registration_number": "HF-4471", "country": "US",
        "tax_id": "", "street": "1 Quay", "city": "Boston", "region": "MA", "postal_code": "02101", "website": "",
        "time_zone": "America/New_York", "solution": "salesforce_quickbooks_online", "deployment": "cloud",
        "password": "correct horse battery staple",
    }  # fmt: skip
    people = [{"owner_name": name, "owner_email": f"{name.lower()}@harbour.example"} for name in ("Ann", "Bob")]
    replies = []
    at_once(*(lambda one=one: replies.append(Client().post("/register/", form | one)) for one in people))

    assert (Company.objects.count(), Engagement.objects.count()) == (1, 1)
    assert sorted(reply.status_code for reply in replies) == [302, 302]
    assert "/register/ask/" in [reply["Location"] for reply in replies]
