"""One file per noun; Django finds every model here."""

from onboarding.models.agreements import (
    Agreement,
    AgreementComment,
    AgreementCopy,
    Envelope,
    Seal,
    Sealing,
    Signature,
    Signer,
)
from onboarding.models.api_tokens import ApiToken, IdempotencyKey
from onboarding.models.bank_statements import BankEntry, BankStatement
from onboarding.models.change_requests import ChangeRequest
from onboarding.models.companies import Company
from onboarding.models.connections import CheckRun, Connection, Consent, Withdrawal
from onboarding.models.contacts import Contact
from onboarding.models.criteria import Waiver
from onboarding.models.documents import Document, DocumentRequest, Rendering
from onboarding.models.doors import Door
from onboarding.models.engagements import Engagement, Note, ReferenceSeries, StepRecord
from onboarding.models.events import Event
from onboarding.models.file_checks import FileCheck
from onboarding.models.flows import Binding, Flow, FlowRun, ReadinessScan
from onboarding.models.follow_ups import FollowUp
from onboarding.models.invoices import CreditNote, Invoice, InvoiceLine
from onboarding.models.launches import GoDecision, Incident, Launch
from onboarding.models.mapping_checks import MappingCheck
from onboarding.models.meetings import Meeting, MeetingRoom
from onboarding.models.members import Invitation, JoinRequest, Member
from onboarding.models.messages import Message
from onboarding.models.partial_uploads import PartialUpload
from onboarding.models.payments import Checkout, Payment
from onboarding.models.people import User
from onboarding.models.pilots import FeedbackItem, Pilot
from onboarding.models.plans import Milestone, Plan
from onboarding.models.questionnaires import (
    Answer,
    AnswerComment,
    KeyFact,
    Questionnaire,
    QuestionnaireSubmission,
    SectionAssignment,
)
from onboarding.models.recordings import NotetakerVisit, RecordingConsent
from onboarding.models.records import RecordsApproval
from onboarding.models.requirements import (
    DismissedSuggestion,
    Requirement,
    RequirementSource,
    RequirementsSignoff,
)
from onboarding.models.saved_views import SavedView
from onboarding.models.setup_tasks import SetupRun, SetupTask
from onboarding.models.solutions import Blueprint, Registration
from onboarding.models.specialists import Specialist
from onboarding.models.submissions import Submission
from onboarding.models.support import CheckIn
from onboarding.models.test_runs import TestRun
from onboarding.models.trainings import TrainingSignoff
from onboarding.models.transcripts import ActionItem, Sentence, Transcript
from onboarding.models.verifications import DomainLookup, DomainProof, Verification
from onboarding.models.webhooks import WebhookDelivery

__all__ = [
    "ActionItem", "Agreement", "AgreementComment", "AgreementCopy", "Answer", "AnswerComment", "ApiToken",
    "BankEntry", "BankStatement", "Binding", "Blueprint", "ChangeRequest", "CheckIn", "CheckRun", "Checkout",
    "Company", "Connection", "Consent", "Contact", "CreditNote", "DismissedSuggestion", "Document", "DocumentRequest",
    "DomainLookup", "DomainProof", "Door", "Engagement", "Envelope", "Event", "FeedbackItem", "FileCheck", "Flow",
    "FlowRun", "FollowUp", "GoDecision", "IdempotencyKey", "Incident", "Invitation", "Invoice", "InvoiceLine",
    "JoinRequest", "KeyFact", "Launch", "MappingCheck", "Meeting", "MeetingRoom", "Member", "Message", "Milestone",
    "Note", "NotetakerVisit", "PartialUpload", "Payment", "Pilot", "Plan", "Questionnaire", "QuestionnaireSubmission",
    "ReadinessScan", "RecordingConsent", "RecordsApproval", "ReferenceSeries", "Registration", "Rendering", "Requirement",
    "RequirementSource", "RequirementsSignoff", "SavedView", "Seal", "Sealing", "SectionAssignment", "Sentence",
    "SetupRun", "SetupTask", "Signature", "Signer", "Specialist", "StepRecord", "Submission", "TestRun",
    "TrainingSignoff", "Transcript", "User", "Verification", "Waiver", "WebhookDelivery", "Withdrawal",
]  # fmt: skip
