"""What must be there before the first request or task: said in words at the start, not found out by a customer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.utils.timezone import now

from onboarding import sealing_keys
from onboarding.rendering import alphabets
from onboarding.rendering.seal import KeyUnfit

WHERE = "SEAL_PKCS12 is a PKCS#12 file's path, or its content in base64; SEAL_PASSPHRASE opens it (see .env.example)."

FONTS = "On Debian: apt-get install fonts-noto-core fonts-droid-fallback fonts-nanum fonts-hanazono fonts-symbola."


def sealing_trouble() -> str:
    """Why no document could be sealed now, in words; empty when it could, or while this is only a rehearsal."""
    if settings.REHEARSAL or settings.DEBUG:
        return ""
    try:
        sealing_keys.require_fit(at=now())
    except KeyUnfit as unfit:
        return unfit.words
    return ""


def require_fit(**_: Any) -> None:
    """Stop a process of the portal that could not do its work. Raises ImproperlyConfigured."""
    if trouble := sealing_trouble():
        raise ImproperlyConfigured(f"{trouble} {WHERE}")


@checks.register()
def sealing_check(**_: Any) -> list[checks.CheckMessage]:
    """`manage.py check` says the same."""
    trouble = sealing_trouble()
    return [checks.Error(trouble, hint=WHERE, id="portal.E001")] if trouble else []


@checks.register(deploy=True)
def fonts_check(**_: Any) -> list[checks.CheckMessage]:
    """A warning that names the alphabets a document could not print on this machine.

    Of `check --deploy` alone: asking the fonts takes a second or two, which every command would pay.
    """
    lacking = alphabets.lacking()
    words = f"Documents can't print names in {', '.join(lacking)} here: no font of this machine has the letters."
    return [checks.Warning(words, hint=FONTS, id="portal.W001")] if lacking else []
