"""One sample for every route there is: what kind of page it is, and what stands in its address.

A new route needs its line here; the walk (test_url_walk.py) fails on a route without one.
"""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from onboarding.library import recording_consent
from onboarding.models import (
    AgreementComment,
    AgreementCopy,
    ApiToken,
    Invitation,
    JoinRequest,
    Member,
)
from tests.api_url_samples import API
from tests.url_kinds import (
    ACCOUNT,
    OPEN,
    REASON,
    Kind,
    Sample,
    act,
    as_file,
    filled_document,
    first,
    id_of,
    mine,
    number,
    reviewed,
    staff,
    upload,
    uuid,
)

DETAILS = {"legal_name": "Another Ltd", "registration_number": "HRB 1"}
REGISTRATION = {
    "administrator_name": "Vera", "administrator_email": "vera@acme.example", "time_zone": "UTC",
    "base_currency": "USD", "fiscal_year_starts": "1",
}  # fmt: skip
SECRETS = {"my_domain": "https://acme.my.salesforce.com", "consumer_key": "key", "consumer_secret": "secret"}
CONTACT = {"name": "Vera Viewer", "email": "vera@acme.example", "title": "", "phone": ""}
TOKEN = {"name": "Script", "scopes": ["engagements:read"], "days": "30"}

CUSTOMER: dict[str, Sample] = {
    "home": mine(),
    "step": mine(number=5),
    "timeline": mine(),
    "contacts": mine(),
    "contact": mine(kind="main", data=lambda cast: CONTACT),
    "meetings": mine(data=lambda cast: {"starts_at": "2030-01-07T15:00:00+00:00", "channel": "zoom", "place": ""}),
    "meeting_cancel": act(REASON, meeting_id=first("meetings")),
    "meeting_move": mine(meeting_id=first("meetings"), data=lambda cast: {"starts_at": "2030-01-07T15:00:00+00:00"}),
    "meeting_calendar": mine(meeting_id=first("meetings")),
    "recording": mine(
        meeting_id=reviewed, data=lambda cast: {"answer": "no", "seen_sha256": recording_consent.digest()}
    ),
    "transcript": mine(meeting_id=reviewed),
    "follow_ups": mine(),
    "follow_up_done": act(follow_up_id=first("follow_ups")),
    "follow_up_reopen": act(follow_up_id=first("follow_ups")),
    "questionnaire": mine(kind="technical_details"),
    "questionnaire_check": mine(kind="technical_details", data=lambda cast: {}),
    "questionnaire_submitted": mine(kind="technical_details"),
    "section_assignments": mine(kind="technical_details"),
    "section_assign": Sample(
        kind=Kind.ACT,
        method="post",
        statuses=frozenset({403}),
        kwargs=lambda cast: {"kind": "technical_details", "code": "crm"},
        data=lambda cast: {"member_id": str(id_of(Member)(cast))},
    ),
    "question": mine(kind="technical_details", code="crm", data=lambda cast: {"text": "Two orgs?"}),
    "comments_resolve": act(kind="technical_details", code="crm"),
    "submissions": mine(kind="technical_details"),
    "filled_document": mine(kind="technical_details", data=filled_document),
    "blank_document": mine(kind="technical_details"),
    "answer": act({"crm_users": "15"}, 200, kind="technical_details", code="crm_users"),
    "questionnaire_section": mine(kind="technical_details", code="crm", data=lambda cast: {"crm_users": "15"}),
    "requirements": mine(data=lambda cast: {"text": "More", "kind": "mapping", "reason": "So"}),
    "requirements_sign_off": act({"sha256": "0" * 64}),
    "suggestion_take": act({"key": "rule:scope.out"}),
    "requirement_threads": mine(),
    "agreement_changes": mine(),
    "requirement": mine(
        number=number("requirements"), data=lambda cast: {"text": "More", "kind": "mapping", "reason": "So"}
    ),
    "change_request": mine(number=number("change_requests")),
    "change_request_decide": act({"decision": "approve"}, number=number("change_requests")),
    "records": mine(),
    "records_approve": act({"seen_sha256": "0" * 64}),
    "domain": mine(data=lambda cast: {"act": "ask_record", "domain": "acme.example"}),
    "authority": mine(data=lambda cast: {"file": SimpleUploadedFile("extract.csv", b"name\nMaria\n")}),
    "records_correct": mine(403, data=lambda cast: DETAILS),
    "agreement": mine(),
    "sign": mine(302),  # identity is confirmed first
    "sign_elsewhere": mine(302),
    "signed_elsewhere": mine(302),
    "agreement_decline": act(REASON),
    "agreement_comment": act({"text": "Why?", "clause": "7.2"}),
    "agreement_settle": act(comment_id=id_of(AgreementComment)),
    "agreement_copy": act({"email": "law@firm.example"}),
    "agreement_copy_remove": act(copy_id=id_of(AgreementCopy)),
    "invoice": mine(),
    "invoice_statement": act(),
    "let_pay": act({"name": "Pia", "email": "pia@payers.example"}),
    "door_send": act(door_id=first("doors")),
    "door_revoke": act(door_id=first("doors")),
    "pay": act(),
    "paid": mine(302),  # of which payment page? Back to the invoice
    "plan": mine(),
    "plan_agree": Sample(
        kind=Kind.ACT,
        method="post",
        statuses=frozenset({403}),
        data=lambda cast: {"plan": str(cast.engagement.plans.last().pk)},
    ),
    "documents": mine(data=as_file),
    "document_request": mine(request_id=first("document_requests"), data=as_file),
    "document_not_applicable": act(REASON, request_id=first("document_requests")),
    "document_example": mine(request_id=first("document_requests")),
    "documents_archive": mine(),
    "document": mine(uuid=uuid),
    "document_file": mine(uuid=uuid),
    "document_preview": mine(uuid=uuid),
    "document_withdraw": act(uuid=uuid),
    "uploads": mine(405),
    "upload": mine(uuid=upload),
    "people": mine(data=lambda cast: {"email": "new@acme.example", "name": "", "roles": ["contributor"]}),
    "member": mine(member_id=id_of(Member), data=lambda cast: {"roles": ["viewer"]}),
    "member_remove": act(member_id=id_of(Member)),
    "invitation_revoke": act(invitation_id=id_of(Invitation)),
    "join_request": act({"decision": "accept"}, request_id=id_of(JoinRequest)),
    "tokens": mine(data=lambda cast: TOKEN),
    "token_revoke": act(token_id=id_of(ApiToken)),
    "setup": mine(),
    "setup_progress": mine(286),
    "setup_task": mine(task_id=first("setup_tasks"), data=lambda cast: {"note": "Done."}),
    "setup_reopen": act(REASON, task_id=first("setup_tasks")),
    "setup_run": act(workstream="crm"),
    "connections": mine(data=lambda cast: {"side": "crm", "environment": "sandbox"}),
    "consent_callback": mine(404),  # nobody was sent to a consent page
    "connection": mine(connection_id=first("connections", side="crm"), data=lambda cast: SECRETS),
    "ladder": mine(286, connection_id=first("connections")),
    "check": act(connection_id=first("connections")),
    "cancel_check": act({}, 409, connection_id=first("connections")),
    "begin_consent": act({}, 403, 409, connection_id=first("connections", side="finance")),
    "disconnect": act({"disconnect-reason": "Gone."}, connection_id=first("connections")),
    "registration": mine(data=lambda cast: REGISTRATION),
    "flows": mine(),
    "flow": mine(flow_id=first("flows")),
    "flow_test": mine(286, flow_id=first("flows")),
    "blueprint": mine(data=lambda cast: {"sha256": cast.engagement.blueprints.get().sha256}),
    "pilot": mine(data=lambda cast: {"text": "Slow", "severity": "problem"}),
    "pilot_accept": act({"conclusion": "Fine."}),
    "training": mine(data=lambda cast: {"statement": "Trained."}),
    "material": mine(name="manual"),
    "go_live": mine(data=lambda cast: {"decision": "go", "comment": ""}),
    "support": mine(),
}
STAFF: dict[str, Sample] = {
    **{name: Sample(kind=Kind.STAFF) for name in ("board", "list", "export", "reviews", "flows_queue")},
    **{name: Sample(kind=Kind.STAFF) for name in ("bank", "bank_statements", "bank_second")},
    "bank_entry": Sample(kind=Kind.STAFF, kwargs=lambda cast: {"entry_id": 1}),
    **{name: Sample(kind=Kind.STAFF, method="post") for name in ("save_view", "remove_view")},
    "retry": Sample(kind=Kind.STAFF, kwargs=lambda cast: {"kind": "message", "row_id": 1}, method="post"),
    **{
        name: Sample(kind=Kind.STAFF, kwargs=lambda cast: {"uuid": uuid(cast)}, is_owned=True)
        for name in ("document", "document_file", "document_preview")
    },
    **{
        name: staff()
        for name in (
            "workspace timeline preview company specialist contacts meetings follow_ups questionnaires documents documents_archive requirements "
            "verification agreement invoice plan setup connections solution flows blueprint pilot training go_live "
            "support"
        ).split()
    },
    "card_refund": staff("post"),
    **{name: staff("post") for name in ("move", "hold", "waive", "remind", "notes")},
    "step": staff(number=5),
    "requirement_threads": staff(),
    **{name: staff() for name in ("countersign", "sign_elsewhere", "signed_elsewhere")},
    "agreement_changes": staff(),
    "requirement": staff(number=number("requirements")),
    "change_request": staff(number=number("change_requests")),
    "transcript": staff(meeting_id=reviewed),
    "questionnaire": staff(kind="technical_details"),
    "submissions": staff(kind="technical_details"),
    "answer": staff(kind="technical_details", code="crm"),
    "flow": staff(flow_id=first("flows")),
    "flow_test": staff(flow_id=first("flows")),
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
    "payment_back": Sample(kind=Kind.OPEN, kwargs=lambda cast: {"invoice_id": 1}),
    "extend_session": Sample(kind=Kind.OPEN, method="post"),
    **{
        f"webhooks:{name}": Sample(kind=Kind.OPEN, method="post")
        for name in ("zoom", "fireflies", "stripe", "docusign")
    },
    **ACCOUNTS,
    **{f"customer:{name}": sample for name, sample in CUSTOMER.items()},
    **{f"specialist:{name}": sample for name, sample in STAFF.items()},
    **{f"api:{name}": sample for name, sample in API.items()},
}
# Django's admin makes its own routes, one after the other of the same shape: one sample for all.
BACK_OFFICE = Sample(kind=Kind.BACK_OFFICE)
