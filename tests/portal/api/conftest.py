"""A company with an engagement, its owner's token and others', and a client that speaks for any of them."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils.timezone import now

from onboarding import outbox
from onboarding.actions.api_tokens import SCOPES
from onboarding.actors import SYSTEM, Role
from onboarding.models import ApiToken, Company, Engagement
from portal.api import throttles
from tests.factories import EngagementFactory, MemberFactory, SpecialistFactory

_serial = itertools.count(1)


@pytest.fixture(autouse=True)
def _nobody_asked_before() -> None:
    cache.clear()
    throttles.hot_reads.counts.clear()


@pytest.fixture
def engagement(db) -> Engagement:
    return opened()


@transaction.atomic
def opened(**fields: Any) -> Engagement:
    """An engagement with a first event and so a status document."""
    engagement = EngagementFactory(**fields)
    outbox.record("engagement.opened", engagement, by=SYSTEM, at=now(), data={"reference": engagement.reference})
    return engagement


def token_of(company: Company | None, role: Role, *scopes: str, **fields: Any) -> str:
    """The secret of a new token, used a moment ago; without a company it is staff's."""
    maker = MemberFactory(company=company, roles=[role.value]) if company else SpecialistFactory(role=role.value)
    secret = f"iw_{next(_serial):08}"
    ApiToken.objects.create(
        company=company, created_by=maker.user, name="script", role=role.value, scopes=sorted(scopes or SCOPES),
        digest=hashlib.sha256(secret.encode()).hexdigest(), hint=secret[-4:], created_at=now(),
        **{"last_used_at": now(), **fields},
    )  # fmt: skip
    return secret


def bearing(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def owner(engagement) -> Client:
    return bearing(token_of(engagement.company, Role.OWNER))


@pytest.fixture
def stranger(db) -> Client:
    """The owner of another company."""
    return bearing(token_of(opened().company, Role.OWNER))


@pytest.fixture
def lead(db) -> Client:
    return bearing(token_of(None, Role.LEAD))


@pytest.fixture
def at(engagement) -> Callable[[str], str]:
    """The address of something of the engagement."""
    return lambda rest="": f"/api/v1/engagements/{engagement.reference}/{rest}"
