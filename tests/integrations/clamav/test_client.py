"""clamd's answers: clean is its OK for every byte and nothing else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.clamav.client import Clamd, Scan, Verdict
from integrations.engine.errors import TemporaryFailure
from scripts.ports import free_port
from tests.integrations.clamav import clamd
from tests.integrations.clamav.clamd import EICAR, VERSION, StandIn


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with clamd.running() as found:
        yield found


def scanned(stand_in: StandIn, content: bytes, *, size: int | None = None, limit: int = 10_000_000) -> Scan:
    client = Clamd(stand_in.url, limit_bytes=limit, reply_seconds=0.5)
    return client.scan(io.BytesIO(content), size=len(content) if size is None else size)


def test_every_byte_arrives_and_ok_is_clean(stand_in: StandIn) -> None:
    stand_in.limit = 2_000_000
    content = bytes(range(256)) * 5000

    assert scanned(stand_in, content) == Scan(Verdict.CLEAN, scanner=VERSION)
    assert stand_in.streams == [content]


def test_a_virus_is_named(stand_in: StandIn) -> None:
    assert scanned(stand_in, b"a,b\n" + EICAR) == Scan(Verdict.FOUND, "Eicar-Test-Signature", VERSION)


def test_a_socket_in_the_file_system(tmp_path: Path) -> None:
    with clamd.running(str(tmp_path / "clamd.ctl")) as stand_in:
        assert scanned(stand_in, b"a,b\n").verdict == Verdict.CLEAN


@pytest.mark.parametrize("length", [100_001, 3_000_000], ids=["by a byte", "by far"])
def test_more_than_clamd_takes_is_too_large(stand_in: StandIn, length: int) -> None:
    assert scanned(stand_in, b"x" * length).verdict == Verdict.TOO_LARGE


def test_what_clamd_would_not_look_into_is_too_large(stand_in: StandIn) -> None:
    stand_in.fault = "limits"
    told = scanned(stand_in, b"x" * 10)
    streams = len(stand_in.streams)

    beyond = scanned(stand_in, b"x" * 10, limit=9)

    assert (told.verdict, beyond) == (Verdict.TOO_LARGE, Scan(Verdict.TOO_LARGE))
    assert len(stand_in.streams) == streams == 1


@pytest.mark.parametrize("fault", ["silent", "hangs up", "error"])
def test_no_clear_answer_is_tried_again(stand_in: StandIn, fault: str) -> None:
    stand_in.fault = fault

    with pytest.raises(TemporaryFailure) as told:
        scanned(stand_in, b"a,b\n")

    assert told.value.code == "scanner_down"


def test_ok_for_a_part_is_not_clean(stand_in: StandIn) -> None:
    stand_in.fault, stand_in.limit = "cuts", 100_000_000

    with pytest.raises(TemporaryFailure):
        scanned(stand_in, b"x" * 40_000_000, limit=100_000_000)  # more than the system keeps between the two


def test_ok_for_fewer_bytes_than_there_are_is_not_clean(stand_in: StandIn) -> None:
    with pytest.raises(TemporaryFailure):
        scanned(stand_in, b"cut", size=4)


def test_an_address_of_another_kind_fails_at_once() -> None:
    with pytest.raises(ValueError, match="unix:// or tcp://"):
        Clamd("http://there.example", limit_bytes=1)


def test_nobody_at_home_is_tried_again(tmp_path: Path) -> None:
    for url in (f"tcp://127.0.0.1:{free_port()}", f"unix://{tmp_path}/none.ctl"):
        with pytest.raises(TemporaryFailure):
            scanned(StandIn(url), b"a")
