from __future__ import annotations

import uuid

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel
from onboarding.models.invoices import Invoice


class Payment(TenantModel):
    """Money that came in for an invoice, or went back. It counts once it is confirmed."""

    class Method(models.TextChoices):
        BANK_TRANSFER = "bank_transfer", "Bank transfer"
        CARD = "card", "Card"
        CHECK = "check", "Cheque"

    class Kind(models.TextChoices):
        PAYMENT = "payment", "payment"
        REFUND = "refund", "refund"

    class State(models.TextChoices):
        PROPOSED = "proposed", "waits for a second person"
        CONFIRMED = "confirmed", "confirmed"
        REJECTED = "rejected", "rejected"

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PAYMENT)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CONFIRMED)
    amount = models.DecimalField(max_digits=12, decimal_places=2)  # above zero, also of a refund
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=14, choices=Method.choices)
    reference = models.CharField(max_length=140)  # the bank's or the card processor's own
    received_on = models.DateField()
    recorded_by = models.CharField(max_length=200)
    recorded_by_user = models.PositiveBigIntegerField(null=True, blank=True)  # the second person must be another one
    recorded_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=300, blank=True)
    refund_of = models.ForeignKey(  # the card payment it goes back of; other refunds are the invoice's as a whole
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    disputed_at = models.DateTimeField(null=True, blank=True)
    dispute_reason = models.CharField(max_length=100, blank=True)
    dispute_outcome = models.CharField(max_length=20, blank=True)  # won or lost, once it is over

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "kind", "reference"], condition=~models.Q(state="rejected"),
                name="payment_reference_once",
            )
        ]  # fmt: skip


class Checkout(EngagementModel):
    """One session of Stripe Checkout for what is open of one invoice. Fulfilled once, whoever tells first."""

    class State(models.TextChoices):
        NEW = "new", "being opened"
        OPEN = "open", "open"
        PROCESSING = "processing", "paid, waiting for the bank"
        PAID = "paid", "paid"
        EXPIRED = "expired", "expired"
        FAILED = "failed", "failed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # also the idempotency key at Stripe
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="checkouts")
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    session_id = models.CharField(max_length=255, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    payment_intent = models.CharField(max_length=255, blank=True)
    payment = models.OneToOneField("onboarding.Payment", on_delete=models.PROTECT, null=True, related_name="checkout")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    problem = models.JSONField(null=True, blank=True)

    class Meta:
        default_related_name = "checkouts"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=models.Q(state__in=["new", "open", "processing"]),
                name="checkout_one_open",
            ),
            models.UniqueConstraint(
                fields=["session_id"], condition=~models.Q(session_id=""), name="checkout_session_once"
            ),
        ]  # fmt: skip
