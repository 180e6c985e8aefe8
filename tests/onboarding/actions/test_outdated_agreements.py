"""What an agreement says changed after it went out: who is told, what is shown, what can still be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from onboarding import errors
from onboarding.actions import agreements, contacts, signing, verifications
from onboarding.actors import Actor
from onboarding.models import Agreement, Engagement, Event, Message
from tests.agreements import countersign, issued, ours, person, sealed, sign
from tests.factories import NOW, lead, owner, specialist

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
BECAUSE = "Legal name: “{was}” is now “Fabrikam Ltd”."


def corrected(engagement: Engagement, by: Actor | None = None, **details: str) -> Agreement:
    by, details = by or owner(engagement.company), details or {"legal_name": "Fabrikam Ltd"}
    verifications.correct_company(engagement.pk, by=by, at=LATER, **details)
    return Agreement.objects.order_by("pk").last()


def told() -> dict[str, str]:
    return dict(Message.objects.filter(kind="agreement.outdated").values_list("to", "text"))


@dataclass
class Stage:
    """An agreement, its two signers, and those of the customer and of InterWeave whom it concerns."""

    agreement: Agreement
    sam: Actor
    ed: Actor
    customers: set[str]
    staff: set[str]

    @property
    def engagement(self) -> Engagement:
        return self.agreement.engagement


def stage(name: str) -> Stage:
    agreement = issued(others=1)
    sam = person(agreement.engagement.company, "Sam Sponsor", "sam@acme.example")
    ed = person(agreement.engagement.company, "Ed Second", "ed@acme.example")
    if name != "issued":
        sign(agreement, sam)
    if name not in {"issued", "signed by one"}:
        sign(agreement, ed)
    if name in {"countersigned", "executed"}:
        countersign(agreement)
    if name == "executed":
        sealed(agreement)
    agreement = Agreement.objects.select_related("engagement__company", "reviewer__user").get()
    customers = {sam.email, ed.email}  # both signatories of the company
    return Stage(
        agreement, sam, ed, customers, {agreement.engagement.specialist.user.email, agreement.reviewer.user.email}
    )


@pytest.mark.parametrize(
    ("how_far", "words", "customers_hear"),
    [
        ("issued", "It can't be signed as it is. Draft it anew and issue that.", True),
        ("signed by one", "Sam Sponsor signed it already: a lead voids it, then it is drafted anew.", True),
        ("signed by all", "It stands as it was signed.", False),
        ("countersigned", "It stands as it was signed.", False),
        ("executed", "It stands as it was signed.", False),
    ],
)
def test_everybody_concerned_is_told_what_changed_and_what_comes_next(
    how_far: str, words: str, customers_hear: bool
) -> None:
    there = stage(how_far)
    was, boss = there.engagement.company.legal_name, owner(there.engagement.company)

    after = corrected(there.engagement, boss)

    mails = told()
    assert mails.keys() == there.staff | (there.customers | {boss.email} if customers_hear else set())
    assert all(BECAUSE.format(was=was) in text for text in mails.values())
    assert all(words in mails[one] for one in there.staff)
    assert (after.state, after.pk) == (there.agreement.state, there.agreement.pk)
    assert Event.objects.get(kind="agreement.outdated").data["because"] == BECAUSE.format(was=was)


def test_it_is_not_signed_by_the_next_after_the_change_and_goes_on_once_drafted_anew() -> None:
    there = stage("signed by one")
    agreement = there.agreement
    corrected(there.engagement)

    with pytest.raises(errors.WrongState, match="details were corrected since"):
        sign(agreement, there.ed)
    with pytest.raises(errors.WrongState, match=r"Sam Sponsor signed .* already\. A lead voids it first"):
        agreements.draft_again(agreement.engagement_id, by=specialist(), at=LATER)
    agreements.void(agreement.pk, reason="The name changed", by=lead(), at=LATER)
    fresh = agreements.draft_again(agreement.engagement_id, by=specialist(), at=LATER)

    assert fresh.terms["company"]["legal_name"] == "Fabrikam Ltd"
    voided = set(Message.objects.filter(kind="agreement.voided").values_list("to", flat=True))
    assert {"sam@acme.example", "ed@acme.example"} <= voided


def test_a_changed_back_detail_or_one_it_does_not_say_tells_nobody() -> None:
    here = stage("issued").engagement
    was, boss = here.company.legal_name, owner(here.company)
    corrected(here, boss, website="https://new.example/")
    quiet = told()
    corrected(here, boss)
    corrected(here, boss, legal_name=was)

    assert (quiet, Event.objects.filter(kind="agreement.outdated").count()) == ({}, 1)


@pytest.mark.parametrize("email", ["nora@acme.example", "sam@acme.example"], ids=["another mailbox", "the same"])
def test_another_sponsor_is_told_to_interweave_alone_and_the_earlier_can_sign(email: str) -> None:
    there = stage("issued")
    agreement = there.agreement

    contacts.save(
        agreement.engagement_id, kind="executive_sponsor", name="Nora New", email=email, title="CEO",
        phone="", by=owner(agreement.company), at=LATER,
    )  # fmt: skip

    mails = told()
    assert mails.keys() == there.staff
    assert all("still names the earlier signer" in text for text in mails.values())
    assert sign(agreement, there.sam).state == "viewed"


def test_a_draft_follows_and_nobody_is_told() -> None:
    agreement = stage("issued").agreement
    fresh = agreements.draft_again(agreement.engagement_id, by=ours(agreement.engagement), at=NOW)

    contacts.save(
        agreement.engagement_id, kind="executive_sponsor", name="Nora New", email="nora@acme.example", title="CEO",
        phone="", by=owner(agreement.company), at=LATER,
    )  # fmt: skip

    fresh = Agreement.objects.get(pk=fresh.pk)
    assert fresh.terms["company"]["signatory"]["name"] == "Nora New"
    assert fresh.signers.get(position=1).name == "Nora New"
    assert told() == {}


def test_what_is_voided_after_the_first_signature_takes_no_second() -> None:
    there = stage("signed by one")
    agreement = there.agreement
    agreements.void(agreement.pk, reason="Wrong fees", by=lead(), at=LATER)

    signing.view(agreement.pk, by=there.ed, at=LATER)  # had it open, reads on
    with pytest.raises(errors.WrongState, match="This agreement is voided"):
        sign(agreement, there.ed)

    assert (agreement.signatures.count(), agreement.signers.get(name="Ed Second").viewed_at) == (1, None)
