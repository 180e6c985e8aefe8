"""What the customer answered in step II, beside the work it is about."""

from __future__ import annotations

from typing import Any

from onboarding.models import Engagement
from onboarding.queries import said
from portal.specialist.places import url_of

PLAN = ("go_live_wish", "go_live_firm", "go_live_reason", "quiet_periods", "quiet_dates", "other_projects", "approvals")
SOLUTION = (
    "crm", "finance", "flows", "first_flow", "flow_details", "customer_when", "invoice_trigger", "invoice_trigger_detail",
    "customer_master", "product_master", "other_masters", "invoice_number_owner", "same_name", "deleted_records",
    "first_load", "custom_fields",
)  # fmt: skip


def answers(engagement: Engagement, codes: tuple[str, ...]) -> list[dict[str, Any]]:
    """Each of these questions that was answered, with the answer in words and the way to it."""
    given = said.by_question(engagement)
    return [
        {
            "label": given[code].question.label,
            "words": given[code].quote,
            "url": f"{url_of(f'questionnaires/{given[code].questionnaire.kind}', engagement.reference)}#answer-{code}",
        }
        for code in codes
        if code in given
    ]
