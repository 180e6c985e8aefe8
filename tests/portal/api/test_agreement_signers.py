"""Signers and recipients of copies over the API: listed with their state, chosen while it is a draft, named, taken off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from onboarding.actions import signing
from onboarding.actors import Role
from onboarding.models import AgreementCopy, Document, Engagement, Event, Signer
from onboarding.workflow.steps import Step
from tests import agreements
from tests.every_row import every_row
from tests.journey import journey, phase_one
from tests.journey.cast import Cast
from tests.portal.api.conftest import bearing, token_of
from tests.portal.api.test_agreements import post

ANN = {"name": "Ann Second", "title": "CFO", "email": "ann@acme.example"}
LAW = {"email": "law@firm.example", "name": "Lara Law"}


@pytest.fixture
def cast(db: None) -> Cast:
    """In step IV, the agreement drafted and printed."""
    made = journey(Step.CUSTOMER_VERIFICATION)
    made.printed()
    return made


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return cast.engagement


@pytest.fixture
def specialist(db: None) -> Client:
    return bearing(token_of(None, Role.SPECIALIST))


@pytest.fixture
def here(cast: Cast) -> str:
    return f"agreements/{cast.engagement.agreements.get().number}/"


def people(reply: Any) -> list[tuple[int, str, str]]:
    return [(one["position"], one["name"], one["state"]) for one in reply.json()["items"]]


# --- Signers --------------------------------------------------------------------------------------------------------


def test_a_specialist_chooses_who_signs_and_in_which_order(cast: Cast, specialist: Client, at: Any, here: str) -> None:
    sponsor, ours = (one.name for one in Signer.objects.order_by("position"))

    added = [post(specialist, at(f"{here}signers/"), ANN, key="once") for _ in range(2)]
    moved = post(specialist, at(f"{here}signers/move-up/"), {"email": ANN["email"].upper()})
    first = post(specialist, at(f"{here}signers/move-up/"), {"email": ANN["email"]})
    removed = post(specialist, at(f"{here}signers/remove/"), {"email": ANN["email"]})
    gone = post(specialist, at(f"{here}signers/remove/"), {"email": ANN["email"]})

    assert [one.status_code for one in (*added, moved, first, removed, gone)] == [201, 201, 200, 409, 200, 422]
    assert added[1]["Idempotency-Replayed"] == "true"
    assert people(added[0]) == [(1, sponsor, "waiting"), (2, "Ann Second", "waiting"), (3, ours, "waiting")]
    assert [one["is_sponsor"] for one in moved.json()["items"]] == [False, True, False]
    assert first.json()["detail"] == "This person signs first already."
    assert people(removed) == people(specialist.get(at(f"{here}signers/"))) == [
        (1, sponsor, "waiting"), (2, ours, "waiting"),
    ]  # fmt: skip
    assert gone.json()["fields"]["email"].startswith("Nobody with this address signs for the customer.")


def test_the_sponsor_stays_and_nobody_signs_twice(cast: Cast, specialist: Client, at: Any, here: str) -> None:
    sponsor = Signer.objects.get(party="customer")

    off = post(specialist, at(f"{here}signers/remove/"), {"email": sponsor.email})
    twice = post(specialist, at(f"{here}signers/"), ANN | {"email": sponsor.email})

    assert (off.status_code, off.json()["detail"][:29]) == (409, "The executive sponsor signs. ")
    assert (twice.status_code, twice.json()["fields"]) == (422, {"email": "This person signs already."})


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"name", "title", "email"}),
        (ANN | {"email": "ann"}, {"email"}),
        (ANN | {"name": " "}, {"name"}),
        (ANN | {"title": "x" * 101}, {"title"}),
    ],
)
def test_what_is_wrong_with_a_signer_is_told_at_its_field(
    body: dict[str, Any], fields: set[str], specialist: Client, at: Any, here: str
) -> None:
    before = every_row()

    reply = post(specialist, at(f"{here}signers/"), body)

    assert (reply.status_code, set(reply.json()["fields"])) == (422, fields)
    assert every_row() == before


def test_once_issued_they_change_no_more(cast: Cast, specialist: Client, at: Any, here: str) -> None:
    phase_one.verified(cast)

    late = [
        post(specialist, at(f"{here}signers/"), ANN),
        post(specialist, at(f"{here}signers/remove/"), {"email": Signer.objects.get(party="customer").email}),
    ]

    assert [one.json()["code"] for one in late] == ["wrong_state", "wrong_state"]


def test_each_state_is_told_with_its_moment(lead: Client, db: None) -> None:
    agreement = agreements.issued(others=1)
    sam = agreements.person(agreement.company, "Sam Sponsor", "sam@acme.example")
    ed = agreements.person(agreement.company, "Ed Second", "ed@acme.example")
    url = f"/api/v1/engagements/{agreement.engagement.reference}/agreements/{agreement.number}/signers/"

    asked = lead.get(url).json()["items"]
    signing.view(agreement.pk, by=sam, at=now())
    viewed = lead.get(url).json()["items"]
    agreements.sign(agreement, sam)
    signed = lead.get(url).json()["items"]
    signing.decline(agreement.pk, reason="Too long a term", by=ed, at=now() + timedelta(hours=1))
    declined = lead.get(url).json()["items"]

    told = [[one["state"] for one in found] for found in (asked, viewed, signed, declined)]
    assert told == [
        ["turn", "waiting", "waiting"], ["viewed", "waiting", "waiting"], ["signed", "turn", "waiting"],
        ["signed", "declined", "waiting"],
    ]  # fmt: skip
    assert declined[1]["since"] > viewed[0]["since"] > asked[0]["since"]
    assert asked[1]["since"] is None


@pytest.mark.parametrize("others", [0, 2])
def test_the_signers_take_eight_queries(others: int, lead: Client, db: None, django_assert_num_queries: Any) -> None:
    """The token, its maker's role, engagement, agreement, signers, the last signature; the transaction's begin and end."""
    agreement = agreements.issued(others=others)
    url = f"/api/v1/engagements/{agreement.engagement.reference}/agreements/{agreement.number}/signers/"
    lead.get(url)

    with django_assert_num_queries(8):
        assert len(lead.get(url).json()["items"]) == others + 2


def test_a_customer_reads_the_signers_of_what_was_issued_and_chooses_none(
    cast: Cast, owner: Client, at: Any, here: str
) -> None:
    draft = owner.get(at(f"{here}signers/")).status_code
    phase_one.verified(cast)
    before = every_row()

    assert draft == 404
    assert [one["state"] for one in owner.get(at(f"{here}signers/")).json()["items"]] == ["turn", "waiting"]
    for path, body in (("signers/", ANN), ("signers/remove/", {"email": Signer.objects.get(party="customer").email})):
        refused = post(owner, at(f"{here}{path}"), body)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    assert every_row() == before


# --- Copies ---------------------------------------------------------------------------------------------------------


def test_a_recipient_is_named_once_and_taken_off_again(cast: Cast, owner: Client, at: Any, here: str) -> None:
    phase_one.verified(cast)

    named = [post(owner, at(f"{here}copies/"), LAW), post(owner, at(f"{here}copies/"), LAW)]
    listed = owner.get(at(f"{here}copies/")).json()["items"]
    off = post(owner, at(f"{here}copies/{listed[0]['id']}/remove/"), key="off")
    again = post(owner, at(f"{here}copies/{listed[0]['id']}/remove/"), key="off")
    gone = post(owner, at(f"{here}copies/{listed[0]['id']}/remove/"))

    assert [(one.status_code, one.json()["id"]) for one in named] == [(201, listed[0]["id"])] * 2
    assert [(one["email"], one["name"], one["sent_at"]) for one in listed] == [("law@firm.example", "Lara Law", None)]
    assert (off.json(), again.json(), again["Idempotency-Replayed"]) == ({"items": []}, {"items": []}, "true")
    assert gone.status_code == 404
    assert Event.objects.filter(kind__startswith="agreement.copy_").count() == 2


@pytest.mark.parametrize(
    ("body", "field"), [({}, "email"), ({"email": "law"}, "email"), (LAW | {"name": "x" * 151}, "name")]
)
def test_a_recipient_who_can_not_be_is_told_at_its_field(
    body: dict[str, Any], field: str, specialist: Client, at: Any, here: str
) -> None:
    reply = post(specialist, at(f"{here}copies/"), body)

    assert (reply.status_code, list(reply.json()["fields"])) == (422, [field])
    assert not AgreementCopy.objects.exists()


def test_once_executed_the_copies_went_out(cast: Cast, owner: Client, specialist: Client, at: Any, here: str) -> None:
    phase_one.verified(cast)
    copy = post(owner, at(f"{here}copies/"), LAW).json()
    cast.moved(Step.CUSTOMER_VERIFICATION)
    phase_one.signed_and_paid(cast)

    late = [post(owner, at(f"{here}copies/"), LAW), post(owner, at(f"{here}copies/{copy['id']}/remove/"))]

    assert Document.objects.filter(kind="msa").latest("pk").is_ready
    assert [one.status_code for one in late] == [409, 409]
    assert owner.get(at(f"{here}copies/")).json()["items"][0]["sent_at"] is not None


@pytest.mark.parametrize("number", [1, 3])
def test_the_copies_take_seven_queries(
    number: int, cast: Cast, lead: Client, at: Any, here: str, django_assert_num_queries: Any
) -> None:
    about = {
        "company": cast.company,
        "agreement": cast.engagement.agreements.get(),
        "added_at": now(),
        "added_by": "Vera",
    }
    for place in range(number):
        AgreementCopy.objects.create(**about, email=f"law{place}@firm.example")

    with django_assert_num_queries(7):
        assert len(lead.get(at(f"{here}copies/")).json()["items"]) == number


# --- Who may not ----------------------------------------------------------------------------------------------------

ACTS = ("signers/", "signers/remove/", "signers/move-up/", "copies/", "copies/1/remove/")


def test_without_the_scope_or_the_company_nothing_changes(
    cast: Cast, stranger: Client, at: Any, here: str
) -> None:  # fmt: skip
    reading, before = bearing(token_of(None, Role.LEAD, "agreements:read")), every_row()

    for path in ACTS:
        refused, unseen = post(reading, at(f"{here}{path}"), ANN), post(stranger, at(f"{here}{path}"), ANN)
        assert (refused.status_code, refused.json()["code"], unseen.status_code) == (403, "scope_missing", 404), path
        assert stranger.get(at(f"{here}{path}")).status_code in {404, 405}
    assert every_row() == before
