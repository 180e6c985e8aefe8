from __future__ import annotations

from typing import Any, Self

from django.db import models

from onboarding.actors import Actor
from onboarding.library import addresses
from onboarding.models.base import TenantQuerySet


class CompanyQuerySet(TenantQuerySet):
    """The tenants themselves: a company's own id stands where other rows carry `company`."""

    def visible_to(self, viewer: Actor) -> Self:
        """Staff see every company, a member or token its own, others none."""
        if viewer.is_staff:
            return self
        if viewer.company_id is None:
            return self.none()
        return self.filter(pk=viewer.company_id)


class Company(models.Model):
    """The customer: the tenant. Everything a customer owns carries its `company`."""

    class State(models.TextChoices):
        PENDING = "pending", "waiting for acceptance"
        ACCEPTED = "accepted", "accepted"
        DECLINED = "declined", "declined"

    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=200)
    registration_number = models.CharField(max_length=60)
    tax_id = models.CharField(max_length=60, blank=True)
    country = models.CharField(max_length=2)  # ISO 3166-1 alpha-2
    street = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    website = models.URLField(blank=True)
    mail_domain = models.CharField(max_length=253, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    # As they are compared with other companies' (library/company_keys.py).
    registration_key = models.CharField(max_length=70, editable=False)
    tax_key = models.CharField(max_length=70, blank=True, editable=False)
    legal_name_key = models.CharField(max_length=200, blank=True, editable=False)
    name_key = models.CharField(max_length=200, blank=True, editable=False)
    address_key = models.CharField(max_length=300, blank=True, editable=False)
    website_host = models.CharField(max_length=253, blank=True, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decision_note = models.TextField(blank=True)
    data_key = models.TextField(blank=True, editable=False)  # wrapped by the vault's key
    created_at = models.DateTimeField()

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "companies"
        constraints = [
            models.UniqueConstraint(
                fields=["country", "registration_key"],
                condition=~models.Q(state="declined"),
                name="company_registered_once",
            )
        ]
        indexes = [
            models.Index(fields=["registration_key"], name="company_by_registration"),
            models.Index(fields=["tax_key"], name="company_by_tax"),
            models.Index(fields=["legal_name_key"], name="company_by_legal_name"),
            models.Index(fields=["name_key"], name="company_by_name"),
            models.Index(fields=["address_key"], name="company_by_address"),
            models.Index(fields=["website_host"], name="company_by_website"),
            models.Index(fields=["mail_domain"], name="company_by_mail_domain"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def as_party(self) -> dict[str, Any]:
        """How agreement and invoice name the company."""
        return {
            "legal_name": self.legal_name,
            "address": [line for line in self.address_lines if line != self.country],
            "country": self.country,
            "registration_number": self.registration_number,
            "tax_id": self.tax_id,
        }

    @property
    def address_lines(self) -> list[str]:
        """The postal address as it is written in its country, with the country's code last; without empty lines."""
        written = addresses.lines(
            country=self.country, street=self.street, city=self.city, region=self.region, postal_code=self.postal_code
        )
        return [line for line in (*written, self.country) if line]
