"""Refusals in Zoom's words: {code, message, errors} from the API, {reason, error} from the token endpoint."""

from datetime import datetime

from werkzeug.wrappers import Response

from integrations.sandbox.web import Refusal, answer


class ZoomError(Refusal):
    """One refused call of the API."""

    def __init__(
        self,
        code: int,
        message: str,
        status: int,
        *,
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status = code, message, status
        self.errors, self.headers = errors, headers

    def response(self) -> Response:
        body = {"code": self.code, "message": self.message}
        return answer(body | ({"errors": self.errors} if self.errors else {}), self.status, self.headers)


class TokenRefused(Refusal):
    """The token endpoint says no."""

    def __init__(self, error: str, reason: str, status: int = 400) -> None:
        super().__init__(error, reason)
        self.error, self.reason, self.status = error, reason, status

    def response(self) -> Response:
        return answer({"reason": self.reason, "error": self.error}, self.status)


def invalid_token(message: str = "Invalid access token.") -> ZoomError:
    return ZoomError(124, message, 401)


def no_scope(scopes: tuple[str, ...]) -> ZoomError:
    return ZoomError(4711, f"Invalid access token, does not contain scopes:[{', '.join(scopes)}].", 400)


def no_user(name: str) -> ZoomError:
    return ZoomError(1001, f"User does not exist: {name}.", 404)


def no_licence(name: str) -> ZoomError:
    return ZoomError(
        3161, f"Your user account is not allowed meeting hosting and scheduling capabilities: {name}.", 400
    )


def no_meeting(name: str) -> ZoomError:
    return ZoomError(3001, f"Meeting does not exist: {name}.", 404)


def invalid(field: str, message: str) -> ZoomError:
    return ZoomError(300, "Validation Failed.", 400, errors=[{"field": field, "message": message}])


def too_many() -> ZoomError:
    headers = {"X-RateLimit-Category": "Medium", "X-RateLimit-Type": "Per-second-limit", "X-RateLimit-Remaining": "0"}
    message = "You have reached the maximum per-second rate limit for this API. Try again later."
    return ZoomError(429, message, 429, headers=headers)


def day_used_up(until: datetime, most: int) -> ZoomError:
    headers = {
        "X-RateLimit-Category": "Medium",
        "X-RateLimit-Type": "Daily-limit",
        "X-RateLimit-Limit": str(most),
        "X-RateLimit-Remaining": "0",
        "Retry-After": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    message = f"You have exceeded the daily rate limit ({most}) of Meeting Create/Update API requests for this user."
    return ZoomError(429, message, 429, headers=headers)


def trouble() -> ZoomError:
    return ZoomError(500, "Internal server error.", 500)
