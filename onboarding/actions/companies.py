"""Companies: registered, accepted or declined, their records approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from onboarding import errors, outbox, tenancy, vault
from onboarding.actions import engagements, members, messages, people
from onboarding.actors import Actor, Role
from onboarding.library import mailboxes
from onboarding.library.company_keys import keys_of, mail_domain
from onboarding.models import Company, Engagement, Member, Specialist, User
from onboarding.queries.viewers import member_actor


class AlreadyHere(errors.Refused):
    """The company is registered already: the way in is to ask its owner. `company_id` stays on the server."""

    code = "company_already_here"

    def __init__(self, company_id: int, by: str) -> None:
        super().__init__(f"A company with this {by} is registered already. Ask to join it instead.", matched_by=by)
        self.company_id = company_id


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a company says of itself when it registers."""

    name: str
    legal_name: str
    registration_number: str
    country: str  # ISO 3166-1 alpha-2
    tax_id: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    website: str = ""
    time_zone: str = "UTC"
    currency: str = "USD"


@transaction.atomic
def register(
    details: Details, *, owner_name: str, owner_email: str, password: str, solution: str, deployment: str, at: datetime
) -> Engagement:
    """“New Company? Please Register Here”: company, owner and engagement in step I, pending until a lead accepts.

    Raises AlreadyHere when registration number, tax id or mail domain belong to a company that is here, BadInput
    when the address already signs in.
    """
    _require_mailbox(owner_email)
    with tenancy.acting(staff=True):
        refuse_duplicate(details, owner_email)
        if User.objects.filter(email=owner_email.lower()).exists():
            raise errors.BadInput(fields={"owner_email": people.TAKEN})
        company = _create(details, owner_email, at=at)
        user = people.add(name=owner_name, email=owner_email, password=password, time_zone=details.time_zone, at=at)
        owner = Member.objects.create(
            company=company, user=user, roles=[Role.OWNER, Role.SIGNATORY], title="", joined_at=at
        )
        engagement = engagements.open_for(company, by=member_actor(owner), at=at, solution=solution,
                                          deployment=deployment)  # fmt: skip
        _tell_leads(company, engagement, at=at)
        return engagement


def _require_mailbox(email: str) -> None:
    try:
        mailboxes.require(email)
    except ValidationError as refusal:
        raise errors.BadInput(fields={"owner_email": refusal.messages[0]}) from None


def refuse_duplicate(details: Details, owner_email: str) -> None:
    """AlreadyHere when a company that was not declined matches by registration number, tax id or mail domain.

    A domain counts only once somebody proved an address in it: else a stranger could take it by typing it.
    """
    keys, domain = keys_of(details), mail_domain(owner_email)
    same_number = Q(registration_key=keys["registration_key"], country=details.country)
    matches = [("registration number", same_number)]
    if keys["tax_key"]:
        matches.append(("tax id", Q(tax_key=keys["tax_key"], country=details.country)))
    if domain:
        matches.append(("e-mail domain", Q(mail_domain=domain) & _proven()))
    for by, match in matches:
        if found := Company.objects.filter(match).exclude(state=Company.State.DECLINED).first():
            raise AlreadyHere(found.pk, by)


def _proven() -> Q:
    """Companies whose domain counts: accepted, or one of its people signed in, which takes the code we mailed them."""
    inside = Member.objects.filter(removed_at=None, user__last_login__isnull=False)
    return Q(state=Company.State.ACCEPTED) | Q(pk__in=inside.values("company"))


def _create(details: Details, owner_email: str, *, at: datetime) -> Company:
    company = Company(
        **{name: getattr(details, name) for name in details.__dataclass_fields__},
        **keys_of(details),
        mail_domain=mail_domain(owner_email),
        created_at=at,
    )
    try:
        with transaction.atomic():
            company.save(force_insert=True)
    except IntegrityError:  # two people registered the same company in the same second
        refuse_duplicate(details, owner_email)
        raise
    company.data_key = vault.make_data_key(company)
    company.save(update_fields=["data_key"])
    return company


def _tell_leads(company: Company, engagement: Engagement, *, at: datetime) -> None:
    for lead in Specialist.objects.select_related("user").filter(role=Role.LEAD, removed_at=None):
        messages.send(
            company=company,
            engagement=engagement,
            kind="company.registered",
            to=lead.user.email,
            subject=f"{company.name} registered",
            text=f"{company.legal_name}, {company.country}, waits for acceptance ({engagement.reference}).",
            key=f"registered:{company.pk}:{lead.pk}",
            at=at,
            path="/staff/",
            button="Review the registration",
        )


@transaction.atomic
def accept(company_id: int, *, by: Actor, at: datetime, note: str = "") -> Company:
    """A lead accepts a registered company: its engagement may begin."""
    return _decide(company_id, Company.State.ACCEPTED, note=note, by=by, at=at)


@transaction.atomic
def decline(company_id: int, *, note: str, by: Actor, at: datetime) -> Company:
    """A lead declines a registration and says why; its owner is told, and may register anew."""
    if not note.strip():
        raise errors.BadInput(fields={"note": "Say why the registration is declined."})
    return _decide(company_id, Company.State.DECLINED, note=note.strip(), by=by, at=at)


def _decide(company_id: int, state: str, *, note: str, by: Actor, at: datetime) -> Company:
    company = _locked(company_id, by)
    if not by.has(Role.LEAD):
        raise errors.NotYours("Only a lead decides on registrations.")
    if company.state != Company.State.PENDING:
        raise errors.WrongState(f"This registration was {company.get_state_display()} already.")
    company.state, company.decided_at, company.decided_by, company.decision_note = state, at, by.name, note
    company.save(update_fields=["state", "decided_at", "decided_by", "decision_note"])
    for engagement in Engagement.objects.select_related("company").filter(company=company):
        outbox.record(f"company.{state}", engagement, by=by, at=at, data={"note": note} if note else {})
        messages.send_to_members(
            engagement,
            kind=f"company.{state}",
            subject=f"Your registration was {company.get_state_display()}",
            text=note or "Welcome to InterWeave. Your onboarding starts with a welcome call.",
            key=f"{state}:{company.pk}",
            at=at,
            path="/",
            button="Open your onboarding",
        )
    return company


def _locked(company_id: int, by: Actor) -> Company:
    company = Company.objects.visible_to(by).select_for_update(no_key=True).filter(pk=company_id).first()
    if company is None:
        raise errors.NotFound
    return company


def has_member(company_id: int, *, user: User) -> bool:
    """True when this person belongs to the company today."""
    with tenancy.acting(user_id=user.pk):
        return Member.objects.filter(company_id=company_id, user=user, removed_at=None).exists()


@transaction.atomic
def ask_to_join(company_id: int, *, user: User, message: str, at: datetime) -> None:
    """Ask the owners of a company that is here already to be let in; asking twice is asking once."""
    with tenancy.acting(staff=True):
        members.request_to_join(company_id, user=user, message=message, at=at)
