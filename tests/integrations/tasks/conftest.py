import pytest

from tests.integrations.sandbox_fixture import RunningSandbox
from tests.integrations.tasks.stage import Stage, staged


@pytest.fixture
def stage(db, outbound, sandbox: RunningSandbox) -> Stage:
    """In step VIII: set-up tasks opened, nothing connected."""
    return staged(sandbox)
