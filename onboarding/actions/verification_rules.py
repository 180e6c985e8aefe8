"""What a rule can decide of step IV's checks: by the company's details, its proofs, its people, the other companies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import QuerySet

from onboarding import tenancy
from onboarding.actors import Role
from onboarding.library import addresses, tax_ids
from onboarding.library.company_keys import mail_domain, name_key
from onboarding.library.verification_checks import Code
from onboarding.models import Contact, DomainProof, Engagement, Member
from onboarding.queries import duplicates


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What a rule found. `passed` None: it says what it found, and a person decides."""

    passed: bool | None
    value: str
    evidence: str


def rule_on(code: str, engagement: Engagement) -> Ruling | None:
    """What the rule of this check says now; None when it has nothing to say, so a person looks."""
    rule = RULES.get(code)
    return rule(engagement) if rule else None


def _tax_id(engagement: Engagement) -> Ruling | None:
    company = engagement.company
    if not company.tax_id:
        return None
    passed, words = tax_ids.check(company.tax_id, company.country)
    return Ruling(passed=passed, value=company.tax_id, evidence=words)


def _address(engagement: Engagement) -> Ruling:
    company = engagement.company
    parts = {name: getattr(company, name) for name in ("country", "street", "city", "region", "postal_code")}
    missing = addresses.missing(**parts)
    words = f"Missing for {company.country}: {', '.join(missing)}" if missing else "Complete as this country writes it"
    return Ruling(passed=not missing, value=", ".join(company.address_lines), evidence=words)


def _mail_domain(engagement: Engagement) -> Ruling | None:
    """Proved on purpose; else somebody signs in from it, which took a code sent there, and the main contact is there."""
    domain = engagement.company.mail_domain
    if not domain:
        return None
    proof = DomainProof.objects.filter(company=engagement.company_id, domain=domain).exclude(proved_at=None).last()
    if proof is not None:
        return Ruling(passed=True, value=domain, evidence=words_of(proof))
    contact = engagement.contacts.filter(kind=Contact.Kind.MAIN).first()
    if contact is None or mail_domain(contact.email) != domain:
        return None
    inside = _signed_in(engagement, user__email__iendswith=f"@{domain}").first()
    if inside is None:
        return None
    words = f"{inside.user.name} signs in as {inside.user.email}, confirmed by a code sent there; the main contact is there too"
    return Ruling(passed=True, value=domain, evidence=words)


def words_of(proof: DomainProof) -> str:
    """How a domain was proved, in one sentence."""
    day = f"{proof.proved_at:%d %B %Y}" if proof.proved_at else "not yet"
    if proof.method == DomainProof.Method.CODE:
        return f"A code sent to {proof.email} was entered by {proof.asked_by}, {day}"
    return f"The TXT record asked for by {proof.asked_by} was found at {proof.domain}, {day}"


def _signatory(engagement: Engagement) -> Ruling | None:
    """The person named as signatory signs in under that address: with a second factor, or by an e-mailed code."""
    contact = engagement.contacts.filter(kind=Contact.Kind.SPONSOR).first()
    if contact is None:
        return None
    value = f"{contact.name}, {contact.email}"
    for member in _signed_in(engagement, user__email__iexact=contact.email):
        if Role.SIGNATORY.value not in member.roles or name_key(member.user.name) != name_key(contact.name):
            continue
        how = "with a second factor" if _has_second_factor(member) else "confirmed by an e-mailed code"
        words = f"{member.user.name} signs in as {member.user.email} with the role of signatory, {how}"
        return Ruling(passed=True, value=value, evidence=words)
    return None


def _has_second_factor(member: Member) -> bool:
    """An authenticator app or a key of the person's account; recovery codes alone are none."""
    factors = apps.get_model("mfa", "Authenticator").objects.filter(user=member.user_id)
    return bool(factors.exclude(type="recovery_codes").exists())


def _signed_in(engagement: Engagement, **where: str) -> QuerySet[Member]:
    inside = Member.objects.filter(company=engagement.company_id, removed_at=None, user__last_login__isnull=False)
    return inside.select_related("user").filter(user__is_active=True, **where).order_by("pk")


def _duplicates(engagement: Engagement) -> Ruling:
    """Names nobody: the row is the customer's own, and other companies are none of its business."""
    with tenancy.acting(staff=True):
        twins = duplicates.like(engagement.company)
    if not twins:
        return Ruling(
            passed=True, value="", evidence="No other company shares number, tax id, name, address, domain or website"
        )
    shared = sorted({word for twin in twins for word in twin.shared})
    count = "Another company shares" if len(twins) == 1 else f"{len(twins)} other companies share"
    return Ruling(passed=None, value="", evidence=f"{count} {', '.join(shared)}")


RULES: dict[str, Callable[[Engagement], Ruling | None]] = {
    Code.TAX_ID: _tax_id,
    Code.ADDRESS: _address,
    Code.MAIL_DOMAIN: _mail_domain,
    Code.SIGNATORY: _signatory,
    Code.DUPLICATES: _duplicates,
}
