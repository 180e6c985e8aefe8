"""The words signers agree to: another sentence is another version, and an earlier one is never written over."""

from onboarding.library import consent

VERSIONS = {"1": "d0ddf59ecb4317d1aee5120ed32de9f656886736b0b0768edd6959d89e39c3db"}


def test_changed_words_are_a_new_version_beside_the_earlier_ones() -> None:
    assert VERSIONS[consent.VERSION] == consent.digest()
