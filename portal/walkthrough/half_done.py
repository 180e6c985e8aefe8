"""Step V left in the middle: money that is partly here, and doors that people have opened but not gone through."""

from __future__ import annotations

from typing import Any

from portal.walkthrough import bank, letters, paying
from portal.walkthrough.browser import Browser
from portal.walkthrough.signing import step_in
from portal.walkthrough.story import Story

SLOW_PAYER = "Otto Berg"


def at_doors(story: Story) -> list[dict[str, Any]]:
    """A part of the invoice paid; the signer and a payer behind their doors, another payer's link not opened yet.

    Each as name, path, and the cookie that leads in (None while nobody is in).
    """
    bank.transferred(story, amount=paying.PART, currency=paying.CURRENCY)
    slow = paying.let_pay(story, SLOW_PAYER)
    link = story.mailed(letters.DOOR, slow, what=f"the link for {slow}")
    return [
        _inside(story, "signer", story.signatory.email),
        _inside(story, "payer", paying.let_pay(story)),
        {"name": "link", "path": link, "cookie": None},
    ]


def _inside(story: Story, name: str, email: str) -> dict[str, Any]:
    visitor = Browser(story.base_url, name=email)
    path = step_in(story, visitor, email)
    (cookie,) = (
        one for one in visitor.client.cookies.jar if path.startswith(one.path) and one.name.startswith("door-")
    )
    visitor.close()
    return {"name": name, "path": path, "cookie": {"name": cookie.name, "value": cookie.value, "path": cookie.path}}
