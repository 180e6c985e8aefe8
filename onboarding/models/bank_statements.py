from __future__ import annotations

from typing import ClassVar

from django.db import models


class BankStatement(models.Model):
    """One file of our own bank: camt.053 or CSV. It belongs to no company; finance reads it."""

    staff_only: ClassVar[bool] = True

    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, unique=True)
    form = models.CharField(max_length=10)  # camt.053 or csv
    account = models.CharField(max_length=34)  # IBAN
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    left_out = models.JSONField(default=dict)  # how many of what kind were not taken in
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class BankEntry(models.Model):
    """One credit on our account, and which invoice it pays. The same entry in two files is one."""

    class State(models.TextChoices):
        OPEN = "open", "no invoice found"
        SUGGESTED = "suggested", "invoice found"
        RECORDED = "recorded", "recorded"
        DISMISSED = "dismissed", "not for an invoice"

    statement = models.ForeignKey(BankStatement, on_delete=models.CASCADE, related_name="entries")
    account = models.CharField(max_length=34)
    bank_reference = models.CharField(max_length=140)  # the bank's own id of the entry
    booked_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    payer = models.CharField(max_length=150, blank=True)
    remittance = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    # By number and id, not by foreign key: the entry belongs to no company, the invoice to one.
    invoice_number = models.CharField(max_length=20, blank=True)
    matched_by = models.CharField(max_length=100, blank=True)  # why this invoice, in words
    payment_id = models.PositiveBigIntegerField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "bank entries"
        ordering = ["-booked_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["account", "bank_reference"], name="bank_entry_once")]
