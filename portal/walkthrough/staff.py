"""InterWeave's side of the story, on the specialist's own pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from portal.walkthrough.browser import Browser, Failed, Page


class Desk:
    """One member of staff at work on one engagement: every act is a form of a page."""

    def __init__(self, browser: Browser, reference: str) -> None:
        self.browser, self.reference = browser, reference

    def path(self, place: str) -> str:
        """The address of a work page."""
        return f"/staff/engagements/{self.reference}/{place}/"

    def open(self, place: str) -> Page:
        """Open a work page."""
        return self.browser.open(self.path(place))

    def act(self, place: str, act: str, *, files: Sequence[tuple[str, Path]] = (), **values: Any) -> Page:
        """Send the form of one act on a work page; Failed with the page's words when it is refused."""
        return self.browser.send(self.path(place), {"act": act, **values}, files=files)

    def row(self, place: str, act: str, field: str) -> str:
        """The newest row that an act on a work page can be done to, by the form's hidden field."""
        rows = [form.values.get(field, "") for form in self.open(place).forms if form.values.get("act") == act]
        if not any(rows):
            raise Failed(f"{self.browser.name} finds nothing to {act} on {self.path(place)}.")
        return str(max(rows, key=lambda row: (len(row), row)))

    def move(self, change: str) -> Page:
        """Close the step on the move page."""
        return self.act("move", "move", change=change)
