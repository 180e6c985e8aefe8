from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.timezone import now

from integrations import dns
from integrations.tasks.labour import labour
from onboarding.actions import domains
from onboarding.models import DomainLookup

KEPT, LONGEST = 20, 200  # of what was there instead
Answer = DomainLookup.Answer
SAID = {dns.NO_DOMAIN: Answer.NO_DOMAIN, dns.NO_RECORD: Answer.NO_RECORD, dns.UNANSWERED: Answer.UNANSWERED}


@shared_task(name="integrations.look_up_domain", acks_late=True, ignore_result=True)
def look_up_domain(*, lookup_id: int, **_: Any) -> None:
    """Look once whether the record that proves a domain is there. Safe to run twice: looking changes nothing."""
    labour(DomainLookup, lookup_id, uses=lambda lookup: [], do=_look, give_up=domains.give_up)


def _look(lookup: DomainLookup) -> None:
    proof = lookup.proof
    said = dns.txt_records(proof.domain)
    answer = SAID.get(said.kind) or (Answer.PROVED if proof.dns_value in said.texts else Answer.OTHER_VALUE)
    found = [text[:LONGEST] for text in said.texts[:KEPT]]
    domains.settle(lookup, answer=answer, found=found, at=now())
