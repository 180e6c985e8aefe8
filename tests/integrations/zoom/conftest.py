import pytest

from integrations import meeting_services
from integrations.engine.meetings import Wish
from integrations.zoom.client import Zoom
from tests.integrations.sandbox_fixture import RunningSandbox
from tests.integrations.wishes import REVIEW


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
    return REVIEW
