"""The keys seals are made with, and the certificates they are known by, as the settings name them."""

from __future__ import annotations

import base64
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from asn1crypto import x509
from django.conf import settings

from onboarding.rendering import seal
from onboarding.rendering.seal import KeyUnfit, SealingKey


def key() -> SealingKey:
    """The key new seals are made with. Raises KeyUnfit."""
    if not settings.SEAL_PKCS12:
        raise KeyUnfit("There is no sealing key: set SEAL_PKCS12 and SEAL_PASSPHRASE.")
    return _key(settings.SEAL_PKCS12, settings.SEAL_PASSPHRASE, settings.SEAL_CHAIN)


@lru_cache(maxsize=4)
def _key(pkcs12: str, passphrase: str, chain: str) -> SealingKey:
    return seal.load_key(_content("SEAL_PKCS12", pkcs12), passphrase=passphrase, chain=_content("SEAL_CHAIN", chain))


def ours() -> list[x509.Certificate]:
    """The certificates whose seals are ours: the key's own, and those it had before. Raises KeyUnfit."""
    former = [one for one in _trusted() if not one.ca]
    return [key().certificate, *former] if settings.SEAL_PKCS12 else former


def roots() -> list[x509.Certificate]:
    """The authorities a time stamp's certificate must lead to. Raises KeyUnfit."""
    return [one for one in _trusted() if one.ca]


def _trusted() -> list[x509.Certificate]:
    try:
        return seal.certificates(_content("SEAL_TRUST", settings.SEAL_TRUST))
    except ValueError:
        raise KeyUnfit("SEAL_TRUST can't be read: it holds certificates as PEM.") from None


def require_fit(*, at: datetime) -> None:
    """KeyUnfit, with words, when a document could not be sealed at this moment as the settings want it."""
    key().require_fit(at=at)
    if settings.TSA_URL and not roots():
        raise KeyUnfit("TSA_URL is set, but SEAL_TRUST holds no root for its certificate. Add it there.")


def _content(name: str, value: str) -> bytes:
    """What a setting holds: a file's content, PEM as it stands, or base64 of either."""
    if value.startswith("-----BEGIN"):
        return value.encode()
    try:
        if len(value) < 1024 and Path(value).is_file():
            return Path(value).read_bytes()
        return base64.b64decode(value, validate=True)
    except (OSError, ValueError):
        raise KeyUnfit(f"{name} names no file that can be read, and is no base64.") from None
