"""Stripe through its official library, over our own way out of the house.

    service = Stripe(Account(api_key=…))
    service.open_checkout(Wish(…)) -> CheckoutTold      the same key again leads to the same session
    service.checkout(session_id) -> CheckoutTold        service.expire(session_id) -> CheckoutTold
    service.checkout_of(payment_intent) -> CheckoutTold | None
    service.refunds(payment_intent) -> (RefundTold, …)  service.refund(payment_intent, amount=…, …) -> RefundTold
    service.intent_of(charge_id) -> payment intent      service.dispute(dispute_id) -> DisputeTold

Every method raises engine.errors.Failure. Amounts are decimals in the currency's unit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

import requests
import stripe

from integrations import net
from integrations.addresses import Rules
from integrations.engine.calls import as_promised
from integrations.engine.errors import Failure, failure
from integrations.stripe.amounts import from_units, to_units
from integrations.stripe.errors import VENDOR, translated
from onboarding.actions.card_refunds import DisputeTold, RefundTold
from onboarding.actions.checkouts import CheckoutTold

RULES = Rules(vendor=VENDOR, hosts=("api.stripe.com",), request_id_header="Request-Id", total_seconds=15)
RETRIES = 1  # by the library, under the same idempotency key; somebody is waiting before the page
WORTH_RETRYING = frozenset({"broken_off", "timed_out", "port_silent", "name_unanswered"})
SESSION_PLACEHOLDER = "{CHECKOUT_SESSION_ID}"
stripe.enable_telemetry = False


@dataclass(frozen=True, kw_only=True)
class Account:
    """Our account."""

    api_key: str = field(repr=False)
    api_url: str = "https://api.stripe.com"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One payment page. `success_url` may hold SESSION_PLACEHOLDER; `key` makes asking twice one session."""

    key: str
    amount: Decimal
    currency: str
    title: str
    success_url: str
    cancel_url: str
    expires_at: datetime
    email: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


class _GuardedClient(stripe.RequestsClient):
    """The library's client for `requests`, its session behind the house's rules."""

    def __init__(self) -> None:
        session = requests.Session()
        net.guard(session, RULES)
        super().__init__(timeout=RULES.total_seconds, session=session)

    def _handle_request_error(self, e: Exception) -> NoReturn:
        if isinstance(e, net.OutboundError):
            raise stripe.APIConnectionError(str(e), should_retry=e.code in WORTH_RETRYING) from e
        super()._handle_request_error(e)


class Stripe:
    """One account's payment pages, refunds and disputes."""

    vendor = VENDOR

    def __init__(self, account: Account) -> None:
        client = stripe.StripeClient(
            account.api_key,
            base_addresses={"api": account.api_url.rstrip("/")},
            max_network_retries=RETRIES,
            http_client=_GuardedClient(),
        )
        self._api = client.v1

    def open_checkout(self, wish: Wish) -> CheckoutTold:
        """A payment page for the wish; the one that was made before under the same key. Failure amount_unfit, key_used."""
        params = _params(wish)
        with _spoken():
            made = self._api.checkout.sessions.create(params, {"idempotency_key": wish.key})
        return _told(made)

    def checkout(self, session_id: str) -> CheckoutTold:
        """The page as it is now. Failure not_found."""
        with _spoken():
            return _told(self._api.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent"]}))

    def checkout_of(self, payment_intent: str) -> CheckoutTold | None:
        """The page whose payment this is; None for a payment that came another way."""
        with _spoken():
            found = self._api.checkout.sessions.list({"payment_intent": payment_intent, "limit": 1})
        return self.checkout(found.data[0].id) if found.data else None

    def expire(self, session_id: str) -> CheckoutTold:
        """Close an open page; one that was paid or closed meanwhile stays as it is."""
        try:
            with _spoken():
                self._api.checkout.sessions.expire(session_id)
        except Failure as trouble:
            if trouble.code != "validation":
                raise
        return self.checkout(session_id)

    def refunds(self, payment_intent: str) -> tuple[RefundTold, ...]:
        """Everything that was sent back of a payment, oldest first."""
        with _spoken():
            found = self._api.refunds.list({"payment_intent": payment_intent, "limit": 100})
            rows = list(found.auto_paging_iter())
        return tuple(_refund(row) for row in reversed(rows))

    def refund(self, payment_intent: str, *, amount: Decimal, currency: str, key: str) -> RefundTold:
        """Send money of a payment back. Failure refunded_already, validation when it is more than is left."""
        units = to_units(amount, currency)
        with _spoken():
            return _refund(
                self._api.refunds.create({"payment_intent": payment_intent, "amount": units}, {"idempotency_key": key})
            )

    def intent_of(self, charge_id: str) -> str:
        """The payment intent of a charge; empty when it has none."""
        with _spoken():
            return _id(self._api.charges.retrieve(charge_id).payment_intent)

    def intent_of_refund(self, refund_id: str) -> str:
        """The payment intent a refund belongs to."""
        with _spoken():
            return _id(self._api.refunds.retrieve(refund_id).payment_intent)

    def dispute(self, dispute_id: str) -> DisputeTold:
        """A dispute as it is now."""
        with _spoken():
            row = self._api.disputes.retrieve(dispute_id)
        with as_promised(VENDOR):
            return DisputeTold(
                id=row.id, payment_intent=_id(row.payment_intent), amount=from_units(row.amount, row.currency),
                currency=row.currency.upper(), reason=row.reason, status=row.status, opened_at=_moment(row.created),
            )  # fmt: skip


@contextmanager
def _spoken() -> Iterator[None]:
    """The library's errors as Failure."""
    try:
        yield
    except stripe.StripeError as error:
        raise translated(error) from error


def _params(wish: Wish) -> Any:
    try:
        units = to_units(wish.amount, wish.currency)
    except ValueError as error:
        raise failure("amount_unfit", vendor=VENDOR, vendor_message=str(error)) from error
    price = {"currency": wish.currency.lower(), "unit_amount": units, "product_data": {"name": wish.title}}
    params = {
        "mode": "payment",
        "client_reference_id": wish.key,
        "line_items": [{"quantity": 1, "price_data": price}],
        "metadata": wish.metadata,
        "payment_intent_data": {"metadata": wish.metadata},
        "success_url": wish.success_url,
        "cancel_url": wish.cancel_url,
        "expires_at": int(wish.expires_at.timestamp()),
    }
    return params | ({"customer_email": wish.email} if wish.email else {})


def _told(row: Any) -> CheckoutTold:
    with as_promised(VENDOR):
        intent = row.payment_intent
        is_waiting = row.status == "complete" and row.payment_status == "unpaid"
        known = isinstance(intent, stripe.PaymentIntent)
        return CheckoutTold(
            session_id=row.id,
            key=row.client_reference_id or "",
            status=row.status,
            is_paid=row.status == "complete" and row.payment_status == "paid",
            has_failed=is_waiting and known and intent.status in {"requires_payment_method", "canceled"},
            amount=from_units(row.amount_total, row.currency),
            currency=row.currency.upper(),
            payment_intent=_id(intent),
            url=row.url or "",
            expires_at=_moment(row.expires_at),
        )


def _refund(row: Any) -> RefundTold:
    with as_promised(VENDOR):
        return RefundTold(
            id=row.id, amount=from_units(row.amount, row.currency), currency=row.currency.upper(),
            has_failed=row.status in {"failed", "canceled"}, sent_at=_moment(row.created),
        )  # fmt: skip


def _id(thing: Any) -> str:
    """The id of what Stripe gives as an id, whole, or not at all."""
    return "" if thing is None else thing if isinstance(thing, str) else str(thing.id)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
