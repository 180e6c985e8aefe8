"""Refusals in Salesforce's words: an array of {message, errorCode, fields}, or OAuth's {error, error_description}."""

from typing import Any

from werkzeug.wrappers import Response

from integrations.sandbox.web import Refusal, answer


class SalesforceError(Refusal):
    """One refused request or one refused record."""

    def __init__(
        self, code: str, message: str, *, status: int = 400, fields: list[str] | None = None, extra: Any = None
    ) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status = code, message, status
        self.fields, self.extra = fields or [], extra

    def response(self) -> Response:
        return answer(self.as_array(), self.status)

    def as_array(self) -> list[dict[str, Any]]:
        body: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.extra:
            body |= self.extra
        if self.fields or self.code in WITH_FIELDS:
            body["fields"] = self.fields
        return [body]

    def as_save_error(self) -> dict[str, Any]:
        """The same inside a collection's result, where the key is called statusCode."""
        return {"statusCode": self.code, "message": self.message, "fields": self.fields}


WITH_FIELDS = {"REQUIRED_FIELD_MISSING", "STRING_TOO_LONG", "DUPLICATE_VALUE", "INSUFFICIENT_ACCESS_OR_READONLY"}


class OAuthError(Refusal):
    """The token endpoint says no."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error, description)
        self.error, self.description, self.status = error, description, status

    def response(self) -> Response:
        return answer({"error": self.error, "error_description": self.description}, self.status)


def not_found(message: str = "The requested resource does not exist") -> SalesforceError:
    return SalesforceError("NOT_FOUND", message, status=404)


def invalid_session() -> SalesforceError:
    return SalesforceError("INVALID_SESSION_ID", "Session expired or invalid", status=401)


def no_such_column(field: str, entity: str, *, in_query: bool = False) -> SalesforceError:
    if not in_query:
        return SalesforceError("INVALID_FIELD", f"No such column '{field}' on sobject of type {entity}")
    return SalesforceError(
        "INVALID_FIELD",
        f"No such column '{field}' on entity '{entity}'. If you are attempting to use a custom field, be sure to append "
        "the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.",
    )


def readonly(message: str = "insufficient access rights on object id") -> SalesforceError:
    return SalesforceError("INSUFFICIENT_ACCESS_OR_READONLY", message, status=403)
