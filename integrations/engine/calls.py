"""One call over JSON to a vendor's API that has no client library, and what came back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from integrations import net
from integrations.addresses import Rules
from integrations.engine.errors import failure, from_outbound


@dataclass(frozen=True)
class Answer:
    """Status, headers and the body read as JSON: None when it is empty or something else."""

    status: int
    headers: net.Headers
    body: Any

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


def ask(rules: Rules, method: str, url: str, **content: Any) -> Answer:
    """The vendor's answer, whatever its status. Failure when none came."""
    try:
        answer = net.client(rules).request(method, url, **content)
    except net.OutboundError as error:
        raise from_outbound(error, vendor=rules.vendor) from error
    try:
        body = answer.json() if answer.content else None
    except ValueError:
        body = None
    return Answer(answer.status_code, answer.headers, body)


@contextmanager
def as_promised(vendor: str) -> Iterator[None]:
    """Reading an answer: whatever lacks or is of another kind than promised is Failure not_understood."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise failure("not_understood", vendor=vendor) from error
