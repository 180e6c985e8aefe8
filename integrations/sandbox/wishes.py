"""What a tester asks at the control door, and how a wrong wish is refused."""

from typing import Any

from werkzeug.wrappers import Request, Response

from integrations.sandbox.web import Refusal, answer


class Wrong(Refusal):
    """The tester's own mistake."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.words, self.status = words, status

    def response(self) -> Response:
        return answer({"error": self.words}, self.status)


def asked(request: Request) -> dict[str, Any]:
    if not request.get_data():
        return {}
    body = request.get_json(silent=True, force=True)
    if not isinstance(body, dict):
        raise Wrong("a JSON object is expected")
    return body
