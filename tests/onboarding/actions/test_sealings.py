from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from onboarding import errors
from onboarding.actions import sealings, work
from onboarding.actors import Role
from onboarding.models import Agreement, Event, Message, Seal, Sealing
from tests.factories import NOW, CompanyFactory, owner, staff
from tests.sealed_agreements import countersigned, result, store_in, stored

pytestmark = pytest.mark.django_db
MADE = sealings.Made(subject="Common Name: The house", serial="0abc", is_time_stamped=True)
SEALED = b"%PDF-1.7 the sealed file"
TROUBLE = {"class": "vendor_error", "words": "The service has a problem.", "what_to_do": "We try again."}
DONE = {"state": "executed", "files": 1, "seals": 1, "events": 1}


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    store_in(tmp_path / "files", settings)


def ordered() -> Sealing:
    return countersigned(at=NOW)


def claimed(row: Sealing | None = None) -> Sealing:
    row = row or ordered()
    taken = work.claim(Sealing, row.pk, at=Sealing.objects.get(pk=row.pk).not_before)
    assert taken is not None
    return taken


def completed(row: Sealing):
    return sealings.complete(row, sealed=SEALED, made=MADE, at=NOW)


def test_ordered_is_one_empty_document_and_one_row_of_work():
    row = ordered()

    assert (row.state, row.document.is_ready, row.document.file_name) == (
        "queued", False, "MSA-2026-0042-executed.pdf",
    )  # fmt: skip
    assert result(row) == {"state": "countersigned", "files": 0, "seals": 0, "events": 0}
    assert Agreement.objects.get().executed_document is None


def test_complete_stores_the_file_executes_the_agreement_and_tells_both_sides():
    row = claimed()

    document = completed(row)

    digest = hashlib.sha256(SEALED).hexdigest()
    agreement, seal = Agreement.objects.get(), Seal.objects.get()
    assert result(row) == DONE
    assert (agreement.executed_document, agreement.executed_at) == (document, NOW)
    assert (document.sha256, document.size, document.is_ready) == (digest, len(SEALED), True)
    assert (seal.sha256, seal.number, seal.certificate_serial, seal.is_time_stamped, seal.sealed_at) == (
        digest, agreement.number, "0abc", True, NOW,
    )  # fmt: skip
    event = Event.objects.get(kind="agreement.executed")
    assert (event.data["sealed_sha256"], event.data["certificate_serial"]) == (digest, "0abc")
    customer = agreement.signers.get().email
    told = set(Message.objects.filter(kind="agreement.executed").values_list("to", flat=True))
    assert {customer, row.engagement.specialist.user.email} <= told


def test_who_was_put_down_for_a_copy_gets_the_file_itself():
    row = claimed()
    row.agreement.copies.create(company_id=row.company_id, email="lawyer@law.example", added_by="Ann", added_at=NOW)

    completed(row)

    assert Message.objects.get(to="lawyer@law.example").document.sha256 == hashlib.sha256(SEALED).hexdigest()


def test_completed_twice_is_completed_once():
    row = claimed()
    completed(row)

    assert completed(row) is None
    assert result(row) == DONE


def test_a_worker_that_lost_its_claim_stores_nothing():
    row = claimed()
    Sealing.objects.update(claimed_at=NOW - timedelta(hours=1))
    work.put_back_abandoned(at=NOW)
    second = claimed(row)

    assert completed(row) is None
    assert result(row)["files"] == 0
    assert completed(second) is not None
    assert result(row) == DONE


def test_what_a_killed_worker_left_is_written_over():
    row = claimed()
    place = f"{row.company_id}/{row.engagement_id}/{row.document.uuid}"
    default_storage.save(place, ContentFile(b"half a fi"))

    completed(row)

    assert stored(row.engagement) == {place: SEALED}


def test_a_file_that_can_not_be_kept_is_no_execution(settings, tmp_path):
    row = claimed()
    (tmp_path / "a file").write_text("no folder")
    store_in(tmp_path / "a file", settings)

    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        completed(row)

    assert (Agreement.objects.get().state, Seal.objects.count()) == ("countersigned", 0)
    assert Sealing.objects.get().state == "running"


# --- Voided meanwhile -----------------------------------------------------------------------------------------------


def test_an_agreement_voided_meanwhile_is_not_sealed_and_nothing_of_its_file_stays():
    row = claimed()
    place = f"{row.company_id}/{row.engagement_id}/{row.document.uuid}"
    default_storage.save(place, ContentFile(b"half a fi"))
    Agreement.objects.update(state="voided")

    assert completed(row) is None

    row.refresh_from_db()
    assert (row.state, row.document.withdrawn_at) == ("cancelled", NOW)
    assert result(row) == {"state": "voided", "files": 0, "seals": 0, "events": 0}


# --- Delays ---------------------------------------------------------------------------------------------------------


def tried(row: Sealing, times: int, *, retry: bool = True) -> None:
    for _ in range(times):
        sealings.give_up(claimed(row), problem=TROUBLE, retry=retry, at=NOW)


def delays() -> list[str]:
    return list(Event.objects.filter(kind="agreement.sealing_delayed").values_list("data__words", flat=True))


def test_a_hiccup_is_tried_again_without_a_word():
    row = ordered()
    tried(row, 3)

    row.refresh_from_db()
    assert (row.state, row.problem["words"], row.not_before) == (
        "queued",
        TROUBLE["words"],
        NOW + timedelta(seconds=40),
    )
    assert (delays(), Message.objects.filter(kind="agreement.sealing_delayed").count()) == ([], 0)


@pytest.mark.parametrize(("retry", "times"), [(True, 4), (True, 30), (False, 1), (False, 30)])
def test_the_specialist_is_told_once_why_it_is_not_complete(retry, times):
    row = ordered()
    tried(row, times, retry=retry)

    mails = Message.objects.filter(kind="agreement.sealing_delayed")
    assert [one.to for one in mails] == [row.engagement.specialist.user.email]
    assert TROUBLE["words"] in mails.get().text
    assert set(delays()) == {TROUBLE["words"]}
    assert Event.objects.filter(kind="agreement.sealing_delayed", is_internal=False).count() == 0


def test_it_is_tried_for_weeks_once_an_hour():
    row = ordered()
    Sealing.objects.update(attempts=700, not_before=NOW)
    tried(row, 1)

    row.refresh_from_db()
    assert (row.state, row.not_before) == ("queued", NOW + timedelta(hours=1))


def test_a_worker_that_lost_its_claim_says_nothing():
    row = claimed()
    Sealing.objects.update(attempts=7)

    assert not sealings.give_up(row, problem=TROUBLE, retry=False, at=NOW)
    assert delays() == []


# --- Try again ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["queued", "failed"])
def test_a_specialist_has_it_tried_now(state, django_capture_on_commit_callbacks):
    row = ordered()
    later = NOW + timedelta(hours=1)
    Sealing.objects.update(state=state, attempts=9, problem=TROUBLE, not_before=later)

    with django_capture_on_commit_callbacks() as after_commit:
        again = sealings.again(row.pk, by=staff(Role.SPECIALIST), at=NOW)

    assert (again.state, again.attempts, again.problem, again.not_before) == ("queued", 0, None, NOW)
    assert len(after_commit) == 1
    assert Event.objects.filter(kind="run.retried", is_internal=True).count() == 1


@pytest.mark.parametrize(
    ("state", "who", "refusal"),
    [
        ("queued", lambda row: staff(Role.AUDITOR), errors.NotYours),
        ("queued", lambda row: owner(row.engagement.company), errors.NotYours),
        ("queued", lambda row: owner(CompanyFactory()), errors.NotFound),
        ("running", lambda row: staff(Role.LEAD), errors.WrongState),
        ("done", lambda row: staff(Role.LEAD), errors.WrongState),
        ("cancelled", lambda row: staff(Role.LEAD), errors.WrongState),
    ],
    ids=["an auditor", "the customer", "a stranger", "under way", "done", "called off"],
)
def test_otherwise_nothing_is_tried_again(state, who, refusal):
    row = ordered()
    Sealing.objects.update(state=state, attempts=3)

    with pytest.raises(refusal):
        sealings.again(row.pk, by=who(row), at=NOW)

    assert list(Sealing.objects.values_list("state", "attempts")) == [(state, 3)]


def test_the_certificate_in_the_file_is_the_one_that_seals_it(settings):
    row = ordered()

    context = sealings.context_with(row, subject="Common Name: The house", serial="0abc")

    assert context["envelope"] | {
        "certificate_subject": "Common Name: The house", "certificate_serial": "0abc",
        "verify_url": f"{settings.BASE_URL}/verify/",
    } == context["envelope"]  # fmt: skip
    assert context["number"] == row.context["number"]
