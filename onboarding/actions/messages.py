"""Mails as rows: written in the transaction that caused them, sent once by a worker."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from onboarding.actions import work
from onboarding.models import Company, Document, Engagement, Member, Message
from onboarding.standing import Standing

LONGEST_WAIT = timedelta(minutes=10)  # for a file to be attached; then somebody looks whether it is there


def send(
    *,
    company: Company,
    engagement: Engagement | None,
    kind: str,
    to: str,
    subject: str,
    text: str,
    key: str,
    at: datetime,
    path: str = "",
    button: str = "",
    calendar: str = "",
    document: Document | None = None,
) -> Message:
    """Queue one mail to one address. The same `key` of a company is queued once, however often it is asked for.

    `document` goes along as a file: for people who can't open it in the portal. One that is still being made is waited
    for: `attach_made` sends the mail once it is there.
    """
    if earlier := Message.objects.filter(company=company, key=key).first():
        return earlier
    return work.new(
        Message,
        at=at,
        company=company,
        engagement=engagement,
        kind=kind,
        to=to,
        subject=subject[:200],
        text=text,
        path=path,
        button=button,
        calendar=calendar,
        document=document,
        key=key,
        not_before=at + LONGEST_WAIT if document is not None and not document.is_ready else None,
    )


def attach_made(document: Document, *, at: datetime) -> None:
    """The document is made: mails that wait for it go out now; within the caller's transaction."""
    for pk in Message.objects.filter(document=document).values_list("pk", flat=True):
        work.hurry(Message, pk, at=at)


def send_to_members(
    engagement: Engagement,
    *,
    kind: str,
    subject: str,
    text: str,
    key: str,
    at: datetime,
    roles: frozenset[str] | None = None,
    path: str = "",
    button: str = "",
) -> None:
    """The same mail to every present member of the engagement's company, or to those with one of the roles."""
    mails = [
        Message(
            company_id=engagement.company_id,
            engagement=engagement,
            kind=kind,
            to=member.user.email,
            subject=subject[:200],
            text=text,
            path=path,
            button=button,
            key=f"{key}:{member.user_id}",
        )
        for member in _members(engagement.company_id)
        if roles is None or roles.intersection(member.roles)
    ]
    work.new_all(Message, mails, at=at, once_by=("company", "key"))


@Standing
def _members(company_id: int) -> QuerySet[Member]:
    people = Member.objects.select_related("user").filter(company_id=company_id, removed_at=None)
    return people.only("roles", "user__email").order_by("pk")
