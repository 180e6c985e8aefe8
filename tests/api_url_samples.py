"""One sample for every route of the API; see url_samples.py."""

from __future__ import annotations

from onboarding.models import AgreementComment, AgreementCopy, CheckRun
from tests.url_kinds import (
    OPEN,
    REASON,
    Kind,
    Sample,
    api,
    first,
    id_of,
    number,
    payment,
    statement,
    upload,
    uuid,
)

ANNOUNCED = {"Tus-Resumable": "1.0.0", "Upload-Length": "12", "Upload-Metadata": "filename YS5jc3Y="}
REVIEW = REASON | {"question": "crm", "note": "Again.", "facts": {"crm": "salesforce"}}
STAFFS = frozenset({404, 415})  # of nobody outside InterWeave

API: dict[str, Sample] = {
    "engagements": Sample(kind=Kind.API),
    **{name: api() for name in ("engagement", "status", "steps", "timeline", "connections")},
    "moves": api("post", lambda cast: {"change": "complete_go_live"}),
    "documents": api(),
    "document": api(uuid=uuid),
    "download": api(uuid=uuid),
    "document_versions": api(uuid=uuid),
    "review_document": api("post", lambda cast: {"outcome": "accepted"}, uuid=uuid),
    "withdraw_document": api("post", uuid=uuid),
    "document_requests": api(),
    "document_request": api(request_id=first("document_requests")),
    **{
        name: api("post", lambda cast: REASON | {"note": "Again."}, request_id=first("document_requests"))
        for name in (
            "withdraw_document_request remind_of_document_request declare_not_applicable agree_not_applicable "
            "reopen_document_request"
        ).split()
    },
    "questionnaires": api(),
    **{
        name: api(kind="technical_details")
        for name in ("questionnaire questionnaire_schema answer_comments submissions compare_submissions").split()
    },
    "answers": api("patch", lambda cast: {"answers": {"crm_users": {"value": 15}}}, kind="technical_details"),
    **{
        name: api("post", lambda cast: REVIEW, kind="technical_details")
        for name in (
            "submit review_answers undo_acceptance accept_questionnaire send_back reopen_questionnaire key_facts settle_comments"
        ).split()
    },
    "uploads": api("post", headers=ANNOUNCED),
    "upload": api(uuid=upload),
    **{name: api() for name in ("meetings", "slots", "requirements", "threads", "suggestions", "change_requests")},
    **{name: api(meeting_id=first("meetings")) for name in ("meeting", "meeting_calendar")},
    "move_meeting": api("post", lambda cast: {"starts_at": "2030-01-07T15:00:00Z"}, meeting_id=first("meetings")),
    "cancel_meeting": api("post", lambda cast: REASON, meeting_id=first("meetings")),
    "sign_off": api("post", lambda cast: {"sha256": "0" * 64}),
    **{name: api() for name in ("verifications", "domain_proof", "authority", "company", "contacts", "records")},
    **{name: api("post") for name in ("run_verification_rules", "look_up_domain")},
    "decide_verification": api("post", lambda cast: {"outcome": "passed", "evidence": "Seen"}, check="country"),
    "enter_domain_code": api("post", lambda cast: {"code": "123456"}),
    "contact": api("put", lambda cast: {"name": "Vera", "email": "v@acme.example"}, contact="main"),
    "approve_records": api("post", lambda cast: {"sha256": "0" * 64}),
    **{name: api("post", lambda cast: {"key": "rule:scope.out"}) for name in ("dismissals", "restorals")},
    "requirement": api(number=number("requirements")),
    "decline_requirement": api("post", lambda cast: REASON, number=number("requirements")),
    "sources": api("post", lambda cast: {"kind": "said", "quote": "Fast"}, number=number("requirements")),
    "change_request": api(number=number("change_requests")),
    "change_effect": api("post", lambda cast: {"words": "None", "days": 0}, number=number("change_requests")),
    "approve_change": api("post", lambda cast: {"effect_at": "2030-01-07T15:00:00Z"}, number=number("change_requests")),
    **{
        name: api("post", lambda cast: {"note": "No"}, number=number("change_requests"))
        for name in ("decline_change", "withdraw_change")
    },
    "agreements": api(),
    "agreement": api(agreement=number("agreements")),
    **{name: api("post", agreement=number("agreements")) for name in ("review_agreement", "issue_agreement")},
    "send_agreement_back": api("post", lambda cast: {"note": "Again."}, agreement=number("agreements")),
    **{
        name: api("post", lambda cast: REASON, agreement=number("agreements"))
        for name in ("decline_agreement", "void_agreement")
    },
    **{name: api(agreement=number("agreements")) for name in ("agreement_signers", "agreement_copies")},
    "agreement_versions": api(),
    **{
        name: api("post", lambda cast: {"email": cast.owner.email}, agreement=number("agreements"))
        for name in ("remove_agreement_signer", "move_agreement_signer_up")
    },
    "remove_agreement_copy": api("post", agreement=number("agreements"), copy_id=id_of(AgreementCopy)),
    "choose_agreement_provider": api("post", lambda cast: {"provider": "own"}, agreement=number("agreements")),
    **{name: api("post", agreement=number("agreements")) for name in ("ask_provider_again", "seal_agreement_again")},
    "settle_agreement_comment": api("post", agreement=number("agreements"), comment_id=id_of(AgreementComment)),
    "comment_on_agreement": api("post", lambda cast: {"text": "Why?"}, agreement=number("agreements")),
    "invoices": api(),
    **{name: api(invoice_id=first("invoices")) for name in ("invoice", "payments", "checkouts")},
    "change_invoice": api("post", lambda cast: {"lines": [], "tax_rate": "0"}, invoice_id=first("invoices")),
    "issue_invoice": api("post", invoice_id=first("invoices")),
    "void_invoice": api("post", lambda cast: REASON, invoice_id=first("invoices")),
    "confirm_payment": api("post", invoice_id=first("invoices"), payment_id=payment),
    "reject_payment": api("post", lambda cast: {"note": "No"}, invoice_id=first("invoices"), payment_id=payment),
    "send_payment_back": api("post", lambda cast: {"amount": "1.00"}, invoice_id=first("invoices"), payment_id=payment),
    "statements": api("post"),
    "statement": api(uuid=statement),
    "let_pay": api("post", lambda cast: {"name": "Pia", "email": "p@pay.example"}, invoice_id=first("invoices")),
    "checkout": api("post", invoice_id=first("invoices")),
    "doors": api(),
    **{name: api("post", door_id=first("doors")) for name in ("send_door_again", "revoke_door")},
    "bank_entries": Sample(kind=Kind.API, statuses=STAFFS),
    "bank_entry": Sample(kind=Kind.API, statuses=STAFFS, kwargs=lambda cast: {"entry_id": 1}),
    "waiting_payments": Sample(kind=Kind.API, statuses=STAFFS),
    "bank_statements": Sample(kind=Kind.API, method="post", statuses=STAFFS),
    **{
        f"{verb}_bank_entry": Sample(kind=Kind.API, method="post", statuses=STAFFS, kwargs=lambda cast: {"entry_id": 1})
        for verb in ("record", "dismiss", "reopen")
    },
    "checks": api("post", lambda cast: {"connection": first("connections")(cast)}),
    "check": api(check_id=id_of(CheckRun)),
    **dict.fromkeys(("verify", "problems", "schema", "docs"), OPEN),
    "^api/": OPEN,
}
