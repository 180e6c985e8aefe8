import pytest

from integrations import esign_services
from integrations.docusign.client import DocuSign
from tests.integrations.docusign_account import point_to
from tests.integrations.sandbox_fixture import RunningSandbox


@pytest.fixture
def account(outbound, sandbox: RunningSandbox) -> dict:
    return point_to(sandbox, outbound)


@pytest.fixture
def docusign(account: dict) -> DocuSign:
    service = esign_services.docusign()
    assert service is not None
    return service
