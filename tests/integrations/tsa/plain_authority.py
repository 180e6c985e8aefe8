"""A time stamp authority without TLS, as public ones are, that gives every kind of answer but a good one when told to."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme
from asn1crypto import core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from integrations.sandbox.tsa import authority as tsa
from integrations.sandbox.tsa.site import Reply

DAY = timedelta(days=1)
PURPOSES = {"for web sites": ExtendedKeyUsageOID.SERVER_AUTH}
TIMES = {"expired": (-9 * DAY, -DAY), "not yet valid": (DAY, 9 * DAY)}  # from now


@dataclass
class PlainAuthority:
    """`way` is what it gives next; the first good token is kept, for one that is given again."""

    address: str = ""
    root: bytes = b""
    way: str = "good"
    kept: bytes = b""
    calls: int = 0
    authorities: dict[str, tsa.Authority] = field(default_factory=dict)

    def answer(self, body: bytes) -> tuple[bytes, str]:
        """The reply's bytes and type."""
        self.calls += 1
        query = tsp.TimeStampReq.load(body)
        if self.way in PLAIN:
            return PLAIN[self.way]
        given = self.kept if self.way == "an old answer" else self._reply(query)
        self.kept = self.kept or given
        if self.way == "a flipped bit":
            given = given[:-5] + bytes([given[-5] ^ 1]) + given[-4:]
        return given[: len(given) // (2 if self.way == "half" else 1)], "application/timestamp-reply"

    def _reply(self, query: tsp.TimeStampReq) -> bytes:
        imprint = query["message_imprint"]
        if self.way == "an old nonce":
            query["nonce"] = core.Integer(4711)
        if self.way == "another hash":
            imprint = tsp.MessageImprint({"hash_algorithm": imprint["hash_algorithm"], "hashed_message": b"x" * 32})
        by = self.authorities.get(self.way, self.authorities["good"])
        token = by.stamped(query, imprint, at=datetime.now(tz=UTC))
        return Reply({"status": tsp.PKIStatusInfo({"status": "granted"}), "time_stamp_token": token}).dump()


PLAIN = {
    "nothing": (b"", "application/timestamp-reply"),
    "garbage": (b"\x30\x82garbage", "application/timestamp-reply"),
    "a page": (b"<html>Maintenance</html>", "text/html"),
    "granted, no token": (
        Reply({"status": tsp.PKIStatusInfo({"status": "granted"})}).dump(), "application/timestamp-reply",
    ),
}  # fmt: skip


@contextmanager
def stamping(directory: Path) -> Iterator[PlainAuthority]:
    """On a free port of localhost, in a thread."""
    ca = trustme.CA()
    good = tsa.kept(directory, ca)
    mine = PlainAuthority(root=ca.cert_pem.bytes(), authorities={"good": good})
    for way in (*TIMES, *PURPOSES):
        mine.authorities[way] = replace(good, certificate=_certificate(good, ca, way))
    stranger = directory / "stranger"
    stranger.mkdir()
    mine.authorities["of a stranger"] = tsa.kept(stranger, trustme.CA())

    class Door(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body, kind = mine.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    mine.address = f"http://localhost:{door.server_port}/tsr"
    try:
        yield mine
    finally:
        door.shutdown()
        door.server_close()


def _certificate(good: tsa.Authority, ca: trustme.CA, way: str) -> asn1_x509.Certificate:
    """The same key with a certificate of another time, or for another purpose."""
    begins, ends = TIMES.get(way, (-DAY, DAY))
    signer: Any = serialization.load_pem_private_key(ca.private_key_pem.bytes(), password=None)
    issuer = x509.load_pem_x509_certificate(ca.cert_pem.bytes())
    today = datetime.now(tz=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Plain time stamps")]))
        .issuer_name(issuer.subject)
        .public_key(good.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today + begins)
        .not_valid_after(today + ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([PURPOSES.get(way, ExtendedKeyUsageOID.TIME_STAMPING)]), critical=True)
        .sign(signer, hashes.SHA256())
    )
    return asn1_x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))
