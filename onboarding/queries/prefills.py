"""What registration and step I already know of the answers to come: asked of nobody twice."""

from __future__ import annotations

from typing import Any

from onboarding.library import questionnaires as library
from onboarding.models import Contact, Engagement
from onboarding.queries import solutions

BY = "your registration"  # who gave these answers, until somebody changes them


def answers(facts: dict[str, Any], schema: library.Schema) -> dict[str, Any]:
    """The answers this version of the questions can start from, by question code, made of what is `known`."""
    return {
        question.code: facts[question.prefill]
        for question in schema.questions
        if library.is_answered(facts.get(question.prefill))
    }


def known(engagement: Engagement) -> dict[str, Any]:
    """Every fact a question may be prefilled with, by the name a schema gives it."""
    company = engagement.company
    contacts = {one.kind: one for one in engagement.contacts.all()}
    technical = contacts.get(Contact.Kind.TECHNICAL)
    return {
        "crm": solutions.system_of(engagement, "crm") if engagement.solution else "",
        "finance": solutions.system_of(engagement, "finance") if engagement.solution else "",
        "deployment": engagement.deployment,
        "time_zone": company.time_zone,
        "company_files": [{"name": company.legal_name[:150], "currency": company.currency}],
        "technical_email": technical.email if technical else "",
        "people": [
            {"name": one.name, "email": one.email, "about": about, **({"phone": one.phone} if one.phone else {})}
            for kind, about in ((Contact.Kind.TECHNICAL, "crm"), (Contact.Kind.BILLING, "books"))
            if (one := contacts.get(kind))
        ],
    }
