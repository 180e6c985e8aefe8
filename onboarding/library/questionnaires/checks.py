"""What was typed becomes what is stored, or words that say what to enter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_domain_name, validate_ipv46_address

from onboarding import errors
from onboarding.library import mailboxes
from onboarding.library.questionnaires.questions import Question

LONG_TEXT = 4000
LONGEST_NUMBER = 20
MOST_SAID = 5  # refused cells of one table
EMPTY: tuple[Any, ...] = (None, "", [])
SHORT_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
WEB_ADDRESS = URLValidator(schemes=["http", "https"])


def check(question: Question, raw: Any) -> Any:
    """The value to store for what was given by a form or a program; None for nothing.

    Raises BadInput with the question's code and words that say what to enter.
    """
    if isinstance(raw, str):
        raw = raw.strip()
    if raw in EMPTY:
        return None
    try:
        return CHECKS[question.type](question, raw)
    except Unfit as refusal:
        raise errors.BadInput(fields={question.code: str(refusal)}) from None


class Unfit(ValueError):
    """An answer that can't be taken, in words for whoever gave it."""


def _string(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Unfit("Enter a text.")
    # Neither a NUL nor half a character can be kept by a database.
    if "\x00" in raw or any("\ud800" <= letter <= "\udfff" for letter in raw):
        raise Unfit("This text holds a broken character. Type it again.")
    return raw


def _text(question: Question, raw: Any) -> str:
    value = " ".join(_string(raw).split())
    if len(value) > question.max_length:
        raise Unfit(f"Enter at most {question.max_length} characters.")
    return value


def _long_text(question: Question, raw: Any) -> str:
    value = _string(raw).replace("\r\n", "\n")
    if len(value) > question.max_length:
        raise Unfit(f"Enter at most {question.max_length:,} characters; longer papers can be uploaded as documents.")
    return value


def _choice(question: Question, raw: Any) -> str:
    if raw not in [choice.value for choice in question.choices]:
        raise Unfit("Choose one of the answers.")
    return str(raw)


def _multi_choice(question: Question, raw: Any) -> list[str]:
    given = [raw] if isinstance(raw, str) else list(raw) if isinstance(raw, list | tuple) else [None]
    known = [choice.value for choice in question.choices]
    if any(value not in known for value in given):
        raise Unfit("Choose from the answers.")
    return [value for value in known if value in given]


def _number(question: Question, raw: Any) -> int | str:
    if question.decimals:
        return _decimal(question, raw)
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise Unfit("Enter a whole number.")
    digits = str(raw).replace(",", "").replace(" ", "")
    if not digits.removeprefix("-").isdecimal() or len(digits) > 15:
        raise Unfit("Enter a whole number, such as 1200.")
    value = int(digits)
    if not question.minimum <= value <= question.maximum:
        raise Unfit(f"Enter a number from {question.minimum:,} to {question.maximum:,}.")
    return value


def _decimal(question: Question, raw: Any) -> str:
    """A number with decimals, as text: 1,250.5 is stored as 1250.5."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise Unfit("Enter a number, such as 12.5.")
    try:
        value = (
            Decimal(str(raw).replace(",", "").replace(" ", "")) if len(str(raw)) <= LONGEST_NUMBER else Decimal("NaN")
        )
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise Unfit("Enter a number, such as 12.5.")
    if not question.minimum <= value <= question.maximum:
        raise Unfit(f"Enter a number from {question.minimum:,} to {question.maximum:,}.")
    if value != round(value, question.decimals):
        digits = "1 digit" if question.decimals == 1 else f"{question.decimals} digits"
        raise Unfit(f"Enter at most {digits} after the point.")
    return f"{value.normalize():f}" if value else "0"


def _date(question: Question, raw: Any) -> str:
    try:
        return date.fromisoformat(_string(raw)).isoformat()
    except ValueError:
        raise Unfit("Enter a date with day, month and year.") from None


def _yes_no(question: Question, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    known = {"yes": True, "true": True, "no": False, "false": False}
    if str(raw).lower() not in known:
        raise Unfit("Choose yes or no.")
    return known[str(raw).lower()]


def _email(question: Question, raw: Any) -> str:
    value = _string(raw)
    try:
        mailboxes.require(value)
    except ValidationError:
        raise Unfit("Enter an e-mail address like name@company.com.") from None
    return value


def _url(question: Question, raw: Any) -> str:
    value = _string(raw)
    value = value if "://" in value else f"https://{value}"
    try:
        WEB_ADDRESS(value)
    except ValidationError:
        raise Unfit("Enter a web address like https://company.my.salesforce.com.") from None
    return value


def _host_port(question: Question, raw: Any) -> str:
    host, _, port = _string(raw).rpartition(":")
    if not port.isdecimal() or len(port) > 5 or not 0 < int(port) < 65536 or not _is_host(host.strip("[]")):
        raise Unfit("Enter a host and a port like proxy.company.com:8080.")
    return f"{host}:{int(port)}"


def _is_host(host: str) -> bool:
    if SHORT_NAME.fullmatch(host) and any(letter.isalpha() for letter in host):
        return True  # a name of the company's own network, such as proxy01
    for validate in (validate_domain_name, validate_ipv46_address):
        try:
            validate(host)
        except ValidationError:
            continue
        return True
    return False


def _table(question: Question, raw: Any) -> list[dict[str, Any]] | None:
    """Rows of cells by column code; empty cells are left out, and so are rows without any."""
    if not isinstance(raw, list | tuple) or not all(isinstance(row, Mapping) for row in raw):
        raise Unfit("Give a list of rows.")
    given = [row for row in raw if any(cell not in EMPTY for cell in row.values())]
    if len(given) > question.max_rows:
        raise Unfit(f"Keep at most {question.max_rows} rows: {len(given)} were given. A longer list can be a document.")
    wrong: list[str] = []
    rows = [_row(question, place, row, wrong) for place, row in enumerate(given, start=1)]
    if wrong:
        raise Unfit(" ".join(wrong[:MOST_SAID]))
    return [row for row in rows if row] or None


def _row(question: Question, place: int, raw: Mapping[str, Any], wrong: list[str]) -> dict[str, Any]:
    columns = {column.code: column for column in question.columns}
    row = {}
    for code, cell in raw.items():
        if code not in columns:
            wrong.append(f"{question.row} {place} has no column “{str(code)[:40]}”.")
            continue
        try:
            value = check(columns[code], cell)
        except errors.BadInput as refusal:
            wrong.append(f"{question.row} {place}, {columns[code].label}: {refusal.fields[code]}")
            continue
        if value is not None:
            row[code] = value
    wrong += [
        f"{question.row} {place}, {column.label}: Enter a day on or after “{columns[column.not_before].label}”."
        for code, column in columns.items()
        if column.not_before in row and code in row and row[code] < row[column.not_before]
    ]
    return {code: row[code] for code in columns if code in row}


def _files(question: Question, raw: Any) -> list[str]:
    """The uuids of uploaded documents, each once; whose they are, the action asks."""
    try:
        given = [str(UUID(one)) for one in (raw if isinstance(raw, list | tuple) else [raw])]
    except (ValueError, TypeError, AttributeError):
        raise Unfit("Choose files that were sent here.") from None
    if len(set(given)) > question.most:
        raise Unfit(f"Keep at most {question.most} here; more files can be sent as documents.")
    return list(dict.fromkeys(given))


CHECKS: dict[str, Callable[[Question, Any], Any]] = {
    "text": _text,
    "long_text": _long_text,
    "choice": _choice,
    "multi_choice": _multi_choice,
    "number": _number,
    "date": _date,
    "yes_no": _yes_no,
    "email": _email,
    "url": _url,
    "host_port": _host_port,
    "table": _table,
    "file": _files,
}
