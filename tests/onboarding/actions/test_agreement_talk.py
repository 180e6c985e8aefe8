"""Comments at a clause and copies for others: who may, when, and who hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding import errors
from onboarding.actions import agreement_comments, agreement_copies, agreements, signing
from onboarding.actors import Role
from onboarding.models import Agreement, AgreementComment, AgreementCopy, Document, Message
from onboarding.queries import signing as queries
from onboarding.tasks.mail import send_message
from tests.agreements import countersign, drafted, issued, person, sealed, sign
from tests.factories import NOW, lead, member, owner, specialist, viewer

pytestmark = pytest.mark.django_db


def mailed(kind: str) -> set[str]:
    return set(Message.objects.filter(kind=kind).values_list("to", flat=True))


def test_a_question_at_a_clause_is_answered_and_settled() -> None:
    agreement = issued()
    boss = owner(agreement.company)

    asked = agreement_comments.write(agreement.pk, clause=" § 7.2 ", text="Why so low?", by=boss, at=NOW)
    staff = mailed("agreement.commented")
    agreement_comments.write(agreement.pk, clause="7.2", text="We raise it.", by=specialist(), at=NOW)
    [thread] = queries.threads(agreement.engagement)
    open_before = queries.open_count([thread])
    agreement_comments.settle(asked.pk, by=boss, at=NOW + timedelta(hours=1))
    [settled] = queries.threads(agreement.engagement)

    agreement = Agreement.objects.get()
    assert staff == {agreement.engagement.specialist.user.email, agreement.reviewer.user.email}
    assert mailed("agreement.commented") - staff == {boss.email, "sam@acme.example"}
    assert (thread.clause, [one.text for one in thread.comments]) == ("7.2", ["Why so low?", "We raise it."])
    assert (open_before, queries.open_count([settled]), settled.last.settled_by) == (1, 0, boss.name)
    with pytest.raises(errors.WrongState):
        agreement_comments.settle(asked.pk, by=boss, at=NOW)


def test_an_open_question_goes_on_to_the_next_version() -> None:
    agreement = issued()
    for clause in ("7.2", ""):
        agreement_comments.write(agreement.pk, clause=clause, text="Why?", by=owner(agreement.company), at=NOW)
    about_all = AgreementComment.objects.get(clause="")
    agreement_comments.settle(about_all.pk, by=specialist(), at=NOW)

    agreements.draft_again(agreement.engagement_id, by=specialist(), at=NOW)
    fresh = Agreement.objects.last()
    agreement_comments.write(agreement.pk, clause="7.2", text="It is 2 million now.", by=specialist(), at=NOW)

    assert [(one.clause, one.is_open, len(one.comments)) for one in queries.threads(agreement.engagement)] == [
        ("7.2", True, 2), ("", False, 1),
    ]  # fmt: skip
    assert fresh.comments.count() == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [({"text": " "}, "text"), ({"text": "x" * 4001}, "text"), ({"clause": "7.2; DROP"}, "clause"),
     ({"clause": "1." * 11}, "clause"), ({"clause": "99"}, "clause"), ({"clause": "7.99"}, "clause"),
     ({"clause": "Annex Z"}, "clause"), ({"clause": "(b)"}, "clause")],
)  # fmt: skip
def test_a_comment_has_words_and_a_clause_as_printed(given: dict[str, str], field: str) -> None:
    agreement = issued()

    with pytest.raises(errors.BadInput) as refusal:
        agreement_comments.write(
            agreement.pk, **{"text": "Why?", "clause": ""} | given, by=owner(agreement.company), at=NOW
        )

    assert (list(refusal.value.fields), AgreementComment.objects.count()) == ([field], 0)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("§7.2", "7.2"), ("Clause 7.2", "7.2"), ("section  7", "7"), ("7.2 (b)", "7.2 (b)"), ("7.2.", "7.2"),
     ("annex b", "Annex B"), ("c.1", "C.1"), ("", "")],
)  # fmt: skip
def test_a_clause_may_be_typed_in_the_usual_ways(typed: str, kept: str) -> None:
    agreement = issued()

    said = agreement_comments.write(agreement.pk, text="Why?", clause=typed, by=owner(agreement.company), at=NOW)

    assert said.clause == kept


def test_a_thread_goes_on_though_its_clause_is_gone() -> None:
    agreement = issued()
    earlier = {"company": agreement.company, "agreement": agreement, "side": "customer", "by": "Ann", "at": NOW}
    AgreementComment.objects.create(**earlier, clause="88", text="And this?")

    said = agreement_comments.write(agreement.pk, text="It was taken out.", clause="88", by=specialist(), at=NOW)

    assert said.clause == "88"


@pytest.mark.parametrize("why", ["draft", "in review", "signed", "declined", "viewer"])
def test_it_is_commented_while_it_can_be_signed_by_whoever_may_write(why: str) -> None:
    agreement = drafted() if why in {"draft", "in review"} else issued()
    by = viewer(agreement.company) if why == "viewer" else owner(agreement.company)
    if why == "in review":
        agreements.send_for_review(agreement.pk, by=specialist(), at=NOW)
    elif why == "signed":
        sign(agreement, person(agreement.company, "Sam Sponsor", "sam@acme.example"))
    elif why == "declined":
        signing.decline(agreement.pk, reason="No", by=by, at=NOW)

    with pytest.raises(errors.NotYours if why == "viewer" else errors.WrongState):
        agreement_comments.write(agreement.pk, text="Why?", by=by, at=NOW)

    assert AgreementComment.objects.count() == 0


def test_a_lawyer_gets_the_sealed_file_once_everybody_signed(mailoutbox) -> None:
    agreement = issued()
    sam = person(agreement.company, "Sam Sponsor", "sam@acme.example")
    for email in ("Law@Firm.example", "law@firm.example", "sam@acme.example"):
        agreement_copies.add(agreement.pk, email=email, name="Law", by=sam, at=NOW)
    countersign(sign(agreement, sam))
    before = mailed("agreement.executed")

    sealed(agreement)
    for message in Message.objects.filter(kind="agreement.executed"):
        send_message(message_id=message.pk)

    to_lawyer = next(one for one in mailoutbox if one.to == ["law@firm.example"])
    [(name, content, kind)] = to_lawyer.attachments
    assert before == set()
    assert (name, bytes(content), kind) == (
        "MSA-2026-0001-executed.pdf", b"%PDF MSA-2026-0001", "application/pdf"
    )  # fmt: skip
    assert "Sam Sponsor asked us to send you a copy" in to_lawyer.body
    assert [len(one.attachments) for one in mailoutbox if one.to == ["sam@acme.example"]] == [0]
    assert AgreementCopy.objects.filter(sent_at=NOW).count() == 2


def test_a_signer_without_an_account_gets_the_file_too() -> None:
    agreement = issued()
    sam = person(agreement.company, "Sam Sponsor", "sam@acme.example")
    countersign(sign(agreement, sam))
    agreement.signers.filter(position=1).update(email="gone@elsewhere.example")

    sealed(agreement)

    message = Message.objects.get(kind="agreement.executed", to="gone@elsewhere.example")
    assert message.document == Document.objects.get(file_name="MSA-2026-0001-executed.pdf")
    assert (message.path, "attached" in message.text) == ("", True)


@pytest.mark.parametrize(
    ("email", "count"), [("law at firm", 0), ("", 0), (f"{'x' * 250}@firm.example", 0), ("law@firm.example", 10)]
)
def test_a_recipient_has_an_address_and_they_are_few(email: str, count: int) -> None:
    agreement = issued()
    boss = owner(agreement.company)
    for number in range(count):
        agreement_copies.add(agreement.pk, email=f"a{number}@firm.example", by=boss, at=NOW)

    with pytest.raises(errors.BadInput) as refusal:
        agreement_copies.add(agreement.pk, email=email, by=boss, at=NOW)

    assert (list(refusal.value.fields), agreement.copies.count()) == (["email"], count)


def test_copies_are_named_by_those_who_decide_until_they_go_out() -> None:
    agreement = issued()
    sam = person(agreement.company, "Sam Sponsor", "sam@acme.example")
    copy = agreement_copies.add(agreement.pk, email="law@firm.example", by=sam, at=NOW)

    with pytest.raises(errors.NotYours):
        agreement_copies.add(
            agreement.pk, email="x@firm.example", by=member(agreement.company, Role.CONTRIBUTOR), at=NOW
        )
    agreement_copies.remove(copy.pk, by=specialist(), at=NOW)
    with pytest.raises(errors.NotFound):
        agreement_copies.remove(copy.pk, by=sam, at=NOW)
    kept = agreement_copies.add(agreement.pk, email="law@firm.example", by=sam, at=NOW)
    countersign(sign(agreement, sam))
    sealed(agreement)
    with pytest.raises(errors.WrongState):
        agreement_copies.remove(kept.pk, by=sam, at=NOW)
    with pytest.raises(errors.WrongState):
        agreement_copies.add(agreement.pk, email="late@firm.example", by=lead(), at=NOW)

    assert list(agreement.copies.values_list("email", "sent_at")) == [("law@firm.example", NOW)]
