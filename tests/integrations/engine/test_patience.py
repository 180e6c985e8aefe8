"""Trying again where it helps, and not for long."""

import pytest

from integrations.engine.errors import Failure, failure
from integrations.engine.patience import patiently


def failing(*codes: str | None, **about):
    """A call that fails with each of these codes in turn; None succeeds."""
    left = list(codes)

    def call() -> str:
        if code := left.pop(0):
            raise failure(code, **about)
        return "done"

    return call


@pytest.mark.parametrize(
    ("codes", "about", "pauses"),
    [
        ([None], {}, []),
        (["timed_out", None], {}, [0.5]),
        (["timed_out", "vendor_error", None], {}, [0.5, 2.0]),
        (["rate_limited", None], {"retry_after": 7.0}, [7.0]),
    ],
)
def test_what_may_pass_is_tried_again(codes, about, pauses):
    waited: list[float] = []

    assert (patiently(failing(*codes, **about), pause=waited.append), waited) == ("done", pauses)


@pytest.mark.parametrize(
    ("codes", "about", "tries"),
    [
        (["duplicate"], {}, [1]),
        (["rate_limited"], {"retry_after": 60.0}, [1]),
        (["timed_out", "permission"], {}, [1, 2]),
        (["timed_out", "timed_out", "broken_off"], {}, [1, 2, 3]),
    ],
)
def test_what_won_t_pass_is_raised(codes, about, tries):
    counted: list[int] = []

    with pytest.raises(Failure) as raised:
        patiently(failing(*codes, **about), pause=lambda _: None, on_try=counted.append)

    assert (raised.value.code, counted) == (codes[-1], tries)


def test_a_cancelled_call_is_not_tried_again():
    with pytest.raises(Failure):
        patiently(failing("timed_out", None), pause=lambda _: None, cancelled=lambda: True)
