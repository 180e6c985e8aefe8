"""Template filters of documents: how money, days, times and addresses are written on paper."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from onboarding.rendering import epc, gantt, strokes
from onboarding.rendering.bills import PaymentMeans
from onboarding.rendering.contexts import Address, Milestone, Signature

LOCALE = Locale("en")
LONG_ANSWER = 900  # characters: about a quarter of a page
SIDES = {"customer": "Customer", "interweave": "InterWeave", "both": "Both sides"}
UNITS = {"MON": ("month", "months"), "HUR": ("hour", "hours"), "DAY": ("day", "days"), "ANN": ("year", "years")}
LEFTWARDS = {"R", "AL"}  # letters of Hebrew, and of Arabic
PRIORITIES = {"must": "Must", "should": "Should", "could": "Could", "wont": "Not now"}

register = template.Library()


@register.filter
def money(amount: str, currency: str) -> str:
    """'12500' and 'USD' as 'USD 12,500.00', with as many decimals as the currency has."""
    return format_currency(Decimal(amount), currency, "¤¤\xa0#,##0.00;¤¤\xa0−#,##0.00", locale=LOCALE)


@register.filter
def figure(amount: str) -> str:
    """'1250.50' as '1,250.50': a number whose currency or unit stands elsewhere; decimals as given."""
    value = Decimal(amount)
    places = max(0, -int(value.as_tuple().exponent))
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(value, f"{pattern};−{pattern}", locale=LOCALE)


@register.filter
def in_units(quantity: str, unit: str) -> str:
    """'12' of 'MON' as '12 months', '1' of 'HUR' as '1 hour'; pieces (C62) are a number alone."""
    words = UNITS.get(unit)
    return f"{figure(quantity)}\xa0{words[Decimal(quantity) != 1]}" if words else figure(quantity)


@register.filter
def is_zero(amount: str) -> bool:
    """True for '0' and '0.00'."""
    return Decimal(amount) == 0


@register.filter
def minus(amount: str) -> str:
    """'100.00' as '-100.00', and back: the same sum on the other side."""
    return format(-Decimal(amount), "f")


@register.filter
def in_fours(number: str) -> str:
    """'DE89370400440532013000' as 'DE89 3704 0044 0532 0130 00': as banks print it."""
    plain = number.replace(" ", "")
    return "\xa0".join(plain[start : start + 4] for start in range(0, len(plain), 4))


@register.filter
def day(value: str) -> str:
    """'2026-11-24' as '24 November 2026'; nothing for nothing."""
    return format_date(date.fromisoformat(value[:10]), "d MMMM y", locale=LOCALE) if value else ""


@register.filter
def short_day(value: str) -> str:
    """'2026-11-24' as '24 Nov 2026', for tables."""
    return format_date(date.fromisoformat(value[:10]), "d MMM y", locale=LOCALE) if value else ""


@register.filter
def moment(value: str) -> str:
    """'2026-11-24T14:03:12Z' as '24 November 2026, 14:03:12 UTC'; nothing for nothing."""
    if not value:
        return ""
    at = datetime.fromisoformat(value)
    at = at.astimezone(UTC) if at.tzinfo else at
    return format_datetime(at, "d MMMM y, HH:mm:ss 'UTC'", locale=LOCALE)


@register.filter
def country(code: str) -> str:
    """'DE' as 'Germany'; a name stays as it is."""
    return LOCALE.territories.get(code.upper(), code) if code else ""


@register.filter
def isolated(words: str) -> str:
    """Words typed by people, kept apart from the sentence around them where some are read from right to left.

    A line that begins with such a letter runs that way as a whole, with the numbers and Latin names in it; all others
    stay as they are.
    """
    if not any(unicodedata.bidirectional(one) in LEFTWARDS for one in str(words)):
        return words
    return format_html_join("\n", '<bdi dir="{}">{}</bdi>', ((_way(line), line) for line in str(words).split("\n")))


def _way(line: str) -> str:
    ways = (unicodedata.bidirectional(one) for one in line)
    return "rtl" if next((way for way in ways if way in LEFTWARDS | {"L"}), "L") in LEFTWARDS else "ltr"


@register.filter
def address_lines(address: Address) -> list[str]:
    """The lines of an address, whether it came as lines or as one string with commas."""
    parts = address.split(",") if isinstance(address, str) else address
    return [part.strip() for part in parts if part.strip()]


@register.filter
def as_list(value: str | list[str]) -> list[str]:
    """One text or several as a list; empty when there is none."""
    return [value] if isinstance(value, str) and value else list(value or [])


@register.filter
def is_several(value: str | list[str]) -> bool:
    """True for a list of more than one."""
    return not isinstance(value, str) and len(value) > 1


@register.filter
def is_long(value: str | list[str]) -> bool:
    """True for an answer that may run over the end of a page; a shorter one is kept whole."""
    return sum(len(one) for one in as_list(value)) > LONG_ANSWER


@register.filter
def file_size(size: int) -> str:
    """Bytes as people say them: '824 B', '12.4 kB', '1.8 MB'."""
    if size < 1_000:
        return f"{size} B"
    return f"{size / 1_000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


@register.filter
def spoken(code: str) -> str:
    """'strip_colons' as 'strip colons', 'cut:100' as 'cut 100': a code of the engine, readable."""
    return code.replace("_", " ").replace(":", " ")


@register.filter
def is_hash(value: str) -> bool:
    """True for a SHA-256 in hex: it is set in the fixed-width font."""
    return bool(re.fullmatch(r"[0-9a-f]{64}", value))


@register.filter
def side(value: str) -> str:
    """Whose turn it is, in words."""
    return SIDES.get(value, value)


@register.filter
def priority(value: str) -> str:
    """A priority in words."""
    return PRIORITIES.get(value, value)


@register.filter
def signature_of(signatures: list[Signature], party: str) -> Signature | None:
    """The signature of one party, or None while it has not signed."""
    return next((one for one in signatures if one["party"] == party), None)


@register.filter
def signature_at(signatures: list[Signature], position: int) -> Signature | None:
    """The signature of the signer at this position, or None while they have not signed."""
    return next((one for one in signatures if one.get("position") == position), None)


@register.simple_tag
def drawn_signature(signature: Signature) -> SafeString:
    """A signature drawn by hand: SVG of numbers only, its title escaped by strokes.py."""
    return mark_safe(strokes.draw(signature["drawing"], of=signature["name"]))  # noqa: S308


@register.simple_tag
def gantt_chart(milestones: list[Milestone], go_live_on: str) -> SafeString:
    """The plan as bars over time: SVG whose texts gantt.py has escaped."""
    return mark_safe(gantt.draw(milestones, go_live_on=go_live_on))  # noqa: S308


@register.simple_tag
def epc_code(payee: str, payment: PaymentMeans, gross: str, currency: str) -> SafeString:
    """The QR code that fills in a transfer of the whole sum; nothing where no SEPA transfer can be."""
    return epc.code(
        name=payee, iban=payment["iban"], bic=payment["bic"], amount=Decimal(gross), currency=currency,
        reference=payment["remittance_reference"], size="26mm",
    )  # fmt: skip
