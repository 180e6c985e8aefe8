"""Events in the words of people: one line for every kind that the actions record."""

from __future__ import annotations

from datetime import date
from typing import Any

from onboarding.library import flows, setup, solutions, verification_checks
from onboarding.workflow import criteria

# {…} are keys of the event's data, put into words by `_said`.
WORDS = {
    "action_item.brought_back": "Open again: {text}",
    "action_item.dismissed": "Not a task: {text}",
    "agreement.asked": "Agreement {agreement}: {signer} asked to sign",
    "agreement.commented": "Agreement {agreement}: comment on {clause}",
    "agreement.comments_settled": "Agreement {agreement}: comments settled on {clause}",
    "agreement.copy_added": "Agreement {agreement}: {email} gets a copy",
    "agreement.copy_removed": "Agreement {agreement}: {email} gets no copy",
    "agreement.countersigned": "Agreement {agreement} countersigned by InterWeave",
    "agreement.declined": "Agreement {agreement} declined: {reason}",
    "agreement.drafted": "Agreement {agreement} drafted",
    "agreement.envelope_delayed": "Agreement {agreement} is held up at {provider}: {words}",
    "agreement.envelope_stays": "Agreement {agreement}: {provider} could not void its envelope, which is {status}",
    "agreement.envelope_voided": "Agreement {agreement}: its envelope at {provider} is void",
    "agreement.executed": "Agreement {agreement} executed: both parties signed",
    "agreement.expired": "Agreement {agreement} expired: not signed in time",
    "agreement.issued": "Agreement {agreement} issued for signature",
    "agreement.outdated": "Agreement {agreement} says what is no longer so: {because}",
    "agreement.provider_chosen": "Agreement {agreement} is to be signed at {provider}",
    "agreement.redrafted": "Agreement {agreement} drafted anew",
    "agreement.reminded": "Agreement {agreement}: {signer} reminded to sign",
    "agreement.sealing_delayed": "Agreement {agreement} can't be sealed yet: {words}",
    "agreement.sent_back": "Agreement {agreement} came back from its review: {note}",
    "agreement.sent_for_review": "Agreement {agreement} sent for internal review",
    "agreement.sent_to_provider": "Agreement {agreement} sent for signature at {provider}",
    "agreement.signed": "Agreement {agreement} signed for the customer by {signer}",
    "agreement.superseded": "Agreement {agreement} replaced by a newer version",
    "agreement.viewed": "Agreement {agreement} opened by {signer}",
    "agreement.voided": "Agreement {agreement} voided: {reason}",
    "blueprint.made": "Blueprint made, version {version}",
    "blueprint.confirmed": "Blueprint confirmed, version {version}",
    "check_in.scheduled": "Check-in scheduled for {due_on}",
    "check_in.held": "Check-in held",
    "change_request.proposed": "Change request {request} made",
    "change_request.weighed": "Change request {request}: effect on the plan stated",
    "change_request.approved": "Change request {request} approved: requirements version {version}",
    "change_request.declined": "Change request {request} turned down: {reason}",
    "change_request.withdrawn": "Change request {request} withdrawn",
    "checkout.expired": "Payment page of {amount} {currency} for invoice {invoice} expired unused",
    "checkout.failed": "Card payment of {amount} {currency} for invoice {invoice} failed: {why}",
    "checkout.opened": "Card payment of {amount} {currency} for invoice {invoice} begun",
    "checkout.processing": "Direct debit of {amount} {currency} for invoice {invoice} is on its way",
    "company.accepted": "Registration accepted",
    "company.declined": "Registration declined: {note}",
    "company.corrected": "Company details corrected: {fields}",
    "connection.opened": "{system} opened for connecting ({environment})",
    "connection.credentials_given": "Credentials given for {system}",
    "connection.consent_begun": "Consent asked for at {system}",
    "connection.consent_given": "Consent given at {system}",
    "connection.consent_refused": "Consent not given at {system}: {reason}",
    "connection.consent_ended": "Consent ended at {system}",
    "connection.consent_not_ended": "The consent could not be ended at {system}. Remove InterWeave from its connected apps.",
    "connection.check_started": "Check of {system} started",
    "connection.check_cancelled": "Check of {system} stopped",
    "connection.proven": "{system} proven: every rung passed",
    "connection.failing": "{system} could not be proven",
    "connection.revoked": "{system} disconnected: {reason}",
    "connection.secret_used": "Credentials of {system} used: {for}",
    "contact.saved": "{kind} named",
    "criterion.waived": "Let go by a lead: {criterion}. {reason}",
    "criterion.waiver_revoked": "Counts again: {criterion}",
    "document.requested": "Document requested: {title}",
    "document.request_changed": "Request for a document changed: {title}",
    "document.request_withdrawn": "No longer requested: {title}. {reason}",
    "document.request_reminded": "Reminder sent: {title}",
    "document.request_reopened": "Needed after all: {title}. {note}",
    "document.uploaded": "Document received: {file_name}",
    "document.checked": "Document checked and released: {file_name}",
    "document.check_repeated": "Checked again: {file_name}",
    "document.quarantined": "Document quarantined: {file_name}. {words}",
    "document.accepted": "Document accepted: {file_name}",
    "document.revision_needed": "Another version needed: {file_name}. {note}",
    "document.withdrawn": "Document withdrawn: {file_name}",
    "document.review_undone": "Review taken back: {file_name}",
    "document.expired": "Expired: {file_name}",
    "document.not_applicable": "Not applicable: {title}. {reason}",
    "document.not_applicable_proposed": "Said not to apply: {title}. {reason}",
    "document.rendered": "Document ready: {file_name}",
    "domain_proof.asked": "Proof of {domain} asked for, {method}",
    "domain_proof.proved": "{domain} proved to be the company's own, {method}",
    "door.asked": "Link without account sent to {name}, {email}: {to}",
    "door.closed": "Link of {name} to {to} closed: {reason}",
    "door.code_sent": "Code for {to} sent to {email}",
    "door.opened": "Link of {name} to {to} opened, by {how}",
    "door.refused": "Link of {name} to {to} not opened: {reason}",
    "engagement.opened": "Onboarding opened",
    "engagement.assigned": "{specialist} became your Technical Specialist",
    "engagement.held": "Put on hold: {reason}",
    "engagement.resumed": "Taken off hold",
    "engagement.cancelled": "Cancelled: {reason}",
    "engagement.activate": "Step V closed: the engagement is active, signed and paid",
    "engagement.complete_welcome_call": "Step I closed: Welcome Call",
    "engagement.complete_data_collection": "Step II closed: Data Collection",
    "engagement.complete_requirements_review": "Step III closed: Requirements Review",
    "engagement.complete_verification": "Step IV closed: Customer Verification",
    "engagement.complete_planning": "Step VI closed: Plan & Timeline",
    "engagement.complete_setup": "Step VII closed: Initial Setup & Customisation",
    "engagement.complete_connectivity": "Step VIII closed: Connectivity Setup",
    "engagement.complete_configuration": "Step IX closed: Registration & Solution Configuration",
    "engagement.complete_testing": "Step X closed: Activation & Testing",
    "engagement.complete_go_live": "Step XI closed: live",
    "engagement.reminded": "Reminder sent: {criterion}",
    "engagement.target_set": "Go-live target set to {go_live_on}",
    "flow.direction_set": "{flow}: direction set",
    "flow.mapping_saved": "{flow}: mapping saved, version {mapping_version}",
    "flow.mapping_check_started": "{flow}: check of the mapping started",
    "flow.mapping_checked": "{flow}: mapping checked against both systems",
    "flow.configured": "{flow}: configured",
    "flow.scan_started": "{flow}: scan of sample records started",
    "flow.scanned": "{flow}: {passing} of {total} sample records would pass",
    "flow.scan_cancelled": "{flow}: scan stopped",
    "flow.scheduled": "{flow}: schedule switched on",
    "flow.unscheduled": "{flow}: schedule stopped. {reason}",
    "flow.run_started": "{flow}: run {run} started by hand",
    "flow.run_finished": "{flow}: run {run} finished",
    "flow.run_cancelled": "{flow}: run {run} stopped",
    "flow.run_failed": "{flow}: run {run} failed. {words}",
    "follow_up.added": "Task written down for {side}: {text}",
    "follow_up.done": "Done: {text}",
    "follow_up.reopened": "Open again: {text}",
    "incident.opened": "{flow} has a problem: {words}",
    "incident.closed": "{flow}: the problem is over",
    "invoice.drafted": "Invoice drafted",
    "invoice.changed": "Draft of the invoice changed",
    "invoice.issued": "Invoice {invoice} issued",
    "invoice.overdue": "Invoice {invoice} is overdue",
    "invoice.reminded": "Reminder of invoice {invoice} sent",
    "invoice.voided": "Invoice {invoice} voided: {reason}",
    "launch.decided": "Go-live decided by {side}: {is_go}",
    "launch.cut_over": "Cut over: the schedules run",
    "meeting.began": "{name} began",
    "meeting.booked": "{name} booked",
    "meeting.ended": "{name} ended",
    "meeting.room_opened": "{name}: {channel} link made",
    "meeting.rescheduled": "{name} moved to another time",
    "meeting.cancelled": "{name} cancelled: {reason}",
    "meeting.missed": "{name} did not take place: {absent} did not come",
    "meeting.held": "{name} held",
    "meeting.summary_shared": "{name}: summary sent",
    "meeting.record_filed": "{name}: record filed",
    "member.invited": "Invited: {email}",
    "member.joined": "Joined: {email}",
    "member.invitation_revoked": "Invitation withdrawn: {email}",
    "member.roles_changed": "Roles changed: {email}",
    "member.removed": "Removed: {email}",
    "note.written": "Internal note written",
    "payment.confirmed": "{noun} of {amount} {currency} for invoice {invoice} confirmed by a second person",
    "payment.dispute_closed": "Dispute about {amount} {currency} for invoice {invoice}: {outcome}",
    "payment.disputed": "Payment of {amount} {currency} for invoice {invoice} is disputed: {why}",
    "payment.proposed": "{noun} of {amount} {currency} for invoice {invoice} waits for a second person",
    "payment.recorded": "Payment received: {amount} {currency} for invoice {invoice}",
    "payment.refunded": "Sent back: {amount} {currency} for invoice {invoice}",
    "payment.rejected": "{noun} of {amount} {currency} for invoice {invoice} rejected: {note}",
    "pilot.opened": "Pilot opened: {starts_on} to {ends_on}",
    "pilot.feedback_added": "Feedback reported in the pilot",
    "pilot.feedback_resolved": "Feedback resolved",
    "pilot.accepted": "Pilot accepted",
    "plan.made": "Plan made, version {plan}: live on {go_live_on}",
    "plan.assigned": "{owner} answers for “{milestone}”",
    "plan.scope_confirmed": "Scope of the plan confirmed",
    "plan.agreed": "Plan agreed: live on {go_live_on}",
    "questionnaire.answer_reopened": "{kind}: answer opened again: {question}",
    "questionnaire.answers_reviewed": "{kind}: answers reviewed",
    "questionnaire.commented": "{kind}: comment on “{question}”",
    "questionnaire.comments_resolved": "{kind}: comments settled on “{question}”",
    "questionnaire.facts_confirmed": "{kind}: key facts read from {file_name}",
    "questionnaire.reopened": "{kind} in review again: {reason}",
    "questionnaire.section_assigned": "{kind}: “{section}” given to {member}",
    "questionnaire.section_unassigned": "{kind}: “{section}” taken back from {member}",
    "questionnaire.submitted": "{kind} submitted",
    "questionnaire.accepted": "{kind} accepted",
    "questionnaire.revision_needed": "{kind}: some answers need another look",
    "recording.asked": "{name}: asked for consent to record: {people}",
    "recording.called_off": "{name}: not to be recorded after all",
    "recording.consent_given": "{name}: {person} agreed to be recorded, {how}",
    "recording.consent_refused": "{name}: {person} does not want to be recorded, {how}",
    "recording.notetaker_sent": "{name}: the notetaker was sent in",
    "records.approved": "Company records approved",
    "records.approval_withdrawn": "Approval of the records withdrawn. {because}",
    "registration.made": "Registered on the Solutions Portal as {workspace}",
    "registration.changed": "Registration corrected: {fields}",
    "requirement.added": "Requirement {number} put on the list",
    "requirement.changed": "Requirement {number} changed",
    "requirement.declined": "Requirement {number} taken off the list: {reason}",
    "requirement.source_named": "Requirement {number}: source named",
    "requirement.source_removed": "Requirement {number}: source taken back",
    "requirements.reopened": "List of requirements opened again: {reason}",
    "requirements.signed_off": "Requirements signed off, version {version}",
    "run.failed": "A {for} failed: {words}",
    "run.retried": "Tried again: {for}",
    "setup.opened": "Preparation of both systems listed",
    "setup.proven": "Fields read back from the connected systems",
    "setup.run_started": "The portal prepares the {workstream}",
    "setup.run_finished": "The portal prepared what it could",
    "setup.run_cancelled": "Preparation by the portal stopped",
    "setup_task.done": "Done: {task}",
    "setup_task.reopened": "Open again: {task}. {reason}",
    "solution.selected": "Solution selected: {solution}",
    "statement.ordered": "Statement of account made",
    "suggestion.dismissed": "Suggested requirement put aside: {suggestion}",
    "suggestion.restored": "Suggested requirement shown again",
    "test_run.started": "{flow}: test with real records started",
    "test_run.cancelled": "{flow}: test stopped",
    "test_run.passed": "{flow}: test passed",
    "test_run.failed": "{flow}: test not passed",
    "training.signed_off": "Training signed off",
    "transcript.ordered": "{name}: transcript asked for",
    "transcript.ready": "{name}: transcript ready, {sentences} sentences",
    "verification.decided": "Checked: {check}, {outcome}",
    "verification.reopened": "To be checked again: {checks}. {because}",
    "verification.repeated": "Rules looked at the open checks again",
    "work.abandoned": "A worker stopped in the middle and did not come back",
}
RETURN = "engagement.return_to_"
# What a live integration does every few minutes: in the timeline, but no news.
ROUTINE = ("connection.secret_used", "flow.run_started", "flow.run_finished")
TONES = {
    "accepted": "good", "proven": "good", "executed": "good", "passed": "good", "cut_over": "good", "declined": "bad",
    "voided": "bad", "expired": "warn", "failing": "bad", "failed": "bad", "run_failed": "bad", "revision_needed": "warn", "held": "warn",
    "cancelled": "bad",
}  # fmt: skip
# The last words of a kind that mean something else elsewhere: a held meeting is nothing to worry about.
PLAIN = frozenset({"meeting.held", "check_in.held", "meeting.cancelled"})
GOOD = frozenset({"incident.closed"})
BAD = frozenset({"incident.opened"})


def words_of(kind: str, data: dict[str, Any]) -> str:
    """One line for an event of this kind; a return names its reason. A kind nobody knows reads as its own name."""
    if kind.startswith(RETURN):
        place = kind.removeprefix(RETURN).replace("_", " ")
        return f"Returned to {place}: {data.get('reason', '')}"
    known = WORDS.get(kind)
    if known is None:
        return kind.replace(".", " ").replace("_", " ").capitalize()
    said = _Said((name, _said(name, value)) for name, value in data.items())
    return known.format_map(said).strip().rstrip(":").strip()


class _Said(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _said(name: str, value: Any) -> str:
    """A value of an event's data as people say it: names instead of codes, dates in words."""
    if isinstance(value, list):
        return ", ".join(_said(name, one) for one in value).replace("_", " ")
    if name == "is_go":
        return "go" if value else "no-go"
    if name in _NAMES:
        return _NAMES[name]().get(str(value), str(value).replace("_", " "))
    if name.endswith("_on"):
        return _day(str(value))
    return str(value)


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"


def _flows() -> dict[str, str]:
    return dict(flows.NAMES)


def _criteria() -> dict[str, str]:
    return {code: one.title for code, one in criteria.BY_CODE.items()}


def _tasks() -> dict[str, str]:
    return {one.code: one.title for one in setup.TASKS}


def _solutions() -> dict[str, str]:
    return {one.code: one.name for one in solutions.SOLUTIONS}


KINDS = {
    "solutions_definition": "Solutions Definition Document",
    "technical_details": "Solutions Technical Details Document",
    "main": "Main contact",
    "executive_sponsor": "Executive sponsor",
    "billing": "Billing contact",
    "technical": "Technical contact",
}
CHECKS = {check.code.value: check.title for check in verification_checks.CHECKS}
STREAMS = {"crm": "CRM", "finance": "financial application"}
SIDES = {"customer": "the customer", "interweave": "InterWeave"}
_NAMES = {
    "flow": _flows,
    "criterion": _criteria,
    "task": _tasks,
    "solution": _solutions,
    "system": lambda: solutions.SYSTEM_NAMES,
    "kind": lambda: KINDS,
    "check": lambda: CHECKS,
    "checks": lambda: CHECKS,
    "method": lambda: {"code": "by a code", "dns": "by a record in the DNS"},
    "workstream": lambda: STREAMS,
    "side": lambda: SIDES,
}


def describe(event: Any) -> dict[str, Any]:
    """An event as the history list shows it."""
    return {
        "title": words_of(event.kind, event.data),
        "by": event.by.get("name", ""),
        "at": event.at,
        "tone": _tone(event.kind),
        "is_internal": event.is_internal,
        "number": event.number,
        "hash": event.hash,
    }


def _tone(kind: str) -> str:
    if kind in PLAIN:
        return ""
    if kind in GOOD or kind in BAD:
        return "good" if kind in GOOD else "bad"
    return TONES.get(kind.rpartition(".")[2], "")
