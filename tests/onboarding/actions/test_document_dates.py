"""Documents expire by the calendar, and people hear of it before and after; of what is due, too."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from onboarding.actions import document_dates, document_requests, documents
from onboarding.models import Document, Event, Message
from onboarding.workflow.steps import Step
from tests.file_checks import found_clean
from tests.journey import journey
from tests.journey.cast import Cast, upload

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def subjects(cast: Cast, address: str) -> list[str]:
    kinds = ["document.expiry", "document.due", "document.overdue"]
    return list(Message.objects.filter(to=address, kind__in=kinds).order_by("pk").values_list("subject", flat=True))


@pytest.fixture
def certified(db) -> tuple[Cast, Document]:
    """In step III: the certificate was accepted, good for forty days more."""
    cast = journey(Step.DATA_COLLECTION)
    asked = cast.engagement.document_requests.get(code="resale_certificate")
    sent = documents.upload(
        cast.engagement.pk, kind="customer_document", upload=upload("certificate.pdf", b"%PDF-1.4"), by=cast.owner,
        at=cast.later(), request_id=asked.pk, expires_on=cast.at.date() + 40 * DAY,
    )  # fmt: skip
    found_clean(sent)
    documents.accept(str(sent.uuid), by=cast.specialist, at=cast.later())
    for one in cast.engagement.document_requests.exclude(pk=asked.pk):
        document_requests.declare_not_applicable(one.pk, reason="Known.", by=cast.specialist, at=cast.later())
    return cast, sent


def outstanding(cast: Cast) -> bool:
    criteria = cast.fresh().status["criteria"]
    return not next(one["met"] for one in criteria if one["code"] == "customer_documents.outstanding")


def at(cast: Cast, days: int) -> datetime:
    """So many days before (or after) the certificate's last good day."""
    document = Document.objects.get(file_name="certificate.pdf")
    return cast.at + (document.expires_on - cast.at.date()) + days * DAY


def test_a_document_that_expires_opens_its_request_again(certified):
    cast, sent = certified
    before = outstanding(cast)

    document_dates.look(at=at(cast, 0))
    on_its_last_day = outstanding(cast)
    document_dates.look(at=at(cast, 1))
    document_dates.look(at=at(cast, 1))

    assert (before, on_its_last_day, outstanding(cast)) == (False, False, True)
    sent.refresh_from_db()
    assert (sent.expired_at, sent.review) == (at(cast, 1), "accepted")
    assert Event.objects.filter(kind="document.expired").count() == 1
    assert cast.engagement.status["criteria"][2]["owner"] == "customer"


def test_people_hear_of_it_a_month_before_a_week_before_and_once_it_happened(certified):
    cast, _ = certified

    for days in (-31, -30, -29, -7, -6, 0, 1, 2):
        document_dates.look(at=at(cast, days))

    soon = "“certificate.pdf” expires soon"
    assert subjects(cast, cast.owner.email) == [soon, soon, "“certificate.pdf” has expired"]


def test_the_next_version_takes_the_place_of_the_expired_one(certified):
    cast, old = certified
    late = at(cast, 2)
    document_dates.look(at=late)

    new = documents.upload(
        cast.engagement.pk, kind="customer_document", upload=upload("renewed.pdf", b"%PDF-1.4 new"), by=cast.owner,
        at=late, request_id=old.request_id, expires_on=late.date() + 365 * DAY,
    )  # fmt: skip
    found_clean(new, at=late)
    documents.accept(str(new.uuid), by=cast.specialist, at=late)

    assert (new.version, outstanding(cast)) == (2, False)


def test_a_closed_step_shows_as_reopened(db):
    cast = journey(Step.REQUIREMENTS_REVIEW)
    sent = cast.engagement.documents.filter(kind="customer_document", review="accepted")[0]
    Document.objects.filter(pk=sent.pk).update(expires_on=cast.at.date())

    document_dates.look(at=cast.at + DAY)

    step = cast.fresh().status["steps"][1]
    assert (step["state"], [one["code"] for one in step["broken"]]) == ("reopened", ["customer_documents.outstanding"])


def test_the_customer_is_reminded_before_and_after_the_due_day_then_the_specialist(db):
    cast = journey(Step.DATA_COLLECTION)
    due = cast.at.date() + 10 * DAY
    cast.engagement.document_requests.update(due_on=None)
    document_requests.ask(cast.engagement.pk, title="Price list 2027", due_on=due, by=cast.specialist, at=cast.at)

    for days in range(20):
        document_dates.look(at=cast.at + days * DAY)

    said = f"{due:%-d %B %Y}"
    assert subjects(cast, cast.owner.email) == [
        f"Price list 2027 is due on {said}",
        f"Price list 2027 was due on {said}",
    ]
    assert subjects(cast, cast.specialist.email) == [f"{cast.company.name}: still outstanding: Price list 2027"]


def test_nobody_is_reminded_of_what_came(db):
    cast = journey(Step.DATA_COLLECTION)
    cast.engagement.document_requests.update(due_on=None)
    asked = document_requests.ask(
        cast.engagement.pk, title="Price list", due_on=cast.at.date() + DAY, by=cast.specialist, at=cast.at
    )
    documents.upload(cast.engagement.pk, kind="customer_document", upload=upload(), request_id=asked.pk, by=cast.owner,
                     at=cast.at)  # fmt: skip

    document_dates.look(at=cast.at + 9 * DAY)

    assert subjects(cast, cast.owner.email) == []
