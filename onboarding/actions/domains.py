"""Proving that a mail domain is the company's own: by a code sent into it, or by a record in its DNS."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from onboarding import errors, outbox, tenancy
from onboarding.actions import gates, letters, messages, rows, runs, verifications, work
from onboarding.actors import SPECIALISTS, SYSTEM, Actor, Role
from onboarding.library import mailboxes
from onboarding.library.company_keys import is_open_to_anyone
from onboarding.library.verification_checks import Code
from onboarding.models import Company, DomainLookup, DomainProof, Engagement
from onboarding.queries.domains import MOST_TRIES
from onboarding.workflow.steps import STEPS

PROVERS = frozenset({Role.OWNER, Role.SIGNATORY, Role.TECHNICAL}) | SPECIALISTS
ENTERERS = frozenset({Role.OWNER, Role.SIGNATORY, Role.TECHNICAL})
PROVING = frozenset(STEPS)  # a domain may be proved from the first day on
WORDS = "The owner, the signatory or a technical member proves the domain."
CODE_LIFE = timedelta(minutes=15)
RATE = timedelta(hours=1)
CODES_A_COMPANY, CODES_AN_ADDRESS = 5, 3  # within RATE
BETWEEN_LOOKS = timedelta(seconds=10)
RECORD = "interweave-verification="
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
Answer = DomainLookup.Answer


def clean_domain(text: str) -> str:
    """The domain as it is compared and asked for (small letters, punycode); BadInput when it is none, or anyone's."""
    domain = text.strip().rstrip(".").lower().rpartition("@")[2]
    try:
        domain = domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError:
        domain = ""
    if len(domain) > 253 or not _DOMAIN.fullmatch(domain):
        raise errors.BadInput(fields={"domain": "Enter a domain, such as acme.com."})
    if is_open_to_anyone(domain):
        words = f"Anyone can have an address at {domain}, so it proves no company. Enter your company's own domain."
        raise errors.BadInput(fields={"domain": words})
    return domain


@transaction.atomic
def ask_code(engagement_id: int, *, email: str, by: Actor, at: datetime) -> DomainProof:
    """Send six digits to an address in the domain to prove; an earlier try ends. Good for 15 minutes and five tries.

    Raises BadInput, also when too many codes were asked for.
    """
    engagement = gates.writable(engagement_id, by, roles=PROVERS, steps=PROVING, words=WORDS)
    email = email.strip().lower()
    try:
        mailboxes.require(email)
    except ValidationError:
        words = "Enter an address in the domain, such as postmaster@acme.com."
        raise errors.BadInput(fields={"email": words}) from None
    domain = _of_address(email)
    _require_unhurried(engagement, email, at)
    proof = _begin(engagement, DomainProof.Method.CODE, domain, email=email, by=by, at=at)
    code = f"{secrets.randbelow(10**6):06d}"
    proof.code_digest, proof.code_expires_at = _digest(proof, code), at + CODE_LIFE
    proof.save(update_fields=["code_digest", "code_expires_at"])
    messages.send(
        company=engagement.company, engagement=engagement, kind="domain_proof.code", to=email,
        subject=f"The code that proves {domain}",
        text=f"{by.name} of {engagement.company.name} asks InterWeave to take {domain} as their company's e-mail domain."
        f"\n\nThe code is {code}. Give it to {by.name} if you know them; it counts for 15 minutes.\n\n"
        "If you know nothing of this, ignore this mail: nothing happens then.",
        key=f"domain_proof:{proof.pk}", at=at,
    )  # fmt: skip
    outbox.record("domain_proof.asked", engagement, by=by, at=at, data=_facts(proof))
    return proof


def _of_address(email: str) -> str:
    try:
        return clean_domain(email)
    except errors.BadInput as refusal:
        raise errors.BadInput(fields={"email": refusal.fields["domain"]}) from None


def _require_unhurried(engagement: Engagement, email: str, at: datetime) -> None:
    recent = {"method": DomainProof.Method.CODE, "asked_at__gt": at - RATE}
    ours = DomainProof.objects.filter(company=engagement.company_id, **recent).count()
    with tenancy.acting(staff=True):  # whoever asked for it: nobody's mailbox is filled through us
        theirs = DomainProof.objects.filter(email=email, **recent).count()
    if ours >= CODES_A_COMPANY or theirs >= CODES_AN_ADDRESS:
        words = "Too many codes were asked for. Wait an hour, or prove the domain by a record in its DNS."
        raise errors.BadInput(fields={"email": words})


def _begin(
    engagement: Engagement, method: str, domain: str, *, by: Actor, at: datetime, email: str = "", dns_value: str = ""
) -> DomainProof:
    """A new try; the open ones of the company end."""
    DomainProof.objects.filter(company=engagement.company_id, proved_at=None, ended_at=None).update(ended_at=at)
    return DomainProof.objects.create(
        company_id=engagement.company_id, engagement=engagement, method=method, domain=domain, email=email,
        dns_value=dns_value, asked_at=at, asked_by=by.name,
    )  # fmt: skip


def _digest(proof: DomainProof, code: str) -> str:
    return salted_hmac("onboarding.domain_proof", f"{proof.pk}:{code}", algorithm="sha256").hexdigest()


@transaction.atomic
def enter_code(proof_id: int, *, code: str, by: Actor, at: datetime) -> DomainProof:
    """Enter the digits that arrived: right, the domain is the company's (`proved_at`); wrong, a try is used up.

    A wrong code is no refusal, as a refusal would undo the count: see `wrong_words`. Raises BadInput when the code is
    too old or was tried too often, WrongState when it is settled.
    """
    proof = rows.visible(DomainProof, proof_id, by)
    engagement = gates.writable(proof.engagement_id, by, roles=ENTERERS, steps=PROVING, words=WORDS)
    proof.refresh_from_db()
    _require_usable(proof, at)
    proof.code_tries += 1
    proof.save(update_fields=["code_tries"])
    if not constant_time_compare(_digest(proof, "".join(code.split())), proof.code_digest):
        return proof
    return _prove(proof, engagement, by=by, at=at)


def wrong_words(proof: DomainProof) -> str:
    """What to say after a code that was not the one we sent."""
    left = MOST_TRIES - proof.code_tries
    if left <= 0:
        return "This is not the code we sent, and it was the last try. Ask for a new code."
    return f"This is not the code we sent. You have {left} {'try' if left == 1 else 'tries'} left."


def _require_usable(proof: DomainProof, at: datetime) -> None:
    if proof.method != DomainProof.Method.CODE or not _is_open(proof):
        raise errors.WrongState("This code is settled. Reload the page to see where the proof stands.")
    if proof.code_expires_at is None or at > proof.code_expires_at:
        raise errors.BadInput(fields={"code": "This code counted for 15 minutes and they are over. Ask for a new one."})
    if proof.code_tries >= MOST_TRIES:
        raise errors.BadInput(fields={"code": "This code was tried five times. Ask for a new one."})


def _is_open(proof: DomainProof) -> bool:
    return proof.proved_at is None and proof.ended_at is None


@transaction.atomic
def ask_record(engagement_id: int, *, domain: str, by: Actor, at: datetime) -> DomainProof:
    """Say which TXT record proves the domain; asking again for the same one gives the same value."""
    engagement = gates.writable(engagement_id, by, roles=PROVERS, steps=PROVING, words=WORDS)
    domain = clean_domain(domain)
    mine = DomainProof.objects.filter(company=engagement.company_id, method=DomainProof.Method.DNS, domain=domain)
    if earlier := mine.filter(proved_at=None, ended_at=None).first():
        return earlier
    value = f"{RECORD}{secrets.token_urlsafe(24)}"
    proof = _begin(engagement, DomainProof.Method.DNS, domain, dns_value=value, by=by, at=at)
    outbox.record("domain_proof.asked", engagement, by=by, at=at, data=_facts(proof))
    return proof


@transaction.atomic
def look_up(proof_id: int, *, by: Actor, at: datetime) -> DomainLookup:
    """Have a worker look for the record now; while one looks, or did within ten seconds, it is that look."""
    proof = rows.visible(DomainProof, proof_id, by)
    engagement = gates.writable(proof.engagement_id, by, roles=PROVERS, steps=PROVING, words=WORDS)
    proof.refresh_from_db()
    if proof.method != DomainProof.Method.DNS or not _is_open(proof):
        raise errors.WrongState("This proof is settled. Reload the page to see where it stands.")
    last = proof.lookups.last()
    if last is not None and (last.is_open or last.queued_at > at - BETWEEN_LOOKS):
        work.hurry(DomainLookup, last.pk, at=at)
        return last
    return work.new(DomainLookup, at=at, company_id=proof.company_id, engagement=engagement, proof=proof)


@transaction.atomic
def settle(lookup: DomainLookup, *, answer: str, found: list[str], at: datetime) -> bool:
    """What the worker found. Proved, the domain is the company's; not there yet, it is looked for again later.

    `found` are the TXT records, cut to a sensible length. False (and nothing written) when the claim is lost.
    """
    engagement = gates.locked(lookup.engagement_id, SYSTEM)
    proof = DomainProof.objects.get(pk=lookup.proof_id)
    seen: dict[str, Any] = {"answer": answer, "found": found, "looked_at": at}
    if not _is_open(proof):
        return work.finish(lookup, at=at, **seen)
    if answer != Answer.PROVED:
        return work.come_again(lookup, at=at, **seen) or work.finish(lookup, at=at, **seen)
    if not work.finish(lookup, at=at, **seen):
        return False
    _prove(proof, engagement, by=SYSTEM, at=at)
    letters.to_customer(
        engagement, kind="domain_proof.proved", subject=f"{proof.domain} is proved", roles=ENTERERS,
        text=f"We found the record at {proof.domain}. You may take it away again.", key=f"domain_proved:{proof.pk}",
        at=at, path="/domain/", button="See the proof",
    )  # fmt: skip
    return True


@transaction.atomic
def give_up(lookup: DomainLookup, *, problem: dict[str, Any], retry: bool, at: datetime) -> bool:
    """Looking failed on our side. Returns True when it will be tried again."""
    return runs.record_failure(lookup, problem=problem, retry=retry, at=at)


def _prove(proof: DomainProof, engagement: Engagement, *, by: Actor, at: datetime) -> DomainProof:
    """The domain is the company's own: kept as its mail domain, and the check that rests on it is decided anew."""
    proof.proved_at = at
    proof.save(update_fields=["proved_at"])
    company = Company.objects.select_for_update(no_key=True).get(pk=engagement.company_id)
    was, company.mail_domain = company.mail_domain, proof.domain
    company.save(update_fields=["mail_domain"])
    engagement.company = company
    outbox.record("domain_proof.proved", engagement, by=by, at=at, data=_facts(proof))
    codes = [Code.MAIL_DOMAIN.value, Code.DUPLICATES.value] if was != proof.domain else [Code.MAIL_DOMAIN.value]
    because = f"E-mail domain: {proof.domain} is proved" + (
        f", before it was {was}." if was not in {"", proof.domain} else "."
    )
    verifications.heed_proof(engagement, codes, because=because, has_changed=was != proof.domain, by=by, at=at)
    return proof


def _facts(proof: DomainProof) -> dict[str, Any]:
    return {"domain": proof.domain, "method": proof.method}
