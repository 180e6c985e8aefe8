"""Requests: made from templates, asked and changed by specialists, proposed away by customers, settled by staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localdate, now

from onboarding import errors
from onboarding.actions import document_requests, documents
from onboarding.library.document_requests import templates_for
from onboarding.models import Document, DocumentRequest, Event, Message
from onboarding.workflow import criteria
from onboarding.workflow.document_requests import Standing, in_force, standing
from onboarding.workflow.steps import Step
from tests.factories import stranger
from tests.file_checks import found_clean
from tests.journey import journey
from tests.journey.cast import Cast, upload
from tests.meanwhile import meanwhile

pytestmark = pytest.mark.django_db
GIB = 1024**3


@pytest.fixture
def cast(db) -> Cast:
    return journey(Step.DATA_COLLECTION)


@pytest.fixture
def asked(cast) -> DocumentRequest:
    return cast.engagement.document_requests.get(code="sample_invoices")


def where(asked: DocumentRequest) -> Standing:
    asked.refresh_from_db()
    return standing(asked, in_force(asked.documents.all()))


def send(cast: Cast, asked: DocumentRequest, name: str, **more) -> Document:
    content = b"%PDF-1.4 " + name.encode()
    return documents.upload(
        cast.engagement.pk, kind="customer_document", upload=upload(name, content), request_id=asked.pk, by=cast.owner,
        at=cast.later(), **more,
    )  # fmt: skip


def accept(cast: Cast, document: Document, **more) -> None:
    found_clean(document)
    documents.accept(str(document.uuid), by=cast.specialist, at=cast.later(), **more)


def send_back(cast: Cast, document: Document) -> None:
    found_clean(document)
    documents.need_revision(str(document.uuid), note="Unreadable.", by=cast.specialist, at=cast.later())


def last_event() -> tuple[str, dict]:
    event = Event.objects.order_by("-pk")[0]
    return event.kind, event.data


def test_step_ii_asks_for_what_the_templates_say_once(cast):
    document_requests.open_for(cast.engagement, by=cast.specialist, at=cast.at)

    export = cast.engagement.document_requests.get(code="customer_export")
    assert cast.engagement.document_requests.count() == 6
    assert (export.limit_bytes, export.file_types, export.template_version) == (2 * GIB, ["csv", "xlsx"], 1)
    assert export.usually_with == "your bookkeeper or accountant"


def test_what_the_templates_ask_for_has_a_day(cast):
    entered = localdate(cast.engagement.document_requests.first().created_at)

    due = {one.code: (one.due_on - entered).days for one in cast.engagement.document_requests.all()}

    assert due == {one.code: one.days for one in templates_for(cast.engagement.solution, "cloud")}
    assert set(due.values()) == {10, 14}


def test_a_specialist_asks_for_more_and_the_customer_is_told(cast):
    asked = document_requests.ask(
        cast.engagement.pk, title=" Bank details ", why="For payments.", file_types=[".PDF", "jpg"], limit_mb=40,
        due_on=cast.at.date(), by=cast.specialist, at=cast.at,
    )  # fmt: skip

    assert (asked.title, asked.file_types, asked.limit_bytes) == ("Bank details", ["pdf", "jpg", "jpeg"], 40 * 2**20)
    assert last_event() == ("document.requested", {"request": asked.pk, "title": "Bank details"})
    mail = Message.objects.get(key__startswith=f"request:{asked.pk}:", to=cast.owner.email)
    assert (mail.subject, mail.path) == ("Please send: Bank details", f"/documents/requests/{asked.pk}/")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"description": "x" * 5001}, "description"),
        ({"file_types": ["exe"]}, "file_types"),
        ({"limit_mb": 0}, "limit_mb"),
        ({"limit_mb": 4097}, "limit_mb"),
        ({"due_on": now().date() - timedelta(days=900)}, "due_on"),
    ],
)
def test_an_unfit_request_is_refused_at_its_field(cast, given, field):
    before = (DocumentRequest.objects.count(), Event.objects.count())

    with pytest.raises(errors.BadInput) as refusal:
        document_requests.ask(cast.engagement.pk, **{"title": "Price list"} | given, by=cast.specialist, at=cast.at)

    assert list(refusal.value.fields) == [field]
    assert (DocumentRequest.objects.count(), Event.objects.count()) == before


def test_a_change_says_what_it_changed_and_keeps_the_files(cast, asked):
    sent = send(cast, asked, "march.pdf")

    document_requests.change(asked.pk, title=asked.title, why=asked.why, description="Two are enough.",
                             example=asked.example, usually_with=asked.usually_with, file_types=asked.file_types,
                             by=cast.specialist, at=cast.at)  # fmt: skip

    assert last_event()[1]["fields"] == ["description"]
    assert list(asked.documents.all()) == [sent]


def test_a_withdrawn_request_takes_nothing_and_no_longer_counts(cast, asked):
    document_requests.withdraw(asked.pk, reason="We have them.", by=cast.specialist, at=cast.at)

    with pytest.raises(errors.WrongState, match="was withdrawn"):
        send(cast, asked, "march.pdf")

    assert where(asked) is Standing.WITHDRAWN
    assert not Document.objects.filter(request=asked).exists()


def test_the_customer_proposes_and_the_specialist_settles(cast, asked):
    document_requests.declare_not_applicable(asked.pk, reason="No invoices yet.", by=cast.owner, at=cast.at)
    proposed = where(asked)
    document_requests.agree_not_applicable(asked.pk, by=cast.specialist, at=cast.at)

    assert (proposed, where(asked)) == (Standing.PROPOSED, Standing.NOT_APPLICABLE)
    assert last_event() == (
        "document.not_applicable", {"request": asked.pk, "title": asked.title, "reason": "No invoices yet."}
    )  # fmt: skip
    with pytest.raises(errors.WrongState, match="settled that this does not apply"):
        send(cast, asked, "march.pdf")


def test_a_proposal_alone_closes_nothing(cast):
    for one in cast.engagement.document_requests.all():
        document_requests.declare_not_applicable(one.pk, reason="None here.", by=cast.owner, at=cast.at)

    [found] = [one for one in criteria.find(cast.engagement, Step.DATA_COLLECTION)
               if one.criterion.code == "customer_documents.outstanding"]  # fmt: skip
    assert (found.is_met, str(found.owner)) == (False, "specialist")


def test_a_file_takes_the_proposal_back(cast, asked):
    document_requests.declare_not_applicable(asked.pk, reason="None.", by=cast.owner, at=cast.at)

    send(cast, asked, "march.pdf")

    assert where(asked) is Standing.IN_REVIEW


def test_a_specialist_asks_again_and_says_why(cast, asked):
    document_requests.declare_not_applicable(asked.pk, reason="None.", by=cast.specialist, at=cast.at)

    document_requests.reopen(asked.pk, note="The auditor wants one.", by=cast.specialist, at=cast.at)

    assert where(asked) is Standing.MISSING
    assert Message.objects.filter(subject=f"Needed after all: {asked.title}", text="The auditor wants one.").exists()
    with pytest.raises(errors.WrongState, match="This request is open"):
        document_requests.reopen(asked.pk, note="Again.", by=cast.specialist, at=cast.at)


def test_a_reminder_goes_once_a_day_and_only_while_it_waits_for_the_customer(cast, asked):
    document_requests.remind(asked.pk, text="Any three will do.", by=cast.specialist, at=cast.at)

    with pytest.raises(errors.WrongState, match="went out today already"):
        document_requests.remind(asked.pk, by=cast.specialist, at=cast.at)
    send(cast, asked, "march.pdf")
    with pytest.raises(errors.WrongState, match="does not wait for the customer"):
        document_requests.remind(asked.pk, by=cast.specialist, at=cast.at + timedelta(days=1))
    assert Message.objects.filter(subject=f"A reminder: {asked.title}", to=cast.owner.email).count() == 1


# --- Several files, each with its versions -------------------------------------------------------------------------------


def test_several_files_stand_side_by_side_until_all_are_accepted(cast, asked):
    first, second = send(cast, asked, "march.pdf"), send(cast, asked, "april.pdf")
    accept(cast, first)
    partly = where(asked)
    accept(cast, second)

    assert (partly, where(asked)) == (Standing.PARTLY_ACCEPTED, Standing.ACCEPTED)
    assert [one.version for one in asked.documents.all()] == [1, 1]


def test_a_refused_file_keeps_the_others_and_its_next_version_takes_its_place_alone(cast, asked):
    good, bad = send(cast, asked, "march.pdf"), send(cast, asked, "april.pdf")
    accept(cast, good)
    send_back(cast, bad)
    refused = where(asked)

    better = send(cast, asked, "april-2.pdf", replaces=str(bad.uuid))

    assert refused is Standing.REVISION_NEEDED
    assert (better.version, better.lineage) == (2, bad.uuid)
    assert in_force(asked.documents.all()) == [Document.objects.get(pk=good.pk), better]


@pytest.mark.parametrize("name", ["april.pdf", "another.pdf"], ids=["by its name", "as the only one sent back"])
def test_the_file_it_replaces_is_known_without_being_named(cast, asked, name):
    bad = send(cast, asked, "april.pdf")
    send_back(cast, bad)

    better = documents.upload(
        cast.engagement.pk, kind="customer_document", upload=upload(name, b"%PDF-1.4 better"), request_id=asked.pk,
        by=cast.owner, at=cast.later(),
    )  # fmt: skip

    assert (better.version, in_force(asked.documents.all())) == (2, [better])


def test_a_version_of_another_request_or_company_is_not_there(cast, asked):
    other = cast.engagement.document_requests.get(code="resale_certificate")
    elsewhere = send(cast, other, "certificate.pdf")

    with pytest.raises(errors.NotFound):
        send(cast, asked, "march.pdf", replaces=str(elsewhere.uuid))
    with pytest.raises(errors.NotFound):
        send(cast, asked, "march.pdf", replaces="no uuid")
    with pytest.raises(errors.NotFound):
        document_requests.declare_not_applicable(asked.pk, reason="Mine?", by=stranger(), at=cast.at)
    assert not asked.documents.exists()


def test_an_accepted_review_can_be_taken_back(cast, asked):
    sent = send(cast, asked, "march.pdf")
    accept(cast, sent)

    documents.undo_review(str(sent.uuid), by=cast.specialist, at=cast.later())

    assert (where(asked), last_event()[0]) == (Standing.IN_REVIEW, "document.review_undone")


@pytest.mark.parametrize("by", ["owner", "viewer"])
def test_reviews_are_the_specialists(cast, asked, by):
    sent, actor = send(cast, asked, "march.pdf"), getattr(cast, by)

    for act in (documents.accept, documents.undo_review):
        with pytest.raises(errors.NotYours):
            act(str(sent.uuid), by=actor, at=cast.at)


# --- What a request takes ------------------------------------------------------------------------------------------------


def large(name: str, size: int):
    file = upload(name, b"%PDF-1.4")
    file.size = size
    return file


@pytest.mark.parametrize(
    ("code", "name", "size", "words"),
    [
        ("sample_invoices", "a.pdf", 25 * 2**20 + 1, "“a.pdf” is larger than 25 MB. Send a smaller file or split it."),
        ("customer_export", "a.csv", 2 * GIB + 1, "“a.csv” is larger than 2 GB. Send a smaller file or split it."),
        ("sample_invoices", "a.csv", 9, "“a.csv” is not a type that is asked for here. Send PDF, PNG or JPEG."),
    ],
)
def test_each_request_has_its_own_limit_and_types(cast, code, name, size, words):
    asked = cast.engagement.document_requests.get(code=code)

    with pytest.raises(errors.BadInput) as refusal:
        documents.upload(cast.engagement.pk, kind="customer_document", upload=large(name, size), request_id=asked.pk,
                         by=cast.owner, at=cast.at)  # fmt: skip

    assert refusal.value.fields == {"file": words}
    assert not asked.documents.exists()


def test_a_certificate_is_accepted_with_the_day_it_expires_on(cast: Cast) -> None:
    asked = cast.engagement.document_requests.get(code="resale_certificate")
    sent, day = send(cast, asked, "certificate.pdf"), cast.at.date() + timedelta(days=90)
    found_clean(sent)

    with pytest.raises(errors.BadInput, match="Check what you entered"):
        documents.accept(str(sent.uuid), by=cast.specialist, at=cast.later())
    with pytest.raises(errors.BadInput):
        documents.accept(str(sent.uuid), expires_on=cast.at.date(), by=cast.specialist, at=cast.at)
    documents.accept(str(sent.uuid), expires_on=day, by=cast.specialist, at=cast.later())

    sent.refresh_from_db()
    assert (sent.review, sent.expires_on) == ("accepted", day)


def test_what_has_expired_already_is_not_taken(cast: Cast) -> None:
    asked = cast.engagement.document_requests.get(code="resale_certificate")

    with pytest.raises(errors.BadInput):
        send(cast, asked, "certificate.pdf", expires_on=cast.at.date() - timedelta(days=1))

    assert not asked.documents.exists()


def test_a_change_keeps_what_somebody_else_changed_meanwhile(cast, asked):
    def others() -> None:
        DocumentRequest.objects.filter(pk=asked.pk).update(why="For the tax.", limit_bytes=7 * 2**20)

    with meanwhile("onboarding_documentrequest", others):
        document_requests.change(asked.pk, title="Two invoices", by=cast.specialist, at=cast.at)

    asked.refresh_from_db()
    assert (asked.title, asked.why, asked.limit_bytes) == ("Two invoices", "For the tax.", 7 * 2**20)
    assert last_event()[1]["fields"] == ["title"]


def test_a_request_is_judged_as_it_is_once_its_engagement_is_locked(cast, asked):
    def withdrawn(at: datetime | None) -> Callable[[], int]:
        return lambda: DocumentRequest.objects.filter(pk=asked.pk).update(withdrawn_at=at)

    with meanwhile("onboarding_documentrequest", withdrawn(cast.at)), pytest.raises(errors.WrongState):
        document_requests.declare_not_applicable(asked.pk, reason="None here.", by=cast.owner, at=cast.at)
    with meanwhile("onboarding_documentrequest", withdrawn(None)), pytest.raises(errors.WrongState):
        document_requests.reopen(asked.pk, note="Needed.", by=cast.specialist, at=cast.at)

    asked.refresh_from_db()
    assert (asked.not_applicable_at, asked.withdrawn_at) == (None, None)
