from django.db.transaction import non_atomic_requests
from django.urls import include, path, re_path

from portal.api import (
    agreement_copies,
    agreement_providers,
    agreement_signers,
    agreement_versions,
    agreements,
    authority,
    bank,
    bank_statements,
    change_requests,
    checkouts,
    contacts,
    document_requests,
    document_reviews,
    domain_proofs,
    doors,
    invoices,
    meetings,
    payments,
    questionnaire_reviews,
    records,
    requirement_sources,
    requirements,
    statements,
    verifications,
)
from portal.api.checks import CheckDetail, Checks
from portal.api.connections import Connections
from portal.api.documents import DocumentDetail, Documents, Download
from portal.api.engagements import EngagementDetail, Engagements
from portal.api.moves import Moves
from portal.api.questionnaires import Answers, QuestionnaireDetail, Questionnaires, QuestionnaireSchema, Submit
from portal.api.schema import Docs, Problems, Schema, nothing
from portal.api.status import Status
from portal.api.steps import Steps
from portal.api.timeline import Timeline
from portal.api.uploads import UploadDetail, Uploads
from portal.api.verify import Verify

app_name = "api"
of_questionnaire = [
    path("", QuestionnaireDetail.as_view(), name="questionnaire"),
    path("schema/", QuestionnaireSchema.as_view(), name="questionnaire_schema"),
    path("answers/", Answers.as_view(), name="answers"),
    path("submit/", Submit.as_view(), name="submit"),
    path("review/", questionnaire_reviews.Review.as_view(), name="review_answers"),
    path("undo/", questionnaire_reviews.Undo.as_view(), name="undo_acceptance"),
    path("accept/", questionnaire_reviews.Accept.as_view(), name="accept_questionnaire"),
    path("revision/", questionnaire_reviews.Revision.as_view(), name="send_back"),
    path("reopen/", questionnaire_reviews.Reopen.as_view(), name="reopen_questionnaire"),
    path("facts/", questionnaire_reviews.Facts.as_view(), name="key_facts"),
    path("comments/", questionnaire_reviews.Comments.as_view(), name="answer_comments"),
    path("comments/settle/", questionnaire_reviews.Settle.as_view(), name="settle_comments"),
    path("submissions/", questionnaire_reviews.Submissions.as_view(), name="submissions"),
    path("submissions/compare/", questionnaire_reviews.Compare.as_view(), name="compare_submissions"),
]
of_requirements = [
    path("", requirements.Requirements.as_view(), name="requirements"),
    path("sign-off/", requirements.SignOff.as_view(), name="sign_off"),
    path("threads/", requirements.Threads.as_view(), name="threads"),
    path("suggestions/", requirement_sources.Suggestions.as_view(), name="suggestions"),
    path("suggestions/dismissed/", requirement_sources.Dismissals.as_view(), name="dismissals"),
    path("suggestions/restored/", requirement_sources.Restorals.as_view(), name="restorals"),
    path("<int:number>/", requirements.RequirementDetail.as_view(), name="requirement"),
    path("<int:number>/decline/", requirements.Decline.as_view(), name="decline_requirement"),
    path("<int:number>/sources/", requirement_sources.Sources.as_view(), name="sources"),
]
of_change_requests = [
    path("", change_requests.ChangeRequests.as_view(), name="change_requests"),
    path("<int:number>/", change_requests.ChangeRequestDetail.as_view(), name="change_request"),
    path("<int:number>/effect/", change_requests.Effect.as_view(), name="change_effect"),
    path("<int:number>/approve/", change_requests.Approve.as_view(), name="approve_change"),
    path("<int:number>/decline/", change_requests.DeclineChange.as_view(), name="decline_change"),
    path("<int:number>/withdraw/", change_requests.Withdraw.as_view(), name="withdraw_change"),
]
of_verification = [
    path("verifications/", verifications.Verifications.as_view(), name="verifications"),
    path("verifications/run/", verifications.RunRules.as_view(), name="run_verification_rules"),
    path("verifications/<slug:check>/decide/", verifications.Decide.as_view(), name="decide_verification"),
    path("domain-proof/", domain_proofs.Proof.as_view(), name="domain_proof"),
    path("domain-proof/code/", domain_proofs.EnterCode.as_view(), name="enter_domain_code"),
    path("domain-proof/look/", domain_proofs.LookUp.as_view(), name="look_up_domain"),
    path("authority/", authority.Authority.as_view(), name="authority"),
    path("company/", verifications.CompanyDetails.as_view(), name="company"),
    path("contacts/", contacts.Contacts.as_view(), name="contacts"),
    path("contacts/<slug:contact>/", contacts.ContactDetail.as_view(), name="contact"),
    path("records/", records.Records.as_view(), name="records"),
    path("records/approve/", records.ApproveRecords.as_view(), name="approve_records"),
]
of_document_requests = [
    path("", document_requests.DocumentRequests.as_view(), name="document_requests"),
    path("<int:request_id>/", document_requests.DocumentRequestDetail.as_view(), name="document_request"),
    path("<int:request_id>/withdraw/", document_requests.Withdraw.as_view(), name="withdraw_document_request"),
    path("<int:request_id>/remind/", document_requests.Remind.as_view(), name="remind_of_document_request"),
    path("<int:request_id>/not-applicable/", document_requests.NotApplicable.as_view(), name="declare_not_applicable"),
    path("<int:request_id>/agree/", document_requests.Agree.as_view(), name="agree_not_applicable"),
    path("<int:request_id>/reopen/", document_requests.Reopen.as_view(), name="reopen_document_request"),
]
of_agreement = [
    path("", agreements.AgreementDetail.as_view(), name="agreement"),
    path("review/", agreements.SendForReview.as_view(), name="review_agreement"),
    path("send-back/", agreements.SendAgreementBack.as_view(), name="send_agreement_back"),
    path("issue/", agreements.IssueAgreement.as_view(), name="issue_agreement"),
    path("decline/", agreements.DeclineAgreement.as_view(), name="decline_agreement"),
    path("void/", agreements.VoidAgreement.as_view(), name="void_agreement"),
    path("comments/", agreements.CommentOnAgreement.as_view(), name="comment_on_agreement"),
    path("comments/<int:comment_id>/settle/", agreements.SettleComment.as_view(), name="settle_agreement_comment"),
    path("signers/", agreement_signers.Signers.as_view(), name="agreement_signers"),
    path("signers/remove/", agreement_signers.RemoveSigner.as_view(), name="remove_agreement_signer"),
    path("signers/move-up/", agreement_signers.MoveSignerUp.as_view(), name="move_agreement_signer_up"),
    path("copies/", agreement_copies.Copies.as_view(), name="agreement_copies"),
    path("copies/<int:copy_id>/remove/", agreement_copies.RemoveCopy.as_view(), name="remove_agreement_copy"),
    path("provider/", agreement_providers.ChooseProvider.as_view(), name="choose_agreement_provider"),
    path("envelope/ask-again/", agreement_providers.AskProviderAgain.as_view(), name="ask_provider_again"),
    path("sealing/try-again/", agreement_providers.SealAgain.as_view(), name="seal_agreement_again"),
]
of_invoice = [
    path("", invoices.InvoiceDetail.as_view(), name="invoice"),
    path("change/", invoices.ChangeInvoice.as_view(), name="change_invoice"),
    path("issue/", invoices.IssueInvoice.as_view(), name="issue_invoice"),
    path("void/", invoices.VoidInvoice.as_view(), name="void_invoice"),
    path("payers/", doors.Payers.as_view(), name="let_pay"),
    path("checkout/", non_atomic_requests(doors.Checkouts.as_view()), name="checkout"),
    path("checkouts/", checkouts.OpenedCheckouts.as_view(), name="checkouts"),
    path("payments/", payments.Payments.as_view(), name="payments"),
    path("payments/<int:payment_id>/confirm/", payments.ConfirmPayment.as_view(), name="confirm_payment"),
    path("payments/<int:payment_id>/reject/", payments.RejectPayment.as_view(), name="reject_payment"),
    path(
        "payments/<int:payment_id>/send-back/",
        non_atomic_requests(payments.SendBack.as_view()),
        name="send_payment_back",
    ),
]
of_one = [
    path("", EngagementDetail.as_view(), name="engagement"),
    path("steps/", Steps.as_view(), name="steps"),
    path("timeline/", Timeline.as_view(), name="timeline"),
    path("moves/", Moves.as_view(), name="moves"),
    path("documents/", Documents.as_view(), name="documents"),
    path("documents/<uuid:uuid>/", DocumentDetail.as_view(), name="document"),
    path("documents/<uuid:uuid>/download/", Download.as_view(), name="download"),
    path("documents/<uuid:uuid>/versions/", document_reviews.Versions.as_view(), name="document_versions"),
    path("documents/<uuid:uuid>/review/", document_reviews.DocumentReview.as_view(), name="review_document"),
    path("documents/<uuid:uuid>/withdraw/", document_reviews.DocumentWithdrawal.as_view(), name="withdraw_document"),
    path("document-requests/", include(of_document_requests)),
    path("uploads/", non_atomic_requests(Uploads.as_view()), name="uploads"),
    path("uploads/<uuid:uuid>/", non_atomic_requests(UploadDetail.as_view()), name="upload"),
    path("questionnaires/", Questionnaires.as_view(), name="questionnaires"),
    path("questionnaires/<slug:kind>/", include(of_questionnaire)),
    path("meetings/", meetings.Meetings.as_view(), name="meetings"),
    path("meetings/slots/", meetings.Slots.as_view(), name="slots"),
    path("meetings/<int:meeting_id>/", meetings.MeetingDetail.as_view(), name="meeting"),
    path("meetings/<int:meeting_id>/move/", meetings.MoveMeeting.as_view(), name="move_meeting"),
    path("meetings/<int:meeting_id>/cancel/", meetings.CancelMeeting.as_view(), name="cancel_meeting"),
    path("meetings/<int:meeting_id>/calendar/", meetings.MeetingCalendar.as_view(), name="meeting_calendar"),
    path("requirements/", include(of_requirements)),
    path("change-requests/", include(of_change_requests)),
    path("", include(of_verification)),
    path("agreements/", agreements.Agreements.as_view(), name="agreements"),
    path("agreements/versions/", agreement_versions.Versions.as_view(), name="agreement_versions"),
    path("agreements/<slug:agreement>/", include(of_agreement)),
    path("invoices/", invoices.Invoices.as_view(), name="invoices"),
    path("invoices/<int:invoice_id>/", include(of_invoice)),
    path("statements/", statements.Statements.as_view(), name="statements"),
    path("statements/<uuid:uuid>/", statements.StatementDetail.as_view(), name="statement"),
    path("doors/", doors.Doors.as_view(), name="doors"),
    path("doors/<int:door_id>/send-again/", doors.SendDoorAgain.as_view(), name="send_door_again"),
    path("doors/<int:door_id>/revoke/", doors.RevokeDoor.as_view(), name="revoke_door"),
    path("connections/", Connections.as_view(), name="connections"),
    path("checks/", Checks.as_view(), name="checks"),
    path("checks/<int:check_id>/", CheckDetail.as_view(), name="check"),
]
urlpatterns = [
    # The hot reads first: their addresses are found soonest.
    path(
        "api/v1/engagements/<slug:reference>/status/",
        non_atomic_requests(Status.as_view()),
        name="status",
    ),
    path("api/v1/engagements/", non_atomic_requests(Engagements.as_view()), name="engagements"),
    path("api/v1/engagements/<slug:reference>/", include(of_one)),
    path("api/v1/bank/entries/", bank.Entries.as_view(), name="bank_entries"),
    path("api/v1/bank/entries/<int:entry_id>/record/", bank.RecordEntry.as_view(), name="record_bank_entry"),
    path("api/v1/bank/entries/<int:entry_id>/dismiss/", bank.DismissEntry.as_view(), name="dismiss_bank_entry"),
    path("api/v1/bank/entries/<int:entry_id>/reopen/", bank.ReopenEntry.as_view(), name="reopen_bank_entry"),
    path("api/v1/bank/entries/<int:entry_id>/", bank.EntryDetail.as_view(), name="bank_entry"),
    path("api/v1/bank/payments/", bank.WaitingPayments.as_view(), name="waiting_payments"),
    path("api/v1/bank/statements/", bank_statements.Statements.as_view(), name="bank_statements"),
    path("api/v1/verify/", non_atomic_requests(Verify.as_view()), name="verify"),
    path("api/v1/problems/", non_atomic_requests(Problems.as_view()), name="problems"),
    path("api/v1/schema/", non_atomic_requests(Schema.as_view()), name="schema"),
    path("api/v1/docs/", non_atomic_requests(Docs.as_view()), name="docs"),
    re_path("^api/", non_atomic_requests(nothing)),
]
