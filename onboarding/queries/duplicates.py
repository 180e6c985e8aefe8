"""Other companies that may be this one a second time: what they share. For staff alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from onboarding.library.company_keys import address_key, host_of, name_key
from onboarding.models import Company, Engagement

MOST = 20


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
    """The companies that share tax id, name, address (in the same country), e-mail domain or website; most first.

    Declined registrations don't count. Ask it as staff: a company's own context sees no other one. Two queries.
    """
    near = Q(country=company.country)
    if company.mail_domain:
        near |= Q(mail_domain=company.mail_domain)
    others = Company.objects.filter(near).exclude(pk=company.pk).exclude(state=Company.State.DECLINED)
    found = [(other, shared) for other in others.iterator() if (shared := tuple(_shared(company, other)))]
    found = sorted(found, key=lambda pair: (-len(pair[1]), pair[0].pk))[:MOST]
    ids = [other.pk for other, _ in found]
    references = dict(
        Engagement.objects.filter(company__in=ids).order_by("pk").values_list("company_id", "reference")
    )  # fmt: skip
    return [_twin(other, shared, references.get(other.pk, "")) for other, shared in found]


def _shared(one: Company, other: Company) -> Iterator[str]:
    if one.country == other.country:
        if one.tax_key and one.tax_key == other.tax_key:
            yield "tax id"
        if name_key(one.legal_name) in {name_key(other.legal_name), name_key(other.name)}:
            yield "name"
        mine, theirs = (address_key(company.street, company.postal_code, company.city) for company in (one, other))
        if mine and mine == theirs:
            yield "address"
    if one.mail_domain and one.mail_domain == other.mail_domain:
        yield "e-mail domain"
    if (host := host_of(one.website)) and host == host_of(other.website):
        yield "website"


def _twin(company: Company, shared: tuple[str, ...], reference: str) -> Twin:
    return Twin(
        company_id=company.pk,
        legal_name=company.legal_name,
        registration_number=company.registration_number,
        country=company.country,
        state=company.get_state_display(),
        registered_at=company.created_at,
        shared=shared,
        reference=reference,
    )
