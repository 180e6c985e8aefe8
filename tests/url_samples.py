"""One sample for every route there is: what kind of page it is, and what stands in its address.

A new route needs its line here; the walk (test_url_walk.py) fails on a route without one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from onboarding.library import recording_consent
from onboarding.models import (
    AgreementComment,
    AgreementCopy,
    ApiToken,
    CheckRun,
    Document,
    Invitation,
    JoinRequest,
    Member,
    PartialUpload,
    Payment,
)
from tests.journey.cast import Cast

Builder = Callable[[Cast], dict[str, Any]]


class Kind(Enum):
    """Who may see what is behind a route, and how it answers the others."""

    OPEN = auto()  # everybody, signed in or not
    ACCOUNT = auto()  # whoever is signed in, about themselves
    MINE = auto()  # a page of the viewer's company
    ACT = auto()  # a button of the viewer's company: POST only
    STAFF = auto()  # InterWeave's people; nobody else learns that it is there
    API = auto()  # a program with a token
    BACK_OFFICE = auto()  # superusers


@dataclass(frozen=True, kw_only=True)
class Sample:
    """`kwargs` fill the address; `is_owned` when they name something that belongs to one company.

    `data` is what a form of the page sends: good enough to be taken from somebody who may. `statuses` are the answers
    to a viewer of the company, where it is not 200.
    """

    kind: Kind
    kwargs: Builder = field(default=lambda cast: {})
    is_owned: bool = False
    data: Builder | None = None
    statuses: frozenset[int] = frozenset({200})
    method: str = "get"
    headers: dict[str, str] = field(default_factory=dict)


def _mine(*statuses: int, data: Builder | None = None, **values: Any) -> Sample:
    """A page of the company; `values` that are functions ask the cast and name something owned."""
    is_owned = any(callable(value) for value in values.values())
    return Sample(
        kind=Kind.MINE, kwargs=_filled(values), is_owned=is_owned, data=data, statuses=frozenset(statuses or {200})
    )


def _act(data: dict[str, Any] | None = None, *statuses: int, **values: Any) -> Sample:
    is_owned = any(callable(value) for value in values.values())
    return Sample(
        kind=Kind.ACT, kwargs=_filled(values), is_owned=is_owned, data=lambda cast: data or {},
        statuses=frozenset(statuses or {403}), method="post",
    )  # fmt: skip


def _staff(method: str = "get", **values: Any) -> Sample:
    return Sample(kind=Kind.STAFF, kwargs=_filled({"reference": _reference} | values), is_owned=True, method=method)


def _api(
    method: str = "get", data: Builder | None = None, headers: dict[str, str] | None = None, **values: Any
) -> Sample:
    return Sample(
        kind=Kind.API, kwargs=_filled({"reference": _reference} | values), is_owned=True, method=method, data=data,
        headers=headers or {},
    )  # fmt: skip


def _filled(values: dict[str, Any]) -> Builder:
    return lambda cast: {name: value(cast) if callable(value) else value for name, value in values.items()}


def _reference(cast: Cast) -> str:
    return str(cast.engagement.reference)


def _first(name: str, **where: Any) -> Callable[[Cast], int]:
    """The id of the engagement's first row of a related name."""
    return lambda cast: getattr(cast.engagement, name).filter(**where).order_by("pk")[0].pk


def _reviewed(cast: Cast) -> int:
    """The meeting that was recorded."""
    return cast.engagement.meetings.get(kind="requirements_review").pk


def _number(name: str) -> Callable[[Cast], int]:
    """The number of the engagement's first row of a related name, as no other company has it."""
    return lambda cast: getattr(cast.engagement, name).order_by("pk")[0].number


def _of(model: Any) -> Callable[[Cast], int]:
    """The id of the company's first row of a model."""
    return lambda cast: model.objects.filter(company=cast.company).order_by("pk")[0].pk


def _payment(cast: Cast) -> int:
    return Payment.objects.filter(company=cast.company, state=Payment.State.CONFIRMED).order_by("pk")[0].pk


def _uuid(cast: Cast) -> Any:
    return Document.objects.filter(engagement=cast.engagement, kind="customer_document")[0].uuid


def _upload(cast: Cast) -> Any:
    return PartialUpload.objects.filter(company=cast.company)[0].uuid


def _file(cast: Cast) -> dict[str, Any]:
    return {"files": SimpleUploadedFile("price-list.csv", b"item,price\nA,1\n")}


def _filled_document(cast: Cast) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("filled.pdf", b"%PDF-1.4\n%%EOF\n")}


def _signed(cast: Cast) -> dict[str, Any]:
    return {"typed_name": "Vera Viewer", "title": "Reader", "consent": "on", "seen_sha256": "0" * 64}


ANNOUNCED = {"Tus-Resumable": "1.0.0", "Upload-Length": "12", "Upload-Metadata": "filename YS5jc3Y="}
REASON = {"reason": "It is no longer true."}
REVIEW = REASON | {"question": "crm", "note": "Again.", "facts": {"crm": "salesforce"}}
OPEN, ACCOUNT = Sample(kind=Kind.OPEN), Sample(kind=Kind.ACCOUNT)
DETAILS = {"legal_name": "Another Ltd", "registration_number": "HRB 1"}
REGISTRATION = {
    "administrator_name": "Vera", "administrator_email": "vera@acme.example", "time_zone": "UTC",
    "base_currency": "USD", "fiscal_year_starts": "1",
}  # fmt: skip
SECRETS = {"my_domain": "https://acme.my.salesforce.com", "consumer_key": "key", "consumer_secret": "secret"}
CONTACT = {"name": "Vera Viewer", "email": "vera@acme.example", "title": "", "phone": ""}
TOKEN = {"name": "Script", "scopes": ["engagements:read"], "days": "30"}

CUSTOMER: dict[str, Sample] = {
    "home": _mine(),
    "step": _mine(number=5),
    "timeline": _mine(),
    "contacts": _mine(),
    "contact": _mine(kind="main", data=lambda cast: CONTACT),
    "meetings": _mine(data=lambda cast: {"starts_at": "2030-01-07T15:00:00+00:00", "channel": "zoom", "place": ""}),
    "meeting_cancel": _act(REASON, meeting_id=_first("meetings")),
    "meeting_move": _mine(meeting_id=_first("meetings"), data=lambda cast: {"starts_at": "2030-01-07T15:00:00+00:00"}),
    "meeting_calendar": _mine(meeting_id=_first("meetings")),
    "recording": _mine(
        meeting_id=_reviewed, data=lambda cast: {"answer": "no", "seen_sha256": recording_consent.digest()}
    ),
    "transcript": _mine(meeting_id=_reviewed),
    "follow_ups": _mine(),
    "follow_up_done": _act(follow_up_id=_first("follow_ups")),
    "follow_up_reopen": _act(follow_up_id=_first("follow_ups")),
    "questionnaire": _mine(kind="technical_details"),
    "questionnaire_check": _mine(kind="technical_details", data=lambda cast: {}),
    "questionnaire_submitted": _mine(kind="technical_details"),
    "section_assignments": _mine(kind="technical_details"),
    "section_assign": Sample(
        kind=Kind.ACT,
        method="post",
        statuses=frozenset({403}),
        kwargs=lambda cast: {"kind": "technical_details", "code": "crm"},
        data=lambda cast: {"member_id": str(_of(Member)(cast))},
    ),
    "question": _mine(kind="technical_details", code="crm", data=lambda cast: {"text": "Two orgs?"}),
    "comments_resolve": _act(kind="technical_details", code="crm"),
    "submissions": _mine(kind="technical_details"),
    "filled_document": _mine(kind="technical_details", data=_filled_document),
    "blank_document": _mine(kind="technical_details"),
    "answer": _act({"crm_users": "15"}, 200, kind="technical_details", code="crm_users"),
    "questionnaire_section": _mine(kind="technical_details", code="crm", data=lambda cast: {"crm_users": "15"}),
    "requirements": _mine(data=lambda cast: {"text": "More", "kind": "mapping", "reason": "So"}),
    "requirements_sign_off": _act({"sha256": "0" * 64}),
    "suggestion_take": _act({"key": "rule:scope.out"}),
    "requirement_threads": _mine(),
    "agreement_changes": _mine(),
    "requirement": _mine(
        number=_number("requirements"), data=lambda cast: {"text": "More", "kind": "mapping", "reason": "So"}
    ),
    "change_request": _mine(number=_number("change_requests")),
    "change_request_decide": _act({"decision": "approve"}, number=_number("change_requests")),
    "records": _mine(),
    "records_approve": _act({"seen_sha256": "0" * 64}),
    "domain": _mine(data=lambda cast: {"act": "ask_record", "domain": "acme.example"}),
    "authority": _mine(data=lambda cast: {"file": SimpleUploadedFile("extract.csv", b"name\nMaria\n")}),
    "records_correct": _mine(403, data=lambda cast: DETAILS),
    "agreement": _mine(),
    "sign": _mine(302),  # identity is confirmed first
    "sign_elsewhere": _mine(302),
    "signed_elsewhere": _mine(302),
    "agreement_decline": _act(REASON),
    "agreement_comment": _act({"text": "Why?", "clause": "7.2"}),
    "agreement_settle": _act(comment_id=_of(AgreementComment)),
    "agreement_copy": _act({"email": "law@firm.example"}),
    "agreement_copy_remove": _act(copy_id=_of(AgreementCopy)),
    "invoice": _mine(),
    "invoice_statement": _act(),
    "let_pay": _act({"name": "Pia", "email": "pia@payers.example"}),
    "door_send": _act(door_id=_first("doors")),
    "door_revoke": _act(door_id=_first("doors")),
    "pay": _act(),
    "paid": _mine(302),  # of which payment page? Back to the invoice
    "plan": _mine(),
    "plan_agree": Sample(
        kind=Kind.ACT,
        method="post",
        statuses=frozenset({403}),
        data=lambda cast: {"plan": str(cast.engagement.plans.last().pk)},
    ),
    "documents": _mine(data=_file),
    "document_request": _mine(request_id=_first("document_requests"), data=_file),
    "document_not_applicable": _act(REASON, request_id=_first("document_requests")),
    "document_example": _mine(request_id=_first("document_requests")),
    "documents_archive": _mine(),
    "document": _mine(uuid=_uuid),
    "document_file": _mine(uuid=_uuid),
    "document_preview": _mine(uuid=_uuid),
    "document_withdraw": _act(uuid=_uuid),
    "uploads": _mine(405),
    "upload": _mine(uuid=_upload),
    "people": _mine(data=lambda cast: {"email": "new@acme.example", "name": "", "roles": ["contributor"]}),
    "member": _mine(member_id=_of(Member), data=lambda cast: {"roles": ["viewer"]}),
    "member_remove": _act(member_id=_of(Member)),
    "invitation_revoke": _act(invitation_id=_of(Invitation)),
    "join_request": _act({"decision": "accept"}, request_id=_of(JoinRequest)),
    "tokens": _mine(data=lambda cast: TOKEN),
    "token_revoke": _act(token_id=_of(ApiToken)),
    "setup": _mine(),
    "setup_progress": _mine(286),
    "setup_task": _mine(task_id=_first("setup_tasks"), data=lambda cast: {"note": "Done."}),
    "setup_reopen": _act(REASON, task_id=_first("setup_tasks")),
    "setup_run": _act(workstream="crm"),
    "connections": _mine(data=lambda cast: {"side": "crm", "environment": "sandbox"}),
    "consent_callback": _mine(404),  # nobody was sent to a consent page
    "connection": _mine(connection_id=_first("connections", side="crm"), data=lambda cast: SECRETS),
    "ladder": _mine(286, connection_id=_first("connections")),
    "check": _act(connection_id=_first("connections")),
    "cancel_check": _act({}, 409, connection_id=_first("connections")),
    "begin_consent": _act({}, 403, 409, connection_id=_first("connections", side="finance")),
    "disconnect": _act({"disconnect-reason": "Gone."}, connection_id=_first("connections")),
    "registration": _mine(data=lambda cast: REGISTRATION),
    "flows": _mine(),
    "flow": _mine(flow_id=_first("flows")),
    "flow_test": _mine(286, flow_id=_first("flows")),
    "blueprint": _mine(data=lambda cast: {"sha256": cast.engagement.blueprints.get().sha256}),
    "pilot": _mine(data=lambda cast: {"text": "Slow", "severity": "problem"}),
    "pilot_accept": _act({"conclusion": "Fine."}),
    "training": _mine(data=lambda cast: {"statement": "Trained."}),
    "material": _mine(name="manual"),
    "go_live": _mine(data=lambda cast: {"decision": "go", "comment": ""}),
    "support": _mine(),
}
STAFF: dict[str, Sample] = {
    **{name: Sample(kind=Kind.STAFF) for name in ("board", "list", "export", "reviews", "flows_queue")},
    **{name: Sample(kind=Kind.STAFF) for name in ("bank", "bank_statements", "bank_second")},
    "bank_entry": Sample(kind=Kind.STAFF, kwargs=lambda cast: {"entry_id": 1}),
    **{name: Sample(kind=Kind.STAFF, method="post") for name in ("save_view", "remove_view")},
    "retry": Sample(kind=Kind.STAFF, kwargs=lambda cast: {"kind": "message", "row_id": 1}, method="post"),
    **{
        name: Sample(kind=Kind.STAFF, kwargs=lambda cast: {"uuid": _uuid(cast)}, is_owned=True)
        for name in ("document", "document_file", "document_preview")
    },
    **{
        name: _staff()
        for name in (
            "workspace timeline preview company specialist contacts meetings follow_ups questionnaires documents documents_archive requirements "
            "verification agreement invoice plan setup connections solution flows blueprint pilot training go_live "
            "support"
        ).split()
    },
    "card_refund": _staff("post"),
    **{name: _staff("post") for name in ("move", "hold", "waive", "remind", "notes")},
    "step": _staff(number=5),
    "requirement_threads": _staff(),
    **{name: _staff() for name in ("sign_elsewhere", "signed_elsewhere")},
    "agreement_changes": _staff(),
    "requirement": _staff(number=_number("requirements")),
    "change_request": _staff(number=_number("change_requests")),
    "transcript": _staff(meeting_id=_reviewed),
    "questionnaire": _staff(kind="technical_details"),
    "submissions": _staff(kind="technical_details"),
    "answer": _staff(kind="technical_details", code="crm"),
    "flow": _staff(flow_id=_first("flows")),
    "flow_test": _staff(flow_id=_first("flows")),
}
API: dict[str, Sample] = {
    "engagements": Sample(kind=Kind.API),
    **{name: _api() for name in ("engagement", "status", "steps", "timeline", "connections")},
    "moves": _api("post", lambda cast: {"change": "complete_go_live"}),
    "documents": _api(),
    "document": _api(uuid=_uuid),
    "download": _api(uuid=_uuid),
    "document_versions": _api(uuid=_uuid),
    "review_document": _api("post", lambda cast: {"outcome": "accepted"}, uuid=_uuid),
    "withdraw_document": _api("post", uuid=_uuid),
    "document_requests": _api(),
    "document_request": _api(request_id=_first("document_requests")),
    **{
        name: _api("post", lambda cast: REASON | {"note": "Again."}, request_id=_first("document_requests"))
        for name in (
            "withdraw_document_request remind_of_document_request declare_not_applicable agree_not_applicable "
            "reopen_document_request"
        ).split()
    },
    "questionnaires": _api(),
    **{
        name: _api(kind="technical_details")
        for name in ("questionnaire questionnaire_schema answer_comments submissions compare_submissions").split()
    },
    "answers": _api("patch", lambda cast: {"answers": {"crm_users": {"value": 15}}}, kind="technical_details"),
    **{
        name: _api("post", lambda cast: REVIEW, kind="technical_details")
        for name in (
            "submit review_answers undo_acceptance accept_questionnaire send_back reopen_questionnaire key_facts settle_comments"
        ).split()
    },
    "uploads": _api("post", headers=ANNOUNCED),
    "upload": _api(uuid=_upload),
    **{name: _api() for name in ("meetings", "slots", "requirements", "threads", "suggestions", "change_requests")},
    **{name: _api(meeting_id=_first("meetings")) for name in ("meeting", "meeting_calendar")},
    "move_meeting": _api("post", lambda cast: {"starts_at": "2030-01-07T15:00:00Z"}, meeting_id=_first("meetings")),
    "cancel_meeting": _api("post", lambda cast: REASON, meeting_id=_first("meetings")),
    "sign_off": _api("post", lambda cast: {"sha256": "0" * 64}),
    **{name: _api() for name in ("verifications", "domain_proof", "company", "records")},
    **{name: _api("post") for name in ("run_verification_rules", "look_up_domain")},
    "decide_verification": _api("post", lambda cast: {"outcome": "passed", "evidence": "Seen"}, check="country"),
    "enter_domain_code": _api("post", lambda cast: {"code": "123456"}),
    "approve_records": _api("post", lambda cast: {"sha256": "0" * 64}),
    **{name: _api("post", lambda cast: {"key": "rule:scope.out"}) for name in ("dismissals", "restorals")},
    "requirement": _api(number=_number("requirements")),
    "decline_requirement": _api("post", lambda cast: REASON, number=_number("requirements")),
    "sources": _api("post", lambda cast: {"kind": "said", "quote": "Fast"}, number=_number("requirements")),
    "change_request": _api(number=_number("change_requests")),
    "change_effect": _api("post", lambda cast: {"words": "None", "days": 0}, number=_number("change_requests")),
    "approve_change": _api(
        "post", lambda cast: {"effect_at": "2030-01-07T15:00:00Z"}, number=_number("change_requests")
    ),
    **{
        name: _api("post", lambda cast: {"note": "No"}, number=_number("change_requests"))
        for name in ("decline_change", "withdraw_change")
    },
    "agreements": _api(),
    "agreement": _api(agreement=_number("agreements")),
    **{name: _api("post", agreement=_number("agreements")) for name in ("review_agreement", "issue_agreement")},
    "send_agreement_back": _api("post", lambda cast: {"note": "Again."}, agreement=_number("agreements")),
    **{
        name: _api("post", lambda cast: REASON, agreement=_number("agreements"))
        for name in ("decline_agreement", "void_agreement")
    },
    "comment_on_agreement": _api("post", lambda cast: {"text": "Why?"}, agreement=_number("agreements")),
    "invoices": _api(),
    **{name: _api(invoice_id=_first("invoices")) for name in ("invoice", "payments")},
    "change_invoice": _api("post", lambda cast: {"lines": [], "tax_rate": "0"}, invoice_id=_first("invoices")),
    "issue_invoice": _api("post", invoice_id=_first("invoices")),
    "void_invoice": _api("post", lambda cast: REASON, invoice_id=_first("invoices")),
    "confirm_payment": _api("post", invoice_id=_first("invoices"), payment_id=_payment),
    "reject_payment": _api("post", lambda cast: {"note": "No"}, invoice_id=_first("invoices"), payment_id=_payment),
    "checks": _api("post", lambda cast: {"connection": _first("connections")(cast)}),
    "check": _api(check_id=_of(CheckRun)),
    **dict.fromkeys(("problems", "schema", "docs"), OPEN),
    "^api/": OPEN,
}
ACCOUNTS: dict[str, Sample] = {
    **dict.fromkeys(
        "register_company tax_number_hint account_signup account_login account_inactive account_logout "
        "account_email_verification_sent account_reset_password account_reset_password_done "
        "account_reset_password_from_key_done account_request_login_code account_confirm_login_code "
        "mfa_authenticate mfa_login_webauthn".split(),
        OPEN,
    ),
    "ask_to_join": OPEN,
    "doors:verify": OPEN,
    **{f"doors:{name}": OPEN for name in ("inside", "file", "sign", "paid")},
    **{f"doors:{name}": Sample(kind=Kind.OPEN, method="post") for name in ("decline", "pay")},
    **{
        f"doors:{name}": Sample(kind=Kind.OPEN, kwargs=lambda cast: {"secret": "nobody-has-this"})
        for name in ("door", "code", "renew")
    },
    "join": Sample(kind=Kind.OPEN, kwargs=lambda cast: {"secret": "nobody-has-this"}),
    "account_reset_password_from_key": Sample(kind=Kind.OPEN, kwargs=lambda cast: {"uidb36": "1", "key": "a-b"}),
    **dict.fromkeys(
        "choose_company account_settings account_sessions account_reauthenticate account_email account_change_password "
        "account_set_password mfa_index mfa_reauthenticate mfa_activate_totp mfa_deactivate_totp "
        "mfa_view_recovery_codes mfa_generate_recovery_codes mfa_download_recovery_codes mfa_list_webauthn "
        "mfa_add_webauthn mfa_reauthenticate_webauthn".split(),
        ACCOUNT,
    ),
    **{
        name: Sample(kind=Kind.ACCOUNT, kwargs=lambda cast: {"pk": 1})
        for name in ("mfa_remove_webauthn", "mfa_edit_webauthn")
    },
}
SAMPLES: dict[str, Sample] = {
    "healthz": OPEN,
    "readyz": OPEN,
    "gallery": OPEN,
    "extend_session": Sample(kind=Kind.OPEN, method="post"),
    **{f"webhooks:{name}": Sample(kind=Kind.OPEN, method="post") for name in ("zoom", "fireflies", "stripe", "docusign")},
    **ACCOUNTS,
    **{f"customer:{name}": sample for name, sample in CUSTOMER.items()},
    **{f"specialist:{name}": sample for name, sample in STAFF.items()},
    **{f"api:{name}": sample for name, sample in API.items()},
}
# Django's admin makes its own routes, one after the other of the same shape: one sample for all.
BACK_OFFICE = Sample(kind=Kind.BACK_OFFICE)
