"""An agreement and the people around it, for the tests of its life: drafted, its paper made, issued."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from onboarding.actions import agreements, contacts, sealings, signing, signing_order, work
from onboarding.actors import Actor, Role
from onboarding.library import consent
from onboarding.models import Agreement, Company, Document, Engagement, Sealing
from onboarding.queries.viewers import member_actor, staff_actor
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory, MemberFactory, SpecialistFactory, UserFactory, lead, specialist

CO_SIGNERS = (("Ed Second", "ed@acme.example"), ("Flo Third", "flo@acme.example"))


def person(company: Company, name: str, email: str, *roles: Role) -> Actor:
    """A member of the company under this very name and address, a signatory unless other roles are given."""
    user = UserFactory(name=name, email=email)
    given = [role.value for role in roles or (Role.SIGNATORY,)]
    found = member_actor(MemberFactory(company=company, user=user, roles=given))
    return replace(found, ip="203.0.113.24", user_agent="Firefox")


def drafted(*, others: int = 0, at: datetime = NOW, time_zone: str = "UTC") -> Agreement:
    """A draft in step V whose paper is made: Sam Sponsor signs, then so many others, then InterWeave."""
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL.value, specialist=SpecialistFactory())
    type(engagement.company).objects.update(time_zone=time_zone)
    engagement.company.refresh_from_db()
    contacts.save(
        engagement.pk, kind="executive_sponsor", name="Sam Sponsor", email="sam@acme.example", title="CEO", phone="",
        by=specialist(), at=at,
    )  # fmt: skip
    with transaction.atomic():  # starters run inside the move's transaction
        agreement = agreements.draft(engagement, by=specialist(), at=at)
    for name, email in CO_SIGNERS[:others]:
        signing_order.add(agreement.pk, name=name, email=email, title="CFO", by=specialist(), at=at)
    print_all()
    return Agreement.objects.get(pk=agreement.pk)


def print_all() -> None:
    """Every document that was ordered, as if a worker had made it; each with a hash of its own."""
    for document in Document.objects.filter(sha256="", sealing=None):
        digest = hashlib.sha256(str(document.uuid).encode()).hexdigest()
        Document.objects.filter(pk=document.pk).update(sha256=digest, size=1)


def issued(*, others: int = 0, at: datetime = NOW, time_zone: str = "UTC") -> Agreement:
    """Reviewed by a lead and issued, its first signer asked."""
    agreement = drafted(others=others, at=at, time_zone=time_zone)
    agreements.send_for_review(agreement.pk, by=specialist(), at=at)
    return agreements.issue(agreement.pk, by=lead(), at=at)


def ours(engagement: Engagement) -> Actor:
    """The engagement's specialist, who countersigns."""
    assert engagement.specialist is not None
    found = staff_actor(engagement.specialist.user)
    assert found is not None
    return found


def sign(agreement: Agreement, by: Actor, *, at: datetime = NOW, **given: Any) -> Agreement:
    """Sign under one's own name, having read the version in force."""
    details = {
        "typed_name": by.name, "title": "CEO", "consent": True, "consent_sha256": consent.digest(), "authentication": "password, then a one-time code",
        "seen_sha256": Agreement.objects.select_related("document").get(pk=agreement.pk).document.sha256,
    } | given  # fmt: skip
    return signing.sign(agreement.pk, **details, by=by, at=at)


def countersign(agreement: Agreement, by: Actor | None = None, *, at: datetime = NOW, **given: Any) -> Agreement:
    """InterWeave's signature under the version in force."""
    by = by or ours(agreement.engagement)
    found = Agreement.objects.select_related("document").get(pk=agreement.pk)
    details = {
        "typed_name": by.name, "title": "Specialist", "consent": True, "consent_sha256": consent.digest(), "seen_sha256": found.document.sha256,
        "authentication": "password, then a one-time code",
    } | given  # fmt: skip
    return signing.countersign(agreement.pk, **details, by=by, at=at)


def sealed(agreement: Agreement, *, at: datetime = NOW) -> None:
    """Its file, as a worker would have made it; nothing when there is none to make."""
    waiting = Sealing.objects.filter(agreement=agreement, state="queued").first()
    row = work.claim(Sealing, waiting.pk, at=at) if waiting else None
    if row is not None:
        made = sealings.Made("The house", "0abc", is_time_stamped=False)
        sealings.complete(row, sealed=f"%PDF {agreement.number}".encode(), made=made, at=at)
