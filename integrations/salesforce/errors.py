"""Salesforce's refusals, in the catalogue's words."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from simple_salesforce.exceptions import SalesforceError

from integrations import net
from integrations.engine.errors import Failure, failure, from_outbound

VENDOR = "salesforce"

_CODES = {
    "INVALID_SESSION_ID": "auth_expired",
    "INVALID_AUTH_HEADER": "auth_expired",
    "REQUEST_LIMIT_EXCEEDED": "rate_limited",
    "API_DISABLED_FOR_ORG": "api_disabled",
    "API_CURRENTLY_DISABLED": "api_disabled",
    "ORG_LOCKED": "company_inactive",
    "INACTIVE_OWNER_OR_USER": "user_inactive",
    "INSUFFICIENT_ACCESS": "permission",
    "INSUFFICIENT_ACCESS_OR_READONLY": "permission",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "permission",
    "INVALID_TYPE": "permission",  # an object the user can't see looks like one that isn't there
    "INVALID_FIELD": "field_missing",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "field_missing",
    "DUPLICATE_VALUE": "duplicate",
    "DUPLICATES_DETECTED": "duplicate",
    "UNABLE_TO_LOCK_ROW": "locked",
    "ENTITY_IS_LOCKED": "locked",
    "ENTITY_IS_DELETED": "not_found",
    "NOT_FOUND": "not_found",
    "REQUIRED_FIELD_MISSING": "required_missing",
    "STRING_TOO_LONG": "too_long",
    "INVALID_CROSS_REFERENCE_KEY": "reference",
    "MALFORMED_QUERY": "unexpected",
    "SERVER_UNAVAILABLE": "vendor_error",
    "UNKNOWN_EXCEPTION": "vendor_error",
}
_STATUSES = {
    300: "ambiguous",
    400: "validation",
    401: "auth_expired",
    403: "permission",
    404: "not_found",
    409: "locked",
    412: "stale",
    429: "rate_limited",
}
_OAUTH = {
    "invalid_client_id": "credentials_refused",
    "invalid_client": "credentials_refused",
    "invalid_grant": "credentials_refused",
    "invalid_app_access": "credentials_refused",
    "inactive_user": "user_inactive",
    "inactive_org": "company_inactive",
    "rate_limit_exceeded": "rate_limited",
}


def from_salesforce(error: SalesforceError, last: net.Exchange | None) -> Failure:
    """A refusal of the REST API: the first entry of its error array decides, else the status."""
    told: list[object] = error.content if isinstance(error.content, list) else []
    first: dict[str, object] = next((entry for entry in told if isinstance(entry, dict)), {})
    code, message = str(first.get("errorCode", "")), str(first.get("message", ""))
    by_status = "vendor_error" if error.status >= 500 else _STATUSES.get(error.status, "validation")
    return failure(
        _CODES.get(code, by_status),
        vendor=VENDOR,
        vendor_code=code,
        vendor_message=message,
        http_status=error.status,
        request_id=last.request_id if last else "",
        retry_after=last.retry_after if last else None,
    )


def from_token_endpoint(status: int, body: object) -> Failure:
    """A refusal of the OAuth token endpoint."""
    told = body if isinstance(body, dict) else {}
    code = str(told.get("error", ""))
    by_status = "vendor_error" if status >= 500 else "credentials_refused"
    return failure(
        _OAUTH.get(code, by_status),
        vendor=VENDOR,
        vendor_code=code,
        vendor_message=str(told.get("error_description", "")),
        http_status=status,
    )


@contextmanager
def translated(trace: net.Trace) -> Iterator[None]:
    """Whatever the client library or the way there raises, as a Failure."""
    try:
        yield
    except SalesforceError as error:
        raise from_salesforce(error, trace.last) from error
    except net.OutboundError as error:
        raise from_outbound(error, vendor=VENDOR) from error
    except json.JSONDecodeError as error:
        status = trace.last.status if trace.last else None
        raise failure("not_understood", vendor=VENDOR, http_status=status) from error
