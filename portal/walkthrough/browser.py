"""A browser without a screen: it opens pages, fills the forms it finds there and reads what they answer."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import httpx

from portal.walkthrough.forms import Form, Forms

T = TypeVar("T")
PATIENCE_SECONDS = 90.0
POLL_SECONDS = 0.25
IDLE_SECONDS = 1  # a connection is kept; a server that closes it first (gunicorn: after two) would cut a request off
OK = 200


class Failed(Exception):
    """The portal answered otherwise than a person would expect here."""


# What can go wrong on a walk: a page that says no, a portal that does not answer.
TROUBLE = (Failed, httpx.HTTPError)


class Page:
    """One answer, read as a person reads it."""

    def __init__(self, text: str, url: str, status: int) -> None:
        self.text, self.url, self.status = text, httpx.URL(url), status
        parsed = Forms()
        parsed.feed(text)
        self.forms, self.words = parsed.forms, " ".join(parsed.words)

    def hidden(self, name: str) -> str:
        """The first hidden input of this name; Failed when the page has none."""
        for form in self.forms:
            if name in form.values:
                return form.values[name]
        raise Failed(f"{self.url} has no hidden field “{name}”. {self.words[:300]}")

    def form(self, values: Mapping[str, Any], *, to: str = "") -> Form:
        """The form that sends to `to` (else: back to this page) and has most places for the values; Failed if none."""
        target = self.url.join(to or self.url.path).path
        fitting = [
            form
            for form in self.forms
            if form.is_post and self.url.join(form.action).path == target and form.suits(values)
        ]
        if not fitting:
            raise Failed(f"{self.url} has no form that sends {sorted(values)} to {target}. {self.words[:300]}")
        return max(fitting, key=lambda form: form.knows(values))

    def find(self, pattern: str) -> str:
        """The first group of a pattern in the page's source, unescaped; Failed when it is not there."""
        found = re.search(pattern, self.text)
        if not found:
            raise Failed(f"{self.url} does not show {pattern}. {self.words[:300]}")
        return html.unescape(found.group(1))

    def finds(self, pattern: str) -> list[str]:
        """Every first group of a pattern in the page's source, in order."""
        return [html.unescape(one) for one in re.findall(pattern, self.text)]


class Browser:
    """One person's session at the portal. `page` is what it shows now."""

    def __init__(self, base_url: str, *, name: str) -> None:
        self.name, self.base_url = name, httpx.URL(base_url)
        self.client = httpx.Client(
            base_url=base_url, timeout=60, follow_redirects=True, trust_env=False,
            limits=httpx.Limits(keepalive_expiry=IDLE_SECONDS),
        )  # fmt: skip
        self.page = Page("", base_url, OK)

    def open(self, path: str) -> Page:
        """Open a page; Failed when it does not answer 200."""
        return self._shown(self.client.get(path), f"GET {path}")

    def send(
        self,
        path: str,
        values: Mapping[str, Any] | None = None,
        *,
        files: Sequence[tuple[str, Path]] = (),
        to: str = "",
    ) -> Page:
        """Open `path` and answer its form, the one that sends to `to` where the page has several."""
        self.open(path)
        return self.answer(values, files=files, to=to)

    def answer(
        self, values: Mapping[str, Any] | None = None, *, files: Sequence[tuple[str, Path]] = (), to: str = ""
    ) -> Page:
        """Fill in a form of the page shown now (what stands there stays) and send it; Failed when it is refused."""
        values = values or {}
        form = self.page.form(values, to=to)
        address = self.page.url.join(form.action)
        uploads = [(name, (file.name, file.read_bytes())) for name, file in files]
        response = self.client.post(
            address, data=form.sends(values), files=uploads or None, headers={"Referer": str(self.page.url)}
        )
        return self._shown(response, f"POST {address.path} {values.get('act', '')}")

    def file(self, path: str) -> bytes:
        """A file as it is downloaded; Failed when it does not answer 200. The page shown stays."""
        response = self.client.get(path)
        if response.status_code != OK:
            raise Failed(f"{self.name}: {path} answered {response.status_code}.")
        return response.content

    def until(self, read: Callable[[], T | None], what: str) -> T:
        """Look again until `read` gives something; Failed, naming `what`, when patience ends."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up:
            if (found := read()) is not None:
                return found
            time.sleep(POLL_SECONDS)
        raise Failed(f"{self.name} waited {PATIENCE_SECONDS:.0f} s for {what}. {self.page.words[:300]}")

    def close(self) -> None:
        """End the session's connections."""
        self.client.close()

    def _shown(self, response: httpx.Response, asked: str) -> Page:
        self.page = Page(response.text, str(response.url), response.status_code)
        return self.expect(asked)

    def expect(self, asked: str) -> Page:
        """The page shown now; Failed with its words when it is no 200."""
        if self.page.status != OK:
            raise Failed(f"{self.name}: {asked} answered {self.page.status}. {self.page.words[:800]}")
        return self.page
