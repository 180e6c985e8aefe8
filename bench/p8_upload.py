"""P8: a gigabyte taken in over HTTP (hashed, looked at, stored, recorded), against `openssl dgst -sha256` of the file.

Three ways: one piece after the tus protocol, pieces of 8 MiB, and the form. Then the same upload cut ten times, its
hash equal in the end; and what any of it needs of the server's memory beyond an upload of 1 MB.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import os
import random
import resource
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.harness import children, interleaved, median, ratio, resident_bytes, row, times
from bench.serving import Server, served

MIB = 1024 * 1024
PIECE = 8 * MIB
TYPE = "application/offset+octet-stream"
LINE = b"%015d,Acme Industrial Supplies Ltd,1 Main Street,Boston,US\n"


def measure(_: str) -> list[dict[str, Any]]:
    """Speed three ways, then memory, whole and cut ten times."""
    var, size = Path(os.environ["VAR_DIR"]), times(1024) * MIB
    with served({"ours": "portal.wsgi"}) as servers:
        sender = _sender(servers["ours"])
        file = _written(var / "large.csv", size)
        small = _written(var / "small.csv", MIB)
        return [*_speed(sender, file, rounds=2, var=var), *_memory(sender, file, small)]


@dataclass
class Sender:
    """A program with a token of one company, and the request its files are for."""

    server: Server
    token: str
    reference: str
    request: int

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def root(self) -> str:
        return f"/api/v1/engagements/{self.reference}/"

    def headers(self, **more: str) -> dict[str, str]:
        return {
            "Host": "localhost", "Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0", **more,
        }  # fmt: skip

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> http.client.HTTPMessage:
        """One request; AssertionError when it is refused."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)) as link:
            link.request(method, path, body, self.headers(**headers))
            answer = link.getresponse()
            said = answer.read()
            if answer.status >= 300:
                raise AssertionError(f"{method} {path}: {answer.status} {said[:300]!r}")
            return answer.headers

    def begin(self, file: Path) -> str:
        told = {"filename": f"{uuid.uuid4().hex}.csv", "request": str(self.request)}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
        size = str(file.stat().st_size)
        headers = self.ask("POST", f"{self.root}uploads/", **{"Upload-Length": size, "Upload-Metadata": metadata})
        return "/" + headers["Location"].split("/", 3)[3]

    def whole(self, file: Path) -> str:
        """In one piece; the upload's path."""
        place = self.begin(file)
        with file.open("rb") as content:
            length = str(file.stat().st_size)
            self.ask("PATCH", place, content, **{"Content-Type": TYPE, "Upload-Offset": "0", "Content-Length": length})
        return place

    def pieces(self, file: Path) -> str:
        """In pieces of 8 MiB."""
        place, at = self.begin(file), 0
        with file.open("rb") as content:
            while piece := content.read(PIECE):
                self.ask("PATCH", place, piece, **{"Content-Type": TYPE, "Upload-Offset": str(at)})
                at += len(piece)
        return place

    def cut(self, file: Path) -> str:
        """Hung up ten times at random places, each time going on from where the server says it is."""
        place, dice, size = self.begin(file), random.Random(8), file.stat().st_size
        for _ in range(10):
            at, after = self.offset(place), dice.randrange(size // 40, size // 11)
            self.hang_up(place, file, at=at, after=after)
            self.wait_for(place, at + after)
        at = self.offset(place)
        with file.open("rb") as content:
            content.seek(at)
            length = str(size - at)
            self.ask(
                "PATCH", place, content, **{"Content-Type": TYPE, "Upload-Offset": str(at), "Content-Length": length}
            )
        return place

    def hang_up(self, place: str, file: Path, *, at: int, after: int) -> None:
        head = self.headers(
            **{"Content-Type": TYPE, "Upload-Offset": str(at), "Content-Length": str(file.stat().st_size - at)}
        )
        lines = [f"PATCH {place} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as link, file.open("rb") as content:
            link.sendall("\r\n".join(lines).encode())
            content.seek(at)
            while after > 0 and (piece := content.read(min(MIB, after))):
                link.sendall(piece)
                after -= len(piece)

    def offset(self, place: str) -> int:
        return int(self.ask("HEAD", place)["Upload-Offset"])

    def wait_for(self, place: str, offset: int) -> None:
        """Until the server took what was sent before the line broke, and let go of the file."""
        give_up = time.monotonic() + 60
        while self.offset(place) < offset:
            if time.monotonic() > give_up:
                raise AssertionError(f"{place}: {self.offset(place)} of {offset} bytes counted")
            time.sleep(0.05)
        time.sleep(0.2)

    def form(self, file: Path) -> str:
        """As multipart/form-data, as a page without script sends it."""
        boundary = uuid.uuid4().hex
        field = f'--{boundary}\r\nContent-Disposition: form-data; name="request"\r\n\r\n{self.request}\r\n'
        head = (
            f'{field}--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{uuid.uuid4().hex}.csv"\r\n\r\n'
        ).encode()
        tail = f"\r\n--{boundary}--\r\n".encode()
        length = len(head) + file.stat().st_size + len(tail)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Content-Length": str(length)}
        self.ask("POST", f"{self.root}documents/", _chained(head, file, tail), **headers)
        return ""


def _chained(head: bytes, file: Path, tail: bytes) -> Iterator[bytes]:
    yield head
    with file.open("rb") as content:
        while piece := content.read(MIB):
            yield piece
    yield tail


def _sender(server: Server) -> Sender:
    from onboarding import tenancy  # noqa: PLC0415 - Django's models load after its set-up
    from onboarding.actors import Role  # noqa: PLC0415
    from onboarding.workflow.steps import Step  # noqa: PLC0415
    from tests.journey import journey  # noqa: PLC0415
    from tests.portal.api.conftest import token_of  # noqa: PLC0415

    with tenancy.acting(staff=True):
        cast = journey(Step.DATA_COLLECTION)
        asked = cast.engagement.document_requests.get(code="customer_export")
        return Sender(server, token_of(cast.company, Role.OWNER), cast.engagement.reference, asked.pk)


def _written(path: Path, size: int) -> Path:
    """A table of that size; the same bytes are taken once, so `_another` changes its first line."""
    block = b"".join(LINE % number for number in range(16_384))
    with path.open("wb") as file:
        while (left := size - file.tell()) > 0:
            file.write(block[:left])
    return path


def _another(file: Path) -> Path:
    """The same table with a first line nobody sent before."""
    with file.open("r+b") as content:
        content.write(b"%015d" % random.SystemRandom().randrange(10**15))
    return file


def _speed(sender: Sender, file: Path, *, rounds: int, var: Path) -> list[dict[str, Any]]:
    """CPU seconds of the server for each way, beside openssl's for the same file."""

    def ours(send: Callable[[Path], str]) -> Callable[[], float]:
        def cost() -> float:
            before = sender.server.cpu()
            send(_another(file))
            used = sender.server.cpu() - before
            _tidy(var)
            return used

        return cost

    ways = {"one piece": sender.whole, "pieces of 8 MiB": sender.pieces, "the form": sender.form}
    sides = {name: ours(send) for name, send in ways.items()} | {"openssl": lambda: _openssl(file)}
    costs = interleaved(sides, rounds=rounds)
    megabytes = file.stat().st_size // MIB
    return [
        row(f"P8 upload of {megabytes} MiB, {name}", ratio=ratio(costs, "openssl", name), goal=">= 0.55",
            ours=median(costs, name), reference=median(costs, "openssl"), unit="CPU s")
        for name in ways
    ]  # fmt: skip


def _openssl(file: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["openssl", "dgst", "-sha256", str(file)], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _memory(sender: Sender, file: Path, small: Path) -> list[dict[str, Any]]:
    """The server's highest memory while it takes the file, beyond an upload of 1 MB."""
    var = Path(os.environ["VAR_DIR"])
    base = _peak(sender, lambda: sender.whole(_another(small)))
    rows = []
    for name, send in {"one piece": sender.whole, "cut ten times": sender.cut, "the form": sender.form}.items():
        places: list[str] = []
        peak = _peak(sender, lambda: places.append(send(_another(file))))  # noqa: B023 - called at once
        if places[0]:
            _require_equal(sender, places[0], file)
        rows.append(row(f"P8 memory over a 1 MB upload, {name}", ratio=(peak - base) / MIB, goal="<= 32",
                        ours=peak / MIB, reference=base / MIB, unit="MiB"))  # fmt: skip
        _tidy(var)
    return rows


def _peak(sender: Sender, act: Callable[[], Any]) -> int:
    """The most memory the server's workers held together while it happened."""
    workers, seen, is_over = children(sender.server.pid), [0], threading.Event()

    def watch() -> None:
        while not is_over.is_set():
            seen[0] = max(seen[0], sum(resident_bytes(pid) for pid in workers))
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        act()
    finally:
        is_over.set()
        watcher.join()
    return seen[0]


def _require_equal(sender: Sender, place: str, file: Path) -> None:
    """AssertionError unless the document's hash, in the record and of the stored bytes, is the file's."""
    from onboarding import tenancy  # noqa: PLC0415
    from onboarding.models import Document  # noqa: PLC0415

    with tenancy.acting(staff=True):
        document = Document.objects.get(uuid=sender.ask("HEAD", place)["Upload-Document"])
    with file.open("rb") as sent, (Path(os.environ["VAR_DIR"]) / "files" / document.path).open("rb") as kept:
        hashes = {document.sha256, *(hashlib.file_digest(one, "sha256").hexdigest() for one in (sent, kept))}
    if len(hashes) != 1:
        raise AssertionError(f"{place}: what is kept is not what was sent")


def _tidy(var: Path) -> None:
    """Gigabytes are measured, not kept: what was stored goes."""
    for path in (var / "files").rglob("*"):
        if path.is_file() and path.stat().st_size > MIB:
            path.unlink()
