"""E-mail addresses as mail can really be sent to them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def require(email: str) -> None:
    """ValidationError unless mail can be sent there: an address by Django's rules, in a domain the DNS can hold.

    A domain of other letters goes out in its ASCII form (IDNA 2003, RFC 3490), which not every mixture of scripts has.
    """
    validate_email(email)
    try:
        email.rpartition("@")[2].encode("idna")
    except UnicodeError:
        raise ValidationError("There is no such domain: no mail can be sent there.", code="invalid") from None
