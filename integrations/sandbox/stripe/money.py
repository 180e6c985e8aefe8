"""Payment intents, charges, refunds and disputes: what paying a session makes, and what happens to it later."""

from typing import Any

from integrations.sandbox.state import Body
from integrations.sandbox.stripe import events, forms, ids, sessions
from integrations.sandbox.stripe.errors import StripeError, no_such, wrong
from integrations.sandbox.web import World

INTENT, CHARGE, REFUND, DISPUTE = "stripe:intent", "stripe:charge", "stripe:refund", "stripe:dispute"
LATER = "stripe:later"
REASONS = {"duplicate", "fraudulent", "requested_by_customer"}


def pay(
    world: World, session: Body, *, method: str, details: Body, email: str, later: tuple[float, bool] | None
) -> Body:
    """The session is completed. `later`: a slow method's seconds until the bank answers, and whether it pays."""
    account, now = session["_account"], int(world.clock.timestamp())
    intent: Body = {
        "id": ids.new("pi"),
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_received": 0,
        "created": now,
        "currency": session["currency"],
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": session["_intent_metadata"],
        "payment_method_types": [method],
        "status": "processing",
        "_details": {"type": method, method: details},
    }
    world.store.put(INTENT, account, intent["id"], intent)
    session = sessions.save(world, session | {
        "status": "complete", "url": None, "payment_intent": intent["id"],
        "customer_details": {"email": email, "name": None},
        "payment_status": "unpaid" if later else "paid",
    })  # fmt: skip
    if later:
        due = world.clock.timestamp() + later[0]
        row = {"session": session["id"], "account": account, "due": due, "is_paid": later[1]}
        world.store.put(LATER, "", session["id"], row)
        events.tell(world, account, "checkout.session.completed", session)
        return session
    events.tell(world, account, "checkout.session.completed", session)
    charge(world, account, intent)
    return session


def charge(world: World, account: str, intent: Body) -> Body:
    """The money is there."""
    row: Body = {
        "id": ids.new("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_refunded": 0,
        "created": int(world.clock.timestamp()),
        "currency": intent["currency"],
        "disputed": False,
        "livemode": False,
        "metadata": intent["metadata"],
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method_details": intent["_details"],
        "refunded": False,
        "status": "succeeded",
    }
    world.store.put(CHARGE, account, row["id"], row)
    intent = intent | {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": row["id"]}
    world.store.put(INTENT, account, intent["id"], intent)
    events.tell(world, account, "payment_intent.succeeded", intent)
    events.tell(world, account, "charge.succeeded", row)
    return row


def settle_due(world: World) -> None:
    """Slow methods whose bank has answered by now."""
    now = world.clock.timestamp()
    for one in world.store.all(LATER, ""):
        if one["due"] <= now:
            with world.store.transaction():
                if world.store.get(LATER, "", one["session"]):
                    world.store.remove(LATER, "", one["session"])
                    settle(world, one)


def settle(world: World, later: Body) -> None:
    account = later["account"]
    session = world.store.get(sessions.KIND, account, later["session"])
    intent = world.store.get(INTENT, account, session["payment_intent"]) if session else None
    if session is None or intent is None:
        return
    if later["is_paid"]:
        session = sessions.save(world, session | {"payment_status": "paid"})
        charge(world, account, intent)
        events.tell(world, account, "checkout.session.async_payment_succeeded", session)
        return
    error = {
        "code": "payment_intent_payment_attempt_failed",
        "message": "The bank refused the debit.",
        "type": "card_error",
    }
    intent = intent | {"status": "requires_payment_method", "last_payment_error": error}
    world.store.put(INTENT, account, intent["id"], intent)
    events.tell(world, account, "payment_intent.payment_failed", intent)
    events.tell(world, account, "checkout.session.async_payment_failed", session)


def refund(world: World, account: str, given: Body) -> Body:
    """POST /v1/refunds: of a charge or payment intent, whole or in part."""
    forms.only(given, {"payment_intent", "charge", "amount", "reason", "metadata", "expand"})
    paid = charge_of(world, account, given)
    left = paid["amount"] - paid["amount_refunded"]
    if not left:
        raise StripeError(f"Charge {paid['id']} has already been refunded.", code="charge_already_refunded")
    amount = forms.whole(given["amount"], "amount") if given.get("amount") else left
    if amount < 1:
        raise wrong("amount", "Invalid positive integer", "parameter_invalid_integer")
    if amount > left:
        words = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise wrong("amount", words)
    if given.get("reason") and given["reason"] not in REASONS:
        raise wrong("reason", f"Invalid reason: must be one of {', '.join(sorted(REASONS))}")
    row: Body = {
        "id": ids.new("re"),
        "object": "refund",
        "amount": amount,
        "charge": paid["id"],
        "created": int(world.clock.timestamp()),
        "currency": paid["currency"],
        "metadata": forms.metadata(given.get("metadata")),
        "payment_intent": paid["payment_intent"],
        "reason": given.get("reason"),
        "status": "succeeded",
    }
    world.store.put(REFUND, account, row["id"], row)
    back = paid["amount_refunded"] + amount
    paid = paid | {"amount_refunded": back, "refunded": back == paid["amount"]}
    world.store.put(CHARGE, account, paid["id"], paid)
    events.tell(world, account, "refund.created", row)
    events.tell(world, account, "charge.refunded", paid)
    return row


def fail_refund(world: World, account: str, refund_id: str) -> Body:
    """The customer's bank sends a refund back: the money is ours again."""
    row = known(world, account, REFUND, "refund", refund_id)
    row = row | {"status": "failed", "failure_reason": "lost_or_stolen_card"}
    world.store.put(REFUND, account, row["id"], row)
    paid = known(world, account, CHARGE, "charge", row["charge"])
    back = paid["amount_refunded"] - row["amount"]
    world.store.put(CHARGE, account, paid["id"], paid | {"amount_refunded": back, "refunded": False})
    events.tell(world, account, "refund.failed", row)
    return row


def charge_of(world: World, account: str, given: Body) -> Body:
    if given.get("charge"):
        return known(world, account, CHARGE, "charge", given["charge"])
    intent = known(world, account, INTENT, "payment_intent", forms.needed(given, "payment_intent"))
    if not intent["latest_charge"]:
        raise StripeError("This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
    return known(world, account, CHARGE, "charge", intent["latest_charge"])


def open_dispute(world: World, account: str, charge_id: str, reason: str) -> Body:
    """The cardholder says no to a charge."""
    paid = known(world, account, CHARGE, "charge", charge_id)
    row: Body = {
        "id": ids.new("du"),
        "object": "dispute",
        "amount": paid["amount"] - paid["amount_refunded"],
        "charge": paid["id"],
        "created": int(world.clock.timestamp()),
        "currency": paid["currency"],
        "livemode": False,
        "metadata": {},
        "payment_intent": paid["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }
    world.store.put(DISPUTE, account, row["id"], row)
    world.store.put(CHARGE, account, paid["id"], paid | {"disputed": True})
    events.tell(world, account, "charge.dispute.created", row)
    return row


def close_dispute(world: World, account: str, dispute_id: str, status: str) -> Body:
    row = known(world, account, DISPUTE, "dispute", dispute_id) | {"status": status}
    world.store.put(DISPUTE, account, row["id"], row)
    events.tell(world, account, "charge.dispute.closed", row)
    return row


def known(world: World, account: str, kind: str, noun: str, key: Any) -> Body:
    row = world.store.get(kind, account, str(key))
    if row is None:
        raise no_such(noun, str(key), "intent" if noun == "payment_intent" else noun)
    return row
