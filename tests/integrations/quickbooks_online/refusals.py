"""Catching what a call is refused for."""

import pytest

from integrations.engine.errors import Failure


def refused(call, *args, **kwargs) -> Failure:
    with pytest.raises(Failure) as raised:
        call(*args, **kwargs)
    return raised.value
