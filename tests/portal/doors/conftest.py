"""Every test comes as somebody new: no visit before it counts against its rate."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_rate_remembered() -> None:
    cache.clear()
