"""Refusals in Google's words: {error: {code, message, errors}} from the API, {error, error_description} for tokens."""

from werkzeug.wrappers import Response

from integrations.sandbox.web import Refusal, answer


class GoogleError(Refusal):
    """One refused call of the API."""

    def __init__(self, status: int, reason: str, message: str, *, domain: str = "global", location: str = "") -> None:
        super().__init__(reason, message)
        self.status, self.reason, self.message, self.domain, self.location = status, reason, message, domain, location

    def response(self) -> Response:
        entry = {"domain": self.domain, "reason": self.reason, "message": self.message}
        if self.location:
            entry |= {"locationType": "header", "location": self.location}
        return answer({"error": {"errors": [entry], "code": self.status, "message": self.message}}, self.status)


class TokenRefused(Refusal):
    """The token endpoint says no."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error, description)
        self.error, self.description, self.status = error, description, status

    def response(self) -> Response:
        return answer({"error": self.error, "error_description": self.description}, self.status)


def invalid_credentials() -> GoogleError:
    return GoogleError(401, "authError", "Invalid Credentials", location="Authorization")


def invalid(message: str, reason: str = "invalid") -> GoogleError:
    return GoogleError(400, reason, message)


def not_found() -> GoogleError:
    return GoogleError(404, "notFound", "Not Found")


def deleted() -> GoogleError:
    return GoogleError(410, "deleted", "Resource has been deleted")


def duplicate() -> GoogleError:
    return GoogleError(409, "duplicate", "The requested identifier already exists.")


def no_attendees() -> GoogleError:
    message = "Service accounts cannot invite attendees without Domain-Wide Delegation of Authority."
    return GoogleError(403, "forbiddenForServiceAccounts", message, domain="calendar")


def too_many(status: int) -> GoogleError:
    return GoogleError(status, "rateLimitExceeded", "Rate Limit Exceeded", domain="usageLimits")


def used_up() -> GoogleError:
    return GoogleError(403, "calendarUsageLimitsExceeded", "Calendar usage limits exceeded.", domain="usageLimits")


def trouble() -> GoogleError:
    return GoogleError(503, "backendError", "Backend Error")
