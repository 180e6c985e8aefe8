"""By what two registrations are known to be one company: names, numbers, addresses and hosts as they are compared.

A company's row keeps its keys, so that the database compares. After a change to what makes a key, a migration writes
the kept ones anew (see 0007).
"""

import unicodedata
from typing import Any
from urllib.parse import urlsplit

# Addresses anyone can have: they prove no company and catch no duplicate.
FREE_MAIL = frozenset(
    [
        "163.com", "126.com", "aol.com", "bluewin.ch", "btinternet.com", "fastmail.com", "free.fr", "freenet.de",
        "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com", "hotmail.co.uk",
        "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "libero.it", "live.com", "mac.com", "mail.com",
        "mail.ru", "mailbox.org", "me.com", "msn.com", "o2.pl", "orange.fr", "outlook.com", "outlook.de", "posteo.de",
        "proton.me", "protonmail.com", "qq.com", "rediffmail.com", "seznam.cz", "t-online.de", "tuta.com", "uol.com.br",
        "wanadoo.fr", "web.de", "wp.pl", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr", "yandex.com",
        "yandex.ru", "ymail.com", "zoho.com",
    ]
)  # fmt: skip


def key_of(number: str) -> str:
    """A registration or tax number as it is compared: letters and digits of any alphabet, upper case."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", number).upper() if letter.isalnum())


def mail_domain(email: str) -> str:
    """The domain of an address when it can stand for a company; empty for providers open to anyone."""
    domain = email.rpartition("@")[2].lower()
    return "" if domain in FREE_MAIL else domain


# Letters that are written with a plain one where the right key is missing, and that Unicode takes apart no further.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
UNWRITTEN = str.maketrans("", "", ".'’ʼ`")  # inside a word: "G.m.b.H.", "O’Neill"
# Legal forms as they stand in a name: "Acme GmbH" and "ACME" are compared as one.
_FORMS = """ab ag aps as asa bhd bv bvba co company corp corporation cv dd doo eg eirl ek eood eurl gbr gesmbh gmbh inc
    incorporated kft kg kgaa kk lda limited llc llp lp ltd ltda mbh nv ohg oo ood ooo oy oyj plc pte pty pvt sa sae sarl
    sas sasu sc scs se sl slu spa spol spolka spzoo sp srl sro srls ug zrt ооо оао зао пао ао тов"""
LEGAL_FORMS = frozenset(_FORMS.split())
JOINED = frozenset({"and", "und", "et", "y", "e", "&", "z", "o", "i"})


def name_key(name: str) -> str:
    """A company's name as it is compared: no accents, legal form, blanks or signs; small letters of any alphabet."""
    plain = unicodedata.normalize("NFKD", name.translate(UNWRITTEN)).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(PLAIN)
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    told = _with_initials_joined([word for word in words if word not in JOINED])
    kept = [word for word in told if word not in LEGAL_FORMS]
    return "".join(kept or words)


def _with_initials_joined(words: list[str]) -> list[str]:
    """Letters that stand alone beside each other as one word: "S. A." is "SA"."""
    joined: list[str] = []
    was_initial = False
    for word in words:
        is_initial = len(word) == 1 and word.isalpha()
        if is_initial and was_initial:
            joined[-1] += word
        else:
            joined.append(word)
        was_initial = is_initial
    return joined


def address_key(street: str, postal_code: str, city: str) -> str:
    """An address as it is compared; empty when there is too little of it to say anything."""
    if not street or not (postal_code or city):
        return ""
    return f"{name_key(street)}|{key_of(postal_code) or name_key(city)}"


def host_of(website: str) -> str:
    """The host of a website without www, as it is compared; empty when there is none."""
    host = (urlsplit(website).hostname or "").lower()
    return host.removeprefix("www.")


def is_open_to_anyone(domain: str) -> bool:
    """True for a free mail provider's domain: an address there proves no company."""
    return domain.lower() in FREE_MAIL


# The columns that keep a company's keys, with their lengths: one letter may be written out as many.
LENGTHS = {
    "registration_key": 70, "tax_key": 70, "legal_name_key": 200, "name_key": 200, "address_key": 300,
    "website_host": 253,
}  # fmt: skip


def keys_of(company: Any) -> dict[str, str]:
    """Every key by its column, of a company's row or of what registers; empty where there is nothing to compare."""
    keys = {
        "registration_key": key_of(company.registration_number),
        "tax_key": key_of(company.tax_id),
        "legal_name_key": name_key(company.legal_name),
        "name_key": name_key(company.name),
        "address_key": address_key(company.street, company.postal_code, company.city),
        "website_host": host_of(company.website),
    }
    return {column: key[: LENGTHS[column]] for column, key in keys.items()}
