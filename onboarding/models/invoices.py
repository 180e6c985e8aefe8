from __future__ import annotations

from decimal import Decimal

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel
from onboarding.models.documents import Document


class Invoice(EngagementModel):
    """One invoice in one currency. A draft has no number; issuing takes the next of its year's series."""

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        ISSUED = "issued", "issued"
        PART_PAID = "part_paid", "part paid"
        PAID = "paid", "paid"
        VOID = "void", "void"

    number = models.CharField(max_length=20, unique=True, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    currency = models.CharField(max_length=3)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))  # percent
    tax_note = models.CharField(max_length=300, blank=True)
    net = models.DecimalField(max_digits=12, decimal_places=2)
    tax = models.DecimalField(max_digits=12, decimal_places=2)
    gross = models.DecimalField(max_digits=12, decimal_places=2)
    drafted_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=500, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        default_related_name = "invoices"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement"], condition=~models.Q(state="void"), name="invoice_one_in_force"
            )
        ]


class InvoiceLine(TenantModel):
    """One line: quantity × unit price = net, before tax."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=8, decimal_places=2)
    unit_price = models.DecimalField(max_digits=12, decimal_places=2)
    net = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["position"]


class Payment(TenantModel):
    """Money received for an invoice, recorded by finance from the bank's statement."""

    class Method(models.TextChoices):
        BANK_TRANSFER = "bank_transfer", "Bank transfer"
        CARD = "card", "Card"
        CHECK = "check", "Cheque"

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=14, choices=Method.choices)
    reference = models.CharField(max_length=140)  # the bank's or the card processor's own
    received_on = models.DateField()
    recorded_by = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["invoice", "reference"], name="payment_reference_once")]
