"""A file's check: only clean releases, what is known to be bad is not kept, both sides are told, twice is once."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from onboarding import errors
from onboarding.actions import documents, file_checks, meetings, work
from onboarding.actors import Actor, Role
from onboarding.models import Document, Engagement, Event, FileCheck, Message, Sentence
from onboarding.tasks import sweep
from onboarding.workflow.step_02_data_collection import CRITERIA
from tests.every_row import every_row
from tests.factories import NOW, EngagementFactory, finance, owner, specialist, staff, stranger, viewer
from tests.file_checks import found_clean
from tests.journey.cast import upload

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)
WORDS = "It holds macros. Save it without macros and send that."
DOWN = {"words": "Our virus scanner does not answer.", "who_can_fix": "us"}


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory(step="data_collection")


def sent(engagement: Engagement, by: Actor | None = None, name: str = "accounts.csv") -> Document:
    by = by or owner(engagement.company)
    file = upload(name, f"number,name\n4000,{name}\n".encode())
    return documents.upload(engagement.pk, kind="customer_document", upload=file, by=by, at=NOW)


def claimed(document: Document) -> FileCheck:
    check = work.claim(FileCheck, document.file_check.pk, at=LATER)
    assert check is not None
    return check


def quarantined(document: Document, verdict: str = "refused", at: Any = LATER) -> Document:
    file_checks.quarantine(claimed(document), verdict=verdict, words=WORDS, facts={"structure": "macros"}, at=at)
    return Document.objects.get(pk=document.pk)


def kinds() -> list[str]:
    return list(Event.objects.exclude(kind="document.uploaded").order_by("number").values_list("kind", flat=True))


def test_an_upload_waits_for_its_check(engagement: Engagement) -> None:
    document = sent(engagement)

    check = FileCheck.objects.get()
    assert (document.scan, document.is_ready) == ("pending", False)
    assert (check.document, check.state, check.verdict) == (document, "queued", "")
    assert (check.received_sha256, check.received_size) == (document.sha256, document.size)


def test_a_clean_file_is_released_once(engagement: Engagement) -> None:
    document = sent(engagement)
    check = claimed(document)

    first = file_checks.release(check, facts={"lines": 2}, at=LATER)
    again = file_checks.release(check, facts={"lines": 3}, at=LATER)

    document.refresh_from_db()
    assert (first, again, document.is_ready) == (document, None, True)
    assert (document.file_check.verdict, document.file_check.facts) == ("clean", {"lines": 2})
    assert kinds() == ["document.checked"]
    assert not Message.objects.exists()


def test_a_release_that_fails_leaves_neither_trace_nor_bytes(engagement: Engagement) -> None:
    document = sent(engagement)
    check = claimed(document)
    before = every_row()

    with pytest.raises(IntegrityError), transaction.atomic():
        file_checks.release(check, facts={}, anew=io.BytesIO(b"x"), sha256="0" * 64, size=None, at=LATER)  # type: ignore[arg-type]

    assert every_row() == before
    assert [default_storage.exists(f"{document.path}{end}") for end in ("", ".released")] == [True, False]


@pytest.mark.parametrize("verdict", ["refused", "infected"])
def test_what_is_bad_is_not_kept_and_both_sides_are_told(
    engagement: Engagement, verdict: str, django_capture_on_commit_callbacks
) -> None:
    by, lead = owner(engagement.company), staff(Role.LEAD)
    document = sent(engagement, by)
    path = document.path

    with django_capture_on_commit_callbacks(execute=True):
        after = quarantined(document, verdict)

    assert (after.scan, after.path, after.is_ready) == ("quarantined", "", False)
    assert not default_storage.exists(path)
    event = Event.objects.get(kind="document.quarantined")
    assert (event.is_internal, event.data["words"]) == (False, WORDS)
    customers, staffs = Message.objects.get(to=by.email), Message.objects.get(to=lead.email)
    assert customers.subject == "Send another file instead of “accounts.csv”"
    assert WORDS in customers.text
    assert (WORDS in staffs.text, "The customer was asked for another." in staffs.text) == (True, True)


def test_what_could_not_be_checked_is_kept_and_the_specialist_decides(
    engagement: Engagement, django_capture_on_commit_callbacks
) -> None:
    staff(Role.LEAD)
    document = sent(engagement)

    with django_capture_on_commit_callbacks(execute=True):
        after = quarantined(document, "undecided")

    assert (after.scan, default_storage.exists(after.path)) == ("quarantined", True)
    assert [mail.text.endswith("Have it checked again, or ask for another.") for mail in Message.objects.all()] == [
        True
    ]


def test_nobody_is_asked_for_another_of_what_was_taken_back(engagement: Engagement) -> None:
    staff(Role.LEAD)
    document = sent(engagement)
    documents.withdraw(str(document.uuid), by=owner(engagement.company), at=NOW)

    quarantined(document)

    assert not Message.objects.exists()


def test_a_silent_scanner_is_asked_again_and_then_said(engagement: Engagement) -> None:
    document, at = sent(engagement), NOW
    tries = []
    for _ in range(FileCheck.max_attempts):
        at += timedelta(hours=1)
        check = work.claim(FileCheck, document.file_check.pk, at=at)
        assert check is not None
        tries.append(file_checks.put_off(check, problem=DOWN, at=at))
        document.refresh_from_db()
        assert document.scan == ("pending" if tries[-1] else "quarantined")

    check.refresh_from_db()
    assert tries == [True] * 7 + [False]
    assert (check.state, check.verdict) == ("failed", "undecided")
    assert check.words == "It could not be checked. Our virus scanner does not answer."
    assert kinds() == ["document.quarantined"]


def test_a_lost_claim_puts_nothing_off(engagement: Engagement) -> None:
    check = claimed(sent(engagement))
    found = FileCheck.objects.filter(pk=check.pk)
    found.update(attempts=2)
    before = every_row()

    assert file_checks.put_off(check, problem=DOWN, at=LATER) is False
    assert file_checks.quarantine(check, verdict="refused", words=WORDS, facts={}, at=LATER) is None
    assert every_row() == before


def test_a_check_that_kills_its_worker_is_given_up_and_said(engagement: Engagement) -> None:
    document = sent(engagement)
    long_ago = NOW - timedelta(days=1)
    FileCheck.objects.update(state="running", attempts=FileCheck.max_attempts, claimed_at=long_ago)

    sweep()
    sweep()

    document.refresh_from_db()
    assert (document.scan, document.file_check.verdict, document.file_check.state) == (
        "quarantined", "undecided", "failed",
    )  # fmt: skip
    assert kinds() == ["work.abandoned", "document.quarantined"]


def test_only_what_was_given_up_is_settled(engagement: Engagement) -> None:
    check = claimed(sent(engagement))
    before = every_row()

    settled = [file_checks.settle_given_up(one, at=LATER) for one in (check.pk, check.pk + 1)]

    assert (settled, file_checks.given_up(), every_row() == before) == ([None, None], [], True)


def test_a_specialist_has_it_checked_again(engagement: Engagement) -> None:
    document = quarantined(sent(engagement), "undecided")

    check = file_checks.again(str(document.uuid), by=specialist(), at=LATER)

    document.refresh_from_db()
    assert (document.scan, check.state, check.attempts, check.verdict, check.words) == ("pending", "queued", 0, "", "")
    assert kinds() == ["document.quarantined", "document.check_repeated"]
    assert found_clean(document, at=LATER).is_ready


@pytest.mark.parametrize(
    ("verdict", "who", "refusal"),
    [
        ("undecided", lambda e: owner(e.company), errors.NotYours),
        ("undecided", lambda e: viewer(e.company), errors.NotYours),
        ("undecided", lambda e: finance(), errors.NotYours),
        ("undecided", lambda e: stranger(), errors.NotFound),
        ("infected", lambda e: specialist(), errors.WrongState),
        ("", lambda e: specialist(), errors.WrongState),
    ],
    ids=["by the customer", "by a viewer", "by finance", "by another company", "of a virus", "while it is checked"],
)
def test_checking_again_is_refused(engagement: Engagement, verdict: str, who: Any, refusal: type) -> None:
    document, by = sent(engagement), who(engagement)
    if verdict:
        quarantined(document, verdict)
    before = every_row()

    with pytest.raises(refusal):
        file_checks.again(str(document.uuid), by=by, at=LATER)

    assert every_row() == before


def test_no_uuid_at_all_is_not_found() -> None:
    with pytest.raises(errors.NotFound):
        file_checks.again("x", by=specialist(), at=NOW)


def test_the_same_bad_bytes_are_refused_at_once(engagement: Engagement) -> None:
    by = owner(engagement.company)
    quarantined(sent(engagement, by))
    before = every_row()

    with pytest.raises(errors.BadInput) as refusal:
        sent(engagement, by)

    assert refusal.value.words == f"“accounts.csv” was sent before and not released. {WORDS}"
    assert every_row() == before


@pytest.mark.parametrize(
    ("scan", "words"),
    [
        ("pending", "“accounts.csv” is still being checked. Try again in a moment."),
        ("quarantined", "“accounts.csv” was not released. Nobody can open it, so there is nothing to decide about it."),
    ],
)
def test_nobody_reviews_what_nobody_can_open(engagement: Engagement, scan: str, words: str) -> None:
    document, by = sent(engagement), specialist()
    Document.objects.update(scan=scan)
    before = every_row()

    for review in (documents.accept, documents.need_revision):
        with pytest.raises(errors.WrongState) as refusal:
            review(str(document.uuid), note="So.", by=by, at=LATER)
        assert refusal.value.words == words

    assert every_row() == before


def test_the_step_waits_for_every_check_and_not_for_what_was_quarantined(engagement: Engagement) -> None:
    criterion = next(one for one in CRITERIA if one.code == "customer_documents.outstanding")

    def proof() -> Any:
        return criterion.evidence(Engagement.objects.get(pk=engagement.pk))

    good, bad = sent(engagement), sent(engagement, name="other.csv")
    waiting = proof()
    found_clean(good, at=LATER)
    still_waiting = proof()
    quarantined(bad)

    assert (waiting, still_waiting) == (None, None)
    assert [one["label"] for one in proof()] == ["Requests met", "accounts.csv"]


def test_a_record_filed_while_it_was_checked_is_read_once_released(engagement: Engagement) -> None:
    by = specialist()
    meeting = meetings.book(
        engagement.pk, kind="requirements_review", channel="phone", starts_at=NOW + timedelta(hours=1), minutes=30,
        place="+1 617 555 0100", topic="", by=by, at=NOW,
    )  # fmt: skip
    held_at = NOW + timedelta(hours=1)
    meetings.hold(meeting.pk, held_at=held_at, attendees=["Ann"], notes="All said.", by=by, at=NOW + timedelta(hours=2))
    words = b"WEBVTT\n\n00:00:04.000 --> 00:00:09.000\n<v Ann>Within the hour.\n"
    record = documents.upload(engagement.pk, kind="transcript", upload=upload("r.vtt", words), by=by, at=NOW)
    meetings.file_record(meeting.pk, document_id=record.pk, by=by, at=NOW)
    before = Sentence.objects.count()

    found_clean(record, at=NOW + timedelta(hours=3))

    assert (before, Sentence.objects.get().text) == (0, "Within the hour.")
