"""Step I: the specialist, the call, what was agreed, who is who."""

from __future__ import annotations

from typing import Any

from onboarding.workflow.criterion import Criterion, Owner, Proof, entry
from onboarding.workflow.lookups import held_meetings, is_booked, rows

CONTACT_KINDS = ("main", "executive_sponsor", "billing", "technical")


def _company_accepted(engagement: Any) -> Proof | None:
    company = engagement.company
    if company.state != "accepted":
        return None
    return [entry("Accepted by", company.decided_by), entry("Accepted at", company.decided_at)]


def _specialist_assigned(engagement: Any) -> Proof | None:
    if engagement.specialist_id is None:
        return None
    return [entry("Technical Specialist", engagement.specialist), entry("Assigned at", engagement.assigned_at)]


def _welcome_call(engagement: Any) -> Any:
    held = held_meetings(engagement, "welcome_call")
    return held[-1] if held else None


def _call_held(engagement: Any) -> Proof | None:
    if (call := _welcome_call(engagement)) is None:
        return None
    return [
        entry("Meeting", call.pk),
        entry("Channel", call.get_channel_display()),
        entry("Held at", call.held_at),
        entry("Attendees", ", ".join(call.attendees)),
    ]


def _call_turn(engagement: Any) -> Owner:
    """The customer picks the time; before a specialist is there, and once it is booked, it is InterWeave's turn."""
    booked = is_booked(engagement, "welcome_call")
    return Owner.SPECIALIST if booked or engagement.specialist_id is None else Owner.CUSTOMER


def _expectations_shared(engagement: Any) -> Proof | None:
    call = _welcome_call(engagement)
    if call is None or call.shared_at is None:
        return None
    return [entry("Summary sent at", call.shared_at), entry("Sent by", call.shared_by)]


@rows
def _contacts(engagement: Any) -> Any:
    return engagement.contacts.all()


def _contacts_named(engagement: Any) -> Proof | None:
    contacts = {contact.kind: contact for contact in _contacts(engagement)}
    if any(kind not in contacts for kind in CONTACT_KINDS):
        return None
    return [
        entry(contacts[kind].get_kind_display(), f"{contacts[kind].name} <{contacts[kind].email}>")
        for kind in CONTACT_KINDS
    ]


CRITERIA = (
    Criterion(
        code="company.not_accepted",
        owner=Owner.SPECIALIST,
        title="Accept the company's registration",
        hint="A lead checks who registered and accepts the company.",
        place="company",
        evidence=_company_accepted,
        is_waivable=False,
    ),
    Criterion(
        code="specialist.unassigned",
        owner=Owner.SPECIALIST,
        title="Assign a Technical Specialist",
        hint="One named person accompanies the customer through all twelve steps.",
        place="specialist",
        evidence=_specialist_assigned,
    ),
    Criterion(
        code="welcome_call.not_held",
        owner=Owner.SPECIALIST,
        title="Hold the welcome call",
        hint="The customer picks a time; the call is held and what was said is written down.",
        place="meetings",
        evidence=_call_held,
        turn=_call_turn,
    ),
    Criterion(
        code="expectations.unshared",
        owner=Owner.SPECIALIST,
        title="Send the summary of the welcome call",
        hint="Expectations count once both sides have read the same words.",
        place="meetings",
        evidence=_expectations_shared,
    ),
    Criterion(
        code="contacts.missing",
        owner=Owner.CUSTOMER,
        title="Name your four contacts",
        hint="Main contact, executive sponsor who signs, billing and technical contact.",
        place="contacts",
        evidence=_contacts_named,
    ),
)
