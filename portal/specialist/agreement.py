"""The agreement: its signers chosen, reviewed by a second person, issued, answered, countersigned; voided, drafted anew."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from onboarding.actions import (
    agreement_comments,
    agreement_copies,
    agreement_letters,
    agreement_providers,
    agreements,
    envelopes,
    sealings,
    signing_order,
)
from onboarding.models import Agreement, Engagement, Envelope, Sealing
from onboarding.queries import signing as queries
from onboarding.queries import signing_providers
from onboarding.workflow.agreement_machine import CLOSED, INTERNAL, OPEN_FOR_SIGNATURE
from portal import access, files, signing_elsewhere
from portal.specialist import countersign, doors, fields
from portal.specialist.desk import Act, Desk, Drawn, engagement_page, on_engagement, on_row, serve
from portal.specialist.steps import LEADS

State = Agreement.State
PROVIDERS = {
    Agreement.Provider.OWN: "In this portal, sealed by our own key",
    Agreement.Provider.DOCUSIGN: "At DocuSign, which asks every signer by its own mail",
}


class AgreementForm(forms.Form):
    agreement_id = fields.row_id()


class SendBackForm(AgreementForm):
    note = fields.text("What has to change?", longest=2000)


class SignerForm(AgreementForm):
    name = fields.line("Full name", longest=150)
    title = fields.line("Job title", longest=100)
    email = forms.EmailField(label="E-mail address", max_length=254)


class PlaceForm(AgreementForm):
    position = fields.row_id()


class CommentForm(AgreementForm):
    clause = fields.line("Clause", required=False, longest=20, hint="Empty: the whole agreement.")
    text = fields.text("Your answer", longest=4000)


class SettleForm(forms.Form):
    comment_id = fields.row_id()


class CopyForm(AgreementForm):
    email = forms.EmailField(label="E-mail address", max_length=254)
    name = fields.line("Name", required=False, longest=150)


class RemoveCopyForm(forms.Form):
    copy_id = fields.row_id()


class SealAgainForm(forms.Form):
    sealing_id = fields.row_id()


class ProviderForm(AgreementForm):
    provider = forms.ChoiceField(
        label="Where is it signed?", widget=forms.RadioSelect,
        choices=lambda: [(one.value, PROVIDERS[one]) for one in signing_providers.offered()],
    )  # fmt: skip


class AskAgainForm(forms.Form):
    envelope_id = fields.row_id()


class VoidForm(AgreementForm):
    reason = fields.line("Why is it void?", longest=500)


ISSUING = agreements.ISSUING
ACTS = {
    "send_for_review": Act(button="Send for review", done="Sent. The leads get a mail; one of them reads and issues it.",
                           form=AgreementForm, steps=ISSUING, call=on_row(agreements.send_for_review, "agreement_id")),
    "send_back": Act(button="Send it back", done="Sent back with your note.", form=SendBackForm, kind="secondary",
                     steps=ISSUING, call=on_row(agreements.send_back, "agreement_id")),
    "issue": Act(button="Issue for signature", done="Issued. The customer gets a mail.", form=AgreementForm,
                 steps=ISSUING, call=on_row(agreements.issue, "agreement_id")),
    "add_signer": Act(button="Add the signer", done="Added. The document is made anew.", form=SignerForm,
                      kind="secondary", steps=ISSUING, call=on_row(signing_order.add, "agreement_id")),
    "remove_signer": Act(button="Remove", done="Removed. The document is made anew.", form=PlaceForm, kind="quiet small",
                         steps=ISSUING, key="position", call=on_row(signing_order.remove, "agreement_id")),
    "move_signer": Act(button="Sign earlier", done="Moved. The document is made anew.", form=PlaceForm,
                       kind="quiet small", steps=ISSUING, key="position",
                       call=on_row(signing_order.move_up, "agreement_id")),
    "comment": Act(button="Send", done="Sent. The customer gets a mail.", form=CommentForm, kind="secondary",
                   steps=ISSUING, call=on_row(agreement_comments.write, "agreement_id")),
    "settle": Act(button="Mark as settled", done="Settled.", form=SettleForm, kind="quiet small", key="comment_id",
                  call=on_row(agreement_comments.settle, "comment_id")),
    "add_copy": Act(button="Add the recipient", done="Added.", form=CopyForm, kind="secondary", steps=ISSUING,
                    call=on_row(agreement_copies.add, "agreement_id")),
    "remove_copy": Act(button="Remove", done="Removed.", form=RemoveCopyForm, kind="quiet small", key="copy_id",
                       steps=ISSUING, call=on_row(agreement_copies.remove, "copy_id")),
    "seal_again": Act(button="Try again", done="It is tried again now.", form=SealAgainForm, kind="secondary",
                      is_always=True, key="sealing_id", call=on_row(sealings.again, "sealing_id")),
    "choose_provider": Act(button="Save where it is signed", done="Saved.", form=ProviderForm, kind="secondary",
                           steps=ISSUING, call=on_row(agreement_providers.choose, "agreement_id")),
    "ask_again": Act(button="Try again", done="It is asked again now.", form=AskAgainForm, kind="secondary",
                     is_always=True, key="envelope_id", call=on_row(envelopes.again, "envelope_id")),
    "void": Act(button="Void the agreement", done="Void.", form=VoidForm, kind="danger secondary", roles=LEADS,
                call=on_row(agreements.void, "agreement_id")),
    "draft_again": Act(button="Draft it anew", done="Drafted. The document is being made.", kind="secondary",
                       steps=ISSUING, call=on_engagement(agreements.draft_again)),
    **doors.ACTS_TO_SIGN,
}  # fmt: skip


@engagement_page
def index(request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The agreement in force with its signers, its document, what was said and what comes next; the closed ones below."""
    return serve(request, engagement, "specialist/agreement.html", ACTS, _context)


def _context(desk: Desk) -> dict[str, Any]:
    rows = desk.engagement.agreements.select_related("document", "executed_document", "review_asker__user")
    known = list(rows.order_by("-pk"))
    current = next((one for one in known if one.state not in CLOSED), None)
    context = {"agreement": current, "closed": [one for one in known if one.state in CLOSED]}
    if current is None:
        return context | {"draft_again": desk.form("draft_again"), **_said(desk, known[0] if known else None)}
    current.company = desk.engagement.company
    return context | _about(desk, current) | _said(desk, current)


def _about(desk: Desk, current: Agreement) -> dict[str, Any]:
    about = {"agreement_id": current.pk}
    trouble = _trouble(current)
    missing = agreements.lacks(current, at=now()) if current.state in INTERNAL else ""
    kept = [one for one in (current.document, current.executed_document) if one]
    is_unsigned = current.state in {*INTERNAL, *OPEN_FOR_SIGNATURE} and not current.signatures.exists()
    forms_of = {
        State.DRAFT: {"add_signer": about} | ({} if missing else {"send_for_review": about}),
        State.IN_REVIEW: {"send_back": about} | ({} if missing else {"issue": about}),
    }.get(State(current.state), {})
    return {
        "files": [files.drawn(one, url_name="specialist:document") for one in kept],
        "lines": (lines := _lines(desk, current)),
        "signatures": [one["line"].signature for one in lines if one["line"].signature],
        "missing": missing,
        "may_countersign": countersign.is_turn(desk.request, desk.engagement, current),
        "is_alone": current.state == State.IN_REVIEW and _is_alone(desk, current),
        "copies": _copies(desk, current),
        "add_copy": desk.form("add_copy", initial=about) if current.state != State.EXECUTED else None,
        **{name: desk.form(name, initial=initial) for name, initial in forms_of.items()},
        "void": desk.form("void", initial=about),
        "draft_again": desk.form("draft_again") if is_unsigned else None,
        "trouble": trouble,
        "sealing": _sealing(desk, current),
        **_elsewhere(desk, current),
        "doors": doors.to_agreement(desk, current, at=now()),
    }


def _elsewhere(desk: Desk, current: Agreement) -> dict[str, Any]:
    """Where it is signed and how that goes; the choice while it is InterWeave's own and there is one."""
    told = signing_elsewhere.place(current)
    initial = {"agreement_id": current.pk, "provider": current.provider}
    is_open_to_choice = current.state in INTERNAL and len(signing_providers.offered()) > 1
    envelope: Envelope | None = told["envelope"] if told else None
    waits = {Envelope.State.QUEUED, Envelope.State.FAILED}
    is_stuck = envelope is not None and envelope.problem is not None and envelope.state in waits
    return {
        "elsewhere": told,
        "is_ours_to_sign": signing_elsewhere.is_turn(desk.request, told),
        "choose_provider": desk.form("choose_provider", initial=initial) if is_open_to_choice else None,
        "ask_again": desk.form("ask_again", initial={"envelope_id": envelope.pk}) if envelope and is_stuck else None,
    }


def _sealing(desk: Desk, current: Agreement) -> dict[str, Any] | None:
    """How the sealed file comes along, and the way to have it tried now when it waits."""
    row = Sealing.objects.filter(agreement=current).first()
    if row is None or current.state != State.COUNTERSIGNED:
        return None
    is_waiting = row.problem is not None and row.state in {row.State.QUEUED, row.State.FAILED}
    return {"row": row, "again": desk.form("seal_again", initial={"sealing_id": row.pk}) if is_waiting else None}


def _lines(desk: Desk, current: Agreement) -> list[dict[str, Any]]:
    """The signers with what can be done about each while it is a draft."""
    sponsor = current.terms.get("company", {}).get("signatory", {}).get("email", "")
    found = []
    for line in queries.lines(current):
        names = ["move_signer"] if line.signer.position > 1 else []
        if not queries.is_same_person(line.signer.email, sponsor):
            names.append("remove_signer")
        acts = [_place(desk, name, current, line) for name in names]
        found.append({"line": line, "acts": [act for act in acts if act is not None]})
    return found


def _place(desk: Desk, act: str, current: Agreement, line: queries.Line) -> Drawn | None:
    if current.state != State.DRAFT or line.signer.party != line.signer.Party.CUSTOMER:
        return None
    return desk.form(act, initial={"agreement_id": current.pk, "position": line.signer.position})


def _copies(desk: Desk, current: Agreement) -> list[dict[str, Any]]:
    is_before = current.state != State.EXECUTED
    return [
        {"copy": one, "remove": desk.form("remove_copy", initial={"copy_id": one.pk}) if is_before else None}
        for one in current.copies.all()
    ]


def _said(desk: Desk, current: Agreement | None) -> dict[str, Any]:
    """What was said about it, what can be settled, and the answer's form."""
    threads = queries.threads(desk.engagement)
    drawn = [
        {"thread": one, "settle": desk.form("settle", initial={"comment_id": one.last.pk}) if one.is_open else None}
        for one in threads
    ]
    waits = next((one for one in threads if one.is_open), None)
    answer = None
    if current is not None and (current.state in OPEN_FOR_SIGNATURE or (waits and current.state in CLOSED)):
        initial = {"agreement_id": current.pk, "clause": waits.clause if waits else ""}
        answer = desk.form("comment", initial=initial)
    return {"threads": drawn, "open_comments": queries.open_count(threads), "answer": answer}


def _is_alone(desk: Desk, agreement: Agreement) -> bool:
    """True for the one who asked for the review, unless they lead."""
    viewer = access.viewer_of(desk.request)
    asker = agreement.review_asker
    return asker is not None and asker.user_id == viewer.user_id and not viewer.has(*LEADS)


def _trouble(agreement: Agreement) -> dict[str, str] | None:
    """What is wrong with an agreement that went out: it can't be signed any more, or says what is no longer so."""
    if agreement.state in INTERNAL:
        return None
    is_open, is_true = agreement.state in OPEN_FOR_SIGNATURE, queries.is_true(agreement)
    if is_open and queries.is_expired(agreement, at=now()):
        words = "The day it could be signed until has passed. Draft it anew and issue that."
        return {"title": "It can't be signed any more", "words": words}
    if is_true and queries.names_sponsor(agreement):
        return None
    title = "The executive sponsor is another" if is_true else "The company's details changed after it was drafted"
    return {"title": title, "words": agreement_letters.outdated_words(agreement)}
