"""Refusals in Intuit's words: a Fault with numbered errors; 401 comes in lower case, as from the real gateway."""

from datetime import UTC, datetime
from typing import Any

from werkzeug.wrappers import Response

from integrations.sandbox.web import Refusal, answer


class Fault(Refusal):
    """One refused request, or one refused item of a batch."""

    def __init__(
        self,
        code: str,
        message: str,
        detail: str,
        *,
        status: int = 400,
        kind: str = "ValidationFault",
        element: str = "",
    ) -> None:
        super().__init__(code, message)
        self.code, self.message, self.detail, self.status, self.kind, self.element = (
            code,
            message,
            detail,
            status,
            kind,
            element,
        )

    def response(self) -> Response:
        return answer({"Fault": self.body(), "time": datetime.now(UTC).isoformat(timespec="milliseconds")}, self.status)

    def body(self) -> dict[str, Any]:
        error = {"Message": self.message, "Detail": self.detail, "code": self.code}
        return {"Error": [error | ({"element": self.element} if self.element else {})], "type": self.kind}


class Unauthenticated(Fault):
    """401: the gateway's own shape, all lower case."""

    def __init__(self, detail: str = "Token expired: AB01234567890") -> None:
        super().__init__("3200", "message=AuthenticationFailed; errorCode=003200; statusCode=401", detail, status=401)

    def response(self) -> Response:
        error = {"message": self.message, "detail": self.detail, "code": self.code, "element": None}
        body = {
            "warnings": None,
            "intuitObject": None,
            "fault": {"error": [error], "type": "AUTHENTICATION"},
            "report": None,
            "requestId": None,
            "time": 0,
            "status": None,
        }
        return answer(body, 401)


class TokenRefused(Refusal):
    """Intuit's token endpoint says no."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error, description)
        self.error, self.description, self.status = error, description, status

    def response(self) -> Response:
        return answer({"error": self.error, "error_description": self.description}, self.status)


def wrong_realm() -> Fault:
    return Fault(
        "3100",
        "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
        "The application is not authorised for this company",
        status=403,
        kind="AuthorizationFault",
    )


def not_admin() -> Fault:
    return Fault(
        "120",
        "Authorization Failure",
        "The user has no access to this company any more",
        status=401,
        kind="AuthorizationFault",
    )


def too_many() -> Fault:
    return Fault(
        "3001",
        "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "The request limit was reached. Please try again later.",
        status=429,
        kind="SERVICE",
    )


def server_trouble() -> Fault:
    return Fault(
        "10000",
        "An application error has occurred while processing your request",
        "System Failure Error",
        status=500,
        kind="SystemFault",
    )


def company_inactive() -> Fault:
    return Fault(
        "6190",
        "Invalid Company Status",
        "Subscription period has ended or canceled or there was a billing problem : You can't add data to QuickBooks Online because your trial or subscription period ended, you canceled your subscription, or there was a billing problem.",
    )


def missing(element: str) -> Fault:
    return Fault(
        "2020",
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {element} is missing in the request",
        element=element,
    )


def unsupported(element: str) -> Fault:
    return Fault(
        "2010",
        "Request has invalid or unsupported property",
        f"Property Name:{element} specified is unsupported or invalid",
        element=element,
    )


def invalid_reference(element: str, detail: str) -> Fault:
    return Fault("2500", "Invalid Reference Id", f"Invalid Reference Id : {detail}", element=element)


def rule_broken(detail: str, element: str = "") -> Fault:
    return Fault(
        "6000",
        "A business validation error has occurred while processing your request",
        f"Business Validation Error: {detail}",
        element=element,
    )


def too_long(element: str, most: int) -> Fault:
    return Fault(
        "2050",
        "String length is either shorter or longer than supported by specification",
        f"String length specified does not match the supported length. Min:0 Max:{most} supported. Supplied length is longer",
        element=element,
    )


def not_found(
    detail: str = "Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees.",
) -> Fault:
    return Fault("610", "Object Not Found", f"Object Not Found : {detail}")


def stale(who: str) -> Fault:
    return Fault(
        "5010",
        "Stale Object Error",
        f"Stale Object Error : You and {who} were working on this at the same time. {who} finished before you did, so your work was not saved.",
    )


def duplicate_name(other_id: str) -> Fault:
    return Fault(
        "6240",
        "Duplicate Name Exists Error",
        f"The name supplied already exists. : Another customer, vendor or employee is already using this name. Please use a different name. : Id={other_id}",
    )


def duplicate_number(number: str) -> Fault:
    return Fault(
        "6140",
        "Duplicate Document Number Error",
        f"Duplicate Document Number Error : You must specify a different number. This number has already been used. DocNumber={number} is assigned to TxnType=Invoice",
        element="DocNumber",
    )


def bad_query(detail: str, code: str = "4000") -> Fault:
    message = "Error parsing query" if code == "4000" else "Invalid query"
    return Fault(code, message, f"QueryParserError: {detail}" if code == "4000" else f"QueryValidationError: {detail}")


def unsupported_operation(what: str) -> Fault:
    return Fault("500", "Unsupported Operation", f"Operation {what} is not supported.", element=what)
