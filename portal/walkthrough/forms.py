"""The forms of a page, with what they would send as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

NEVER_SENT = {"submit", "button", "reset", "image", "file"}
TICKED = {"checkbox", "radio"}


@dataclass
class Form:
    """One form: its place among the page's forms, hidden values, the names to fill in, and what is filled in already."""

    number: int
    action: str
    is_post: bool
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    filled: dict[str, list[str]] = field(default_factory=dict)

    def suits(self, values: Mapping[str, Any]) -> bool:
        """No hidden value says otherwise than what is to be sent."""
        return all(str(values[name]) == hidden for name, hidden in self.values.items() if name in values)

    def knows(self, values: Mapping[str, Any]) -> int:
        """How many of the values it has a place for."""
        return sum(name in self.names or name in self.values for name in values)

    def sends(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What goes out when these values are filled in and everything else stays."""
        return {**self.values, **self.filled, **values}


class Forms(HTMLParser):
    """Reads a page: its forms, and the words of its refusals."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._name = ""  # of the select or textarea that is open
        self._is_text = False
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_post = given.get("method", "get").lower() == "post"
            self._form = Form(len(self.forms), given.get("action", ""), is_post)
            self.forms.append(self._form)
        elif self._form and tag == "option" and self._name:
            self._option(self._form, given)
        elif self._form and given.get("name") and tag in {"input", "select", "textarea", "button"}:
            self._control(self._form, tag, given)
        if "error-summary" in given.get("class", "") or "banner" in given.get("class", ""):
            self._inside += 1

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", tag)
        if kind == "hidden":
            form.values[name] = given.get("value", "")
            return
        form.names.add(name)
        if tag in {"select", "textarea"}:
            self._name, self._is_text = name, tag == "textarea"
            form.filled[name] = []
        elif tag == "input" and kind in TICKED:
            if "checked" in given:
                form.filled.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "input" and kind not in NEVER_SENT:
            form.filled[name] = [given.get("value", "")]

    def _option(self, form: Form, given: dict[str, str]) -> None:
        """The chosen option; the first one while none is."""
        if "selected" in given or not form.filled[self._name]:
            form.filled[self._name] = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag in {"select", "textarea"}:
            if self._form and self._is_text:
                # A newline right after the tag belongs to the markup.
                self._form.filled[self._name] = ["".join(self._form.filled[self._name]).removeprefix("\n")]
            self._name, self._is_text = "", False

    def handle_data(self, data: str) -> None:
        if self._form and self._is_text:
            self._form.filled[self._name].append(data)
        if self._inside and data.strip():
            self.words.append(data.strip())
