"""The invoice paid: a part by bank transfer, the rest by card, by another transfer, or by a payer without an account."""

from __future__ import annotations

from collections.abc import Callable

from portal.walkthrough import bank
from portal.walkthrough.browser import Browser, Failed, Page
from portal.walkthrough.signing import step_in
from portal.walkthrough.story import Story

PART, CURRENCY = "888.00", "USD"
CARD = {"number": "4242 4242 4242 4242", "expiry": "12 / 49", "cvc": "123", "way": "card"}
ACCOUNTANT = "Pia Lindgren"


def pay(story: Story) -> None:
    """A part comes by bank transfer, by the statement that finance takes in; the rest as the story wants it."""
    bank.transferred(story, amount=PART, currency=CURRENCY)
    WAYS[story.pay](story)


def _by_card(story: Story) -> None:
    _on_stripes_page(story.customer, story.customer.send("/invoice/", {}, to="/invoice/pay/"))


def _by_bank(story: Story) -> None:
    """What the invoice's page says is open comes by a second transfer."""
    left = story.customer.open("/invoice/").find(r"<dt>Open</dt><dd><strong>[^0-9<]*([\d,]+\.\d\d)")
    bank.transferred(story, amount=left.replace(",", ""), currency=CURRENCY)


def _at_a_door(story: Story) -> None:
    """The customer's accountant, without an account: the mailed link, its one button, and on to the card's page."""
    email = let_pay(story)
    payer = story.browse(story.base_url, name=ACCOUNTANT)
    inside = step_in(story, payer, email)
    _on_stripes_page(payer, payer.send(inside, {}, to=f"{inside}pay/"))
    payer.close()


def let_pay(story: Story, name: str = ACCOUNTANT) -> str:
    """The customer asks somebody without an account to pay; their address."""
    email = f"{name.split(maxsplit=1)[0].lower()}@books-{story.company.domain}"
    story.customer.send("/invoice/", {"name": name, "email": email}, to="/invoice/payers/")
    return email


def _on_stripes_page(payer: Browser, checkout: Page) -> None:
    if "/c/pay/" not in checkout.url.path:
        raise Failed(f"No payment page was opened, but {checkout.url}: {checkout.words[:300]}")
    back = payer.answer(CARD)
    if "Payment received" not in back.text:
        raise Failed(f"The card was not charged: {back.url} {back.words[:300]}")


WAYS: dict[str, Callable[[Story], None]] = {"card": _by_card, "bank": _by_bank, "door": _at_a_door}
