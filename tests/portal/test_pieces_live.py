"""Another's tus client against a really running server: cut, resumed, damaged, at once; the hash says whether it held."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed

from scripts.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
PIECE = "application/offset+octet-stream"
SEED = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from onboarding import outbox, tenancy
from onboarding.actions import document_requests
from onboarding.actors import SYSTEM, Role
from onboarding.workflow.steps import Step
from tests.factories import NOW, EngagementFactory
from tests.portal.api.conftest import token_of
from django.test import Client
from tests.factories import MemberFactory
with tenancy.acting(staff=True):
    engagement = EngagementFactory(step=Step.DATA_COLLECTION.value)
    document_requests.open_for(engagement, by=SYSTEM, at=NOW)
    outbox.refresh_status(engagement, at=NOW)
    asked = engagement.document_requests.get(code="customer_export")
    tokens = [token_of(engagement.company, Role.OWNER), token_of(EngagementFactory().company, Role.OWNER)]
    browser = Client()
    browser.force_login(MemberFactory(company=engagement.company).user)
print(json.dumps({"session": browser.cookies["sessionid"].value, "reference": engagement.reference, "request": asked.pk, "tokens": tokens}))
"""


@dataclass
class Server:
    """The running portal, and a program with a token of one company."""

    port: int
    reference: str
    request: int
    token: str
    stranger: str
    files: Path
    session: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1/engagements/{self.reference}/uploads/"

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0", **more}

    def client(self) -> TusClient:
        return TusClient(self.address, headers={"Authorization": f"Bearer {self.token}"})

    def uploader(self, path: Path, *, piece: int = 4 * MEGABYTE, **more):
        told = {"filename": path.name, "request": str(self.request)}
        content = io.BytesIO(path.read_bytes())  # what it opens by itself it leaves open
        return self.client().uploader(
            file_stream=content, chunk_size=piece, metadata=told, upload_checksum=True, **more
        )  # fmt: skip

    def begin(self, path: Path) -> str:
        """Announce the file; the path of its upload."""
        uploader = self.uploader(path)
        return urlsplit(uploader.create_url()).path

    def ask(self, method: str, place: str, **headers: str) -> tuple[int, dict[str, str]]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as link:
            link.request(method, place, headers=self.headers(**headers))
            answer = link.getresponse()
            answer.read()
            return answer.status, dict(answer.headers)

    def offset(self, place: str) -> int:
        return int(self.ask("HEAD", place)[1]["Upload-Offset"])

    def cut(self, place: str, content: bytes, *, after: int) -> None:
        """Send everything that is missing as one piece, and hang up after so many bytes of it."""
        at = self.offset(place)
        head = [f"PATCH {place} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(content) - at}"]
        sent = self.headers(**{"Content-Type": PIECE, "Upload-Offset": str(at)})
        head += [f"{name}: {value}" for name, value in sent.items()]
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as link:
            link.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
            link.sendall(content[at : at + after])

    def settled(self, place: str, *, beyond: int) -> int:
        """The offset once the server noticed that the line was cut."""
        for _ in range(100):
            if (at := self.offset(place)) > beyond:
                return at
            time.sleep(0.05)
        return at

    def told(self, place: str) -> dict:
        """The document an upload became, as the API tells it."""
        uuid = self.ask("HEAD", place)[1]["Upload-Document"]
        address = self.address.replace("/uploads/", f"/documents/{uuid}/")
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as link:
            link.request("GET", urlsplit(address).path, headers=self.headers())
            return json.loads(link.getresponse().read())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder, port = tmp_path_factory.mktemp("pieces"), free_port()
    (folder / "static").mkdir()
    environment = os.environ | {
        "VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/live.sqlite3", "API_RATE": "6000/min",
        "DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONPATH": str(ROOT), "PRIVATE_FILES_DIR": str(folder / "files"),
    }  # fmt: skip
    seeded = subprocess.run([sys.executable, "-c", SEED], env=environment, cwd=ROOT, capture_output=True, check=True)
    known = json.loads(seeded.stdout.splitlines()[-1])
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    running = subprocess.Popen([*command, "--no-control-socket", "--log-level", "error"], env=environment, cwd=ROOT)
    try:
        wait_for(port)
        yield Server(port, known["reference"], known["request"], *known["tokens"], folder / "files", known["session"])
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


_serial = iter(range(1, 100))


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A table of about 12 MB that no other test sends."""
    path = tmp_path / f"export-{next(_serial)}.csv"
    path.write_bytes(
        b"".join(b"%09d,Acme Industrial Supplies Ltd,%s\n" % (n, path.name.encode()) for n in range(210_000))
    )
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_anothers_client_uploads_in_pieces_with_checksums(server, export):
    uploader = server.uploader(export)

    uploader.upload()

    document = server.told(urlsplit(uploader.url).path)
    assert (document["sha256"], document["size"]) == (sha256(export), export.stat().st_size)
    assert (document["file_name"], document["request"], document["version"]) == (export.name, server.request, 1)


def test_a_connection_cut_at_nine_tenths_goes_on_from_there(server, export):
    content, place = export.read_bytes(), server.begin(export)
    server.cut(place, content, after=len(content) * 9 // 10)
    at = server.settled(place, beyond=0)

    server.uploader(export, url=f"http://127.0.0.1:{server.port}{place}").upload()

    assert at == len(content) * 9 // 10
    assert server.told(place)["sha256"] == sha256(export)


def test_cut_ten_times_at_random_places_the_hash_is_the_same(server, export):
    content, place, dice = export.read_bytes(), server.begin(export), random.Random(7)
    for _ in range(10):
        at = server.offset(place)
        server.cut(place, content, after=dice.randrange(1, (len(content) - at) // 2))
        server.settled(place, beyond=at)

    server.uploader(export, url=f"http://127.0.0.1:{server.port}{place}").upload()

    assert server.told(place)["sha256"] == sha256(export)


def test_two_at_once_at_one_offset_one_goes_on_and_the_other_is_told(server, export):
    content, place = export.read_bytes(), server.begin(export)
    statuses, start = [], threading.Barrier(2)

    def send() -> None:
        with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as link:
            start.wait()
            try:
                link.request("PATCH", place, content, server.headers(**{"Content-Type": PIECE, "Upload-Offset": "0"}))
                answer = link.getresponse()
                statuses.append(answer.status)
            except (BrokenPipeError, ConnectionResetError):  # told before the whole piece was sent
                statuses.append(409)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [204, 409]
    assert server.told(place)["sha256"] == sha256(export)


def test_a_damaged_piece_is_refused_whole(server, export):
    uploader = server.uploader(export, piece=MEGABYTE)
    uploader.upload_chunk()
    place = urlsplit(uploader.url).path
    wrong = "sha1 " + base64.b64encode(hashlib.sha1(b"other", usedforsecurity=False).digest()).decode()

    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as link:
        sent = {"Content-Type": PIECE, "Upload-Offset": str(MEGABYTE), "Upload-Checksum": wrong}
        link.request("PATCH", place, export.read_bytes()[MEGABYTE : 3 * MEGABYTE], server.headers(**sent))
        status = link.getresponse().status

    assert (status, server.offset(place)) == (460, MEGABYTE)


def test_too_large_is_said_to_the_client_before_a_byte(server):
    uploader = server.client().uploader(file_stream=io.BytesIO(b"small"), metadata={"filename": "large.csv"})
    uploader.get_file_size = lambda: 2 * 1024**3

    with pytest.raises(Exception, match="413"):
        uploader.create_url()


def test_another_company_finds_no_upload(server, export):
    place = server.begin(export)

    status, _ = server.ask("HEAD", place, Authorization=f"Bearer {server.stranger}")

    assert status == 404


def test_an_upload_that_was_cancelled_is_over_for_its_client(server, export):
    uploader = server.uploader(export, piece=MEGABYTE)
    uploader.upload_chunk()
    server.ask("DELETE", urlsplit(uploader.url).path)

    with pytest.raises(TusUploadFailed) as refused:
        uploader.upload_chunk()

    assert refused.value.status_code == 404
    assert not (server.files / "incoming" / f"{uploader.url.rstrip('/').rpartition('/')[2]}.part").exists()


def test_the_page_goes_on_after_the_line_broke_and_after_a_reload(server, export, browser, tmp_path):
    small, refused = tmp_path / "small.csv", tmp_path / "run.exe"
    small.write_bytes(b"a,b\n")
    refused.write_bytes(b"MZ")
    context = browser.new_context(base_url=f"http://127.0.0.1:{server.port}", reduced_motion="reduce")
    context.add_cookies([{"name": "sessionid", "value": server.session, "domain": "127.0.0.1", "path": "/"}])
    page = context.new_page()
    page.goto(f"/documents/requests/{server.request}/")
    line = context.new_cdp_session(page)
    set_line(line, bytes_a_second=4 * MEGABYTE)
    page.set_input_files("#id_files", [export, small, refused])
    page.click("#send .button:not([type=button])")
    while page.locator("[data-upload-list] progress").first.evaluate("bar => bar.value") < 50:
        page.wait_for_timeout(50)
    set_line(line, offline=True)
    page.wait_for_selector("text=Interrupted")
    set_line(line)
    page.reload()
    left = page.text_content("[data-upload-left]")
    page.set_input_files("#id_files", [export, small, refused])
    page.click("#send .button:not([type=button])")
    page.wait_for_selector("form:not([data-sending]) >> text=Not sent")

    states = page.locator("[data-upload-list] [data-state]").all_text_contents()
    page.click("text=Show what arrived")
    shown = page.text_content("main")
    context.close()
    assert left.startswith(f"Not yet here whole: “{export.name}”.")
    assert states == ["Received", "Received", "Not sent"]
    assert [name in shown for name in (export.name, "small.csv", "run.exe")] == [True, True, False]
    assert sha256(export) in kept_hashes(server)


def set_line(line: CDPSession, *, bytes_a_second: int = -1, offline: bool = False) -> None:
    """How fast the browser's line is, and whether there is one."""
    limits = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    line.send("Network.emulateNetworkConditions", limits)


def kept_hashes(server: Server) -> set[str]:
    """The hashes of whatever lies in the store."""
    kept = [path for path in server.files.rglob("*") if path.is_file() and "incoming" not in path.parts]
    return {sha256(path) for path in kept}
