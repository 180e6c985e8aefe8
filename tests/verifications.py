"""An engagement in step IV with its checks, for the tests of several nouns: decided, its company's details corrected."""

from __future__ import annotations

from typing import Any

from onboarding.actions import contacts, verifications
from onboarding.models import Company, Engagement, Verification
from onboarding.workflow.steps import Step
from tests.factories import (
    NOW,
    CompanyFactory,
    EngagementFactory,
    MemberFactory,
    SpecialistFactory,
    UserFactory,
    owner,
    specialist,
)  # fmt: skip


def opened(step: Step = Step.CUSTOMER_VERIFICATION, **company: Any) -> Engagement:
    details = {"tax_id": "04-2103594", "mail_domain": "acme.example"} | company
    engagement = EngagementFactory(
        company=CompanyFactory(**details), step=step.value, specialist=SpecialistFactory()
    )  # fmt: skip
    sees_mail = UserFactory(last_login=NOW)  # person…@acme.example
    MemberFactory(company=engagement.company, user=sees_mail, roles=["technical"])
    contacts.save(
        engagement.pk, kind="main", name="Ann", email="ann@acme.example", title="", phone="", by=specialist(), at=NOW
    )
    verifications.open_for(engagement, by=specialist(), at=NOW)
    return engagement


def outcomes(engagement: Engagement) -> dict[str, str]:
    return dict(engagement.verifications.values_list("check_code", "outcome"))


def decide(engagement: Engagement, by: Any = None, **given: Any) -> Verification:
    details = {"check_code": "legal_name", "outcome": "passed", "evidence": "Register, page 2"} | given
    return verifications.decide(engagement.pk, **details, by=by or specialist(), at=NOW)


def correct(engagement: Engagement, by: Any = None, **details: Any) -> Company:
    return verifications.correct_company(engagement.pk, **details, by=by or owner(engagement.company), at=NOW)
