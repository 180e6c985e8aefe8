"""Sealing as a worker does it: with the real key, the stand-in authority, and being killed."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest
from django.utils.timezone import now
from pypdf import PdfReader

from integrations.tasks import seal_agreement
from onboarding import sealing_keys
from onboarding.actions import sealings, work
from onboarding.actors import Role
from onboarding.models import Agreement, Event, Message, Seal, Sealing
from tests import sealing
from tests.factories import staff
from tests.integrations.tasks.killing import environment
from tests.integrations.tasks.warm_worker import warm_worker
from tests.integrations.tsa import plain_authority
from tests.onboarding.rendering import judges
from tests.sealed_agreements import countersigned, result, store_in, stored

DONE = {"state": "executed", "files": 1, "seals": 1, "events": 1}
NOTHING = {"state": "countersigned", "files": 0, "seals": 0, "events": 0}
KILLS = 20


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    store_in(tmp_path, settings)


@pytest.fixture
def stamping(outbound, sandbox):
    """An authority is set, and its root trusted."""
    outbound.TSA_URL, outbound.SEAL_TRUST = sandbox.tsa_url, sandbox.ca_path
    return sandbox


def the_file(row: Sealing) -> bytes:
    (content,) = stored(row.engagement).values()
    return content


def due(row: Sealing) -> None:
    Sealing.objects.filter(pk=row.pk).update(not_before=now())


@pytest.mark.django_db
def test_the_executed_agreement_is_one_genuine_file_that_names_its_certificate(stamping):
    row = countersigned()

    seal_agreement(sealing_id=row.pk)

    content, seal, key = the_file(row), Seal.objects.get(), sealing_keys.key()
    told = sealing.examined(content, by=key)
    words = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    assert result(row) == DONE
    assert told.is_genuine
    assert "Sandbox time stamp authority" in told.stamped_by
    assert "Signature is Valid." in judges.pdfsig(content)
    assert (seal.sha256, seal.is_time_stamped) == (hashlib.sha256(content).hexdigest(), True)
    assert (seal.certificate_subject, seal.certificate_serial) == (key.subject, key.serial)
    assert key.serial in words.replace(" ", "")
    assert "/verify/" in words


@pytest.mark.django_db
def test_without_an_authority_the_seal_carries_no_stamp_and_says_so():
    row = countersigned()

    seal_agreement(sealing_id=row.pk)

    assert (result(row), Seal.objects.get().is_time_stamped) == (DONE, False)
    assert sealing.examined(the_file(row), by=sealing_keys.key()).stamped_by == ""


@pytest.mark.django_db
def test_while_the_authority_is_down_nothing_is_completed_and_nothing_sealed_without_it(stamping):
    row = countersigned()
    for _ in range(5):
        stamping.fault("tsa", "tsa", "server_error_once", count=1)
        due(row)
        seal_agreement(sealing_id=row.pk)

    row.refresh_from_db()
    assert (result(row), row.state, row.attempts) == (NOTHING, "queued", 5)
    assert row.problem["words"] == "The vendor's service has a problem."
    assert row.not_before > now() + timedelta(seconds=100)
    assert Event.objects.filter(kind="agreement.sealing_delayed", is_internal=True).count() == 1

    sealings.again(row.pk, by=staff(Role.SPECIALIST), at=now())
    seal_agreement(sealing_id=row.pk)

    assert (result(row), Seal.objects.get().is_time_stamped) == (DONE, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fault", "words"), [("stamp_refused", "refuses to give us"), ("wrong_imprint", "does not fit")]
)
def test_a_stamp_that_is_none_completes_nothing_and_is_told_at_once(stamping, fault, words):
    stamping.fault("tsa", "tsa", fault, count=1)
    row = countersigned()

    seal_agreement(sealing_id=row.pk)

    row.refresh_from_db()
    assert (result(row), row.state) == (NOTHING, "queued")
    assert words in row.problem["words"]
    assert Event.objects.filter(kind="agreement.sealing_delayed").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["garbage", "an old nonce", "expired"])
def test_whatever_the_authority_gives_instead_it_waits_is_said_and_mends_itself(outbound, tmp_path, way):
    (keys := tmp_path / "keys").mkdir()
    with plain_authority.stamping(keys) as authority:
        (root := tmp_path / "root.pem").write_bytes(authority.root)
        outbound.TSA_URL, outbound.SEAL_TRUST = authority.address, str(root)
        row, authority.way = countersigned(), way
        seal_agreement(sealing_id=row.pk)
        row.refresh_from_db()
        waits = (result(row), row.state, row.not_before > now())
        told = Message.objects.filter(kind="agreement.sealing_delayed", to=row.engagement.specialist.user.email).count()
        authority.way = "good"
        due(row)
        seal_agreement(sealing_id=row.pk)

    assert (waits, told) == ((NOTHING, "queued", True), 1)
    assert (result(row), Seal.objects.get().is_time_stamped) == (DONE, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values", [{"SEAL_PKCS12": ""}, {"SEAL_PASSPHRASE": "another"}, {"TSA_URL": "https://tsa.example/"}],
    ids=["gone", "locked", "stamps nobody could judge"],
)  # fmt: skip
def test_without_a_good_key_it_waits_for_one(settings, values):
    for name, value in values.items():
        setattr(settings, name, value)
    row = countersigned()

    seal_agreement(sealing_id=row.pk)

    row.refresh_from_db()
    assert (result(row), row.state, row.problem["class"]) == (NOTHING, "queued", "seal_key_unfit")
    assert "another" not in str(row.problem)


@pytest.mark.django_db
def test_a_voided_agreement_is_not_sealed():
    row = countersigned()
    Agreement.objects.update(state="voided")

    seal_agreement(sealing_id=row.pk)

    row.refresh_from_db()
    assert (result(row), row.state) == (NOTHING | {"state": "voided"}, "cancelled")


@pytest.mark.django_db
def test_sealed_twice_is_sealed_once():
    row = countersigned()

    seal_agreement(sealing_id=row.pk)
    first = the_file(row)
    seal_agreement(sealing_id=row.pk)

    assert (result(row), the_file(row)) == (DONE, first)


def swept(row: Sealing) -> None:
    """The sweep finds what a dead worker left."""
    Sealing.objects.filter(pk=row.pk, state="running").update(claimed_at=now() - timedelta(hours=1))
    work.put_back_abandoned(at=now())
    due(row)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_moment_between_the_last_signature_and_the_seal_there_is_one_sealed_file(tmp_path):
    killed = 0
    with warm_worker(environment() | {"PRIVATE_FILES_DIR": str(tmp_path)}) as worker:
        whole = worker.done(countersigned("MSA-2026-0001"))
        row = countersigned("MSA-2026-0002")
        rows = [row]
        for kill in range(KILLS):
            if not worker.killed_after(row, seconds=whole * (kill + 0.5) / KILLS):
                row = countersigned(f"MSA-2026-{100 + kill}")
                rows.append(row)
                continue
            killed += 1
            assert result(row)["state"] in {"countersigned", "executed"}
            swept(row)
        for one in rows:
            swept(one)
            worker.done(one)

    assert killed >= KILLS / 2
    for one in rows:
        content, seal = the_file(one), Seal.objects.get(document=one.document_id)
        assert result(one) == DONE
        assert seal.sha256 == hashlib.sha256(content).hexdigest()
        assert sealing.examined(content, by=sealing_keys.key()).is_genuine
