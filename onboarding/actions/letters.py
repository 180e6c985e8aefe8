"""Mails to one side of an engagement: each address once, whoever of members and contacts it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from onboarding.actions import messages
from onboarding.actors import Role
from onboarding.models import Engagement, Member, Message, Specialist

LONGEST_NAME = 60  # of a company in a subject, in letters


def to_customer(
    engagement: Engagement,
    *,
    kind: str,
    subject: str,
    text: str,
    key: str,
    at: datetime,
    path: str,
    button: str,
    roles: Iterable[Role] | None = None,
    contacts: Iterable[str] = (),
    calendar: str = "",
) -> list[Message]:
    """Mail the company's members (those with one of the roles; None: all) and the named kinds of contacts."""
    return [
        messages.send(
            company=engagement.company,
            engagement=engagement,
            kind=kind,
            to=address,
            subject=subject,
            text=text,
            key=f"{key}:{address}"[:200],
            at=at,
            path=path,
            button=button,
            calendar=calendar,
        )
        for address in addresses(engagement, roles, contacts)
    ]


def addresses(engagement: Engagement, roles: Iterable[Role] | None, contacts: Iterable[str]) -> list[str]:
    """Whom such a mail goes to: each address once, in lower case."""
    return list(dict.fromkeys([*_members(engagement, roles), *_contacts(engagement, contacts)]))


def _members(engagement: Engagement, roles: Iterable[Role] | None) -> list[str]:
    wanted = None if roles is None else set(roles)
    members = Member.objects.select_related("user").filter(company_id=engagement.company_id, removed_at=None)
    return [
        member.user.email.lower() for member in members.order_by("pk") if wanted is None or wanted & set(member.roles)
    ]


def _contacts(engagement: Engagement, kinds: Iterable[str]) -> list[str]:
    return [contact.email.lower() for contact in engagement.contacts.filter(kind__in=list(kinds))]


def to_specialist(
    engagement: Engagement, *, kind: str, subject: str, text: str, key: str, at: datetime, place: str, button: str,
    calendar: str = "",
) -> list[Message]:  # fmt: skip
    """Mail the engagement's specialist, or every lead while nobody is assigned."""
    people = [engagement.specialist] if engagement.specialist else _staff(Role.LEAD)
    return _to_staff(
        people, engagement, kind=kind, subject=subject, text=text, key=key, at=at, place=place, button=button,
        calendar=calendar,
    )  # fmt: skip


def to_finance(
    engagement: Engagement, *, kind: str, subject: str, text: str, key: str, at: datetime, button: str,
    place: str = "invoice", but: int | None = None,
) -> list[Message]:  # fmt: skip
    """Mail everybody of finance, and the leads too when that is nobody; `but`: the user who knows already."""
    people = [one for one in _staff(Role.FINANCE) if one.user_id != but] or [
        one for one in _staff(Role.LEAD) if one.user_id != but
    ]
    return _to_staff(
        people, engagement, kind=kind, subject=subject, text=text, key=key, at=at, place=place, button=button
    )


def about(engagement: Engagement, subject: str) -> str:
    """A subject for InterWeave's people, who look after many companies; a long name leaves room for the matter."""
    name = engagement.company.name
    return f"{name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + '…'}: {subject}"


def _to_staff(
    people: Iterable[Specialist], engagement: Engagement, *, kind: str, subject: str, text: str, key: str, at: datetime,
    place: str, button: str, calendar: str = "",
) -> list[Message]:  # fmt: skip
    return [
        messages.send(
            company=engagement.company,
            engagement=engagement,
            kind=kind,
            to=person.user.email,
            subject=about(engagement, subject),
            text=text,
            key=f"{key}:staff{person.pk}"[:200],
            at=at,
            path=f"/staff/engagements/{engagement.reference}/{place}/",
            button=button,
            calendar=calendar,
        )
        for person in people
    ]


def _staff(role: Role) -> list[Specialist]:
    return list(Specialist.objects.select_related("user").filter(role=role, removed_at=None).order_by("pk"))
