"""A member of a company at the browser."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from onboarding.actors import Actor
from onboarding.workflow.steps import Step
from tests.journey import journey
from tests.journey.cast import Cast


def signed_in(cast: Cast, actor: Actor | None = None) -> Client:
    """A browser of this member; of the owner when nobody is named."""
    client = Client()
    client.force_login(cast.user(actor or cast.owner))
    return client


def said(reply: HttpResponse) -> str:
    """The message a reply left for the next page."""
    return [str(message) for message in get_messages(reply.wsgi_request)][-1]


@pytest.fixture
def welcome(db) -> Cast:
    """In step I, nothing done yet."""
    return journey()


@pytest.fixture
def collecting(db) -> Cast:
    """In step II, nothing answered yet."""
    return journey(Step.DATA_COLLECTION)


@pytest.fixture
def elsewhere(db) -> Client:
    """The owner of another company."""
    client = Client()
    other = journey(name="Meadow Ltd")
    client.force_login(other.user(other.owner))
    return client
