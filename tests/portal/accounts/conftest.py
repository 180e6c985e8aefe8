"""A visitor at the browser, and the codes that were mailed to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client

from onboarding import tenancy
from onboarding.models import User

PASSWORD = "seven brown geese"
CODE = re.compile(r"^([0-9A-Z]{3,4}-?[0-9A-Z]{3,4})$", re.MULTILINE)
REGISTRATION = {
    "name": "Kingfisher",
    "legal_name": "Kingfisher Trading Inc",
    "country": "US",
    "registration_number": "C 4711-08",
    "tax_id": "04-2103594",
    "street": "1 Harbour Road",
    "city": "Boston",
    "region": "MA",
    "postal_code": "02110",
    "website": "https://www.kingfisher.example/",
    "solution": "salesforce_quickbooks_online",
    "deployment": "cloud",
    "owner_name": "Olivia Ortega",
    "owner_email": "Olivia@kingfisher.example",
    "password": PASSWORD,
    "time_zone": "America/New_York",
}


@pytest.fixture(autouse=True)
def _no_rate_remembered() -> Iterator[None]:
    """Rate limits live in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def mailed_code(mailoutbox: list[EmailMessage]) -> Callable[[], str]:
    """The code in the newest mail."""
    return lambda: str(CODE.findall(str(mailoutbox[-1].body))[-1])


class Visitor(Client):
    """A browser: what the test itself may see of the database does not help its requests."""

    def request(self, **request: Any) -> Any:
        with tenancy.acting():
            return super().request(**request)


@pytest.fixture
def client() -> Visitor:
    return Visitor()


def give_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, user: User, **data: str) -> str:
    """Through the form; where it leads."""
    reply = client.post("/account/login/", {"login": user.email, "password": PASSWORD, **data})
    return str(reply.headers.get("Location", ""))
