"""Step IV: each check of the customer's details, with what it rests on and shows, decided with evidence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import now

from onboarding.actions import verifications
from onboarding.actors import Role
from onboarding.library import event_words, tax_ids
from onboarding.library.verification_checks import BY_CODE, Check, Code
from onboarding.models import Company, DomainProof, Engagement, Event, Verification
from onboarding.queries import domains, duplicates, records
from onboarding.queries import verifications as query
from portal.specialist import fields
from portal.specialist.desk import Act, Desk, EngagementForm, engagement_page, on_engagement, serve

TONES = {"open": "warn", "passed": "good", "failed": "bad", "waived": "info"}
OUTCOMES = [("passed", "Passed"), ("failed", "Failed"), ("waived", "Waived (by a lead)")]  # as they are taken
NO_DOCUMENT = [("", "None")]


class DecideForm(EngagementForm):
    check_code = fields.hidden()
    outcome = fields.radio("Outcome", OUTCOMES)
    evidence = fields.line("What shows it?", longest=500,
                           hint="A register's entry, a document and its page, who confirmed it and how.")  # fmt: skip
    document_id = forms.TypedChoiceField(label="Document that shows it", required=False, coerce=int, empty_value=None)

    def prepare(self, engagement: Engagement) -> None:
        self.fields["document_id"].choices = [*NO_DOCUMENT, *_documents(engagement)]


ACTS = {
    "decide": Act(button="Decide", done="Decided.", form=DecideForm, kind="secondary", key="check_code",
                  steps=verifications.CHECKING, call=on_engagement(verifications.decide)),
    "look_again": Act(button="Run the rules again", done="The rules looked again.", kind="secondary",
                      steps=verifications.CHECKING, call=on_engagement(verifications.look_again)),
}  # fmt: skip


def _documents(engagement: Engagement) -> list[tuple[int, str]]:
    """What may be named as evidence: released files that count. Read once a request."""
    known: list[tuple[int, str]] | None = getattr(engagement, "_shown_documents", None)
    if known is None:
        rows = engagement.documents.filter(withdrawn_at=None, scan="clean", is_generated=False).exclude(sha256="")
        known = [(one.pk, f"{one.title}: {one.file_name}") for one in rows.order_by("-pk")]
        engagement._shown_documents = known  # noqa: SLF001 - of this request alone
    return known


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The checks with what was checked, their outcome and their history."""
    return serve(request, engagement, "specialist/verification.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    engagement = desk.engagement
    history = query.history(engagement)
    checks = records.in_order(engagement.verifications.select_related("document"))
    return {
        "checks": [_drawn(desk, one, history.get(one.check_code, [])) for one in checks],
        "look_again": desk.form("look_again") if checks else None,
        "reopened": [one for one in checks if one.reopened_at],
        "twins": twins_of(engagement) if checks else [],
        "proof": _proof(engagement) if checks else None,
        "is_lead": desk.request.viewer.has(Role.LEAD),
        "company": engagement.company,
    }


def _drawn(desk: Desk, check: Verification, history: list[Event]) -> dict[str, Any]:
    about = BY_CODE[check.check_code]
    act = desk.form(
        "decide",
        initial={"check_code": check.check_code, "evidence": check.evidence, "document_id": check.document_id},
    )
    if act is not None:
        act.form.fields["outcome"].choices = _outcomes(desk, check)
    return {
        "check": check,
        "about": about,
        "tone": TONES[check.outcome],
        "rests_on": _grounds(desk.engagement, about),
        "is_waivable": bool(about.waived_by),
        "is_duplicates": about.code == Code.DUPLICATES,
        "is_domain": about.code == Code.MAIL_DOMAIN,
        "history": [_told(event) for event in history],
        "document_url": reverse("specialist:document", args=[check.document.uuid]) if check.document else "",
        "act": act,
        "waits_for_document": about.needs_document and not _has_document(desk.engagement, check),
    }


def _outcomes(desk: Desk, check: Verification) -> list[tuple[str, str]]:
    """Those that would be taken of this viewer now."""
    about = BY_CODE[check.check_code]
    refused = set() if verifications.may_waive(check.check_code, desk.request.viewer) else {"waived"}
    if about.needs_document and not _has_document(desk.engagement, check):
        refused.add("passed")
    return [(code, words) for code, words in OUTCOMES if code not in refused]


def _has_document(engagement: Engagement, check: Verification) -> bool:
    """True when a released document can be named, or is."""
    return bool(_documents(engagement)) or bool(check.document and check.document.is_ready)


def _told(event: Event) -> dict[str, Any]:
    """An event with what was said of it."""
    return event_words.describe(event) | {"note": event.data.get("evidence", ""), "is_internal": False}


def _grounds(engagement: Engagement, about: Check) -> list[dict[str, str]]:
    """The details a check rests on, as they stand."""
    names = verifications.DETAILS | {"mail_domain": "E-mail domain", "tax_id": tax_ids.name(engagement.company.country)}
    found = [
        {"label": names[name], "value": str(getattr(engagement.company, name)) or "not given"}
        for name in about.rests_on
    ]
    if about.rests_on_contact:
        contact = next((one for one in engagement.contacts.all() if one.kind == about.rests_on_contact), None)
        value = f"{contact.name}, {contact.email}" if contact else "not named"
        found.append({"label": contact.get_kind_display() if contact else "Contact", "value": value})
    return found


def twins_of(engagement: Engagement) -> list[dict[str, Any]]:
    """Other companies like this one, as `specialist/_twins.html` draws them."""
    return [
        {
            "twin": one,
            "state": Company.State(one.state).label,
            "url": reverse("specialist:company", args=[one.reference]) if one.reference else "",
            "shared": ", ".join(one.shared),
        }
        for one in duplicates.like(engagement.company)
    ]


def _proof(engagement: Engagement) -> dict[str, Any] | None:
    """How far the customer is with proving its domain."""
    proof = domains.present(engagement.company_id)
    if proof is None:
        return None
    lookup = proof.lookups.last() if proof.method == DomainProof.Method.DNS else None
    return {"proof": proof, "state": domains.state_of(proof, at=now()), "lookup": lookup}
