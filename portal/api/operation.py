"""How each operation is described: by words of its own, never by a view's docstring, with the scope its token needs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema

from onboarding.library import verification_checks
from onboarding.models import Contact, Questionnaire

PATH_PARAMETERS = {
    "reference": "The engagement's reference, such as `IW-2026-0042`",
    "uuid": "The document's, or the upload's, `uuid`",
    "contact": "Which contact",
    "comment_id": "The comment's `id`",
    "copy_id": "The recipient's `id`",
    "request_id": "The request's `id`",
    "kind": "Which of the two documents",
    "number": "The `number` of the requirement or change request",
    "meeting_id": "The meeting's `id`",
    "agreement": "The agreement's `number`, such as `MSA-2026-0042`",
    "invoice_id": "The invoice's `id`",
    "payment_id": "The payment's `id`",
    "door_id": "The link's `id`",
    "entry_id": "The entry's `id`",
    "check_id": "The check's `id`",
    "check": "The verification's `check`",
}
PATH_VALUES = {
    "kind": Questionnaire.Kind.values,
    "check": [code for code, _ in verification_checks.CHOICES],
    "contact": Contact.Kind.values,
}


class Operation(AutoSchema):
    """Beside what `extend_schema` says: the scope, and words for the parts of the address."""

    def get_description(self) -> str:
        return ""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        if scope := getattr(self.view, "scopes", {}).get(self.method):
            operation["description"] = f"{operation.get('description', '')}\n\nScope: `{scope}`.".strip()
        for parameter in operation.get("parameters", []):
            if words := PATH_PARAMETERS.get(parameter["name"]):
                parameter["description"] = words
            if values := PATH_VALUES.get(parameter["name"]):
                parameter["schema"] = {"type": "string", "enum": values}
        return operation
