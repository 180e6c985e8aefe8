"""A name that no document can show: staff read which character, where it stands, and what to do about it."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import now

from onboarding.actions import agreements, invoices, retries
from onboarding.models import Agreement, Document, Event, Invoice, ReferenceSeries, Rendering
from onboarding.rendering.characters import Unprintable
from onboarding.tasks import render_document
from onboarding.workflow.steps import Step
from tests.factories import NOW, CompanyFactory, EngagementFactory
from tests.factories import specialist as a_specialist

pytestmark = pytest.mark.django_db

NAME = "Eye \u202e Ltd"  # told before anything is drawn; letters that no font has: rendering/test_alphabets.py
WORDS = "U+202E (RIGHT-TO-LEFT OVERRIDE) in “"
NO_FONT_HAS_IT = "Eye \U0001f9ff Ltd"  # an emoji of 2018, which no font of Debian 12 draws in black


@pytest.fixture
def agreement() -> Agreement:
    engagement = EngagementFactory(step=Step.CUSTOMER_VERIFICATION.value, company=CompanyFactory(legal_name=NAME))
    with transaction.atomic():
        return agreements.draft(engagement, by=a_specialist(), at=NOW)


def worked_on(document: Document) -> Rendering:
    """The row of a document after its worker came by."""
    row = Rendering.objects.get(document=document)
    render_document(rendering_id=row.pk)
    row.refresh_from_db()
    return row


def test_the_worker_gives_the_agreement_up_at_once_and_says_why(agreement):
    row = worked_on(agreement.document)

    assert (row.state, row.attempts, row.problem["class"]) == ("failed", 1, "unprintable")
    assert (row.problem["who_can_fix"], WORDS in row.problem["words"]) == ("specialist", True)
    assert Document.objects.get(pk=agreement.document_id).sha256 == ""


def test_staff_read_it_at_the_agreement_among_the_documents_and_in_the_queue(agreement, specialist):
    worked_on(agreement.document)
    reference = agreement.engagement.reference

    for page in (
        reverse("specialist:agreement", args=[reference]), reverse("specialist:documents", args=[reference]),
        reverse("specialist:flows_queue"),
    ):  # fmt: skip
        assert WORDS in specialist.get(page).content.decode(), page


def test_it_goes_nowhere_until_the_name_can_be_read(agreement):
    worked_on(agreement.document)

    with pytest.raises(agreements.errors.WrongState, match=r"U\+202E"):
        agreements.send_for_review(agreement.pk, by=a_specialist(), at=NOW)

    company = agreement.engagement.company
    company.legal_name = "Eye Ltd"
    company.save()
    again = agreements.draft_again(agreement.engagement_id, by=a_specialist(), at=NOW)
    assert worked_on(again.document).state == "done"


def test_a_machine_that_got_the_font_makes_it_when_tried_again(agreement):
    """What was missing may be put right here too: the same row is taken up anew."""
    row = worked_on(agreement.document)
    Rendering.objects.filter(pk=row.pk).update(context=row.context | {"company": row.context["company"] | {
        "legal_name": "Eye Ltd"}})  # fmt: skip

    retries.again("rendering", row.pk, by=a_specialist(), at=now())

    assert worked_on(agreement.document).state == "done"


def test_an_invoice_is_refused_before_it_takes_a_number():
    company = CompanyFactory(legal_name=NO_FONT_HAS_IT)
    engagement = EngagementFactory(step=Step.CUSTOMER_VERIFICATION.value, company=company)
    with transaction.atomic():
        invoice = invoices.draft(engagement, by=a_specialist(), at=NOW)
    series = list(ReferenceSeries.objects.values())

    with pytest.raises(Unprintable, match=r"U\+1F9FF"):
        invoices.issue(invoice.pk, by=a_specialist(), at=NOW)

    assert Invoice.objects.get().state == "draft"
    assert list(ReferenceSeries.objects.values()) == series
    assert not Event.objects.filter(kind="invoice.issued")
    assert not Rendering.objects.filter(template="invoice")
