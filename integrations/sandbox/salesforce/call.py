"""One signed-in request, as the pages see it."""

import json
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request

from integrations.sandbox.salesforce.errors import SalesforceError
from integrations.sandbox.salesforce.org import Org
from integrations.sandbox.state import Body
from integrations.sandbox.web import World


@dataclass(frozen=True)
class Call:
    """One signed-in request."""

    world: World
    request: Request
    org: Org
    version: str

    @property
    def body(self) -> Any:
        """The JSON that was sent. Raises 415 and JSON_PARSER_ERROR as the real one does."""
        kind = self.request.mimetype
        if kind != "application/json":
            raise SalesforceError("UNSUPPORTED_MEDIA_TYPE", f"Content type '{kind}' not supported", status=415)
        try:
            return json.loads(self.request.get_data() or b"{}")
        except ValueError as error:
            raise SalesforceError("JSON_PARSER_ERROR", f"Unexpected character: {error}") from None

    @property
    def fields(self) -> Body:
        body = self.body
        if not isinstance(body, dict):
            raise SalesforceError("JSON_PARSER_ERROR", "The HTTP entity body is required, but this is no JSON object")
        return body
