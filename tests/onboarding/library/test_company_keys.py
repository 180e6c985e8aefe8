"""When two numbers are one."""

import pytest

from onboarding.library.company_keys import key_of


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("HRB 12 345", "HRB12345"),
        ("hrb-12345", "HRB12345"),
        ("ＨＲＢ １２３４５", "HRB12345"),
        ("ΓΕΜΗ 000123", "ΓΕΜΗ000123"),
        ("京 0101-01-999", "京010101999"),
        (" – ", ""),
    ],
    ids=["spaces", "small letters", "full width", "Greek", "Chinese", "nothing"],
)
def test_a_number_is_compared_by_its_letters_and_digits(number: str, key: str) -> None:
    assert key_of(number) == key
