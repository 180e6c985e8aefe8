"""The worker that looks for the record: at a real name server, with what goes wrong there."""

from __future__ import annotations

import pytest
from django.utils.timezone import now

from integrations.tasks.domains import look_up_domain
from onboarding.actions import domains, verifications
from onboarding.models import Company, DomainLookup, DomainProof
from onboarding.workflow.steps import Step
from tests.factories import CompanyFactory, EngagementFactory, owner, specialist
from tests.integrations.sandbox_fixture import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def proof(sandbox: RunningSandbox, settings) -> DomainProof:
    settings.DNS_RESOLVERS = [sandbox.dns_address]
    sandbox.clear_faults()
    engagement = EngagementFactory(company=CompanyFactory(mail_domain=""), step=Step.CUSTOMER_VERIFICATION)
    verifications.open_for(engagement, by=specialist(), at=now())
    return domains.ask_record(engagement.pk, domain="fabrikam.example", by=owner(engagement.company), at=now())


def look(proof: DomainProof) -> DomainLookup:
    row = domains.look_up(proof.pk, by=owner(proof.company), at=now())
    look_up_domain(lookup_id=row.pk)
    look_up_domain(lookup_id=row.pk)  # a message that came twice
    row.refresh_from_db()
    proof.refresh_from_db()
    return row


def test_the_record_is_found_among_others_and_the_company_has_its_domain(sandbox, proof: DomainProof) -> None:
    sandbox.zone("fabrikam.example", "v=spf1 -all", proof.dns_value)

    row = look(proof)

    assert (row.state, row.answer, row.attempts, proof.proved_at is None) == ("done", "proved", 1, False)
    assert Company.objects.get(pk=proof.company_id).mail_domain == "fabrikam.example"


@pytest.mark.parametrize(
    ("fault", "answer"),
    [("nxdomain", "no_domain"), ("servfail", "unanswered"), ("wrong_value", "other_value"), ("many_records", "proved"),
     ("truncated", "proved")],
)  # fmt: skip
def test_what_the_name_server_does_wrong_is_told_and_tried_again(
    sandbox, proof: DomainProof, fault: str, answer: str
) -> None:
    sandbox.zone("fabrikam.example", proof.dns_value)
    sandbox.fault("dns", "fabrikam.example", fault, count=2 if fault == "many_records" else 1)

    row = look(proof)

    is_proved = answer == "proved"
    assert (row.answer, row.state) == (answer, "done" if is_proved else "queued")
    assert len(row.found) <= 20
    if not is_proved:
        look(proof)
        assert proof.proved_at is not None
