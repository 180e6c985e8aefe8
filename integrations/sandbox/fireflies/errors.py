"""Refusals in Fireflies' words: an `errors` array with code, friendly and extensions."""

import secrets
from typing import Any

from werkzeug.wrappers import Response

from integrations.sandbox.web import Refusal, answer

HELP = "https://docs.fireflies.ai/miscellaneous/error-codes"


class FirefliesError(Refusal):
    """One refused operation. `under` is the HTTP status it comes with; teams may be told everything with 200."""

    def __init__(self, code: str, message: str, status: int, *, under: int | None = None) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status = code, message, status
        self.under = status if under is None else under

    def response(self) -> Response:
        headers = {"Retry-After": "60"} if self.status == 429 else None
        return answer({"data": None, "errors": [self.body()]}, self.under, headers)

    def body(self) -> dict[str, Any]:
        extensions = {
            "code": self.code,
            "status": self.status,
            "helpUrls": [f"{HELP}#{self.code}"],
            "correlationId": secrets.token_hex(12),
        }
        return {"message": self.message, "code": self.code, "friendly": True, "extensions": extensions}


class Unreadable(Refusal):
    """The document itself is wrong: Apollo's own shape."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(code, message)
        self.message, self.code = message, code

    def response(self) -> Response:
        return answer({"errors": [{"message": self.message, "extensions": {"code": self.code}}]}, 400)


def auth_failed() -> FirefliesError:
    return FirefliesError("auth_failed", "Invalid API key or unauthorized access", 401)


def too_many() -> FirefliesError:
    return FirefliesError("too_many_requests", "Too many requests. Please retry later", 429)


def cancelled() -> FirefliesError:
    return FirefliesError("account_cancelled", "The account's subscription has been cancelled", 403)


def no_credits() -> FirefliesError:
    return FirefliesError("require_ai_credits", "You have run out of AI credits", 402)


def not_there(what: str) -> FirefliesError:
    return FirefliesError("object_not_found", f"{what} not found", 404)


def invalid(message: str) -> FirefliesError:
    return FirefliesError("invalid_arguments", message, 400)


def trouble() -> FirefliesError:
    return FirefliesError("internal_server_error", "Something went wrong", 500)
