"""Secrets at rest: one data key per company, wrapped by the deployment's key; each ciphertext opens only in its own row.

Settings VAULT_KEYS: base64 keys of 32 bytes, newest first. The first wraps; every one unwraps, so keys rotate online.
"""

from __future__ import annotations

import base64
import json
import secrets
from contextlib import suppress
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from onboarding.models import Company

NONCE_BYTES = 12
KEY_BYTES = 32


class Unreadable(Exception):
    """The ciphertext does not belong to this row, or no key of the deployment opens it."""


def seal(company: Company, row: str, values: dict[str, Any]) -> str:
    """Encrypt a credential for one row ("connection:17"). The company must hold its data key (`make_data_key`)."""
    return _encrypt(_data_key(company), json.dumps(values).encode(), _bound_to(company, row))


def open_sealed(company: Company, row: str, sealed: str) -> dict[str, Any]:
    """Decrypt what `seal` made for the same company and row; Unreadable for any other."""
    opened: dict[str, Any] = json.loads(_decrypt(_data_key(company), sealed, _bound_to(company, row)))
    return opened


def make_data_key(company: Company) -> str:
    """A fresh data key for the company, wrapped; the caller stores it in `company.data_key`."""
    return _encrypt(_wrapping_keys()[0], secrets.token_bytes(KEY_BYTES), f"company:{company.pk}".encode())


def rewrap(company: Company) -> str:
    """The company's data key wrapped by the newest key of the deployment; no ciphertext changes."""
    return _encrypt(_wrapping_keys()[0], _data_key(company), f"company:{company.pk}".encode())


def seal_text(purpose: str, text: str) -> str:
    """Encrypt what belongs to no company (an authenticator's seed), by the deployment's newest key, for one purpose."""
    return _encrypt(_wrapping_keys()[0], text.encode(), purpose.encode())


def open_text(purpose: str, sealed: str) -> str:
    """Decrypt what `seal_text` made for the same purpose, by whichever key fits; Unreadable when none does."""
    for key in _wrapping_keys():
        with suppress(Unreadable):
            return _decrypt(key, sealed, purpose.encode()).decode()
    raise Unreadable("No key of this deployment opens this text.")


def _data_key(company: Company) -> bytes:
    for wrapping in _wrapping_keys():
        try:
            return _decrypt(wrapping, company.data_key, f"company:{company.pk}".encode())
        except Unreadable:
            continue
    raise Unreadable("No key of this deployment opens the company's data key.")


def _wrapping_keys() -> list[bytes]:
    return [base64.b64decode(key) for key in settings.VAULT_KEYS]


def _bound_to(company: Company, row: str) -> bytes:
    return f"{company.pk}|{row}".encode()


def _encrypt(key: bytes, plain: bytes, associated: bytes) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, associated)).decode()


def _decrypt(key: bytes, sealed: str, associated: bytes) -> bytes:
    raw = base64.b64decode(sealed)
    try:
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], associated)
    except InvalidTag as error:
        raise Unreadable("This secret cannot be read here.") from error
