"""Pages in a real Chromium, answered by Django's own test client: no server, no port, one transaction.

A screen is opened once and then looked at in both widths and both colour schemes.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable
from contextvars import copy_context
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Route

HOST = "http://localhost"  # trusted by the browser as https is
PHONE, DESK, NARROW = 390, 1280, 320
STANDARDS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
EVERYTHING = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
LOOKS = ((PHONE, "light"), (DESK, "dark"))  # each width and each scheme once: no colour of ours hangs on the width
# Three quarters of axe's time go to contrast. Each page is asked for it in one of its looks, by turns: pages are put
# together of components, and the gallery is asked for all of them in both schemes.
WITHOUT_CONTRAST = {**EVERYTHING, "rules": {"color-contrast": {"enabled": False}}}
FORM = "application/x-www-form-urlencoded"
OPEN_FOLDS = "document.querySelectorAll('details:not(.menu)').forEach(fold => fold.open = true)"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# No colour is caught half way to the other scheme. A constructed sheet, as the pages' own policy refuses inline ones.
AT_ONCE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }");
  document.adoptedStyleSheets = [sheet];
}"""
AXE = Axe()


class Screen:
    """One person's window; `client` is who they are, `zone` where their computer stands.

    `complaints` is what the browser itself found wrong.
    """

    def __init__(self, browser: Browser, client: Client, *, zone: str = "UTC") -> None:
        self.client = client
        self.here = copy_context()  # the test's own connection and tenant; Playwright calls back from another context
        self.complaints: list[str] = []
        self.looked_at = 0
        self.context = browser.new_context(
            reduced_motion="reduce", viewport={"width": DESK, "height": 900}, timezone_id=zone
        )
        self.context.route("**/*", lambda route: self.here.copy().run(self._answer, route))
        self.tab = self.context.new_page()
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("console", self._hear)

    def open(self, path: str, *, status: int = 200) -> None:
        """Open a page that answers with this status, every fold of it open."""
        found = self.tab.goto(HOST + path)
        assert found is not None
        assert found.status == status, f"{path} answers {found.status}"
        self.tab.evaluate(AT_ONCE)
        self.tab.evaluate(OPEN_FOLDS)

    def show(self, page: str) -> None:
        """A page that no address answers with: its markup as it is, the rest as always."""
        self.context.route(f"{HOST}/shown/", lambda route: route.fulfill(body=page, content_type="text/html"))
        self.tab.goto(f"{HOST}/shown/")
        self.tab.evaluate(AT_ONCE)

    def look(self, *, width: int, scheme: str) -> None:
        """Turn the same page to another width and colour scheme."""
        self.tab.set_viewport_size({"width": width, "height": 900})
        self.tab.emulate_media(color_scheme=scheme)

    def walk(self, paths: Iterable[str]) -> dict[str, list[str]]:
        """The faults of each page that has some."""
        wrong = {}
        for path in paths:
            self.open(path)
            if found := self.faults():
                wrong[path] = found
        return wrong

    def faults(self) -> list[str]:
        """What somebody couldn't use on the page now open: by axe, by the width of a small phone, by the console."""
        found = []
        self.looked_at += 1
        for place, (width, scheme) in enumerate(LOOKS):
            self.look(width=width, scheme=scheme)
            options = EVERYTHING if (self.looked_at + place) % len(LOOKS) else WITHOUT_CONTRAST
            for one in AXE.run(self.tab, options=options).response["violations"]:
                found += [f"{width} {scheme}: {one['id']} {node['target']}" for node in one["nodes"]]
        self.look(width=NARROW, scheme="light")
        if wide := self.tab.evaluate(SIDEWAYS):
            found.append(f"{wide} px sideways at {NARROW}")
        found += self.complaints
        self.complaints.clear()
        return found

    def _hear(self, said) -> None:
        if said.type == "error" and "the server responded with a status of" not in said.text:
            self.complaints.append(said.text)

    def _answer(self, route: Route) -> None:
        if not route.request.url.startswith(HOST):
            route.continue_()  # the browser's own parts, such as its viewer of PDFs
            return
        address = urlsplit(route.request.url)
        if address.path.startswith("/static/"):
            file = finders.find(address.path.removeprefix("/static/"))
            kind = mimetypes.guess_type(address.path)[0]
            route.fulfill(status=200 if file else 404, body=Path(file).read_bytes() if file else b"", content_type=kind)
            return
        path = f"{address.path}?{address.query}" if address.query else address.path
        self.client.raise_request_exception = False
        if route.request.method == "POST":
            reply = self.client.post(path, route.request.post_data or "", content_type=FORM, SERVER_NAME="localhost")
        else:
            reply = self.client.get(path, SERVER_NAME="localhost")
        body = b"".join(reply.streaming_content) if reply.streaming else reply.content
        headers = {name.lower(): value for name, value in reply.items()}
        route.fulfill(status=reply.status_code, body=body, headers=headers)
