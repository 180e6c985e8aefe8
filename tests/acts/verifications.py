"""Acts of verification: checks decided, domains proved, records corrected and approved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from onboarding.actions import domains, records, verifications
from onboarding.models import DomainProof
from onboarding.queries.records import present_sha256
from tests.acts import ANY, STAFF, WRITERS, Act
from tests.journey.cast import Cast, upload


def rows(cast: Cast) -> dict[str, Any]:
    """A code that was sent, and a record that was asked for."""
    here = {"company": cast.company, "engagement": cast.engagement, "domain": "acme.example", "asked_at": now(),
            "asked_by": "Ann"}  # fmt: skip
    soon = now() + timedelta(minutes=15)
    return {
        "one": cast.engagement,
        "code_proof": DomainProof.objects.create(**here, method="code", code_digest="0" * 64, code_expires_at=soon),
        "record_proof": DomainProof.objects.create(**here, method="dns", dns_value="interweave-verification=x"),
    }


# fmt: off
ACTS = [
    Act("records.approve", "os", "V VI VII VIII IX X XI XII", lambda w, by: records.approve(w.id,
        seen_sha256=present_sha256(w.one), by=by, at=now())),
    Act("domains.ask_code", "ostSL", ANY, lambda w, by: domains.ask_code(w.id, email="postmaster@acme.example", by=by,
        at=now())),
    Act("domains.ask_record", "ostSL", ANY, lambda w, by: domains.ask_record(w.id, domain="acme.example", by=by,
        at=now())),
    Act("domains.enter_code", "ost", ANY, lambda w, by: domains.enter_code(w.code_proof.pk, code="000000", by=by,
        at=w.code_proof.asked_at)),
    Act("domains.look_up", "ostSL", ANY, lambda w, by: domains.look_up(w.record_proof.pk, by=by, at=now())),
    Act("verifications.give_authority", WRITERS + STAFF, "IV V VI VII VIII IX X XI XII",
        lambda w, by: verifications.give_authority(w.id, upload=upload("extract.csv"), by=by, at=now())),
    Act("verifications.look_again", STAFF, "IV V VI VII VIII IX X XI XII", lambda w, by: verifications.look_again(w.id,
        by=by, at=now())),
    Act("verifications.decide", STAFF, "IV V VI VII VIII IX X XI XII", lambda w, by: verifications.decide(w.id, check_code="tax_id",
        outcome="passed", evidence="Register", by=by, at=now())),
    Act("verifications.correct_company", "oSL", ANY, lambda w, by: verifications.correct_company(w.id,
        legal_name="Acme Inc", by=by, at=now())),
]
