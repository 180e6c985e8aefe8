"""The seal alone, without the stored hash: what it sees of a file that was changed, byte by byte, and what it can't see."""

from __future__ import annotations

import hashlib
import io

import pytest

from onboarding.inspection import seals
from onboarding.inspection.unfit import Unfit
from portal.walkthrough.proofs.tampering import container, flipped, with_page_inserted
from tests.sealing import executed, our_key, sealed
from tests.tampering import CHANGED, EVERY

FLIPS = 150


def is_genuine(content: bytes) -> bool:
    """Read in this very process: as the child reads, without its limits."""
    try:
        found = seals.read(io.BytesIO(content), io.BytesIO(), "pdf")["seals"]
    except Unfit:
        return False
    ours = hashlib.sha256(our_key().certificate.dump()).hexdigest()
    return len(found) == 1 and found[0]["fingerprint"] == ours and all(
        found[0][fact] for fact in ("is_intact", "covers_all", "is_certification")
    )  # fmt: skip


def test_the_file_as_it_was_sealed_is_genuine():
    assert is_genuine(sealed())
    assert not is_genuine(executed())


@pytest.mark.parametrize("how", EVERY)
def test_a_changed_file_is_another_file(how):
    assert EVERY[how](sealed()) != sealed()


# What lies in the container but is covered by nothing: only the stored hash sees that.
UNSEEN = {"the filling of the container"}


@pytest.mark.parametrize("how", sorted(EVERY.keys() - UNSEEN))
def test_the_seal_sees_it(how):
    assert not is_genuine(EVERY[how](sealed()))


def test_the_seal_sees_a_flipped_bit_anywhere_but_in_its_own_container():
    content = sealed()
    begin, end = container(content)
    for number in range(FLIPS):
        at = number * len(content) // FLIPS
        assert begin <= at < end or not is_genuine(flipped(content, at)), at


def test_an_inserted_page_leaves_the_sealed_bytes_alone():
    """So a reader that looks at the signed range only is deceived."""
    assert with_page_inserted(sealed()).startswith(sealed())


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"%PDF-" + b"\xff" * 5000, b"%PDF-1.7\n" + b"[" * 50_000])
def test_what_can_not_be_followed_is_told_as_damaged(content):
    with pytest.raises(Unfit):
        seals.read(io.BytesIO(content), io.BytesIO(), "pdf")


def test_every_change_still_begins_as_a_pdf():
    """Else the page would not even look at it, and these tests would try nothing."""
    assert {how for how in CHANGED if not CHANGED[how](sealed()).startswith(b"%PDF-")} == set()
