"""Every page there is about one engagement, for its company's people and for InterWeave's."""

from __future__ import annotations

from django.urls import resolve, reverse

from onboarding.models import BankEntry, Engagement, Member, Questionnaire
from onboarding.queries.questionnaires import sheet
from portal.customer import urls as customer_urls
from portal.specialist import urls as specialist_urls

# Asks the vendor over HTTP outside any transaction; see test_consents.
NOT_IN_A_TRANSACTION = {"customer:consent_callback", "customer:begin_consent"}


def customer_pages(row: Engagement) -> list[str]:
    """Every page of the engagement's company."""
    found = [reverse(f"customer:{one.name}") for one in customer_urls.urlpatterns if "<" not in str(one.pattern)]
    numbered = [
        ("document_request", row.document_requests.all()[:1]),
        ("member", Member.objects.filter(company_id=row.company_id)),
        ("setup_task", row.setup_tasks.all()[:2]),
        ("connection", row.connections.all()),
        ("flow", row.flows.all()),
    ]
    found += [reverse(f"customer:{name}", args=[one.pk]) for name, rows in numbered for one in rows]
    found += [reverse("customer:requirement", args=[one.number]) for one in row.requirements.all()[:2]]
    found += [reverse("customer:change_request", args=[one.number]) for one in row.change_requests.all()[:2]]
    found += [reverse("customer:document", args=[one.uuid]) for one in row.documents.all()[:1]]
    found += [reverse("customer:contact", args=["main"]), "/account/", "/account/email/", "/account/password/change/"]
    for meeting in row.meetings.all():
        found += [reverse("customer:recording", args=[meeting.pk])] if meeting.is_to_be_recorded else []
        found += [reverse("customer:transcript", args=[meeting.pk])] if hasattr(meeting, "transcript") else []
    for one in Questionnaire.objects.filter(engagement=row):
        pages = ("questionnaire", "questionnaire_check", "section_assignments", "submissions", "filled_document")
        found += [reverse(f"customer:{name}", args=[one.kind]) for name in pages]
        found.append(reverse("customer:question", args=[one.kind, sheet(one)[0].lines[0].question.code]))
        found += [reverse("customer:questionnaire_section", args=[one.kind, part.code]) for part in sheet(one)[:2]]
    return [address for address in found if resolve(address).view_name not in NOT_IN_A_TRANSACTION]


def staff_pages(row: Engagement) -> list[str]:
    """Every page of the engagement's workspace, and the queues."""
    reference = row.reference
    here = [one for one in specialist_urls.urlpatterns if str(one.pattern).count("<") == 1]
    found = [reverse(f"specialist:{one.name}", args=[reference]) for one in here if "reference" in str(one.pattern)]
    found += [reverse("specialist:questionnaire", args=[reference, kind]) for kind in Questionnaire.Kind.values]
    for one in Questionnaire.objects.filter(engagement=row):
        found.append(reverse("specialist:submissions", args=[reference, one.kind]))
        found.append(reverse("specialist:answer", args=[reference, one.kind, sheet(one)[0].lines[0].question.code]))
    found += [reverse("specialist:flow", args=[reference, flow.pk]) for flow in row.flows.all()]
    found += [reverse("specialist:requirement", args=[reference, one.number]) for one in row.requirements.all()[:2]]
    found += [
        reverse("specialist:change_request", args=[reference, one.number]) for one in row.change_requests.all()[:2]
    ]
    recorded = row.meetings.exclude(transcript=None)
    found += [reverse("specialist:transcript", args=[reference, one.pk]) for one in recorded]
    found += [reverse("specialist:bank_entry", args=[one.pk]) for one in BankEntry.objects.all()]
    queues = ("reviews", "flows_queue", "bank", "bank_statements", "bank_second")
    return [*found, *(reverse(f"specialist:{name}") for name in queues)]
