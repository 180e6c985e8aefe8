"""By what two registrations are known to be one company: numbers as compared, and the domain of an address."""

import unicodedata

# Addresses anyone can have: they prove no company and catch no duplicate.
FREE_MAIL = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "yahoo.com",
        "icloud.com",
        "me.com",
        "aol.com",
        "gmx.com",
        "gmx.de",
        "web.de",
        "proton.me",
        "protonmail.com",
        "mail.com",
        "zoho.com",
        "yandex.com",
        "qq.com",
        "163.com",
    ]
)


def key_of(number: str) -> str:
    """A registration or tax number as it is compared: letters and digits of any alphabet, upper case."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", number).upper() if letter.isalnum())


def mail_domain(email: str) -> str:
    """The domain of an address when it can stand for a company; empty for providers open to anyone."""
    domain = email.rpartition("@")[2].lower()
    return "" if domain in FREE_MAIL else domain
