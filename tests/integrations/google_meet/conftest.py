import pytest

from integrations import meeting_services
from integrations.engine.meetings import Wish
from integrations.google_meet.client import GoogleMeet
from tests.integrations.sandbox_fixture import RunningSandbox
from tests.integrations.wishes import REVIEW


@pytest.fixture
def workspace(outbound, sandbox: RunningSandbox) -> dict:
    made = sandbox.new_workspace("Ours", domain="ours.example", users=["guest@elsewhere.example"])
    outbound.GOOGLE_SERVICE_ACCOUNT = made["key"]
    outbound.GOOGLE_API_URL = sandbox.google_url
    return made


@pytest.fixture
def meet(workspace: dict) -> GoogleMeet:
    service = meeting_services.google_meet()
    assert service is not None
    return service


@pytest.fixture
def wish() -> Wish:
    return REVIEW
