"""What a rule of the house forbids. Each error carries words for people; the faces translate it, nobody logs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Refused(Exception):
    """Forbidden by a rule. `code` is for programs, `words` say what to do, `data` is what both may show."""

    code = "refused"

    def __init__(self, words: str, *, code: str | None = None, **data: Any) -> None:
        super().__init__(words)
        self.words = words
        self.code = code or self.code
        self.data = data


class NotFound(Refused):
    """Absent, or not yours: the two are never told apart."""

    code = "not_found"

    def __init__(self, words: str = "There is nothing here that you can see.") -> None:
        super().__init__(words)


class NotYours(Refused):
    """You may see it, but this act belongs to another role."""

    code = "not_yours"


class WrongStep(Refused):
    """The engagement does not stand where this act belongs."""

    code = "wrong_step"


class WrongState(Refused):
    """The thing itself is not in the state this act needs (an invoice already paid, a closed pilot)."""

    code = "wrong_state"


class Stale(Refused):
    """Somebody changed it since you read it."""

    code = "stale"


class Gone(Refused):
    """It was here and is no more: given up, or refused for good."""

    code = "gone"


class BadInput(Refused):
    """What was given cannot be taken. `fields` maps each field to words that say what to enter."""

    code = "bad_input"

    def __init__(self, words: str = "Check what you entered.", *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(words, fields=dict(fields or {}))
        self.fields = self.data["fields"]


class TooLarge(BadInput):
    """A file, or what was announced of it, passes its limit; the words say how large it may be."""

    code = "too_large"


class CriteriaUnmet(Refused):
    """A step cannot close yet: every unmet criterion at once, each with its owner and what to do."""

    code = "criteria_unmet"

    def __init__(self, unmet: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(
            "This step cannot be closed yet: " + "; ".join(str(one["title"]) for one in unmet) + ".", unmet=list(unmet)
        )
        self.unmet = self.data["unmet"]
