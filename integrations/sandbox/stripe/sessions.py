"""Checkout Sessions: made under Stripe's rules, open until paid or expired, settled later by slow methods."""

import re
from typing import Any
from urllib.parse import urlsplit

from integrations.sandbox.state import Body
from integrations.sandbox.stripe import events, forms, ids
from integrations.sandbox.stripe.errors import StripeError, missing, no_such, wrong
from integrations.sandbox.web import World

KIND = "stripe:session"
KNOWN = {
    "mode", "success_url", "cancel_url", "client_reference_id", "customer_email", "metadata", "line_items",
    "payment_intent_data", "expires_at", "payment_method_types", "locale", "submit_type", "ui_mode",
    "billing_address_collection", "expand",
}  # fmt: skip
ZERO_DECIMAL = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
LEAST, MOST = 50, 99_999_999
MINUTE, HOUR = 60, 3600
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
METHODS = {"card", "sepa_debit"}


def create(world: World, account: str, given: Body) -> Body:
    """A new open session, or the refusal Stripe would give."""
    forms.only(given, KNOWN)
    if forms.needed(given, "mode") != "payment":
        raise wrong("mode", "Invalid mode: must be one of payment, setup, or subscription")
    success = url_of(forms.needed(given, "success_url"), "success_url")
    lines, currency, total = priced(given.get("line_items"))
    now = int(world.clock.timestamp())
    intent_data = forms.only(given.get("payment_intent_data") or {}, {"metadata", "description"}, "payment_intent_data")
    session_id = ids.new("cs_test", 58)
    row: Body = {
        "id": session_id,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "cancel_url": url_of(given["cancel_url"], "cancel_url") if given.get("cancel_url") else None,
        "client_reference_id": reference(given.get("client_reference_id")),
        "created": now,
        "currency": currency,
        "customer": None,
        "customer_details": None,
        "customer_email": email(given.get("customer_email")),
        "expires_at": expiry(given.get("expires_at"), now),
        "livemode": False,
        "locale": given.get("locale"),
        "metadata": forms.metadata(given.get("metadata")),
        "mode": "payment",
        "payment_intent": None,
        "payment_method_types": methods(given.get("payment_method_types"), currency),
        "payment_status": "unpaid",
        "status": "open",
        "success_url": success,
        "ui_mode": "hosted_page",
        "url": f"{world.addresses.checkout}/c/pay/{session_id}",
        "_lines": lines,
        "_intent_metadata": forms.metadata(intent_data.get("metadata")),
        "_account": account,
    }
    world.store.put(KIND, account, session_id, row)
    return row


def priced(given: Any) -> tuple[list[Body], str, int]:
    """The lines, their one currency and the sum in its smallest unit."""
    if not isinstance(given, list) or not given:
        raise missing("line_items")
    lines, currencies, total = [], set(), 0
    for number, line in enumerate(given):
        where = f"line_items[{number}]"
        forms.only(line, {"price_data", "quantity"}, where)
        price = forms.only(
            forms.needed(line, "price_data", where), {"currency", "unit_amount", "product_data"}, f"{where}[price_data]"
        )
        product = forms.only(
            forms.needed(price, "product_data", f"{where}[price_data]"),
            {"name", "description"},
            f"{where}[product_data]",
        )
        name = forms.needed(product, "name", f"{where}[price_data][product_data]")
        quantity = forms.whole(forms.needed(line, "quantity", where), f"{where}[quantity]")
        amount = forms.whole(forms.needed(price, "unit_amount", f"{where}[price_data]"), f"{where}[unit_amount]")
        if quantity < 1 or amount < 0:
            raise wrong(where, "This value must be greater than or equal to 1.", "parameter_invalid_integer")
        currencies.add(currency_of(forms.needed(price, "currency", f"{where}[price_data]")))
        lines.append({"name": str(name)[:250], "quantity": quantity, "amount": amount})
        total += quantity * amount
    if len(currencies) != 1:
        raise wrong("line_items", "All line items must have the same currency.")
    check_sum(total)
    return lines, currencies.pop(), total


def currency_of(given: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", given):
        raise wrong("currency", f"Invalid currency: {given}. Stripe currently supports these currencies: usd, eur, …")
    return given.lower()


def check_sum(total: int) -> None:
    if total < LEAST:
        words = "The Checkout Session's total amount due must add up to at least $0.50 usd"
        raise StripeError(words, code="amount_too_small")
    if total > MOST:
        words = "The Checkout Session's total amount must be no more than $999,999.99"
        raise StripeError(words, code="amount_too_large")


def url_of(given: str, name: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise wrong(name, "Not a valid URL", "url_invalid")
    return given


def reference(given: Any) -> str | None:
    if given is not None and len(given) > 200:
        raise wrong("client_reference_id", "Invalid string: must be at most 200 characters", "parameter_invalid_string")
    return given or None


def email(given: Any) -> str | None:
    if given and not EMAIL.fullmatch(given):
        raise wrong("customer_email", f"Invalid email address: {given}", "email_invalid")
    return given or None


def expiry(given: Any, now: int) -> int:
    if given is None:
        return now + 24 * HOUR
    until = forms.whole(given, "expires_at")
    if until < now + 30 * MINUTE - 5:
        raise wrong(
            "expires_at", "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        )
    if until > now + 24 * HOUR + 5:
        words = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise wrong("expires_at", words)
    return until


def methods(given: Any, currency: str) -> list[str]:
    if given is None:
        return ["card", "sepa_debit"] if currency == "eur" else ["card"]
    if not isinstance(given, list) or not set(given) <= METHODS:
        raise wrong("payment_method_types", "Invalid payment_method_types: must be one of card, sepa_debit, …")
    if "sepa_debit" in given and currency != "eur":
        words = "The currency provided is invalid for one or more payment method types: sepa_debit supports only eur."
        raise wrong("payment_method_types", words)
    return given


def known(world: World, account: str, session_id: str) -> Body:
    """The session as it is now: one whose time has passed is expired."""
    row = world.store.get(KIND, account, session_id)
    if row is None:
        raise no_such("checkout.session", session_id, "session")
    if row["status"] == "open" and row["expires_at"] <= world.clock.timestamp():
        return close(world, row)
    return row


def expire(world: World, account: str, session_id: str) -> Body:
    row = known(world, account, session_id)
    if row["status"] != "open":
        words = f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of `{row["status"]}`.'
        raise StripeError(words)
    return close(world, row)


def close(world: World, row: Body) -> Body:
    row = save(world, row | {"status": "expired", "url": None})
    events.tell(world, row["_account"], "checkout.session.expired", row)
    return row


def save(world: World, row: Body) -> Body:
    world.store.put(KIND, row["_account"], row["id"], row)
    return row
