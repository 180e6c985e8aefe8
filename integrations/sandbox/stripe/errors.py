"""Refusals in Stripe's words: {"error": {type, code, message, param}}."""

from werkzeug.wrappers import Response

from integrations.sandbox.state import Body
from integrations.sandbox.web import Refusal, answer

INVALID = "invalid_request_error"


class StripeError(Refusal):
    """One refused call of the API."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = INVALID,
        code: str = "",
        param: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers
        known = {"code": code, "message": message, "param": param, "type": kind}
        self.error: Body = {name: value for name, value in known.items() if value}

    def response(self) -> Response:
        return answer({"error": self.error}, self.status, self.headers)


def unknown_parameter(name: str) -> StripeError:
    return StripeError(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def missing(name: str) -> StripeError:
    return StripeError(f"Missing required param: {name}.", code="parameter_missing", param=name)


def wrong(name: str, message: str, code: str = "") -> StripeError:
    return StripeError(message, code=code, param=name)


def no_such(noun: str, key: str, param: str = "id") -> StripeError:
    return StripeError(f"No such {noun}: '{key}'", status=404, code="resource_missing", param=param)


def unrecognised(method: str, path: str) -> StripeError:
    words = (
        f"Unrecognized request URL ({method}: {path}). If you are trying to list objects, remove the trailing slash."
    )
    return StripeError(words, status=404)


def no_key() -> StripeError:
    words = (
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer "
        "auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
    )
    return StripeError(words, status=401, headers={"WWW-Authenticate": 'Bearer realm="Stripe"'})


def wrong_key(given: str) -> StripeError:
    hidden = given[:8] + "*" * max(len(given) - 12, 4) + given[-4:]
    headers = {"WWW-Authenticate": 'Bearer realm="Stripe"'}
    return StripeError(f"Invalid API Key provided: {hidden}", status=401, headers=headers)


def too_many() -> StripeError:
    words = "Request rate limit exceeded. Learn more about rate limits in the documentation."
    return StripeError(
        words, status=429, code="rate_limit", headers={"Retry-After": "1", "Stripe-Should-Retry": "false"}
    )


def trouble() -> StripeError:
    words = "An unknown error occurred"
    return StripeError(words, status=500, kind="api_error", headers={"Stripe-Should-Retry": "false"})


def other_parameters(key: str) -> StripeError:
    words = (
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using "
        f"a key other than '{key}' if you meant to execute a different request."
    )
    return StripeError(words, kind="idempotency_error")


def wrong_version(given: str) -> StripeError:
    return StripeError(f"Invalid Stripe API version: {given}")
