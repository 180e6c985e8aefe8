"""Uploads sent to a really running server, over a socket: what is refused leaves no trace and says why."""

from __future__ import annotations

import html
import http.client
import io
import json
import os
import socket
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.ports import free_port
from tests.journey.results import PDF

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
SEED = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
from onboarding import tenancy
from onboarding.workflow.steps import Step
from tests.factories import EngagementFactory, MemberFactory
from onboarding import outbox
from tests.factories import NOW
with tenancy.acting(staff=True):
    engagement = EngagementFactory(step=Step.DATA_COLLECTION.value)
    outbox.refresh_status(engagement, at=NOW)
    client = Client()
    client.force_login(MemberFactory(company=engagement.company).user)
print(json.dumps({"session": client.cookies["sessionid"].value}))
"""


@dataclass
class Server:
    """The running portal, one signed-in owner, and the folder of private files."""

    port: int
    session: str
    files: Path

    def read(self) -> tuple[str, str]:
        """The upload page, and the cookies it sets."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as link:
            link.request("GET", "/documents/", headers={"Cookie": f"sessionid={self.session}"})
            answer = link.getresponse()
            page = html.unescape(answer.read().decode())
        assert answer.status == 200, page[:500]
        return page, answer.headers["Set-Cookie"]

    def pass_to_send(self) -> tuple[str, str]:
        """The upload page's token and cookie."""
        page, cookies = self.read()
        return page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0], cookies.split("csrftoken=")[1].split(
            ";"
        )[0]

    def send(self, name: str, content: bytes, *, cut_at: int | None = None) -> tuple[int, str]:
        """Status and page; with `cut_at` the connection ends after so many bytes and there is no answer."""
        return self.send_all({name: content}, cut_at=cut_at)

    def send_all(self, given: dict[str, bytes], *, cut_at: int | None = None, declared: int = 0) -> tuple[int, str]:
        """Status and page; with `declared` the request says it is so long, and the rest never comes."""
        token, cookie = self.pass_to_send()
        body, boundary = multipart(token, given)
        length = declared or len(body)
        head = (
            f"POST /documents/ HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n"
            f"Cookie: sessionid={self.session}; csrftoken={cookie}\r\n"
            f"Content-Type: multipart/form-data; boundary={boundary}\r\nContent-Length: {length}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as link:
            link.sendall(head.encode())
            if cut_at is not None:
                link.sendall(body[:cut_at])
                return 0, ""
            link.sendall(body)
            with closing(http.client.HTTPResponse(link)) as answer:
                answer.begin()
                return answer.status, html.unescape(answer.read().decode())

    def kept(self) -> list[str]:
        """Every file below the private folder."""
        return sorted(str(path.relative_to(self.files)) for path in self.files.rglob("*") if path.is_file())

    def stored(self) -> list[str]:
        """Those that stay: what an earlier request is still closing does not count."""
        return [path for path in self.kept() if "incoming" not in path]

    def is_without_incoming(self) -> bool:
        return self.is_back_to(self.stored())

    def is_back_to(self, before: list[str]) -> bool:
        """True once only those files are left; the server closes its own a moment after the answer."""
        for _ in range(100):
            if self.kept() == before:
                return True
            time.sleep(0.1)
        return False


def multipart(token: str, given: dict[str, bytes]) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="{{}}"{{}}\r\n\r\n'
    body = (part.format("csrfmiddlewaretoken", "") + token + "\r\n").encode()
    for name, content in given.items():
        body += part.format("files", f'; filename="{name}"').encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), boundary


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder, port = tmp_path_factory.mktemp("live"), free_port()
    (folder / "static").mkdir()
    environment = os.environ | {
        "VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/live.sqlite3", "UPLOAD_LIMIT_MB": "1",
        "DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONPATH": str(ROOT),
        "PRIVATE_FILES_DIR": str(folder / "files"),
    }  # fmt: skip
    seeded = subprocess.run([sys.executable, "-c", SEED], env=environment, cwd=ROOT, capture_output=True, check=True)
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "2"]
    running = subprocess.Popen([*command, "--no-control-socket", "--log-level", "error"], env=environment, cwd=ROOT)
    try:
        wait_for(port)
        yield Server(port, json.loads(seeded.stdout.splitlines()[-1])["session"], folder / "files")
    finally:
        running.terminate()
        running.wait(timeout=30)


def wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as link:
            if link.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the server did not start")


def office(*, macro: bool = False, bomb: bool = False, locked: bool = False, path: str = "") -> bytes:
    """A small Word file, and what people hide in one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\0" * (400 * MEGABYTE if bomb else 100))
        if macro:
            archive.writestr("word/vbaProject.bin", "Sub AutoOpen()")
        if path:
            archive.writestr(path, "x")
    content = packed.getvalue()
    return (
        content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")
        if locked
        else content
    )


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("large.pdf", b"%PDF-1.4" + b"0" * 12 * MEGABYTE, "“large.pdf” is larger than 1 MB. Send a smaller file"),
        ("empty.pdf", b"", "empty"),
        ("program.exe", b"MZ" + b"\0" * 100, "“program.exe” is not a type we take"),
        ("invoice.pdf.exe", PDF, "“invoice.pdf.exe” is not a type we take"),
        ("report.docm", office(), "“report.docm” is not a type we take"),
        ("invoice.pdf", b"MZ" + b"\0" * 100, "“invoice.pdf” is not what its name says"),
        ("page.png", b"<html><script>alert(1)</script></html>", "“page.png” is not what its name says"),
        ("list.csv", b"a,b\n\x00\x01", "“list.csv” holds binary data"),
        ("list.csv", "naïve".encode("utf-16"), "“list.csv” is not UTF-8 text"),
        ("macro.docx", office(macro=True), "“macro.docx” can't be taken. It holds macros"),
        ("climbing.docx", office(path="../../evil.xml"), "“climbing.docx” can't be taken. Its parts have odd names"),
        ("bomb.docx", office(bomb=True), "“bomb.docx” can't be taken. It unpacks to far more than its size"),
        ("locked.docx", office(locked=True), "“locked.docx” can't be taken. It is protected by a password"),
        ("broken.docx", office()[:80], "“broken.docx” can't be opened"),
    ],
    ids=lambda value: value if isinstance(value, str) and "“" not in value else "",
)
def test_a_refused_file_says_why_and_leaves_nothing(server, name, content, words):
    before = server.stored()

    status, page = server.send(name, content)

    assert (status, words in page, "There is a problem" in page) == (422, True, True)
    assert server.is_back_to(before)


@pytest.mark.parametrize("share", [0.3, 0.99], ids=["in the middle", "just before the end"])
def test_a_connection_that_is_cut_leaves_nothing(server, share):
    before, content = server.stored(), PDF + b"0" * (MEGABYTE - 5000)

    server.send("half.pdf", content, cut_at=int(len(content) * share))

    assert server.is_back_to(before)
    assert server.send("again.pdf", b"")[0] == 422, "the server goes on"


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\windows\\system.CSV", "system.csv"),
        ("invoice\u202evsc.csv", "invoicevsc.csv"),
    ],
)
def test_a_name_is_data_and_never_a_place(server, name, kept_as):
    status, _ = server.send(name, f"number,name\n{name!r},Sales\n".encode())

    assert (status, kept_as in server.read()[0]) == (302, True)
    assert server.is_without_incoming()
    assert not any("csv" in one for one in server.kept())


def test_a_file_that_is_too_large_keeps_the_others(server):
    large, small = b"0" * 2 * MEGABYTE, b"number,name\n1,Kept\n"

    status, page = server.send_all({"first.csv": small, "large.csv": large, "last.csv": small + b"2,Too\n"})

    assert (status, "“large.csv” is larger than 1 MB" in page) == (422, True)
    assert ["Received: first.csv." in page, "Received: last.csv." in page] == [True, True]
    assert server.is_without_incoming()


def test_two_gigabytes_are_refused_when_they_are_announced(server):
    before, began = server.kept(), time.monotonic()

    status, page = server.send_all({"export.csv": b"0" * 2 * MEGABYTE}, declared=2 * 1024 * MEGABYTE)

    assert (status, "“export.csv” is larger than 1 MB. Send a smaller file or split it." in page) == (422, True)
    assert time.monotonic() - began < 20
    assert server.is_back_to(before)
