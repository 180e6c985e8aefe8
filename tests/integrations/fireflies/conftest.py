from datetime import UTC, datetime, timedelta

import pytest

from integrations import meeting_services
from integrations.fireflies.client import Fireflies
from tests.integrations.sandbox_fixture import RunningSandbox

LINK = "https://us02web.zoom.us/j/85012345678?pwd=abc.1"
SECRET = "fireflies-webhook-secret"


@pytest.fixture
def team(outbound, sandbox: RunningSandbox) -> dict:
    made = sandbox.new_team("Ours", email="notes@ours.example")
    outbound.FIREFLIES_API_KEY = made["api_key"]
    outbound.FIREFLIES_URL = sandbox.fireflies_url
    return made


@pytest.fixture
def notes(team: dict) -> Fireflies:
    service = meeting_services.fireflies()
    assert service is not None
    return service


@pytest.fixture
def span() -> dict[str, datetime]:
    """Long enough for a stand-in whose clock other tests have moved."""
    now = datetime.now(tz=UTC)
    return {"since": now - timedelta(days=2), "until": now + timedelta(days=400)}
