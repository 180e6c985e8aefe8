"""Pictures of every page of the demo, phone and desk, light and dark: var/shots/. Runs beside a portal (make shots).

The demo wrote who can sign in, and which engagement stands where, to demo.json in its VAR_DIR; tests/pages.py lists the
pages. What the browser complains of is printed, and makes the command fail.
"""

import argparse
import base64
import hmac
import json
import os
import re
import struct
import sys
import time
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from scripts import chromium
from scripts.setup import ROOT
from tests.pages import DemoPage, pages

WIDTHS = {390: 844, 1280: 900}
SCHEMES = ("light", "dark")
TOTP_SECONDS = 30
OK = 200
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
LINKS = "links => links.map(link => link.getAttribute('href'))"
PREVIEW = "iframe.preview"
PREVIEW_MS = 2500
MAX_HEIGHT = 6000  # pixels of a picture; further down lists repeat


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of a page's label, like owner-go-live-home")
    parser.add_argument("--to", type=Path, default=ROOT / "var" / "shots")
    options = parser.parse_args()
    demo = json.loads((Path(os.environ.get("VAR_DIR", ROOT / "var")) / "demo.json").read_text())
    wanted = sorted((page for page in pages() if options.only in page.label), key=lambda page: (page.who, page.at))
    options.to.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium.program(), args=chromium.FLAGS)
        album = Album(chrome, demo, options.to)
        for (who, company), own in groupby(wanted, key=lambda page: (page.who, album.company(page))):
            album.shoot(who, company, list(own))
        chrome.close()
    print(f"{album.taken} pictures in {options.to}")
    print("\n".join(album.complaints))
    return 1 if album.complaints else 0


@dataclass
class Album:
    """The pictures, and what was wrong with the pages."""

    chrome: Browser
    demo: dict[str, Any]
    folder: Path
    taken: int = 0
    complaints: list[str] = field(default_factory=list)

    def company(self, page: DemoPage) -> str:
        """Whose page it is: a customer's, else nobody's."""
        user = next((one for one in self.demo["users"] if one["role"] == page.who), None)
        return self.engagement(page)["company"] if user and user["company"] else ""

    def engagement(self, page: DemoPage) -> dict[str, str]:
        """The demo's engagement in the page's scene: a step, or a step with where it is signed."""
        there = {one.get("scene", one["step"]): one for one in self.demo["engagements"]}
        return there.get(page.at, {"reference": "", "company": ""})

    def shoot(self, who: str, company: str, own: list[DemoPage]) -> None:
        """One person's pages."""
        print(f"{who or 'visitor'} {company}: {len(own)} pages", flush=True)
        context = self.chrome.new_context(base_url=os.environ["BASE_URL"], reduced_motion="reduce")
        tab = context.new_page()
        if who:
            user = next(one for one in self.demo["users"] if (one["role"], one["company"]) == (who, company))
            sign_in(tab, user)
        else:
            context.add_cookies(self.cookies())
        heard: list[str] = []
        tab.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
        tab.on("pageerror", lambda error: heard.append(str(error)))
        for page in own:
            refused = f"status of {page.status}"
            wrong = self.picture(tab, page) + [said for said in heard if page.status == OK or refused not in said]
            self.complaints += [f"{page.label}: {one}" for one in wrong]
            heard.clear()
        context.close()

    def cookies(self) -> list[Any]:
        """Of the visitors that the demo left behind doors."""
        host = urlsplit(os.environ["BASE_URL"]).hostname
        return [door["cookie"] | {"domain": host} for door in self.demo.get("doors", []) if door["cookie"]]

    def picture(self, tab: Page, page: DemoPage) -> list[str]:
        """One page in every size and scheme; what was wrong with it."""
        address = self.address(tab, page)
        reply = tab.goto(address, wait_until="load") if address else None
        if reply is None or reply.status != page.status:
            return [f"answered {reply.status}" if reply else "no link leads there"]
        wrong = []
        for width, height in WIDTHS.items():
            tab.set_viewport_size({"width": width, "height": height})
            if tab.evaluate(SIDEWAYS):
                wrong.append(f"wider than the window at {width}")
            for scheme in SCHEMES:
                tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                self.draw_preview(tab)
                self.take(tab, self.folder / f"{page.label}-{width}-{scheme}.png", width)
        return wrong

    def draw_preview(self, tab: Page) -> None:
        """The browser's own viewer draws a PDF only while it is in sight."""
        if tab.locator(PREVIEW).count():
            tab.locator(PREVIEW).first.scroll_into_view_if_needed()
            tab.wait_for_timeout(PREVIEW_MS)

    def take(self, tab: Page, file: Path, width: int) -> None:
        """The whole page, down to where it only repeats itself."""
        height = min(tab.evaluate("document.documentElement.scrollHeight"), MAX_HEIGHT)
        tab.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
        self.taken += 1

    def address(self, tab: Page, page: DemoPage) -> str:
        """Where the page is; empty when the page it is found by does not link to it."""
        reference = self.engagement(page)["reference"]
        if not page.by:
            doors = {door["name"]: door["path"] for door in self.demo.get("doors", [])}
            return page.path.format(reference=reference, **doors)
        tab.goto(page.by.format(reference=reference))
        pattern = re.compile(page.path.replace("{reference}", reference))
        links = tab.locator("main a[href]").evaluate_all(LINKS)
        return next((link for link in links if pattern.fullmatch(link)), "")


def sign_in(tab: Page, user: dict[str, str]) -> None:
    """Through the form, as people do, with the second factor where one is set. A code works once: wait for the next."""
    tab.goto("/account/login/")
    tab.fill("[name=login]", user["email"])
    tab.fill("[name=password]", user["password"])
    submit(tab, "password")
    give_up = time.monotonic() + 2 * TOTP_SECONDS
    while "2fa/authenticate" in tab.url and time.monotonic() < give_up:
        tab.fill("[name=code]", one_time_code(user["totp_secret"]))
        submit(tab, "code")
        if "2fa/authenticate" in tab.url:
            time.sleep(TOTP_SECONDS - time.time() % TOTP_SECONDS)
    if "/account/login" in tab.url or "2fa" in tab.url:
        raise SystemExit(f"{user['email']} could not sign in: {tab.inner_text('main')[:300]}")


def submit(tab: Page, name: str) -> None:
    with tab.expect_navigation(wait_until="load"):
        tab.press(f"form [name={name}]", "Enter")


def one_time_code(secret: str) -> str:
    """The six digits of RFC 6238 for this half minute."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // TOTP_SECONDS), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


if __name__ == "__main__":
    sys.exit(main())
