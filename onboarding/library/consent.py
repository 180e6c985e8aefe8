"""The words a signer agrees to, versioned: a changed sentence is a new version, and its hash goes into the certificate."""

import hashlib

VERSION = "1"
TEXT = (
    "I agree to sign this agreement electronically. I have read it, I am authorised to sign for the party named "
    "beside my name, and I intend my typed name to be my signature. I can ask for a paper copy and may decline to "
    "sign electronically."
)


def digest(text: str = TEXT) -> str:
    """SHA-256 of the consent words, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
