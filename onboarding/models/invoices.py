from __future__ import annotations

from decimal import Decimal

from django.db import models

from onboarding.models.base import EngagementModel, TenantModel
from onboarding.models.documents import Document
from onboarding.workflow.invoice_machine import InvoiceLife, InvoiceState


class TaxCategory(models.TextChoices):
    """The codes of EN 16931 (UNTDID 5305) that our services can fall under."""

    STANDARD = "S", "standard rate"
    REVERSE_CHARGE = "AE", "reverse charge"
    EXEMPT = "E", "exempt"
    ZERO = "Z", "zero rate"
    OUT_OF_SCOPE = "O", "outside the scope of tax"


class Invoice(InvoiceLife, EngagementModel):
    """One invoice in one currency. A draft has no number; issuing takes the next of its year's series."""

    State = InvoiceState

    number = models.CharField(max_length=20, unique=True, null=True, blank=True)
    remittance_reference = models.CharField(max_length=25, unique=True, null=True, blank=True)  # ISO 11649, "RF…"
    currency = models.CharField(max_length=3)
    discount = models.DecimalField(
        max_digits=12, decimal_places=2, default=Decimal(0)
    )  # off the lines' sum, before tax
    discount_reason = models.CharField(max_length=100, blank=True)
    tax_category = models.CharField(max_length=2, choices=TaxCategory.choices, default=TaxCategory.OUT_OF_SCOPE)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))  # percent
    tax_note = models.CharField(max_length=300, blank=True)
    net = models.DecimalField(max_digits=12, decimal_places=2)  # after the discount
    tax = models.DecimalField(max_digits=12, decimal_places=2)
    gross = models.DecimalField(max_digits=12, decimal_places=2)
    terms_days = models.PositiveSmallIntegerField(default=14)
    drafted_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True, blank=True)
    overdue_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)  # how many of the policy's mails went out
    reminded_at = models.DateTimeField(null=True, blank=True)
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

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"


class InvoiceLine(TenantModel):
    """One line: quantity × unit price = net, before tax."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=8, decimal_places=2)
    unit = models.CharField(max_length=3, default="C62")  # UN/ECE Recommendation 20: C62 one, MON month, HUR hour
    unit_price = models.DecimalField(max_digits=12, decimal_places=2)
    net = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["position"]


class CreditNote(EngagementModel):
    """What takes an issued invoice back, whole: under a number of its own, with its own PDF."""

    number = models.CharField(max_length=20, unique=True)
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="credit_note")
    reason = models.CharField(max_length=500)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=200)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        default_related_name = "credit_notes"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.number
