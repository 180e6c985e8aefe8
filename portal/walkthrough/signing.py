"""The agreement signed by both sides: in the portal, at a door by a signer without an account, or at DocuSign."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from portal.walkthrough import letters
from portal.walkthrough.browser import Browser, Failed, Page
from portal.walkthrough.people import Account, confirmed
from portal.walkthrough.story import Story


def choose(story: Story, agreement_id: str) -> None:
    """While it is a draft: where it is signed, unless that is here."""
    if story.sign == "docusign":
        story.specialist.act("agreement", "choose_provider", agreement_id=agreement_id, provider="docusign")


def sign(story: Story) -> None:
    """The customer's signature, then InterWeave's."""
    WAYS[story.sign](story)


def _here(story: Story) -> None:
    confirmed(story.customer, story.owner, "/agreement/sign/")
    story.customer.answer({"typed_name": story.owner.name, "title": "Managing Director", "consent": "on"})
    _countersign(story)


def _countersign(story: Story) -> None:
    specialist = story.staff["specialist"]
    confirmed(story.specialist.browser, specialist, story.specialist.path("agreement/countersign"))
    story.specialist.browser.answer({"typed_name": specialist.name, "title": "Technical Specialist", "consent": "on"})


def _at_a_door(story: Story) -> None:
    """The mailed link, its one button, the agreement as it is read there, the mailed code, the signature."""
    signer = story.browse(story.base_url, name=story.signatory.name)
    inside = step_in(story, signer, story.signatory.email)
    read = hashlib.sha256(signer.file(f"{inside}file/")).hexdigest()
    began = time.time()
    signer.send(f"{inside}sign/", {"send": "1"})
    code = story.mailed(letters.DOOR_CODE, story.signatory.email, since=began, what="the code to sign with")
    page = signer.open(f"{inside}sign/")
    if page.hidden("seen_sha256") != read:
        raise Failed(f"{signer.name} would sign another version than the one read: {page.hidden('seen_sha256')}")
    done = signer.answer({"typed_name": story.signatory.name, "code": code, "consent": "on"})
    if "Signed, thank you" not in done.text:
        raise Failed(f"It was not signed at the door: {done.url} {done.words[:300]}")
    signer.close()
    _countersign(story)


def step_in(story: Story, visitor: Browser, email: str) -> str:
    """Open the link that was mailed to this address and press its button; where that led."""
    link = story.mailed(letters.DOOR, email, what=f"the link for {email}")
    visitor.open(link)
    page = visitor.answer()
    if "/door/in/" not in page.url.path:
        raise Failed(f"The link of {email} did not open: {page.url} {page.words[:300]}")
    return page.url.path


def _at_docusign(story: Story) -> None:
    """Both sides go to its page from ours, press its button, and are sent back; it tells the portal by Connect."""
    _visit(story.customer, story.owner, "/agreement/sign/elsewhere/")
    _visit(story.specialist.browser, story.staff["specialist"], story.specialist.path("agreement/sign"))


def _visit(browser: Browser, signer: Account, path: str) -> None:
    """Until it is this one's turn our page leads back to the agreement."""

    def is_theirs() -> Page | None:
        page = confirmed(browser, signer, path)
        return page if page.url.path == path else None

    browser.until(is_theirs, f"{signer.name}'s turn at DocuSign")
    there = browser.answer()
    if "/Signing/" not in there.url.path:
        raise Failed(f"DocuSign's page was not opened, but {there.url}: {there.words[:300]}")
    back = browser.answer({"decision": "sign"})
    if "Signed at DocuSign" not in back.text:
        raise Failed(f"{signer.name} came back unsigned: {back.url} {back.words[:300]}")


WAYS: dict[str, Callable[[Story], None]] = {"portal": _here, "door": _at_a_door, "docusign": _at_docusign}
