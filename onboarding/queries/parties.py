"""The two parties of agreement and invoice, as the documents print them."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django.conf import settings

from onboarding.library import taxes
from onboarding.models import Company, Contact, Engagement


def seller() -> dict[str, Any]:
    """InterWeave, from the settings; the country's name is printed by itself, not as a line of the address."""
    country = Locale("en").territories.get(settings.SELLER["country"], "")
    lines = [line.strip() for line in settings.SELLER["address"].split(",")]
    return {
        "legal_name": settings.SELLER["name"],
        "address": [line for line in lines if line != country],
        "country": settings.SELLER["country"],
        "tax_id": settings.SELLER["tax_id"],
        "email": settings.SELLER["email"],
    }


# The company's fields that `buyer` is made of.
BUYER_FIELDS = frozenset(
    {"legal_name", "registration_number", "tax_id", "country", "street", "city", "region", "postal_code"}
)


def buyer(company: Company) -> dict[str, Any]:
    """The customer with its verified details."""
    return company.as_party


def biller() -> dict[str, Any]:
    """InterWeave as an invoice names it: with its VAT id, where it has one that holds."""
    return seller() | {"vat_id": taxes.vat_id(settings.SELLER["tax_id"], settings.SELLER["country"])}


def billed(company: Company) -> dict[str, Any]:
    """The customer as an invoice names it: with its VAT id and its address in parts too."""
    place = {
        "street": company.street, "city": company.city, "region": company.region, "postal_code": company.postal_code,
    }  # fmt: skip
    return buyer(company) | {"vat_id": taxes.vat_id(company.tax_id, company.country), "place": place}


def our_signatory(engagement: Engagement) -> dict[str, str]:
    """Who is expected to sign for InterWeave: the engagement's specialist; a lead may do it in their place."""
    if engagement.specialist is None:
        return {"name": "", "title": "", "email": settings.SELLER["email"]}
    user = engagement.specialist.user
    return {"name": user.name, "title": engagement.specialist.title, "email": user.email}


def signatory(engagement: Engagement) -> Contact | None:
    """The executive sponsor, who signs for the customer."""
    return Contact.objects.filter(engagement=engagement, kind=Contact.Kind.SPONSOR).first()
