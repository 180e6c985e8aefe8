"""The agreement's life: drafted, issued, signed under the hash that was read, countersigned; or declined, or voided."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from onboarding import errors
from onboarding.actions import agreements, contacts, invoices, sealings, signing, verifications, work
from onboarding.actors import Actor, Role
from onboarding.library import consent
from onboarding.models import Agreement, Document, Engagement, Event, Message, Rendering, Sealing, Signature
from onboarding.queries.viewers import member_actor, staff_actor
from onboarding.rendering import html
from onboarding.workflow.steps import Step
from tests.factories import (
    NOW,
    EngagementFactory,
    MemberFactory,
    SpecialistFactory,
    UserFactory,
    finance,
    lead,
    owner,
    specialist,
    stranger,
    viewer,
)

pytestmark = pytest.mark.django_db
HASH = hashlib.sha256(b"the version to sign").hexdigest()


def engagement_in(step: Step = Step.CUSTOMER_VERIFICATION) -> Engagement:
    engagement = EngagementFactory(step=step.value, specialist=SpecialistFactory())
    contacts.save(
        engagement.pk, kind="executive_sponsor", name="Sam Sponsor", email="sam@acme.example", title="CEO", phone="",
        by=specialist(), at=NOW,
    )  # fmt: skip
    return engagement


def drafted(step: Step = Step.CUSTOMER_APPROVAL) -> Agreement:
    with transaction.atomic():  # starters run inside the move's transaction
        agreement = agreements.draft(engagement_in(step), by=specialist(), at=NOW)
    Document.objects.update(sha256=HASH, size=1)
    return agreement


def in_review(by: Actor | None = None) -> Agreement:
    return agreements.send_for_review(drafted().pk, by=by or specialist(), at=NOW)


def issued() -> Agreement:
    return agreements.issue(in_review().pk, by=specialist(), at=NOW)


def ours(agreement: Agreement) -> Actor:
    """The engagement's specialist, who countersigns."""
    found = staff_actor(agreement.engagement.specialist.user)
    assert found is not None
    return found


def sam(agreement: Agreement) -> Actor:
    user = UserFactory(name="Sam Sponsor", email="sam@acme.example")
    signatory = MemberFactory(company=agreement.company, user=user, roles=[Role.SIGNATORY.value])
    return replace(member_actor(signatory), ip="203.0.113.24", user_agent="Firefox")


def sign(agreement: Agreement, by: Actor | None = None, at: Any = NOW, **given: Any) -> Agreement:
    details = {"typed_name": " sam  SPONSOR ", "title": "CEO", "consent": True, "consent_sha256": consent.digest(), "seen_sha256": HASH,
               "authentication": "password, then a one-time code"} | given  # fmt: skip
    return signing.sign(agreement.pk, **details, by=by or sam(agreement), at=at)


def countersign(agreement: Agreement, by: Actor | None = None, **given: Any) -> Agreement:
    by = by or ours(agreement)
    details = {"typed_name": by.name, "title": "Technical Specialist", "consent": True, "consent_sha256": consent.digest(), "seen_sha256": HASH,
               "authentication": "password, then a one-time code"} | given  # fmt: skip
    return signing.countersign(agreement.pk, **details, by=by, at=NOW)


def sealed(agreement: Agreement) -> None:
    """Its file, as a worker would have made it."""
    row = work.claim(Sealing, Sealing.objects.get(agreement=agreement).pk, at=NOW)
    assert row is not None
    sealings.complete(row, sealed=b"%PDF", made=sealings.Made("The house", "0abc", is_time_stamped=False), at=NOW)


def mailed(kind: str) -> list[str]:
    return sorted(Message.objects.filter(kind=kind).values_list("to", flat=True))


def test_entering_step_four_drafts_one_agreement_and_orders_its_paper() -> None:
    engagement = engagement_in()

    agreement = agreements.draft(engagement, by=specialist(), at=NOW)
    again = agreements.draft(engagement, by=specialist(), at=NOW)

    assert (again.pk, agreement.number, agreement.state) == (agreement.pk, "MSA-2026-0001", "draft")
    assert agreement.terms["company"]["signatory"] == {
        "name": "Sam Sponsor", "title": "CEO", "email": "sam@acme.example",
    }  # fmt: skip
    assert agreement.terms["seller"]["signatory"]["name"] == engagement.specialist.user.name
    assert agreement.terms["seller"]["address"] == ["1 Integration Way", "Boston MA 02110"]
    assert (agreement.terms["total"], agreement.terms["valid_until"]) == ("4888.00", "2026-12-23")
    page = html.page("msa", Rendering.objects.get().context)
    assert "Sam Sponsor" in page


def test_annex_b_lists_what_the_invoice_bills() -> None:
    engagement = engagement_in()
    agreement = agreements.draft(engagement, by=specialist(), at=NOW)
    invoice = invoices.draft(engagement, by=specialist(), at=NOW)

    invoices.change(
        invoice.pk, lines=[{"description": "Everything", "quantity": "1", "unit_price": "900"}], tax_rate=Decimal(0),
        tax_note="", by=specialist(), at=NOW,
    )  # fmt: skip

    agreement = Agreement.objects.get()
    assert agreement.terms["fees"] == [{"description": "Everything", "amount": "900.00"}]
    assert (agreement.terms["total"], agreement.number, agreement.document.version) == ("900.00", "MSA-2026-0001", 2)
    assert Event.objects.filter(kind="agreement.redrafted").count() == 1


def test_a_ready_draft_is_issued_and_the_signatory_is_told() -> None:
    agreement = in_review()
    people, by = owner(agreement.company), specialist()

    done = agreements.issue(agreement.pk, by=by, at=NOW)

    assert (done.state, done.issued_at, done.issued_by, done.reviewed_by) == ("issued", NOW, by.name, by.name)
    assert (mailed("agreement.issued"), mailed("agreement.asked")) == ([people.email], ["sam@acme.example"])
    data = Event.objects.get(kind="agreement.issued").data
    assert data == {"agreement": "MSA-2026-0001", "state": "issued", "sha256": HASH}


@pytest.mark.parametrize(
    "why", ["not rendered", "no signatory", "signatory changed", "old", "issued", "on hold"]
)  # fmt: skip
def test_a_draft_that_is_not_ready_or_not_true_is_not_issued(why: str) -> None:
    agreement = in_review()
    at = NOW
    if why == "not rendered":
        Document.objects.update(sha256="")
    elif why == "no signatory":
        agreement.engagement.contacts.all().delete()
    elif why == "signatory changed":
        agreement.engagement.contacts.update(name="Bea Baker")
    elif why == "old":
        at = NOW + timedelta(days=24)
    elif why == "issued":
        agreements.issue(agreement.pk, by=specialist(), at=NOW)
    else:
        Engagement.objects.update(held_at=NOW, hold_reason="Summer")
    before = Event.objects.count()

    with pytest.raises(errors.WrongState):
        agreements.issue(agreement.pk, by=specialist(), at=at)

    assert Event.objects.count() == before


def test_the_signatory_signs_the_version_they_read() -> None:
    agreement = issued()

    done = sign(agreement)

    signature = Signature.objects.get()
    assert done.state == "signed"
    assert (signature.party, signature.name, signature.typed_name, signature.email) == (
        "customer", "Sam Sponsor", "sam  SPONSOR", "sam@acme.example",
    )  # fmt: skip
    assert (signature.seen_sha256, signature.consent_sha256) == (HASH, consent.digest(signature.consent))
    assert (signature.ip, signature.user_agent, signature.authentication) == (
        "203.0.113.24", "Firefox", "password, then a one-time code",
    )  # fmt: skip
    assert mailed("agreement.signed") == [agreement.engagement.specialist.user.email]


@pytest.mark.parametrize(
    ("given", "field"),
    [({"typed_name": "Somebody"}, "typed_name"), ({"title": " "}, "title"), ({"consent": False}, "consent")],
)
def test_a_signature_needs_name_title_and_consent(given: dict[str, Any], field: str) -> None:
    agreement = issued()

    with pytest.raises(errors.BadInput) as refusal:
        sign(agreement, **given)

    assert list(refusal.value.fields) == [field]
    assert (Agreement.objects.get().state, Signature.objects.count()) == ("issued", 0)


def test_another_version_than_the_one_in_force_is_not_signed() -> None:
    agreement = issued()

    with pytest.raises(errors.Stale):
        sign(agreement, seen_sha256="b" * 64)

    assert Signature.objects.count() == 0


@pytest.mark.parametrize("why", ["expired", "corrected", "signed", "draft"])
def test_an_agreement_that_cannot_be_signed_is_not(why: str) -> None:
    agreement = drafted() if why == "draft" else issued()
    by, at = sam(agreement), NOW
    if why == "expired":
        at = NOW + timedelta(days=31)
    elif why == "corrected":
        verifications.correct_company(agreement.engagement_id, legal_name="Acme Two", by=specialist(), at=NOW)
    elif why == "signed":
        sign(agreement, by=by)
    count = Signature.objects.count()

    with pytest.raises(errors.WrongState):
        sign(agreement, by=by, at=at)

    assert Signature.objects.count() == count


def test_signing_belongs_to_step_five_and_the_signatory() -> None:
    agreement = issued()

    for by in (specialist(), viewer(agreement.company), owner(agreement.company)):
        with pytest.raises(errors.NotYours):
            sign(agreement, by=by)
    with pytest.raises(errors.NotFound):
        sign(agreement, by=stranger())
    Engagement.objects.update(step=Step.CUSTOMER_VERIFICATION.value)
    with pytest.raises(errors.WrongStep):
        sign(agreement)

    assert Signature.objects.count() == 0


def test_interweave_countersigns_and_the_sealed_file_is_ordered_with_its_certificate() -> None:
    agreement = sign(issued())
    people = owner(agreement.company)

    done = countersign(agreement)

    assert (done.state, done.executed_at, [one.party for one in done.signatures.all()]) == (
        "countersigned", None, ["customer", "interweave"],
    )  # fmt: skip
    assert mailed("agreement.executed") == []
    context = Sealing.objects.get(agreement=done).context
    assert [event["kind"] for event in context["events"]] == [
        "agreement.drafted", "agreement.issued", "agreement.asked", "agreement.viewed", "agreement.signed",
        "agreement.countersigned",
    ]  # fmt: skip
    assert context["chain_head"] == Event.objects.get(kind="agreement.countersigned").hash
    page = html.page("msa", context)
    assert "Certificate of completion" in page
    assert HASH in page
    assert f"Agreement {done.number} signed for the customer by Sam Sponsor" in page
    sealed(done)
    assert (Agreement.objects.get().state, Agreement.objects.get().executed_at) == ("executed", NOW)
    assert mailed("agreement.executed") == sorted(
        [people.email, "sam@acme.example", agreement.engagement.specialist.user.email, agreement.reviewer.user.email]
    )


def test_interweave_signs_second_and_only_its_specialists() -> None:
    agreement = issued()

    with pytest.raises(errors.WrongState):
        countersign(agreement)
    sign(agreement)
    for by in (owner(agreement.company), finance(), specialist()):
        with pytest.raises(errors.NotYours):
            countersign(agreement, by=by)
    with pytest.raises(errors.Stale):
        countersign(agreement, seen_sha256="b" * 64)

    assert (Agreement.objects.get().state, Signature.objects.count()) == ("signed", 1)
    countersign(agreement, by=lead())
    with pytest.raises(errors.WrongState):
        countersign(agreement)


def test_a_decline_says_why_to_both_sides_and_a_new_one_can_be_drafted() -> None:
    agreement = issued()
    by = owner(agreement.company)

    declined = signing.decline(agreement.pk, reason=" Liability ", by=by, at=NOW)
    fresh = agreements.draft_again(agreement.engagement_id, by=specialist(), at=NOW)

    assert (declined.state, declined.closed_at, declined.closed_reason) == ("declined", NOW, "Liability")
    assert mailed("agreement.declined") == sorted(
        [by.email, "sam@acme.example", agreement.engagement.specialist.user.email, agreement.reviewer.user.email]
    )
    assert (fresh.number, fresh.state) == ("MSA-2026-0002", "draft")


def test_only_an_issued_agreement_is_declined_with_words() -> None:
    agreement = drafted()
    by = owner(agreement.company)

    with pytest.raises(errors.WrongState):
        signing.decline(agreement.pk, reason="No", by=by, at=NOW)
    agreements.send_for_review(agreement.pk, by=specialist(), at=NOW)
    with pytest.raises(errors.WrongState):
        signing.decline(agreement.pk, reason="No", by=by, at=NOW)
    agreements.issue(agreement.pk, by=specialist(), at=NOW)
    with pytest.raises(errors.BadInput):
        signing.decline(agreement.pk, reason=" ", by=by, at=NOW)
    with pytest.raises(errors.NotYours):
        signing.decline(agreement.pk, reason="No", by=specialist(), at=NOW)

    assert Agreement.objects.get().state == "issued"


def test_a_lead_voids_even_an_executed_agreement_once() -> None:
    agreement = countersign(sign(issued()))

    with pytest.raises(errors.NotYours):
        agreements.void(agreement.pk, reason="Wrong party", by=specialist(), at=NOW)
    with pytest.raises(errors.BadInput):
        agreements.void(agreement.pk, reason="", by=lead(), at=NOW)
    voided = agreements.void(agreement.pk, reason="Wrong party", by=lead(), at=NOW)
    with pytest.raises(errors.WrongState):
        agreements.void(agreement.pk, reason="Wrong party", by=lead(), at=NOW)

    assert (voided.state, voided.closed_reason) == ("voided", "Wrong party")
    assert Event.objects.filter(kind="agreement.voided").count() == 1


def test_an_agreement_that_somebody_signed_is_not_replaced() -> None:
    agreement = sign(issued())

    for at in (NOW, NOW + timedelta(days=40)):
        with pytest.raises(errors.WrongState):
            agreements.draft_again(agreement.engagement_id, by=specialist(), at=at)

    assert Agreement.objects.count() == 1


@pytest.mark.parametrize("why", ["draft", "in review", "issued", "expired", "corrected"])
def test_one_that_nobody_signed_is_and_its_readers_are_told(why: str) -> None:
    agreement = drafted() if why == "draft" else in_review() if why == "in review" else issued()
    at = NOW + timedelta(days=31) if why == "expired" else NOW
    if why == "corrected":
        verifications.correct_company(agreement.engagement_id, legal_name="Acme Two", by=specialist(), at=NOW)

    fresh = agreements.draft_again(agreement.engagement_id, by=specialist(), at=at)

    was = Agreement.objects.get(pk=agreement.pk)
    assert (was.state, fresh.state, fresh.number) == ("superseded", "draft", "MSA-2026-0002")
    assert fresh.expires_on == (at + timedelta(days=30)).date()
    assert mailed("agreement.superseded") == ([] if why in {"draft", "in review"} else ["sam@acme.example"])


def test_without_specialist_and_sponsor_the_draft_still_prints() -> None:
    engagement = EngagementFactory(step=Step.CUSTOMER_VERIFICATION.value)

    agreement = agreements.draft(engagement, by=specialist(), at=NOW)

    assert (agreement.terms["company"]["signatory"]["name"], agreement.terms["seller"]["signatory"]["name"]) == ("", "")
    assert "Master Services Agreement" in html.page("msa", agreement.terms)


def test_an_untouched_draft_is_not_written_anew() -> None:
    agreement = drafted()

    agreements.refresh_draft(agreement.engagement, by=specialist(), at=NOW + timedelta(days=1))

    assert (Document.objects.count(), Agreement.objects.get().document) == (1, agreement.document)


def test_voiding_what_the_customer_knows_tells_both_sides() -> None:
    unknown, agreement = in_review(), issued()

    for one in (unknown, agreement):
        agreements.void(one.pk, reason="Wrong party", by=lead(), at=NOW)

    mails = Message.objects.filter(kind="agreement.voided")
    assert {one.engagement_id for one in mails} == {agreement.engagement_id}
    assert "sam@acme.example" in mailed("agreement.voided")


def test_the_last_day_is_the_companys_own() -> None:
    agreement = drafted()
    type(agreement.company).objects.update(time_zone="Pacific/Auckland")  # 4 a.m. on the 24th there

    fresh = agreements.draft_again(agreement.engagement_id, by=specialist(), at=NOW)

    assert (fresh.terms["issued_on"], fresh.expires_on.isoformat()) == ("2026-11-24", "2026-12-24")
