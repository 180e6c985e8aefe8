"""Words and marks every template uses: numerals, times, money, hashes, icons. Registered as builtins."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from django import template
from django.forms import BoundField
from django.utils import timezone, translation
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onboarding.queries import bills
from onboarding.rendering.marks import in_units
from portal import forms
from portal.icons import ICONS

register = template.Library()

NUMERALS = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
STEP_COUNT = 12
MINUTE, HOUR, DAY = 60, 3600, 86400


@register.filter
def roman(number: int | str) -> str:
    """4 → IV, as the steps are numbered."""
    rest, letters = int(number), []
    for value, letter in NUMERALS:
        count, rest = divmod(rest, value)
        letters.append(letter * count)
    return "".join(letters)


@register.filter
def days_since(moment: date | datetime | None) -> int:
    """Whole days from the moment to now; 0 for today, tomorrow, or nothing."""
    if moment is None:
        return 0
    if isinstance(moment, datetime):
        return max((timezone.now() - moment).days, 0)
    return max((timezone.now().date() - moment).days, 0)


@register.filter
def days(count: int) -> str:
    """1 → "1 day", 3 → "3 days"."""
    return ngettext("%(count)d day", "%(count)d days", int(count)) % {"count": int(count)}


def relative(seconds: float) -> str:
    """Seconds from now in words: positive lies ahead."""
    size = abs(seconds)
    if size < MINUTE:
        return _("just now") if seconds <= 0 else _("in a moment")
    if size < HOUR:
        words = ngettext("%(n)d minute", "%(n)d minutes", int(size // MINUTE)) % {"n": int(size // MINUTE)}
    elif size < DAY:
        words = ngettext("%(n)d hour", "%(n)d hours", int(size // HOUR)) % {"n": int(size // HOUR)}
    else:
        words = days(int(size // DAY))
    return _("in %(time)s") % {"time": words} if seconds > 0 else _("%(time)s ago") % {"time": words}


@register.simple_tag
def when(moment: date | datetime | None, style: str = "both") -> str:
    """A `<time>`: style "both" (exact, and how long ago), "exact", "relative", "date" or "clock".

    The server writes in the zone it knows of; the page's script rewrites the words in the viewer's own.
    """
    if moment is None:
        return ""
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), format_date(moment, "D j M Y"))
    moment = timezone.localtime(moment, timezone.get_current_timezone())
    exact = format_date(moment, "j M Y, H:i T")
    words = relative((moment - timezone.now()).total_seconds())
    shown = {
        "both": f"{exact} ({words})",
        "exact": exact,
        "relative": words,
        "date": format_date(moment, "D j M Y"),
        "clock": format_date(moment, "H:i T"),
    }[style]
    iso = moment.isoformat(timespec="seconds")
    return format_html('<time datetime="{}" data-style="{}" title="{}">{}</time>', iso, style, exact, shown)


@register.simple_tag
def time_zone() -> str:
    """ " (Europe/Berlin)": the zone this page's times are in; the page's script writes the browser's where none is set."""
    return format_html("<span data-zone> ({})</span>", timezone.get_current_timezone_name().replace("_", " "))


@register.filter
def money(amount: Decimal | int | str | None, currency: str = "USD") -> str:
    """1234.5 | money:"EUR" → €1,234.50 in the page's language."""
    if amount is None or amount == "":
        return ""
    locale = (translation.get_language() or "en").replace("-", "_")
    return format_currency(Decimal(str(amount)), currency, locale=locale)


@register.filter
def amount_of(quantity: Decimal, unit: str) -> str:
    """12.00 of MON as "12 months", as the invoice's PDF says it."""
    return in_units(bills.plain(quantity), unit)


@register.filter
def plain_number(number: Decimal) -> str:
    """19.00 as "19", 8.10 as "8.1"."""
    return bills.plain(number)


@register.filter
def short_hash(value: str | None) -> str:
    """First eight and last eight characters of a hash, with an ellipsis between."""
    text = value or ""
    return text if len(text) <= 20 else f"{text[:8]}…{text[-8:]}"


@register.filter
def initials(name: str | None) -> str:
    """First and last: Priya Raman → PR."""
    parts = (name or "").split()
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


@register.filter
def lookup(holder: Mapping[str, Any] | Sequence[Any], key: Any) -> Any:
    """An entry of a mapping or a list by a key held in a variable; empty when absent."""
    try:
        return holder[key]
    except (KeyError, IndexError, TypeError):
        return ""


@register.filter
def anchor(field: BoundField) -> str:
    """The id an error summary links to: the input, or the first choice of a group."""
    if field.id_for_label:
        return field.id_for_label
    return f"{field.auto_id}_0"


@register.filter
def problems(field: BoundField) -> list[str]:
    """What to do about the errors of a field, in the same words at the field and in the summary."""
    return forms.problems(field)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A line icon; hidden from screen readers unless it has a label of its own."""
    meaning = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" viewBox="0 0 24 24" {}><path d="{}"/></svg>', meaning, ICONS[name])
