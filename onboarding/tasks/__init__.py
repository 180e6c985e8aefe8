"""Celery tasks with no vendor in them; autodiscovered as onboarding.tasks."""

from onboarding.tasks.agreements import look_after_agreements
from onboarding.tasks.documents import look_after_documents
from onboarding.tasks.doors import look_after_doors
from onboarding.tasks.invoices import look_after_invoices
from onboarding.tasks.mail import send_message
from onboarding.tasks.rendering import render_document
from onboarding.tasks.sweep import sweep

__all__ = [
    "look_after_agreements",
    "look_after_documents",
    "look_after_doors",
    "look_after_invoices",
    "render_document",
    "send_message",
    "sweep",
]
