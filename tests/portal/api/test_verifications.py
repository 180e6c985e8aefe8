"""Verification over the API: checks, domain proofs, details and records, with nothing of staff's own for customers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from onboarding.actions import domains, verifications, work
from onboarding.actors import Role
from onboarding.models import Company, DomainLookup, Engagement, Event, Message, RecordsApproval, Verification
from tests.every_row import every_row
from tests.factories import CompanyFactory, EngagementFactory, specialist
from tests.file_checks import found_clean
from tests.journey.cast import upload
from tests.journey.results import PDF
from tests.portal.api.conftest import bearing, opened, token_of

JSON = "application/json"


@pytest.fixture
def engagement(db) -> Engagement:
    found = opened(step="customer_verification", company=CompanyFactory(tax_id="04-2103594"))
    verifications.open_for(found, by=specialist(), at=now())
    return found


def post(client: Client, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
    return client.post(path, body or {}, content_type=JSON, headers={"Idempotency-Key": key} if key else {})


def by_check(reply: Any) -> dict[str, dict[str, Any]]:
    return {one["check"]: one for one in reply.json()["items"]}


def test_customers_read_the_checks_without_what_staff_alone_sees(owner: Client, lead: Client, at: Any) -> None:
    told, known = by_check(owner.get(at("verifications/"))), by_check(lead.get(at("verifications/")))

    assert set(known) - set(told) == {"duplicates"}
    assert (known["duplicates"]["is_internal"], known["duplicates"]["outcome"]) == (True, "passed")
    assert told["tax_id"] == {
        "check": "tax_id", "title": "Tax or VAT id", "outcome": "passed", "value": "04-2103594",
        "proves": "The number is well formed for this country; invoices may carry it.",
        "evidence": "Valid as EIN: 042103594", "document": None, "by": "InterWeave",
        "at": told["tax_id"]["at"], "reopened_at": None, "reopened_because": "", "is_internal": False,
    }  # fmt: skip
    assert (
        post(owner, at("verifications/duplicates/decide/"), {"outcome": "passed", "evidence": "x"}).status_code == 404
    )


def test_companies_like_this_one_are_told_to_staff_alone(
    engagement: Engagement, owner: Client, lead: Client, at: Any, django_assert_num_queries: Any
) -> None:
    """Queries: the token, its maker's role, engagement, checks, companies like it and their engagements; begin and end."""
    address = {"street": engagement.company.street, "postal_code": engagement.company.postal_code}
    company = CompanyFactory(name="Zenith Two", legal_name="Zenith Two Ltd", tax_id="04 2103594", **address)
    twin = EngagementFactory(company=company)
    CompanyFactory(legal_name="Quite Another GmbH", country="DE")

    with django_assert_num_queries(8):
        told = lead.get(at("verifications/")).json()["twins"]
    asked = post(lead, at("verifications/run/"))
    customers = [owner.get(at("verifications/")), owner.get(at("company/")), owner.get(at("records/"))]

    assert told == [{
        "legal_name": "Zenith Two Ltd", "registration_number": company.registration_number, "country": "US",
        "state": "accepted", "registered_at": told[0]["registered_at"], "shared": ["tax id", "address"],
        "engagement": twin.reference,
    }]  # fmt: skip
    assert asked.json()["twins"] == told
    assert ["twins" in reply.json() for reply in customers] == [False] * 3
    assert not any("Zenith" in reply.content.decode() for reply in customers)


def test_a_specialist_decides_once_with_evidence_and_a_document(
    engagement: Engagement, owner: Client, lead: Client, at: Any
) -> None:
    sent = verifications.give_authority(
        engagement.pk, upload=upload("extract.pdf", PDF), by=specialist(), at=now()
    )  # fmt: skip
    decision = {"outcome": "passed", "evidence": "Register, page 2"}

    early = post(lead, at("verifications/authority/decide/"), decision)
    found_clean(sent)
    decided = [post(lead, at("verifications/authority/decide/"), decision | {"document": str(sent.uuid)}, key="k")
               for _ in range(2)]  # fmt: skip

    assert (early.status_code, list(early.json()["fields"])) == (422, ["document"])
    assert [one.json()["outcome"] for one in decided] == ["passed", "passed"]
    assert decided[0].json()["document"] == str(sent.uuid)
    assert Event.objects.filter(kind="verification.decided", data__check="authority").count() == 1


@pytest.mark.parametrize(
    ("check", "body", "status", "code"),
    [
        ("country", {"outcome": "open", "evidence": "x"}, 422, "bad_input"),
        ("country", {"outcome": "passed", "evidence": ""}, 422, "bad_input"),
        ("country", {"outcome": "passed"}, 422, "bad_input"),
        ("legal_name", {"outcome": "waived", "evidence": "x"}, 422, "bad_input"),
        ("horoscope", {"outcome": "passed", "evidence": "x"}, 404, "not_found"),
        ("country", {"outcome": "passed", "evidence": "x", "document": "3f333df6-90a4-4fda-8dd3-9485d27cee36"}, 422, "bad_input"),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be_changes_nothing(
    lead: Client, at: Any, check: str, body: dict[str, Any], status: int, code: str
) -> None:
    lead.get(at("verifications/"))
    before = every_row()

    refused = post(lead, at(f"verifications/{check}/decide/"), body)

    assert (refused.status_code, refused.json()["code"], refused["Content-Type"]) == (
        status, code, "application/problem+json",
    )  # fmt: skip
    assert every_row() == before


def test_a_corrected_detail_is_checked_again_and_rules_run_when_asked(owner: Client, lead: Client, at: Any) -> None:
    corrected = owner.patch(at("company/"), {"tax_id": "07-1234567", "city": "Salem"}, content_type=JSON)
    told = by_check(owner.get(at("verifications/")))
    Company.objects.update(tax_id="04-2103594")
    again = post(lead, at("verifications/run/"))

    assert (corrected.status_code, corrected.json()["city"]) == (200, "Salem")
    assert (told["tax_id"]["outcome"], by_check(again)["tax_id"]["outcome"]) == ("failed", "passed")
    assert by_check(owner.get(at("verifications/")))["tax_id"]["reopened_because"] == ""
    assert owner.patch(at("company/"), {"country": "XX"}, content_type=JSON).json()["fields"] == {
        "country": "Choose a country."
    }  # fmt: skip
    assert post(owner, at("verifications/run/")).status_code == 403


def test_a_code_proves_the_domain_and_a_wrong_one_is_counted(owner: Client, at: Any) -> None:
    assert owner.get(at("domain-proof/")).json()["state"] == "none"
    assert post(owner, at("domain-proof/code/"), {"code": "1"}).status_code == 409
    asked = post(owner, at("domain-proof/"), {"method": "code", "email": "hostmaster@fabrikam.example"})
    code = re.search(r"\d{6}", Message.objects.get(kind="domain_proof.code").text)
    assert code
    assert code[0] not in asked.content.decode()

    wrong = post(owner, at("domain-proof/code/"), {"code": "x"})
    right = post(owner, at("domain-proof/code/"), {"code": code[0]})

    assert (wrong.status_code, wrong.json()["tries_left"]) == (200, 4)
    assert wrong.json()["problem"] == "This is not the code we sent. You have 4 tries left."
    assert (right.json()["state"], right.json()["domain"], right.json()["problem"]) == (
        "proved",
        "fabrikam.example",
        "",
    )
    assert owner.get(at("company/")).json()["mail_domain"] == "fabrikam.example"


def test_a_record_is_asked_for_and_looked_up(owner: Client, at: Any) -> None:
    refused = post(owner, at("domain-proof/"), {"method": "dns", "domain": "gmail.com"})
    asked = post(owner, at("domain-proof/"), {"method": "dns", "domain": "fabrikam.example"})
    looking = post(owner, at("domain-proof/look/"))
    row = work.claim(DomainLookup, DomainLookup.objects.get().pk, at=now())
    assert row
    domains.settle(row, answer="other_value", found=["v=spf1"], at=now())
    told = owner.get(at("domain-proof/")).json()

    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["domain"])
    assert asked.json()["record"].startswith("interweave-verification=")
    assert (looking.status_code, looking.json()["look"]["is_open"], looking.json()["look"]["answer"]) == (202, True, "")
    assert (told["look"]["answer"], told["look"]["found"], told["look"]["is_open"]) == ("other_value", ["v=spf1"], True)


def test_records_are_approved_by_their_hash(engagement: Engagement, owner: Client, at: Any) -> None:
    read = owner.get(at("records/")).json()
    early = post(owner, at("records/approve/"), {"sha256": read["sha256"]})
    Engagement.objects.update(step="customer_approval")

    stale = post(owner, at("records/approve/"), {"sha256": "0" * 64})
    done = [post(owner, at("records/approve/"), {"sha256": read["sha256"]}, key="once") for _ in range(2)]

    assert (early.status_code, early.json()["code"], stale.json()["code"]) == (409, "wrong_step", "stale")
    assert [one.json()["approved_sha256"] for one in done] == [read["sha256"]] * 2
    assert [one["section"] for one in read["sections"]][:2] == ["company", "contacts"]
    assert "Other companies" not in str(read)
    assert RecordsApproval.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "scopes", "code"),
    [(Role.VIEWER, ["verifications:write"], "not_yours"), (Role.OWNER, ["verifications:read"], "scope_missing")],
)
def test_who_may_not_write(engagement: Engagement, at: Any, role: Role, scopes: list[str], code: str) -> None:
    client = bearing(token_of(engagement.company, role, *scopes))

    for path, body in (
        ("domain-proof/", {"method": "dns", "domain": "fabrikam.example"}), ("records/approve/", {"sha256": "0" * 64}),
        ("verifications/country/decide/", {"outcome": "passed", "evidence": "x"}),
    ):  # fmt: skip
        refused = post(client, at(path), body)
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    assert Verification.objects.get(check_code="country").outcome == "open"
