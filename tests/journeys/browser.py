"""A person at a real browser: the walkthrough's interface, with fields really filled in and buttons really pressed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import httpx
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ConsoleMessage, Locator, Response
from playwright.sync_api import Page as Tab

from portal.walkthrough.browser import PATIENCE_SECONDS, Browser, Failed, Page

T = TypeVar("T")
LOOK_AGAIN_SECONDS = 0.5
HIDDEN = "hidden"
CHOICES = {"radio", "checkbox"}
SELECTS = {"select-one", "select-multiple"}
FOLDS = "xpath=ancestor::details[not(@open)]/summary"
BUTTON = "button:not([type=button]):not([name]):not([aria-hidden])"
AT_REST = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"


class Screen(Browser):
    """One person's window at the portal. `complaints` is what the browser found wrong with the portal's pages."""

    def __init__(self, base_url: str, *, name: str, chromium: Chromium, **settings: Any) -> None:
        self.name, self.base_url = name, httpx.URL(base_url)
        self.complaints: list[str] = []
        self.is_scripted = settings.get("java_script_enabled", True)
        self.context = chromium.new_context(base_url=base_url, reduced_motion="reduce", **settings)
        self.tab: Tab = self.context.new_page()
        self.tab.on("console", self._hear)
        self.tab.on("pageerror", lambda error: self.complaints.append(f"{self.tab.url}: {error}"))
        self.page = Page("", base_url, 200)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"} and said.location["url"].startswith(str(self.base_url)):
            self.complaints.append(f"{self.tab.url}: {said.text}")

    def open(self, path: str) -> Page:
        """Open a page; Failed when it does not answer 200."""
        return self._look(self.tab.goto(path, wait_until="load"), f"GET {path}")

    def answer(
        self, values: Mapping[str, Any] | None = None, *, files: Sequence[tuple[str, Path]] = (), to: str = ""
    ) -> Page:
        """Fill in a form of the page shown now, field by field, and press its button; Failed when it is refused."""
        values = values or {}
        number = self.page.form(values, to=to).number
        form = self.tab.locator("form").nth(number)
        self._unfold(form)
        button = form.locator(BUTTON)
        for name, value in values.items():
            button = self._fill(form, name, value) or button
        for name in dict(files):
            chosen = [file for asked, file in files if asked == name]
            form.locator(f'input[type=file][name="{name}"]').set_input_files(chosen)
        if self.is_scripted and button.first.get_attribute("hx-post"):
            return self._press_in_place(button.first)
        with self.tab.expect_navigation(wait_until="load") as arrival:
            button.first.click()
        return self._look(arrival.value, f"pressing a button on {self.page.url.path} ({values.get('act', to)})")

    def _press_in_place(self, button: Locator) -> Page:
        """Press a button that changes a part of the page only."""
        sent = f"{button.get_attribute('name')}={button.get_attribute('value')}"
        with self.tab.expect_response(lambda reply: sent in (reply.request.post_data or "")) as arrival:
            button.click()
        self.tab.wait_for_function(AT_REST)
        return self._look(arrival.value, f"pressing {sent} on {self.page.url.path}")

    def until(self, read: Callable[[], T | None], what: str) -> T:
        """Look again until `read` gives something; Failed, naming `what`, when patience ends."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up:
            if (found := read()) is not None:
                return found
            self.tab.wait_for_timeout(LOOK_AGAIN_SECONDS * 1000)
        raise Failed(f"{self.name} waited {PATIENCE_SECONDS:.0f} s for {what}. {self.page.words[:300]}")

    def close(self) -> None:
        """Close the window."""
        self.context.close()

    def _look(self, response: Response | None, asked: str) -> Page:
        self.page = Page(self.tab.content(), self.tab.url, response.status if response else 0)
        return self.expect(asked)

    def _unfold(self, form: Locator) -> None:
        """Open the folds that the form lies in, the outermost first."""
        while (closed := form.locator(FOLDS)).count():
            closed.first.click()

    def _fill(self, form: Locator, name: str, value: Any) -> Locator | None:
        """Fill in what goes by this name; a button of that name and value is given back, to be pressed."""
        places = form.locator(f'[name="{name}"]')
        found = places.evaluate_all("places => places.map(place => [place.type, place.value])")
        kinds = {kind for kind, _ in found}
        if ["submit", str(value)] in found:
            return places.nth(found.index(["submit", str(value)]))
        if kinds & CHOICES:
            for one in value if isinstance(value, list) else [value]:
                places.nth([shown for _, shown in found].index(one)).check()
        elif kinds & SELECTS:
            places.select_option(value)
        elif kinds != {HIDDEN}:
            places.fill(str(value))
        return None
