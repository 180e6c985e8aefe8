"""Step IV's checks: decided by rule where a rule can, by people elsewhere, open again when their ground moves."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from onboarding import errors
from onboarding.actions import contacts, verifications
from onboarding.library import verification_checks
from onboarding.models import Company, Document, Engagement, Event, Message
from onboarding.queries import duplicates
from onboarding.workflow import criteria
from onboarding.workflow.steps import Step
from tests.factories import (
    NOW,
    MemberFactory,
    UserFactory,
    finance,
    lead,
    owner,
    specialist,
    stranger,
)
from tests.file_checks import found_clean
from tests.journey.cast import upload
from tests.journey.results import PDF
from tests.verifications import correct, decide, opened, outcomes

pytestmark = pytest.mark.django_db


def test_rules_decide_what_they_can_and_leave_the_rest_to_people() -> None:
    engagement = opened()

    verifications.open_for(engagement, by=specialist(), at=NOW)

    assert outcomes(engagement) == {
        "legal_name": "open", "registration_number": "open", "country": "open", "tax_id": "passed",
        "address": "passed", "mail_domain": "passed", "signatory": "open", "authority": "open", "duplicates": "passed",
    }  # fmt: skip
    tax_id = engagement.verifications.get(check_code="tax_id")
    assert (tax_id.value, tax_id.evidence, tax_id.by) == ("04-2103594", "Valid as EIN: 042103594", "InterWeave")


@pytest.mark.parametrize(
    ("company", "check", "outcome"),
    [
        ({"tax_id": "07-1234567"}, "tax_id", "failed"),
        ({"tax_id": ""}, "tax_id", "open"),
        ({"tax_id": "1234", "country": "AE"}, "tax_id", "open"),
        ({"tax_id": "DE136695976", "country": "DE"}, "tax_id", "passed"),
        ({"tax_id": "DE136695970", "country": "DE"}, "tax_id", "failed"),
        ({"street": ""}, "address", "failed"),
        ({"region": ""}, "address", "failed"),
        ({"postal_code": ""}, "address", "failed"),
        ({"postal_code": "", "region": "", "country": "HK"}, "address", "passed"),
        ({"postal_code": "", "country": "GB"}, "address", "failed"),
        ({"mail_domain": "other.example"}, "mail_domain", "open"),
        ({"mail_domain": ""}, "mail_domain", "open"),
    ],
)
def test_each_rule_says_what_it_found(company: dict[str, str], check: str, outcome: str) -> None:
    assert outcomes(opened(**company))[check] == outcome


def test_a_specialist_decides_with_evidence() -> None:
    engagement, by = opened(), specialist()

    check = decide(engagement, by=by, evidence=" Register, page 2 ")

    assert (check.outcome, check.evidence, check.by, check.value) == (
        "passed", "Register, page 2", by.name, engagement.company.legal_name,
    )  # fmt: skip
    assert Event.objects.last().data == {
        "check": "legal_name", "outcome": "passed", "evidence": "Register, page 2",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "field"),
    [({"outcome": "open"}, "outcome"), ({"outcome": "x"}, "outcome"), ({"evidence": " "}, "evidence")],
)
def test_a_decision_without_outcome_or_evidence_is_refused(given: dict[str, str], field: str) -> None:
    engagement = opened()
    before = Event.objects.count()

    with pytest.raises(errors.BadInput) as refusal:
        decide(engagement, **given)

    assert list(refusal.value.fields) == [field]
    assert (outcomes(engagement)["legal_name"], Event.objects.count()) == ("open", before)


def test_the_owner_hears_what_could_not_be_verified_and_it_is_the_customers_turn() -> None:
    engagement = opened()
    owner(engagement.company)
    verifying = criteria.BY_CODE["customer_details.unverified"]
    engagement.verifications.filter(check_code="authority").update(outcome="passed")
    before = verifying.owner_now(Engagement.objects.get(pk=engagement.pk))

    decide(engagement, check_code="registration_number", outcome="failed", evidence="Struck off in May.")
    decide(engagement, check_code="duplicates", outcome="failed", evidence="Twice here")

    mail = Message.objects.get(kind="verification.failed")
    assert (mail.subject, mail.path) == ("We could not verify: Registration number", "/records/")
    assert "Struck off in May." in mail.text
    assert (before, verifying.owner_now(Engagement.objects.get(pk=engagement.pk))) == ("specialist", "customer")
    correct(engagement, registration_number="MA 77")
    assert verifying.owner_now(Engagement.objects.get(pk=engagement.pk)) == "specialist"


def test_a_proof_only_the_customer_has_is_its_turn_until_it_is_sent() -> None:
    engagement = opened()
    verifying = criteria.BY_CODE["customer_details.unverified"]
    before = verifying.owner_now(Engagement.objects.get(pk=engagement.pk))

    with pytest.raises(errors.BadInput) as refused:
        verifications.give_authority(
            engagement.pk, upload=upload("note.txt", b"Bea may sign."), by=owner(engagement.company), at=NOW
        )
    verifications.give_authority(engagement.pk, upload=upload("extract.pdf", PDF), by=owner(engagement.company), at=NOW)

    assert "“note.txt” is neither a PDF nor a picture" in refused.value.fields["file"]
    assert (before, verifying.owner_now(Engagement.objects.get(pk=engagement.pk))) == ("customer", "specialist")


def test_details_are_verified_from_step_four_on() -> None:
    engagement = opened(Step.REQUIREMENTS_REVIEW)

    with pytest.raises(errors.WrongStep):
        decide(engagement)


def test_only_a_lead_waives_and_only_specialists_decide() -> None:
    engagement = opened()

    for by in (specialist(), owner(engagement.company), finance()):
        with pytest.raises(errors.NotYours):
            decide(engagement, by=by, check_code="country", outcome="waived")
    with pytest.raises(errors.NotFound):
        decide(engagement, by=stranger())
    with pytest.raises(errors.NotFound):
        decide(engagement, check_code="horoscope")
    with pytest.raises(errors.BadInput) as refusal:
        decide(engagement, by=lead(), outcome="waived")
    assert refusal.value.fields == {"outcome": "This check can't be waived: legal name has to be proved."}
    assert (outcomes(engagement)["legal_name"], outcomes(engagement)["country"]) == ("open", "open")

    assert decide(engagement, by=lead(), check_code="country", outcome="waived").outcome == "waived"


def extract(engagement: Engagement, by: Any = None) -> Document:
    return verifications.give_authority(
        engagement.pk, upload=upload("extract.pdf", PDF), by=by or owner(engagement.company), at=NOW
    )


def test_authority_passes_on_a_released_document_only() -> None:
    engagement = opened()
    decided = {"check_code": "authority"}
    with pytest.raises(errors.BadInput) as refusal:
        decide(engagement, **decided)
    assert list(refusal.value.fields) == ["document_id"]
    sent = extract(engagement)
    with pytest.raises(errors.BadInput):
        decide(engagement, **decided)  # not released yet
    other = extract(opened(mail_domain="other.example"), by=lead())
    for document_id in (other.pk, 10**12):
        with pytest.raises(errors.NotFound):
            decide(engagement, **decided, document_id=document_id)

    found_clean(sent)
    check = decide(engagement, **decided)

    assert (check.outcome, check.document, sent.kind) == ("passed", sent, "authority")
    assert Message.objects.filter(kind="verification.authority", to=engagement.specialist.user.email).count() == 1
    with pytest.raises(errors.WrongState, match="settled"):
        extract(engagement)


def test_another_signatory_reopens_identity_and_authority_and_drops_the_document() -> None:
    engagement = opened()
    boss = {"kind": "executive_sponsor", "title": "CEO", "phone": ""}
    by = owner(engagement.company)
    contacts.save(engagement.pk, **boss, name="Bea", email="bea@acme.example", by=by, at=NOW)
    found_clean(extract(engagement))
    decide(engagement, check_code="authority")
    decide(engagement, check_code="signatory")

    contacts.save(engagement.pk, **boss, name="Cleo", email="cleo@acme.example", by=by, at=NOW)

    checks = {one.check_code: one for one in engagement.verifications.all()}
    assert {checks[code].outcome for code in ("signatory", "authority")} == {"open"}
    assert checks["authority"].document is None
    assert "“Bea, bea@acme.example” is now “Cleo, cleo@acme.example”" in checks["authority"].reopened_because


@pytest.mark.parametrize(
    ("name", "roles", "signed_in", "has_factor", "outcome", "how"),
    [
        ("Bea Baker", ["signatory"], True, True, "passed", "with a second factor"),
        ("Bea Baker", ["signatory"], True, False, "passed", "confirmed by an e-mailed code"),
        ("Bea Baker", ["signatory"], False, False, "open", ""),
        ("Bea Baker", ["technical"], True, True, "open", ""),
        ("Somebody Else", ["signatory"], True, True, "open", ""),
    ],
    ids=["factor", "mailed code", "never signed in", "another role", "another name"],
)
def test_a_signatory_is_known_by_signing_in_under_the_address_named(
    name: str, roles: list[str], signed_in: bool, has_factor: bool, outcome: str, how: str
) -> None:
    engagement = opened()
    user = UserFactory(name=name, email="bea@acme.example", last_login=NOW if signed_in else None)
    MemberFactory(company=engagement.company, user=user, roles=roles)
    Authenticator.objects.create(user=user, type="recovery_codes", data={})
    if has_factor:
        Authenticator.objects.create(user=user, type="totp", data={})
    contacts.save(
        engagement.pk, kind="executive_sponsor", name="Bea Baker", email="Bea@acme.example", title="CEO", phone="",
        by=specialist(), at=NOW,
    )  # fmt: skip

    verifications.look_again(engagement.pk, by=specialist(), at=NOW)

    check = engagement.verifications.get(check_code="signatory")
    assert check.outcome == outcome
    assert check.evidence.endswith(how)


def test_two_who_registered_at_once_with_one_tax_id_are_found_and_customers_hear_nothing_of_it() -> None:
    first = opened(tax_key="042103594", mail_domain="first.example", legal_name="Fabrikam Inc")
    second = opened(tax_key="042103594", mail_domain="second.example", legal_name="Fabrikam, Inc.", street="9 Dock St")

    check = second.verifications.get(check_code="duplicates")

    assert (check.outcome, check.evidence) == ("open", "Another company shares name, tax id")
    [twin] = duplicates.like(second.company)
    assert (twin.company_id, twin.shared, twin.reference) == (first.company_id, ("tax id", "name"), first.reference)
    decide(second, check_code="duplicates", outcome="failed", evidence="The same company twice")
    correct(second, tax_id="12-3456789", legal_name="Contoso Inc")
    told = [*Event.objects.filter(engagement=second, is_internal=False), *Message.objects.filter(engagement=second)]
    told_to_customers = [one for one in told if isinstance(one, Event)]
    assert not [one for one in told_to_customers if "duplicates" in str(one.data) or "Fabrikam Inc" in str(one.data)]
    assert second.verifications.get(check_code="duplicates").outcome == "passed"  # nothing is shared any more


def test_proofs_of_a_closed_step_leave_out_what_staff_alone_sees() -> None:
    engagement = opened()
    engagement.verifications.update(outcome="passed", evidence="Seen", by="Priya")

    proof = criteria.BY_CODE["customer_details.unverified"].evidence(engagement)

    assert [one["label"] for one in proof] == [
        "Legal name", "Registration number", "Country of registration", "Tax or VAT id", "Postal address",
        "E-mail domain", "Signatory's identity", "Signatory's authority",
    ]  # fmt: skip
    engagement.verifications.filter(check_code="duplicates").update(outcome="open")
    assert criteria.BY_CODE["customer_details.unverified"].evidence(engagement) is None


def test_rules_look_again_at_what_is_open_or_failed_and_leave_peoples_word_alone() -> None:
    engagement = opened(street="")
    decide(engagement, check_code="tax_id", outcome="failed", evidence="Not at the tax office")
    Company.objects.filter(pk=engagement.company_id).update(street="1 Main Street")

    verifications.look_again(engagement.pk, by=specialist(), at=NOW)

    assert (outcomes(engagement)["address"], outcomes(engagement)["tax_id"]) == ("passed", "failed")
    with pytest.raises(errors.NotYours):
        verifications.look_again(engagement.pk, by=owner(engagement.company), at=NOW)


def test_the_library_knows_who_sees_and_who_waives() -> None:
    codes = [check.code.value for check in verification_checks.CHECKS]

    assert sorted(codes) == sorted(verification_checks.Code)
    assert {"duplicates"} == verification_checks.INTERNAL
    assert [one.code for one in verification_checks.CHECKS if not one.waived_by] == ["legal_name"]
    assert verification_checks.resting_on({"country"}) == [
        "registration_number", "country", "tax_id", "address", "duplicates",
    ]  # fmt: skip
