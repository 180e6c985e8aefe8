from datetime import UTC, datetime, timedelta

import pytest

from integrations import meeting_services
from integrations.engine.meetings import Wish
from integrations.zoom.client import Zoom
from tests.integrations.sandbox_fixture import RunningSandbox

HOST = "ann.berg@ours.example"
TOMORROW = (datetime.now(tz=UTC) + timedelta(days=1)).replace(hour=15, minute=0, second=0, microsecond=0)


@pytest.fixture
def account(outbound, sandbox: RunningSandbox) -> dict:
    made = sandbox.new_zoom("Ours", domain="ours.example", users=["guest@elsewhere.example"])
    outbound.ZOOM_ACCOUNT_ID = made["id"]
    outbound.ZOOM_CLIENT_ID = made["client_id"]
    outbound.ZOOM_CLIENT_SECRET = made["client_secret"]
    outbound.ZOOM_OAUTH_URL = outbound.ZOOM_API_URL = sandbox.zoom_url
    return made


@pytest.fixture
def zoom(account: dict) -> Zoom:
    service = meeting_services.zoom()
    assert service is not None
    return service


@pytest.fixture
def wish() -> Wish:
    return Wish(
        key="meeting-1",
        host=HOST,
        title="Requirements review: Acme",
        starts_at=TOMORROW,
        minutes=45,
        timezone="Europe/Berlin",
        agenda="1. Flows",
        invited=("carla@acme.example", "fred@fireflies.ai"),
    )
