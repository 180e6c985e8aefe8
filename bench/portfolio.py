"""Companies with engagements for the reads to find, one token, and a copy that no wall guards for the references."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg2
from django.utils.timezone import now

from onboarding import tenancy
from onboarding.actions import api_tokens, engagements
from onboarding.actors import SYSTEM, Role
from onboarding.models import Company, Member, User
from onboarding.queries.viewers import member_actor

COPY = """
    CREATE TABLE bench_status AS SELECT id, reference, company_id, status, version FROM onboarding_engagement;
    CREATE UNIQUE INDEX ON bench_status (reference);
    CREATE INDEX ON bench_status (company_id, id);
    GRANT SELECT ON bench_status TO interweave_web;
    ANALYZE"""


@dataclass(frozen=True)
class Portfolio:
    """What a measurement asks for: one company's token, one of its engagements, and their number."""

    company_id: int
    secret: str
    reference: str
    version: int


def stock(server_url: str, *, companies: int, engagements_each: int) -> Portfolio:
    """Fill the database through the actions, then make the references' copy as the tables' owner."""
    with tenancy.acting(staff=True):
        made = [_stock_company(number, engagements_each) for number in range(companies)]
    connection = psycopg2.connect(server_url)
    try:
        connection.autocommit = True
        connection.cursor().execute(COPY)
    finally:
        connection.close()
    return made[companies // 2]


def _stock_company(number: int, engagements_each: int) -> Portfolio:
    words = f"Bench {number}"
    company = Company.objects.create(
        name=words, legal_name=words, registration_number=words, registration_key=words, country="US",
        state=Company.State.ACCEPTED, created_at=now(),
    )  # fmt: skip
    user = User.objects.create_user(f"owner@bench{number}.example", name="Olga Owner")
    member = Member.objects.create(company=company, user=user, roles=[Role.OWNER.value], joined_at=now())
    opened = [engagements.open_for(company, by=SYSTEM, at=now()) for _ in range(engagements_each)]
    _, secret = api_tokens.create(
        user=user, company_id=company.pk, name="bench", role=Role.OWNER.value, scopes=["engagements:read"], days=None,
        by=member_actor(member), at=now(),
    )  # fmt: skip
    return Portfolio(company.pk, secret, opened[0].reference, opened[0].version)
