"""Proving a mail domain: by a code into it within its tries, its time and its rate, or by a record in its DNS."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import domains, verifications, work
from onboarding.actors import Role
from onboarding.models import Company, DomainLookup, DomainProof, Engagement, Event, Message
from onboarding.queries import domains as query
from onboarding.workflow.steps import Step
from tests.factories import NOW, CompanyFactory, EngagementFactory, member, owner, specialist, stranger, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement() -> Engagement:
    company = CompanyFactory(mail_domain="")
    found = EngagementFactory(company=company, step=Step.CUSTOMER_VERIFICATION)
    verifications.open_for(found, by=specialist(), at=NOW)
    return found


def asked(engagement: Engagement, email: str = "Postmaster@Acme.example", at: Any = NOW) -> tuple[DomainProof, str]:
    """The proof, and the code as it arrived."""
    proof = domains.ask_code(engagement.pk, email=email, by=owner(engagement.company), at=at)
    code = re.search(r"The code is (\d{6})", Message.objects.filter(kind="domain_proof.code").last().text)
    assert code
    return proof, code[1]


def enter(proof: DomainProof, code: str, at: Any = NOW, by: Any = None) -> DomainProof:
    return domains.enter_code(proof.pk, code=code, by=by or owner(proof.company), at=at)


def outcome(engagement: Engagement) -> str:
    return str(engagement.verifications.get(check_code="mail_domain").outcome)


def test_the_right_code_proves_the_domain_and_passes_its_check(engagement: Engagement) -> None:
    proof, code = asked(engagement)
    assert outcome(engagement) == "open"

    proved = enter(proof, f" {code[:3]} {code[3:]} ")

    assert (proved.proved_at, proved.domain) == (NOW, "acme.example")
    assert Company.objects.get(pk=engagement.company_id).mail_domain == "acme.example"
    check = engagement.verifications.get(check_code="mail_domain")
    assert (check.outcome, check.value) == ("passed", "acme.example")
    assert check.evidence.startswith("A code sent to postmaster@acme.example was entered by ")
    message = Message.objects.get(kind="domain_proof.code")
    assert (message.to, code in message.subject, code in message.text) == ("postmaster@acme.example", False, True)
    assert Event.objects.get(kind="domain_proof.proved").data == {"domain": "acme.example", "method": "code"}
    assert code not in str(list(Event.objects.values_list("data", flat=True)))
    with pytest.raises(errors.WrongState, match="settled"):
        enter(proof, code)


def test_only_a_keyed_hash_is_kept_and_no_two_tries_share_it(engagement: Engagement) -> None:
    first, code = asked(engagement)
    second, _ = asked(engagement)

    assert re.fullmatch(r"[0-9a-f]{64}", first.code_digest)
    assert domains._digest(first, code) != domains._digest(second, code)
    first.refresh_from_db()
    assert first.ended_at == NOW
    with pytest.raises(errors.WrongState):
        enter(first, code)


def test_a_wrong_code_uses_up_a_try_and_the_sixth_is_not_looked_at(engagement: Engagement) -> None:
    proof, code = asked(engagement)
    wrong = "000000" if code != "000000" else "111111"

    said = [domains.wrong_words(enter(proof, wrong)) for _ in range(5)]

    assert said[0] == "This is not the code we sent. You have 4 tries left."
    assert said[3] == "This is not the code we sent. You have 1 try left."
    assert said[4].endswith("it was the last try. Ask for a new code.")
    with pytest.raises(errors.BadInput) as refusal:
        enter(proof, code)
    assert refusal.value.fields == {"code": "This code was tried five times. Ask for a new one."}
    proof.refresh_from_db()
    assert (proof.proved_at, query.state_of(proof, at=NOW)) == (None, "exhausted")


def test_a_code_counts_for_fifteen_minutes(engagement: Engagement) -> None:
    proof, code = asked(engagement)
    late = NOW + timedelta(minutes=15, seconds=1)

    with pytest.raises(errors.BadInput) as refusal:
        enter(proof, code, at=late)

    assert "15 minutes" in refusal.value.fields["code"]
    assert (query.state_of(proof, at=late), query.state_of(proof, at=NOW)) == ("expired", "waiting")
    assert enter(proof, code, at=NOW + timedelta(minutes=15)).proved_at


def test_a_mailbox_and_a_company_are_not_flooded(engagement: Engagement) -> None:
    for _ in range(3):
        asked(engagement)
    other = EngagementFactory()
    with pytest.raises(errors.BadInput) as same_mailbox:
        asked(other)
    for name in ("a", "b"):
        asked(engagement, f"{name}@acme.example")
    with pytest.raises(errors.BadInput) as same_company:
        asked(engagement, "c@acme.example")

    words = "Too many codes were asked for. Wait an hour, or prove the domain by a record in its DNS."
    assert same_mailbox.value.fields == same_company.value.fields == {"email": words}
    assert Message.objects.filter(kind="domain_proof.code").count() == 5
    asked(engagement, "c@acme.example", at=NOW + timedelta(hours=1, seconds=1))


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("nobody", "Enter an address in the domain, such as postmaster@acme.com."),
        ("a@b@acme.com", "Enter an address in the domain, such as postmaster@acme.com."),
        ("maria@GMAIL.com", "Anyone can have an address at gmail.com, so it proves no company."),
        ("root@localhost", "Enter a domain, such as acme.com."),
    ],
)  # fmt: skip
def test_an_address_that_proves_nothing_is_refused(engagement: Engagement, email: str, words: str) -> None:
    with pytest.raises(errors.BadInput) as refusal:
        asked(engagement, email)

    assert refusal.value.fields["email"].startswith(words)
    assert not DomainProof.objects.exists()


@pytest.mark.parametrize(
    ("text", "domain"),
    [(" ACME.com. ", "acme.com"), ("me@acme.com", "acme.com"), ("bücher.example", "xn--bcher-kva.example")],
)
def test_a_domain_is_taken_as_people_write_it(text: str, domain: str) -> None:
    assert domains.clean_domain(text) == domain


@pytest.mark.parametrize(
    "text", ["", "acme", "-acme.com", "a..com", "acme.com/x", "127.0.0.1", "a" * 254 + ".com", "a b.com", "*.acme.com"]
)
def test_what_is_no_domain_is_refused(text: str) -> None:
    with pytest.raises(errors.BadInput, match="Check what you entered"):
        domains.clean_domain(text)


def recorded(engagement: Engagement) -> DomainProof:
    return domains.ask_record(engagement.pk, domain="acme.example", by=owner(engagement.company), at=NOW)


def settled(proof: DomainProof, answer: str, at: Any = NOW) -> DomainLookup:
    """Looked once, as the worker does."""
    row = domains.look_up(proof.pk, by=owner(proof.company), at=at)
    claimed = work.claim(DomainLookup, row.pk, at=at)
    assert claimed
    domains.settle(claimed, answer=answer, found=["v=spf1 -all"], at=at)
    row.refresh_from_db()
    return row


def test_a_record_found_proves_the_domain_and_tells_the_company(engagement: Engagement) -> None:
    proof = recorded(engagement)
    assert re.fullmatch(r"interweave-verification=[\w-]{32}", proof.dns_value)
    assert recorded(engagement).dns_value == proof.dns_value

    row = settled(proof, "proved")

    proof.refresh_from_db()
    assert (row.state, row.answer, proof.proved_at, outcome(engagement)) == ("done", "proved", NOW, "passed")
    assert Message.objects.filter(kind="domain_proof.proved").exists()
    with pytest.raises(errors.WrongState):
        domains.look_up(proof.pk, by=owner(engagement.company), at=NOW)


@pytest.mark.parametrize("answer", ["other_value", "no_record", "no_domain", "unanswered"])
def test_a_record_not_there_yet_is_looked_for_again_by_itself(engagement: Engagement, answer: str) -> None:
    proof = recorded(engagement)

    row = settled(proof, answer)

    assert (row.state, row.answer, row.found, row.not_before) == (
        "queued", answer, ["v=spf1 -all"], NOW + timedelta(seconds=10),
    )  # fmt: skip
    assert outcome(engagement) == "open"
    later = NOW + timedelta(seconds=5)
    assert domains.look_up(proof.pk, by=owner(engagement.company), at=later).pk == row.pk  # the same look, now
    row.refresh_from_db()
    assert row.not_before == later
    DomainLookup.objects.update(attempts=8)
    assert settled(proof, answer, at=later).state == "done"  # looked for often enough


def test_a_look_that_was_overtaken_proves_nothing(engagement: Engagement) -> None:
    proof = recorded(engagement)
    row = domains.look_up(proof.pk, by=owner(engagement.company), at=NOW)
    claimed = work.claim(DomainLookup, row.pk, at=NOW)
    assert claimed
    asked(engagement)  # another way was chosen meanwhile

    domains.settle(claimed, answer="proved", found=[], at=NOW)

    proof.refresh_from_db()
    assert (proof.proved_at, Company.objects.get(pk=engagement.company_id).mail_domain) == (None, "")


def test_another_domain_than_before_is_a_change_that_is_checked_again() -> None:
    engagement = EngagementFactory(step=Step.CUSTOMER_VERIFICATION, company=CompanyFactory(mail_domain="old.example"))
    verifications.open_for(engagement, by=specialist(), at=NOW)
    verifications.decide(
        engagement.pk, check_code="mail_domain", outcome="passed", evidence="Whois", by=specialist(), at=NOW
    )

    settled(recorded(engagement), "proved")

    reopened = Event.objects.filter(kind="verification.reopened", is_internal=False).get()
    assert reopened.data["because"] == "E-mail domain: acme.example is proved, before it was old.example."
    assert outcome(engagement) == "passed"


def test_who_may_prove_a_domain(engagement: Engagement) -> None:
    for by in (viewer(engagement.company), member(engagement.company, Role.BILLING)):
        with pytest.raises(errors.NotYours):
            domains.ask_record(engagement.pk, domain="acme.example", by=by, at=NOW)
    proof, code = asked(engagement)
    with pytest.raises(errors.NotFound):
        enter(proof, code, by=stranger())
    with pytest.raises(errors.NotYours):
        enter(proof, code, by=specialist())  # whoever got the mail is the customer's
    proof.refresh_from_db()
    assert proof.code_tries == 0
    assert enter(proof, code, by=member(engagement.company, Role.TECHNICAL)).proved_at
