"""What people are told about an agreement: those of the customer, its signers with or without account, InterWeave's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from onboarding.actions import doors, letters, messages
from onboarding.actors import SYSTEM, Actor, Role
from onboarding.models import Agreement, AgreementComment, Contact, Document, Door, Engagement, Signer, Specialist
from onboarding.queries import signing as queries
from onboarding.queries.doors import has_account
from onboarding.workflow.agreement_machine import OPEN_FOR_SIGNATURE

DECIDERS = frozenset({Role.SIGNATORY, Role.OWNER})
PAGE, SIGN_PAGE = "/agreement/", "/agreement/sign/"


def _people(agreement: Agreement, engagement: Engagement) -> list[str]:
    """Everybody of the customer whom it concerns: owner and signatories, the sponsor, who was asked or signed."""
    known = letters.addresses(engagement, DECIDERS, (Contact.Kind.SPONSOR,))
    asked = agreement.signers.filter(party=Signer.Party.CUSTOMER, asked_at__isnull=False)
    return list(dict.fromkeys([*known, *(one.email.lower() for one in asked)]))


def _mail(
    engagement: Engagement, addresses: Iterable[str], *, kind: str, subject: str, text: str, key: str, at: datetime,
    button: str = "See the agreement", path: str = PAGE, document: Document | None = None,
) -> None:  # fmt: skip
    """One mail an address; its button only for those who can sign in, or where it leads to a door of their own."""
    for address in addresses:
        may_go = path.startswith(doors.PREFIX) or has_account(engagement.company_id, address)
        messages.send(
            company=engagement.company, engagement=engagement, kind=kind, to=address, subject=subject, text=text,
            key=f"{key}:{address}"[:200], at=at, path=path if may_go else "", button=button if may_go else "",
            document=document,
        )  # fmt: skip


def _staff(
    agreement: Agreement, engagement: Engagement, *, kind: str, subject: str, text: str, key: str, at: datetime,
    button: str,
) -> None:  # fmt: skip
    """The engagement's specialist, and whoever reviewed it when that is somebody else."""
    letters.to_specialist(
        engagement, kind=kind, subject=subject, text=text, key=key, at=at, place="agreement", button=button
    )
    reviewer = agreement.reviewer
    if reviewer is not None and reviewer.removed_at is None and reviewer != engagement.specialist:
        _to_colleague(reviewer, engagement, kind=kind, subject=subject, text=text, key=key, at=at, button=button)


def _to_colleague(person: Specialist, engagement: Engagement, *, subject: str, key: str, **mail: Any) -> None:
    messages.send(
        company=engagement.company, engagement=engagement, to=person.user.email,
        subject=letters.about(engagement, subject), key=f"{key}:staff{person.pk}"[:200],
        path=f"/staff/engagements/{engagement.reference}/agreement/", **mail,
    )  # fmt: skip


def review_asked(agreement: Agreement, engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """The leads, and the engagement's specialist when somebody else wrote it: a second person reads it."""
    people = Specialist.objects.select_related("user").filter(role=Role.LEAD, removed_at=None)
    readers = {one.pk: one for one in [*people, engagement.specialist] if one is not None and one.user_id != by.user_id}
    for person in readers.values():
        _to_colleague(
            person, engagement, kind="agreement.review", subject=f"{agreement.number} waits for its review",
            text=f"{by.name} asks for a second pair of eyes. Issue it, or send it back with a note.",
            key=f"agreement-review:{agreement.pk}:{at.isoformat()}", at=at, button="Read the draft",
        )  # fmt: skip


def sent_back(agreement: Agreement, engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Whoever asked for the review, with the reviewer's note."""
    if agreement.review_asker is not None:
        _to_colleague(
            agreement.review_asker, engagement, kind="agreement.sent_back", at=at, button="Open the draft",
            subject=f"{agreement.number} came back from its review", text=f"{by.name} writes: {agreement.review_note}",
            key=f"agreement-back:{agreement.pk}:{at.isoformat()}",
        )  # fmt: skip


def issued(agreement: Agreement, engagement: Engagement, *, but: Signer | None, at: datetime) -> None:
    """The customer's decision makers; `but` is asked to sign by a mail of their own."""
    skipped = but.email.lower() if but else ""
    _mail(
        engagement, [one for one in _people(agreement, engagement) if one != skipped], kind="agreement.issued",
        subject=f"Agreement {agreement.number} is ready for your review",
        text=f"Read the Master Services Agreement. It can be signed until {_last_day(agreement)}.",
        key=f"agreement-issued:{agreement.pk}", at=at, button="Read the agreement",
    )  # fmt: skip


def _last_day(agreement: Agreement) -> str:
    return f"{agreement.expires_on:%-d %B %Y}" if agreement.expires_on else "it is withdrawn"


def asked(agreement: Agreement, engagement: Engagement, signer: Signer, *, by: Actor, at: datetime) -> None:
    """The signer whose turn it has become."""
    path, advice = _way(agreement, engagement, signer, by=by, at=at)
    _mail(
        engagement, [signer.email.lower()], kind="agreement.asked", path=path, button="Read and sign", at=at,
        subject=f"Your turn to sign agreement {agreement.number}", key=f"agreement-asked:{signer.pk}",
        text=f"{engagement.company.legal_name} and InterWeave sign the Master Services Agreement. "
        f"You are asked to sign as {signer.title or 'signatory'}, until {_last_day(agreement)}.{advice}",
    )  # fmt: skip


def _way(agreement: Agreement, engagement: Engagement, signer: Signer, *, by: Actor, at: datetime) -> tuple[str, str]:
    """Where the signer signs and what the mail says of it: in the portal, or by a door where they have no account."""
    if has_account(engagement.company_id, signer.email):
        return SIGN_PAGE, ""
    signer.agreement = agreement
    door, secret = doors.ask(engagement, purpose=Door.Purpose.SIGN, signer=signer, by=by, at=at)
    until = f"{door.expires_at:%-d %B %Y, %H:%M} UTC"
    return doors.path_of(secret), f"\n\nYou need no account. The link is for you alone and works until {until}."


def reminded(agreement: Agreement, engagement: Engagement, signer: Signer, *, at: datetime) -> None:
    """The signer again, while it is their turn; without an account, by a new link in place of the earlier one."""
    path, advice = _way(agreement, engagement, signer, by=SYSTEM, at=at)
    _mail(
        engagement, [signer.email.lower()], kind="agreement.reminder", path=path, button="Read and sign", at=at,
        subject=f"A reminder: agreement {agreement.number} waits for your signature",
        text=f"It can be signed until {_last_day(agreement)}. You may also decline it, or ask about a clause.{advice}",
        key=f"agreement-reminder:{signer.pk}:{signer.reminders}",
    )  # fmt: skip


def signed(agreement: Agreement, engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """InterWeave, once the last of the customer's signers has signed."""
    letters.to_specialist(
        engagement, kind="agreement.signed", subject=f"{agreement.number} waits for your countersignature",
        text=f"{by.name} signed for the customer.", key=f"agreement-signed:{agreement.pk}", at=at, place="agreement",
        button="Countersign",
    )  # fmt: skip


def executed(agreement: Agreement, engagement: Engagement, *, at: datetime) -> None:
    """Both sides and whoever else gets a copy: people without an account have the file attached to their mail."""
    about: dict[str, Any] = {
        "kind": "agreement.executed",
        "subject": f"Agreement {agreement.number} is executed",
        "at": at,
    }
    key, number = f"agreement-executed:{agreement.pk}", agreement.number
    made = agreement.executed_document
    copy = made if made is not None and made.is_ready else None
    for address in _people(agreement, engagement):
        is_member = has_account(engagement.company_id, address)
        text = "in your documents." if is_member else "attached." if copy else "being made."
        _mail(
            engagement, [address], key=key, document=None if is_member else copy, **about,
            text=f"Both parties signed. Your copy with the certificate of completion is {text}",
        )  # fmt: skip
    _staff(agreement, engagement, key=key, button="Open the agreement", text="Both parties signed.", **about)
    told = set(_people(agreement, engagement))
    for one in agreement.copies.filter(sent_at=None) if copy else ():
        if one.email.lower() not in told:
            text = (
                f"{one.added_by} asked us to send you a copy of agreement {number} between "
                f"{engagement.company.legal_name} and InterWeave. It is attached, with its certificate of completion."
            )
            _mail(engagement, [one.email.lower()], key=key, document=copy, text=text, **about)
        one.sent_at = at
        one.save(update_fields=["sent_at"])


def declined(agreement: Agreement, engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Everyone concerned: specialist and reviewer, owner and signatories, whoever was asked or signed already."""
    about: dict[str, Any] = {
        "kind": "agreement.declined", "subject": f"{agreement.number} was declined", "at": at,
        "text": f"{by.name} writes: {agreement.closed_reason}", "key": f"agreement-declined:{agreement.pk}",
    }  # fmt: skip
    _staff(agreement, engagement, button="Open the agreement", **about)
    _mail(engagement, _people(agreement, engagement), **about)


def expired(agreement: Agreement, engagement: Engagement, *, at: datetime) -> None:
    """Both sides: its last day to sign is over."""
    about: dict[str, Any] = {
        "kind": "agreement.expired", "subject": f"{agreement.number} has expired", "at": at,
        "key": f"agreement-expired:{agreement.pk}",
    }  # fmt: skip
    last = _last_day(agreement)
    words = f"It could be signed until {last}. Draft it anew and issue that."
    _staff(agreement, engagement, button="Open the agreement", text=words, **about)
    words = f"It could be signed until {last}. Your specialist issues it anew; nothing else is lost."
    _mail(engagement, _people(agreement, engagement), text=words, **about)


def outdated(agreement: Agreement, engagement: Engagement, *, because: str, at: datetime) -> None:
    """Specialist and reviewer: what it says is no longer so; the customer's people too, who can't sign it as it is."""
    about: dict[str, Any] = {
        "kind": "agreement.outdated", "subject": f"{agreement.number} says what is no longer so", "at": at,
        "key": f"agreement-outdated:{agreement.pk}:{at.isoformat()}",
    }  # fmt: skip
    next_step = outdated_words(agreement)
    _staff(agreement, engagement, button="Open the agreement", text=f"{because}\n\n{next_step}", **about)
    if agreement.state in OPEN_FOR_SIGNATURE and not queries.is_true(agreement):
        words = "It can't be signed as it is. Your specialist issues it anew; you get a mail then."
        _mail(engagement, _people(agreement, engagement), text=f"{because}\n\n{words}", **about)


def outdated_words(agreement: Agreement) -> str:
    """For InterWeave: what becomes of an agreement that says what is no longer so."""
    if agreement.state not in OPEN_FOR_SIGNATURE:
        return "It stands as it was signed. Where that will not do, a lead voids it and it is signed anew."
    has_signed = agreement.signatures.first()
    way = "Draft it anew and issue that."
    if has_signed is not None:
        way = f"{has_signed.name} signed it already: a lead voids it, then it is drafted anew."
    if queries.is_true(agreement):
        return f"It still names the earlier signer, who can sign it. {way}"
    if agreement.provider == Agreement.Provider.OWN:
        return f"It can't be signed as it is. {way}"
    return f"It can be signed at {agreement.get_provider_display()} all the same until then. {way}"


def superseded(agreement: Agreement, engagement: Engagement, *, at: datetime) -> None:
    """The customer's people who were told of it: a newer version comes."""
    _mail(
        engagement, _people(agreement, engagement), kind="agreement.superseded", at=at,
        subject=f"{agreement.number} is replaced by a newer version", key=f"agreement-superseded:{agreement.pk}",
        text="It can't be signed any more. You get a mail when the newer version is ready to read.",
    )  # fmt: skip


def voided(agreement: Agreement, engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Both sides, with the lead's reason."""
    reason = agreement.closed_reason
    about: dict[str, Any] = {
        "kind": "agreement.voided", "subject": f"{agreement.number} is void", "at": at,
        "text": reason if by == SYSTEM else f"{by.name} of InterWeave writes: {reason}",
        "key": f"agreement-voided:{agreement.pk}",
    }  # fmt: skip
    _staff(agreement, engagement, button="Open the agreement", **about)
    _mail(engagement, _people(agreement, engagement), **about)


def commented(comment: AgreementComment, engagement: Engagement, *, at: datetime) -> None:
    """The other side: somebody asked or answered."""
    agreement = comment.agreement
    place = f"clause {comment.clause}" if comment.clause else "the whole agreement"
    about: dict[str, Any] = {
        "kind": "agreement.commented", "subject": f"A comment on {agreement.number}", "at": at,
        "text": f"{comment.by} writes about {place}:\n\n{comment.text}", "key": f"agreement-comment:{comment.pk}",
    }  # fmt: skip
    if comment.side == Signer.Party.CUSTOMER:
        _staff(agreement, engagement, button="Read and answer", **about)
    else:
        _mail(engagement, _people(agreement, engagement), button="Read and answer", **about)
