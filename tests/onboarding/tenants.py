"""The standing cast of the walls' tests: two companies, each with an engagement, an event and an owner."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from onboarding import tenancy
from onboarding.models import ApiToken, Company, Engagement, Event, Member, User
from onboarding.workflow.steps import Step

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Tenant:
    company: Company
    engagement: Engagement
    event: Event
    owner: User

    def token(self, secret: str, **fields) -> ApiToken:
        """A token of this company, by its owner."""
        return token(secret, created_by=self.owner, company=self.company, **fields)


def tenant(name: str) -> Tenant:
    """One company with everything it needs to be looked for by another."""
    with tenancy.acting(staff=True):
        company = Company.objects.create(
            name=name, legal_name=name, registration_number=name, registration_key=name, country="US", created_at=NOW
        )
        engagement = Engagement.objects.create(
            company=company,
            reference=f"IW-{name}",
            opened_at=NOW,
            customer_waited=timedelta(0),
            interweave_waited=timedelta(0),
            status={"reference": f"IW-{name}"},
            version=1,
        )
        owner = User.objects.create_user(f"owner@{name}.example", name=f"Owner of {name}")
        Member.objects.create(company=company, user=owner, roles=["owner"], joined_at=NOW)
        return Tenant(company, engagement, event(engagement), owner)


def event(engagement: Engagement, number: int = 1) -> Event:
    """One link of an engagement's chain."""
    return Event.objects.create(
        company_id=engagement.company_id,
        engagement=engagement,
        number=number,
        kind="engagement.opened",
        at=NOW,
        by={},
        step=Step.WELCOME_CALL,
        previous_hash="0" * 64,
        hash="1" * 64,
    )


def digest(secret: str) -> str:
    """What the portal keeps of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token(secret: str, *, created_by: User, company: Company | None = None, **fields) -> ApiToken:
    """A program's key; without a company it is staff's."""
    return ApiToken.objects.create(
        company=company,
        created_by=created_by,
        name="script",
        role="viewer" if company else "specialist",
        scopes=["read"],
        digest=digest(secret),
        hint=secret[-4:],
        created_at=NOW,
        **fields,
    )
