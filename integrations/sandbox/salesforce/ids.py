"""Salesforce ids: 15 case-sensitive characters, and 3 more that make them safe where case is lost."""

import re

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
POD = "Hs0"


def make(prefix: str, number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = DIGITS[digit] + digits
    return lengthened(prefix + POD + digits.rjust(9, "0"))


def lengthened(short: str) -> str:
    """The 18-character form: each check character says which of five characters are capitals."""
    tail = ""
    for start in (0, 5, 10):
        bits = sum(1 << place for place, letter in enumerate(short[start : start + 5]) if letter.isupper())
        tail += CHECK[bits]
    return short + tail


def canonical(given: object) -> str | None:
    """The 18-character form of an id as a caller wrote it, or None when it can't be one."""
    if not isinstance(given, str) or not re.fullmatch(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?", given):
        return None
    whole = lengthened(given[:15])
    return whole if len(given) == 15 or whole[15:] == given[15:].upper() else None
