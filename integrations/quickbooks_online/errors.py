"""QuickBooks Online's refusals, in the catalogue's words."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from intuitlib.exceptions import AuthClientError
from quickbooks.exceptions import QuickbooksException

from integrations import net
from integrations.engine.errors import Failure, failure, from_outbound

VENDOR = "quickbooks_online"
THROTTLED_SECONDS = 60.0  # a 429 rarely says how long

_CODES = {
    "3200": "auth_expired",
    "3100": "permission",
    "120": "permission",
    "3001": "rate_limited",
    "610": "not_found",
    "2500": "reference",
    "2020": "required_missing",
    "2050": "too_long",
    "5010": "stale",
    "6140": "duplicate",
    "6240": "duplicate",
    "6190": "company_inactive",
    "500": "unsupported",
    "4000": "unexpected",
    "4001": "unexpected",
}


def by_code(code: str, *, message: str, detail: str, last: net.Exchange | None) -> Failure:
    """A Fault's first error; an unknown code is judged by the status."""
    status = last.status if last else None
    throttled = status == 429 or code == "3001"
    waits = (last.retry_after if last else None) or (THROTTLED_SECONDS if throttled else None)
    return failure(
        _CODES.get(code) or _by_status(status),
        vendor=VENDOR,
        vendor_code=code,
        vendor_message=f"{message}: {detail}" if detail and detail != message else message,
        http_status=status,
        request_id=last.request_id if last else "",
        retry_after=waits,
    )


def _by_status(status: int | None) -> str:
    if status is not None and status >= 500:
        return "vendor_error"
    return {401: "auth_expired", 403: "permission", 404: "not_found", 429: "rate_limited"}.get(
        status or 0, "validation"
    )


def from_library(error: QuickbooksException, last: net.Exchange | None) -> Failure:
    """What python-quickbooks raises. Of a 401 it keeps the body only; other bodies it can't read it puts in the message."""
    if error.error_code == 401:
        code, message, detail = _of_401(error.detail)
        return by_code(code, message=message, detail=detail, last=last)
    if error.error_code == 10000 and str(error.message).startswith("Error re"):
        is_readable = last is not None and last.status != 200
        return (
            by_code("", message="", detail="", last=last) if is_readable else failure("not_understood", vendor=VENDOR)
        )
    return by_code(str(error.error_code), message=str(error.message), detail=str(error.detail or ""), last=last)


def _of_401(body: object) -> tuple[str, str, str]:
    """Code, message and detail of a 401, whose fault is written small, or as elsewhere."""
    try:
        told = json.loads(str(body))
    except json.JSONDecodeError:
        return "3200", "", ""
    fault = {name.lower(): value for name, value in (told.get("fault") or told.get("Fault") or {}).items()}
    first = {name.lower(): value for name, value in (fault.get("error") or [{}])[0].items()}
    return str(first.get("code", "")), str(first.get("message", "")), str(first.get("detail", ""))


def from_oauth(error: AuthClientError) -> Failure:
    """A refusal of Intuit's token endpoint: a dead grant is the customer's to renew, a refused app is ours."""
    try:
        told = json.loads(error.content)
    except (TypeError, ValueError):
        told = {}
    code = str(told.get("error", ""))
    known = {"invalid_grant": "auth_revoked", "invalid_client": "app_refused", "unauthorized_client": "app_refused"}
    return failure(
        known.get(code) or _by_status(error.status_code),
        vendor=VENDOR,
        vendor_code=code,
        vendor_message=str(told.get("error_description", "")),
        http_status=error.status_code,
        request_id=str(error.intuit_tid or ""),
    )


@contextmanager
def translated(trace: net.Trace) -> Iterator[None]:
    """Whatever Intuit's libraries or the way there raise, as a Failure."""
    try:
        yield
    except AuthClientError as error:
        raise from_oauth(error) from error
    except QuickbooksException as error:
        raise from_library(error, trace.last) from error
    except net.OutboundError as error:
        raise from_outbound(error, vendor=VENDOR) from error
    except json.JSONDecodeError as error:
        raise failure("not_understood", vendor=VENDOR) from error
