"""The forms of a page as a browser finds them: where they post to, their fields, and what stands in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

TYPED = frozenset({"text", "textarea", "email", "url", "tel", "search", "password", "number"})
DATED = frozenset({"date", "datetime-local"})
# What a person would type into an empty field of that kind.
PLAUSIBLE = {
    "email": "tom.baker@acme.example", "url": "https://acme.example", "number": "1", "date": "2027-03-12",
    "datetime-local": "2027-03-12T10:00", "password": "correct horse battery staple",
}  # fmt: skip


@dataclass
class Field:
    """One name of a form: its kind (an input's type, textarea or select), its values, what may be chosen."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)

    @property
    def is_written(self) -> bool:
        """A person types or picks it freely."""
        return self.kind in TYPED | DATED

    def filled(self) -> list[str]:
        """What a browser would send after somebody filled the field in."""
        if self.values:
            return self.values
        if self.options:
            return [next((option for option in self.options if option), "")]
        return [PLAUSIBLE.get(self.kind, "Something plausible")] if self.kind in TYPED | DATED else []


@dataclass
class Form:
    """One form that posts, and the button it is sent with."""

    page: str
    action: str
    fields: dict[str, Field]

    @property
    def name(self) -> str:
        """What tells this form from the others of its page: its act and its fields."""
        act = self.fields["act"].values[0] if "act" in self.fields else ""
        return f"{act} {' '.join(sorted(self.fields))}".strip()

    def filled(self) -> dict[str, list[str]]:
        return {name: one.filled() for name, one in self.fields.items() if one.kind != "file"}


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found, self.here = page, [], None
        self.select: Field | None = None
        self.area: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.here = Form(self.page, urljoin(self.page, given.get("action", "")), {})
            self.found.append(self.here)
        if self.here is None:
            return
        if tag == "option" and self.select is not None:
            self._option(given)
        elif tag in {"input", "select", "textarea", "button"} and given.get("name"):
            self._field(tag, given)

    def _option(self, given: dict[str, str]) -> None:
        self.select.options.append(given.get("value", ""))
        if "selected" in given:
            self.select.values.append(given.get("value", ""))

    def _field(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        if given["name"] == "csrfmiddlewaretoken":
            return
        one = self.here.fields.setdefault(given["name"], Field(given["name"], kind))
        if tag == "select":
            self.select = one
        elif tag == "textarea":
            self.area = one
        elif kind in {"radio", "checkbox", "button"}:
            one.options.append(given.get("value", "on"))
            if "checked" in given:
                one.values.append(given.get("value", "on"))
        elif given.get("value"):
            one.values.append(given["value"])

    def handle_data(self, data: str) -> None:
        if self.area is not None and data.strip():
            self.area.values = [*self.area.values, data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.here = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None


def forms_on(html: str, page: str) -> list[Form]:
    """Every form of the page that posts; `page` is its address."""
    parser = _Forms(page)
    parser.feed(html)
    return parser.found
