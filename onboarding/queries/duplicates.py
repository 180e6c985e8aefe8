"""Other companies that may be this one a second time: what they share. For staff alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, Q, Value, When

from onboarding.models import Company, Engagement

MOST = 20
# Registers of two countries give the same short numbers to different companies.
SHORTEST_NUMBER = 6


@dataclass(frozen=True, kw_only=True)
class Twin:
    """Another company and what it shares with the one asked about; `reference` leads to its newest engagement."""

    company_id: int
    legal_name: str
    registration_number: str
    country: str
    state: str
    registered_at: datetime
    shared: tuple[str, ...]
    reference: str = ""


def like(company: Company) -> list[Twin]:
    """The companies that share a ground (see `_grounds`) with this one; those that share most first, at most MOST.

    Declined registrations don't count. Ask it as staff: a company's own context sees no other one. Two queries, which
    the database answers by its indexes however many companies there are.
    """
    grounds = _grounds(company)
    found = _sharing(company, grounds) if grounds else []
    ids = [other.pk for other in found]
    references = dict(
        Engagement.objects.filter(company__in=ids).order_by("pk").values_list("company_id", "reference")
    )  # fmt: skip
    return [_twin(other, tuple(grounds), references.get(other.pk, "")) for other in found]


def _grounds(company: Company) -> dict[str, Q]:
    """What another company may share, and how that is asked; nothing is shared where this one has nothing.

    Tax id, name and address within the country; a long registration number, e-mail domain and website anywhere.
    """
    here, names = Q(country=company.country), {company.legal_name_key, company.name_key} - {""}
    number = company.registration_key if len(company.registration_key) >= SHORTEST_NUMBER else ""
    asked = {
        "registration number": (number, Q(registration_key=number)),
        "tax id": (company.tax_key, here & Q(tax_key=company.tax_key)),
        "name": (names, here & (Q(legal_name_key__in=names) | Q(name_key__in=names))),
        "address": (company.address_key, here & Q(address_key=company.address_key)),
        "e-mail domain": (company.mail_domain, Q(mail_domain=company.mail_domain)),
        "website": (company.website_host, Q(website_host=company.website_host)),
    }
    return {word: ground for word, (has, ground) in asked.items() if has}


def _sharing(company: Company, grounds: dict[str, Q]) -> list[Company]:
    """The other companies by how much they share; `has_0`, `has_1` … say which of the grounds, in their order."""
    one, none = Value(1), Value(0)
    columns = {
        f"has_{place}": Case(When(ground, then=one), default=none, output_field=IntegerField())
        for place, ground in enumerate(grounds.values())
    }
    anything = Q()
    for ground in grounds.values():
        anything |= ground
    others = Company.objects.filter(anything).exclude(pk=company.pk).exclude(state=Company.State.DECLINED)
    score = sum(columns.values(), start=none)
    return list(others.annotate(**columns, score=score).order_by("-score", "pk")[:MOST])


def _twin(other: Company, grounds: tuple[str, ...], reference: str) -> Twin:
    return Twin(
        company_id=other.pk,
        legal_name=other.legal_name,
        registration_number=other.registration_number,
        country=other.country,
        state=other.state,
        registered_at=other.created_at,
        shared=tuple(word for place, word in enumerate(grounds) if getattr(other, f"has_{place}")),
        reference=reference,
    )
