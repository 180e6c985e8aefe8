"""Refusals in DocuSign's words: {errorCode, message} from the API, {error, error_description} from the token endpoint."""

from werkzeug.wrappers import Response

from integrations.sandbox.web import Refusal, answer


class DocuSignError(Refusal):
    """One refused call of the API."""

    def __init__(self, code: str, message: str, status: int = 400, headers: dict[str, str] | None = None) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status, self.headers = code, message, status, headers

    def response(self) -> Response:
        return answer({"errorCode": self.code, "message": self.message}, self.status, self.headers)


class TokenRefused(Refusal):
    """The token endpoint says no."""

    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        super().__init__(error, description)
        self.error, self.description, self.status = error, description, status

    def response(self) -> Response:
        body = {"error": self.error} | ({"error_description": self.description} if self.description else {})
        return answer(body, self.status)


def invalid_token() -> DocuSignError:
    return DocuSignError(
        "AUTHORIZATION_INVALID_TOKEN", "The access token provided is expired, revoked or malformed.", 401
    )


def no_membership() -> DocuSignError:
    message = "The UserID does not have a valid membership in this Account."
    return DocuSignError("USER_LACKS_MEMBERSHIP", message, 401)


def no_scope() -> DocuSignError:
    return DocuSignError(
        "USER_LACKS_PERMISSIONS", "This user lacks sufficient permissions to access this resource.", 403
    )


def no_envelope(name: str) -> DocuSignError:
    message = f"The envelope specified by the supplied ID does not exist: {name}"
    return DocuSignError("ENVELOPE_DOES_NOT_EXIST", message, 404)


def invalid(message: str) -> DocuSignError:
    return DocuSignError("INVALID_REQUEST_BODY", f"The request body is missing or improperly formatted. {message}")


def bad_parameter(message: str) -> DocuSignError:
    return DocuSignError(
        "INVALID_REQUEST_PARAMETER", f"The request contained at least one invalid parameter. {message}"
    )


def wrong_state(code: str, message: str) -> DocuSignError:
    return DocuSignError(code, message)


def unknown_recipient() -> DocuSignError:
    message = "The recipient you have identified is not a valid recipient of the specified envelope."
    return DocuSignError("UNKNOWN_ENVELOPE_RECIPIENT", message)


def out_of_turn() -> DocuSignError:
    message = "The token for an out of sequence recipient cannot be generated."
    return DocuSignError("RECIPIENT_NOT_IN_SEQUENCE", message)


def too_many(reset: float) -> DocuSignError:
    message = "The maximum number of hourly API invocations has been exceeded."
    headers = {
        "X-RateLimit-Limit": "3000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(reset))
    }  # fmt: skip
    return DocuSignError("HOURLY_APIINVOCATION_LIMIT_EXCEEDED", message, 400, headers)


def trouble() -> DocuSignError:
    return DocuSignError("UNSPECIFIED_ERROR", "Internal server error.", 500)
