"""Steps I to VI from the specialist's side: each act through its own form."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import now

from onboarding.actions import verifications
from onboarding.actors import Role
from onboarding.library import tax_ids
from onboarding.library.company_keys import name_key
from onboarding.models import Company, Document, Engagement, Meeting, Requirement, User
from onboarding.queries import requirements
from onboarding.workflow.steps import Step
from tests.factories import CompanyFactory, EngagementFactory, SpecialistFactory, owner
from tests.file_checks import found_clean
from tests.portal.specialist.conftest import signed_in

pytestmark = pytest.mark.django_db


def at(place, engagement):
    return reverse(f"specialist:{place}", args=[engagement.reference])


def test_a_lead_accepts_a_company(standing_at, lead, specialist):
    engagement = standing_at()
    Company.objects.update(state="pending")

    refused = specialist.post(at("company", engagement), {"act": "accept", "note": ""})
    accepted = lead.post(at("company", engagement), {"act": "accept", "note": "Welcome"})

    company = Company.objects.get()
    assert (refused.status_code, accepted.status_code) == (403, 302)
    assert (company.state, company.decision_note) == ("accepted", "Welcome")


def test_declining_needs_words(standing_at, lead):
    engagement = standing_at()
    Company.objects.update(state="pending")

    answer = lead.post(at("company", engagement), {"act": "decline", "note": ""})

    assert (answer.status_code, Company.objects.get().state) == (422, "pending")


def test_details_are_corrected_and_wrong_ones_kept_on_the_page(standing_at, specialist):
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)
    details = {"act": "correct_company", "legal_name": "", "registration_number": "HRB 1", "country": "US"}

    refused = specialist.post(at("company", engagement), details)
    done = specialist.post(at("company", engagement), details | {"legal_name": "Acme Holding Ltd"})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert 'value="HRB 1"' in refused.content.decode()
    assert Company.objects.get().legal_name == "Acme Holding Ltd"


def test_a_specialist_is_assigned(standing_at, lead):
    engagement = standing_at()
    chosen = SpecialistFactory()

    answer = lead.post(at("specialist", engagement), {"act": "assign", "specialist_id": chosen.pk})

    engagement = Engagement.objects.get(pk=engagement.pk)
    assert (answer.status_code, engagement.specialist) == (302, chosen)


def test_finance_is_not_offered_as_specialist(standing_at, lead):
    engagement = standing_at()
    teller = SpecialistFactory(role=Role.FINANCE.value)

    answer = lead.post(at("specialist", engagement), {"act": "assign", "specialist_id": teller.pk})

    engagement = Engagement.objects.get(pk=engagement.pk)
    assert (answer.status_code, engagement.specialist == teller) == (422, False)


def test_contacts_are_entered_for_the_customer(standing_at, specialist):
    engagement = standing_at()
    asked = {
        "act": "save",
        "kind": "billing",
        "name": "Bea Book",
        "email": "bea@acme.example",
        "title": "",
        "phone": "",
    }

    answer = specialist.post(at("contacts", engagement), asked)

    assert answer.status_code == 302
    assert list(engagement.contacts.values_list("kind", "name")) == [("billing", "Bea Book")]


def test_a_meeting_from_booking_to_its_filed_record(standing_at, specialist):
    engagement = standing_at()
    starts_at = (now() + timedelta(days=3)).strftime("%Y-%m-%dT10:00")
    here = at("meetings", engagement)
    booking = {"act": "book", "kind": "welcome_call", "channel": "zoom", "starts_at": starts_at, "minutes": "45",
               "place": "https://zoom.example/1", "topic": "Welcome"}  # fmt: skip

    answers = [specialist.post(here, booking)]
    meeting = Meeting.objects.get()
    held_at = now().strftime("%Y-%m-%dT00:00")
    answers.append(specialist.post(here, {"act": "hold", "meeting_id": meeting.pk, "held_at": held_at,
                                          "attendees": "Ann Owner\nPriya Patel", "notes": "Go live in March"}))  # fmt: skip
    answers.append(specialist.post(here, {"act": "share_summary", "meeting_id": meeting.pk}))
    minutes = SimpleUploadedFile("minutes.txt", b"We agreed to go live in March.")
    answers.append(
        specialist.post(here, {"act": "file_record", "meeting_id": meeting.pk, "kind": "minutes", "file": minutes})
    )

    meeting.refresh_from_db()
    assert [answer.status_code for answer in answers] == [302, 302, 302, 302]
    assert (meeting.attendees, meeting.notes) == (["Ann Owner", "Priya Patel"], "Go live in March")
    assert (meeting.shared_at is not None, meeting.record.file_name) == (True, "minutes.txt")


def test_a_meeting_nobody_came_to_is_written_down_once_it_should_have_begun(standing_at, specialist):
    engagement = standing_at()
    here = at("meetings", engagement)
    specialist.post(here, {"act": "book", "kind": "welcome_call", "channel": "phone", "minutes": "45",
                           "starts_at": (now() + timedelta(days=3)).strftime("%Y-%m-%dT10:00")})  # fmt: skip
    meeting = Meeting.objects.get()
    early = specialist.get(here)
    Meeting.objects.update(starts_at=now() - timedelta(minutes=20))

    offered = specialist.get(here)
    answer = specialist.post(here, {"act": "miss", "meeting_id": meeting.pk, "missed_by": "customer", "note": ""})

    button = "It did not take place"
    assert (button in early.content.decode(), button in offered.content.decode()) == (False, True)
    meeting.refresh_from_db()
    assert (answer.status_code, meeting.missed_by, meeting.held_at) == (302, "customer", None)


def test_two_meetings_keep_their_own_forms_after_a_refusal(standing_at, specialist):
    engagement = standing_at()
    first, second = [
        Meeting.objects.create(company=engagement.company, engagement=engagement, kind="welcome_call",
                               starts_at=now() + timedelta(days=day), booked_by="Ann", booked_at=now())
        for day in (1, 2)
    ]  # fmt: skip

    answer = specialist.post(at("meetings", engagement), {"act": "cancel", "meeting_id": second.pk, "reason": ""})

    bound = {one["meeting"].pk: one["cancel"].form.is_bound for one in answer.context["meetings"]}
    assert (answer.status_code, bound) == (422, {first.pk: False, second.pk: True})


def test_documents_are_asked_for_uploaded_and_reviewed(standing_at, specialist):
    engagement = standing_at(Step.DATA_COLLECTION)
    here = at("documents", engagement)

    asked = specialist.post(here, {"act": "request", "title": "Price list", "description": "", "due_on": ""})
    wanted = engagement.document_requests.get(title="Price list")
    file = SimpleUploadedFile("prices.csv", b"item,price\nA,1\n")
    sent = specialist.post(here, {"act": "upload", "kind": "customer_document", "request_id": wanted.pk, "file": file})
    early = specialist.post(here, {"act": "accept", "document_uuid": Document.objects.get().uuid, "note": ""})
    document = found_clean(Document.objects.get())
    back = specialist.post(here, {"act": "need_revision", "document_uuid": document.uuid, "note": "Add the currency"})
    taken = specialist.post(here, {"act": "accept", "document_uuid": document.uuid, "note": ""})

    document.refresh_from_db()
    assert [one.status_code for one in (asked, sent, back, taken)] == [302, 302, 302, 302]
    assert (early.status_code, "“prices.csv” is still being checked." in early.content.decode()) == (409, True)
    assert (document.request, document.file_name, document.review) == (wanted, "prices.csv", "accepted")
    assert specialist.get(reverse("specialist:document", args=[document.uuid])).status_code == 200
    bytes_ = b"".join(specialist.get(reverse("specialist:document_file", args=[document.uuid])).streaming_content)
    assert bytes_ == b"item,price\nA,1\n"


def test_an_upload_of_a_kind_we_make_ourselves_is_refused(standing_at, specialist):
    engagement = standing_at(Step.DATA_COLLECTION)
    file = SimpleUploadedFile("msa.pdf", b"%PDF-1.4\n")

    answer = specialist.post(at("documents", engagement), {"act": "upload", "kind": "msa", "file": file})

    assert (answer.status_code, Document.objects.count()) == (422, 0)


def test_requirements_are_added_changed_and_left_out(standing_at, specialist):
    engagement = standing_at(Step.REQUIREMENTS_REVIEW)
    here = at("requirements", engagement)
    asked = {
        "act": "add",
        "text": "Customers go to QuickBooks",
        "kind": "timeline",
        "priority": "",
        "flow": "",
        "source": "",
    }

    specialist.post(here, asked)
    one = Requirement.objects.get()
    changed = asked | {"act": "change", "requirement_id": one.pk, "kind": "flow", "priority": "must",
                       "flow": "account_to_customer"}  # fmt: skip
    page = reverse("specialist:requirement", args=[engagement.reference, one.number])
    answer = specialist.post(page, changed)
    listed = requirements.listed(engagement)
    left_out = specialist.post(page, {"act": "decline", "requirement_id": one.pk, "reason": "Next year"})

    one.refresh_from_db()
    assert (answer.status_code, left_out.status_code) == (302, 302)
    assert [(row.priority, row.flow) for row in listed] == [("must", "account_to_customer")]
    assert (one.state, requirements.listed(engagement)) == ("declined", [])


def test_a_check_is_decided_with_evidence_and_waived_by_a_lead_alone(standing_at, specialist, lead):
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)
    here = at("verification", engagement)
    passed = {"act": "decide", "check_code": "legal_name", "outcome": "passed", "evidence": "Register of Delaware"}
    waived = {"act": "decide", "check_code": "signatory", "outcome": "waived", "evidence": "Known for years"}

    answers = [specialist.post(here, passed), specialist.post(here, waived), lead.post(here, waived)]

    outcomes = dict(engagement.verifications.values_list("check_code", "outcome"))
    assert [one.status_code for one in answers] == [302, 403, 302]
    assert (outcomes["legal_name"], outcomes["signatory"]) == ("passed", "waived")


def test_the_agreement_waits_until_its_document_is_made(standing_at, specialist):
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)
    agreement = engagement.agreements.get()

    answer = specialist.post(at("agreement", engagement), {"act": "send_for_review", "agreement_id": agreement.pk})

    assert (answer.status_code, engagement.agreements.get().state) == (409, "draft")
    assert "still being made" in answer.content.decode()


def test_lines_of_a_draft_are_edited(standing_at, specialist):
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)
    invoice = engagement.invoices.get()
    count = invoice.lines.count()
    asked = {"act": "change_lines", "invoice_id": invoice.pk, "tax_rate": "10", "tax_note": "",
             "lines-0-description": "Set-up", "lines-0-quantity": "2", "lines-0-unit_price": "150.00"}  # fmt: skip

    answer = specialist.post(at("invoice", engagement), asked)

    invoice = engagement.invoices.get()
    assert (answer.status_code, count > 0, invoice.lines.count()) == (302, True, 1)
    assert (invoice.net, invoice.tax, invoice.gross) == (Decimal("300.00"), Decimal("30.00"), Decimal("330.00"))


def test_finance_records_a_payment_and_a_specialist_does_not(standing_at, specialist):
    engagement = standing_at(Step.CUSTOMER_APPROVAL)
    invoice = engagement.invoices.get()
    here = at("invoice", engagement)
    specialist.post(here, {"act": "issue", "invoice_id": invoice.pk})
    invoice = engagement.invoices.get()
    paid = {"act": "record_payment", "invoice_id": invoice.pk, "amount": str(invoice.gross), "currency": "USD",
            "method": "bank_transfer", "reference": "WIRE 88", "received_on": now().date().isoformat()}  # fmt: skip
    finance = signed_in(Role.FINANCE)

    answers = [specialist.post(here, paid), finance.post(here, paid), finance.post(here, paid)]

    invoice = engagement.invoices.get()
    assert [one.status_code for one in answers] == [403, 302, 422]
    assert (invoice.state, invoice.payments.count()) == ("paid", 1)


def test_the_plan_is_made_and_a_date_too_near_names_the_earliest(standing_at, specialist):
    engagement = standing_at(Step.PLAN_TIMELINE)
    here = at("plan", engagement)
    tomorrow = (now() + timedelta(days=1)).date()

    near = specialist.post(here, {"act": "make", "go_live_on": tomorrow.isoformat()})
    made = specialist.post(here, {"act": "make", "go_live_on": working_day(now().date() + timedelta(days=200))})
    milestone = engagement.plans.get().milestones.first()
    asked = {"act": "assign", "milestone_id": milestone.pk, "owner_side": "customer", "owner_name": "Ann Owner"}
    specialist.post(here, asked)

    milestone.refresh_from_db()
    assert (near.status_code, made.status_code) == (422, 302)
    assert (milestone.owner_side, milestone.owner_name) == ("customer", "Ann Owner")


def working_day(day: date) -> str:
    """A Wednesday that no country keeps as a holiday: the one after the given day, never in late December."""
    return (day + timedelta(days=(2 - day.weekday()) % 7)).isoformat()


def test_the_scope_rests_on_a_signed_off_list(standing_at, specialist):
    engagement = standing_at(Step.PLAN_TIMELINE)
    here = at("plan", engagement)
    specialist.post(here, {"act": "make", "go_live_on": working_day(now().date() + timedelta(days=200))})

    answer = specialist.post(here, {"act": "confirm_scope"})

    assert (answer.status_code, engagement.plans.get().scope_confirmed_at) == (409, None)


def test_an_engagement_nobody_has_is_not_here(lead):
    assert lead.get("/staff/engagements/IW-1999-0001/").status_code == 404


def test_people_of_another_company_are_strangers_even_to_documents(standing_at, specialist, client):
    engagement = standing_at(Step.DATA_COLLECTION)
    file = SimpleUploadedFile("prices.csv", b"item,price\nA,1\n")
    specialist.post(at("documents", engagement), {"act": "upload", "kind": "customer_document", "file": file})
    client.force_login(User.objects.get(pk=owner(CompanyFactory()).user_id))

    answer = client.get(reverse("specialist:document", args=[Document.objects.get().uuid]))

    assert answer.status_code == 404


def test_a_check_says_what_it_rests_on_what_happened_and_which_companies_are_like_it(standing_at, specialist):
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)
    twin = CompanyFactory(legal_name=engagement.company.legal_name, tax_id="12-3456789", tax_key="123456789")
    other = EngagementFactory(company=twin)
    here = at("verification", engagement)
    specialist.post(here, {"act": "decide", "check_code": "legal_name", "outcome": "passed", "evidence": "Page 2"})
    verifications.correct_company(engagement.pk, legal_name="Fabrikam Ltd", by=owner(engagement.company), at=now())
    Company.objects.filter(pk=twin.pk).update(
        legal_name="FABRIKAM Limited", legal_name_key=name_key("FABRIKAM Limited")
    )

    page = specialist.get(here).content.decode()

    assert "Changed after it was verified" in page
    assert "is now “Fabrikam Ltd”" in page
    assert "History (2)" in page
    assert f'href="/staff/engagements/{other.reference}/company/"' in page
    assert "Same name, address" in page
    assert "Customers never see this check." in page
    assert specialist.post(here, {"act": "look_again"}).status_code == 302


@pytest.mark.parametrize("count", [1, 6])
def test_the_verification_page_takes_one_number_of_queries(standing_at, specialist, count, django_assert_num_queries):
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)
    for number in range(count):
        CompanyFactory(legal_name=engagement.company.legal_name, registration_key=f"X{number}")
        engagement.documents.create(
            company=engagement.company, kind="customer_document", title="Extract", file_name=f"{number}.pdf",
            content_type="application/pdf", sha256="0" * 64, created_at=now(), created_by="Ann",
        )  # fmt: skip
    specialist.get(at("verification", engagement))

    with django_assert_num_queries(17):
        specialist.get(at("verification", engagement))


def test_a_lead_sees_companies_like_the_one_that_asks_to_come_in(standing_at, lead):
    engagement = standing_at()
    Company.objects.filter(pk=engagement.company_id).update(state="pending", tax_id="12-3456789", tax_key="123456789")
    EngagementFactory(company=CompanyFactory(legal_name="Fabrikam Inc", tax_key="123456789", street="9 Dock Street"))

    page = lead.get(at("company", engagement)).content.decode()

    assert ("Companies like it" in page, "Fabrikam Inc" in page, "Same tax id" in page) == (True, True, True)
    Company.objects.update(state="accepted")
    accepted = lead.get(at("company", engagement)).content.decode()
    hint = f"{tax_ids.hint(engagement.company.country)}."
    assert ("Companies like it" in accepted, hint in page, hint in accepted) == (False, False, True)
