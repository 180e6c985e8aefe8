"""Paying an invoice at Stripe, and what Stripe tells afterwards: the row first, then the call, then the row again."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings

from integrations.engine.errors import Failure
from integrations.stripe.client import SESSION_PLACEHOLDER, Account, Stripe, Wish
from onboarding import errors
from onboarding.actions import card_refunds, checkouts
from onboarding.actions.checkouts import CheckoutTold
from onboarding.actors import Actor
from onboarding.models import Checkout

# What will not become another answer under the same key.
FINAL = frozenset({"amount_unfit", "key_used", "validation"})
UNDECIDED = (Checkout.State.NEW, Checkout.State.OPEN, Checkout.State.PROCESSING)
LEAST = Decimal("0.50")  # of the invoice's currency; docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
NOTHING_CHARGED = "Nothing was charged."


def service() -> Stripe | None:
    """Our account at Stripe; None when this installation has none."""
    if not settings.STRIPE_API_KEY:
        return None
    return Stripe(Account(api_key=settings.STRIPE_API_KEY, api_url=settings.STRIPE_API_URL))


def is_offered() -> bool:
    """Whether payment by card is offered at all."""
    return bool(settings.STRIPE_API_KEY)


def takes(amount: Decimal) -> bool:
    """Whether this much can be paid by card here: the service takes no less than LEAST."""
    return is_offered() and amount >= LEAST


def start(invoice_id: int, *, back_url: str, by: Actor, at: datetime) -> str:
    """The address of the invoice's payment page, made or found. Refused with words when it can't be had now.

    Pressing twice leads to the same page, whoever presses; one for another amount is closed first. `back_url` is where
    payers come back to, with `?session=…` after paying. It must be the same for everybody: the page keeps the first.
    """
    old = checkouts.in_the_way(invoice_id, by=by, at=at)
    stripe = service()
    if stripe is None:
        raise errors.WrongState("Payment by card is not offered here. Pay by bank transfer.")
    try:
        if old:
            _close(stripe, old, back_url=back_url, at=at)
        row = checkouts.begin(invoice_id, by=by, at=at)
        row = row if row.url else _opened(stripe, row, back_url=back_url, at=at)
    except Failure as trouble:
        raise errors.WrongState(
            f"Payment by card is not possible just now. {NOTHING_CHARGED} {trouble.entry.words} Try again in a minute, "
            "or pay by bank transfer.",
            code="card_unavailable",
        ) from trouble
    if not row.url:
        raise errors.WrongState("This payment was made already. Look at the invoice again in a minute.")
    return row.url


def _opened(stripe: Stripe, row: Checkout, *, back_url: str, at: datetime) -> Checkout:
    """Ask for the page under the row's own key, so that asking again after a lost answer finds the same one."""
    invoice = row.invoice
    wish = Wish(
        key=str(row.uuid),
        amount=row.amount,
        currency=row.currency,
        title=f"Invoice {invoice.number}",
        success_url=f"{back_url}?session={SESSION_PLACEHOLDER}",
        cancel_url=back_url,
        expires_at=row.created_at + checkouts.OPEN_FOR,
        metadata={"invoice": str(invoice.number), "engagement": row.engagement.reference, "checkout": str(row.uuid)},
    )
    try:
        told = stripe.open_checkout(wish)
    except Failure as trouble:
        checkouts.not_opened(row.pk, problem=trouble.as_dict(), is_over=trouble.code in FINAL, at=at)
        raise
    if told.status == "open":
        return checkouts.opened(row.pk, told=told, at=at)
    return checkouts.fulfil(told, at=at) or row


def _close(stripe: Stripe, row: Checkout, *, back_url: str, at: datetime) -> None:
    """Close a page that is in the way; when it was paid meanwhile, that is what it becomes."""
    if not row.session_id:  # its answer was lost: ask again under its key, to know which page to close
        try:
            row = _opened(stripe, row, back_url=back_url, at=at)
        except Failure as trouble:
            if trouble.code in FINAL:  # it was never made
                return
            raise
    checkouts.fulfil(stripe.expire(row.session_id), at=at)


def look(checkout: Checkout, *, at: datetime) -> Checkout:
    """Ask Stripe how a payment page stands and follow what it says. Raises Failure."""
    stripe = service()
    if stripe is None or not checkout.session_id:
        return checkout
    return checkouts.fulfil(stripe.checkout(checkout.session_id), at=at) or checkout


def look_if_undecided(checkout: Checkout, *, at: datetime) -> tuple[Checkout, bool]:
    """The payment page as it stands, asked for while nothing is decided; True when Stripe could not be asked."""
    if checkout.state not in UNDECIDED:
        return checkout, False
    try:
        return look(checkout, at=at), False
    except Failure:
        return checkout, True


def send_back(payment_id: int, *, amount: Decimal, by: Actor, at: datetime, request_key: str = "") -> int:
    """Send some of a card payment back at Stripe, and record it; pressing twice sends it once. How many were recorded.

    `request_key` names one request of a program: sent again it sends nothing more, even when the first answer was lost
    and the refund was told of since. What can't be recorded now, Stripe tells of later.
    """
    checkout, key = card_refunds.refundable(payment_id, amount=amount, request_key=request_key, by=by, at=at)
    stripe = service()
    if stripe is None:
        raise errors.WrongState("This installation has no account at Stripe any more.")
    intent = checkout.payment_intent
    try:
        stripe.refund(intent, amount=amount, currency=checkout.currency, key=key)
    except Failure as trouble:
        words = f"It could not be sent back just now. {trouble.entry.words} {trouble.entry.what_to_do}"
        raise errors.WrongState(words, code="card_unavailable") from trouble
    try:
        return follow_refunds(stripe, intent, at=at)
    except Failure:
        return 0


def follow_refunds(stripe: Stripe, payment_intent: str, *, at: datetime) -> int:
    """Record what was sent back of a payment, and first the payment itself when its own news is late."""
    told: CheckoutTold | None = stripe.checkout_of(payment_intent)
    if told is None or checkouts.fulfil(told, at=at) is None:
        return 0
    return card_refunds.refunded(payment_intent, stripe.refunds(payment_intent), at=at)
