"""Outbound HTTP: the one way out of the house.

Only https (time stamps alone may come without, see tsa/client.py), only hosts of the vendor's list, only addresses that
were checked (and the socket goes to exactly the checked address, under the original TLS name), no redirects, no
environment proxies, limits on time and size. The same checks stand behind `requests` (vendor libraries bring it) and
httpx (our own calls).
"""

import atexit
import functools
import re
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import certifi
import httpcore
import httpx
import requests
from django.conf import settings
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

from integrations.addresses import OutboundError, Rules, check_url, open_socket, resolve

MAX_REDACTED = 400
Headers = requests.structures.CaseInsensitiveDict | httpx.Headers


@dataclass(frozen=True)
class Exchange:
    """What is kept of an answer: never its body."""

    status: int
    request_id: str
    retry_after: float | None


@dataclass
class Trace:
    """The last exchange of one session: vendor libraries drop the headers when they raise."""

    last: Exchange | None = None


@dataclass(frozen=True)
class Handshake:
    """What a TLS greeting showed."""

    version: str
    issuer: str
    expires_at: datetime


def handshake(host: str, port: int, rules: Rules) -> Handshake:
    """Greet the host over TLS and check its certificate. OutboundError tls_failed and those of open_socket()."""
    plain = open_socket(host, port, seconds=rules.connect_seconds)
    with plain, _as_outbound(host), tls_context().wrap_socket(plain, server_hostname=host) as secure:
        certificate: dict[str, Any] = secure.getpeercert() or {}
        issuer = dict(pair[0] for pair in certificate.get("issuer", ()))
        expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), tz=UTC)
        name = issuer.get("organizationName") or issuer.get("commonName") or ""
        return Handshake(secure.version() or "", name, expires)


@functools.lru_cache
def _tls_context(bundle: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    if bundle:
        context.load_verify_locations(cafile=bundle)
    return context


def tls_context() -> ssl.SSLContext:
    """The process's one TLS context: public authorities, and OUTBOUND_CA_BUNDLE when set."""
    try:
        return _tls_context(settings.OUTBOUND_CA_BUNDLE)
    except OSError as error:
        raise OutboundError("trust_missing") from error


# --- Errors of two libraries, one shape ------------------------------------------------------------------------------


def _causes(error: BaseException) -> list[BaseException]:
    """The error and everything it was raised from, wrapped in, or blames."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        current = waiting.pop(0)
        if isinstance(current, BaseException) and current not in found:
            found.append(current)
            waiting += [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]
    return found


def _outbound(error: BaseException, host: str) -> OutboundError:
    chain = _causes(error)
    for cause in chain:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return OutboundError("tls_failed", cause.verify_message, host=host)
    if any(isinstance(cause, ConnectionRefusedError) for cause in chain):
        return OutboundError("port_closed", host=host)
    if any(isinstance(cause, httpx.ConnectTimeout) for cause in chain):
        return OutboundError("port_silent", host=host)
    if any(isinstance(cause, (TimeoutError, requests.Timeout, httpx.TimeoutException)) for cause in chain):
        return OutboundError("timed_out", host=host)
    if any(isinstance(cause, ssl.SSLError) for cause in chain):
        return OutboundError("tls_failed", host=host)
    return OutboundError("broken_off", host=host)


@contextmanager
def _as_outbound(host: str) -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, httpx.TransportError, OSError) as error:
        raise _outbound(error, host) from error


def _capped(chunks: Iterable[bytes], *, rules: Rules, deadline: float, host: str) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > rules.max_bytes:
            raise OutboundError("too_large", host=host)
        if time.monotonic() > deadline:
            raise OutboundError("timed_out", host=host)
    return bytes(body)


def _refuse_redirect(status: int, headers: Headers, host: str) -> None:
    if status in (301, 302, 303, 307, 308) and "location" in headers:
        raise OutboundError("redirected", host=host)


def retry_after(headers: Headers) -> float | None:
    """Seconds the vendor asks us to wait; None when it names none (or a date: then our own waits do)."""
    value = headers.get("retry-after", "")
    return float(value) if re.fullmatch(r"\d{1,5}", value) else None


# --- requests ----------------------------------------------------------------------------------------------------------


class _PinnedConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return open_socket(self.host, self.port or 443, seconds=float(self.timeout or 5))


class _PinnedPool(HTTPSConnectionPool):
    ConnectionCls = _PinnedConnection


class _Pinned(HTTPAdapter):
    """One connection pool for the process; certificates are judged by our context, whatever a session says."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: object) -> None:  # noqa: FBT001,FBT002
        super().init_poolmanager(connections, maxsize, block, ssl_context=tls_context(), **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _PinnedPool}

    def build_connection_pool_key_attributes(self, request, verify, cert=None):  # noqa: ANN001
        parts = urlsplit(request.url)
        return {"scheme": "https", "host": parts.hostname, "port": parts.port}, {}

    def cert_verify(self, conn, url, verify, cert) -> None:  # noqa: ANN001
        """The context was given to the pool: nothing to set."""


@functools.lru_cache
def _pool(bundle: str) -> _Pinned:
    pool = _Pinned(pool_connections=20, pool_maxsize=100)
    atexit.register(pool.close)
    return pool


class Guard(BaseAdapter):
    """The rules as a `requests` adapter; its trace tells the session's last exchange."""

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self.rules = rules
        self.trace = Trace()

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:  # type: ignore[override]
        host, _port = check_url(request.url or "", self.rules)
        deadline = time.monotonic() + self.rules.total_seconds
        self.trace.last = None
        limits = (self.rules.connect_seconds, self.rules.total_seconds)
        with _as_outbound(host):
            answer = _pool(settings.OUTBOUND_CA_BUNDLE).send(request, stream=True, timeout=limits, proxies={})
            with answer:
                _refuse_redirect(answer.status_code, answer.headers, host)
                chunks = answer.iter_content(65536)
                answer._content = _capped(chunks, rules=self.rules, deadline=deadline, host=host)  # noqa: SLF001 - no public way to cap a body
                answer._content_consumed = True  # noqa: SLF001
        request_id = answer.headers.get(self.rules.request_id_header, "")
        self.trace.last = Exchange(answer.status_code, request_id, retry_after(answer.headers))
        return answer

    def close(self) -> None:
        """The pool is the process's: a closed session leaves it open."""


def guard(session: requests.Session, rules: Rules) -> Trace:
    """Put a vendor library's session behind the rules; the trace tells its last exchange."""
    session.trust_env = False
    adapter = Guard(rules)
    session.adapters.clear()
    session.mount("https://", adapter)
    session.mount("http://", adapter)  # refused there, in our words
    return adapter.trace


# --- httpx -------------------------------------------------------------------------------------------------------------


class _PinnedBackend(httpcore.SyncBackend):
    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **_: object) -> httpcore.NetworkStream:  # type: ignore[override]
        *others, last = resolve(host, port)
        for address in others:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return super().connect_tcp(address, port, timeout)
        return super().connect_tcp(last, port, timeout)


class _PinnedTransport(httpx.HTTPTransport):
    def __init__(self, rules: Rules) -> None:
        super().__init__(verify=tls_context(), trust_env=False)
        self.rules = rules
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls_context(), network_backend=_PinnedBackend(), max_connections=100, keepalive_expiry=30
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host, _ = check_url(str(request.url), self.rules)
        deadline = time.monotonic() + self.rules.total_seconds
        total = self.rules.total_seconds
        request.extensions["timeout"] = {
            "connect": self.rules.connect_seconds, "read": total, "write": total, "pool": total
        }  # fmt: skip
        with _as_outbound(host):
            answer = super().handle_request(request)
            try:
                _refuse_redirect(answer.status_code, answer.headers, host)
                body = _capped(answer.iter_bytes(), rules=self.rules, deadline=deadline, host=host)
            finally:
                answer.close()
        drop = {"content-encoding", "content-length", "transfer-encoding"}
        headers = [(name, value) for name, value in answer.headers.multi_items() if name not in drop]
        return httpx.Response(answer.status_code, headers=headers, content=body)


@functools.lru_cache
def _client(rules: Rules, bundle: str) -> httpx.Client:
    made = httpx.Client(transport=_PinnedTransport(rules), trust_env=False, follow_redirects=False)
    atexit.register(made.close)
    return made


def client(rules: Rules) -> httpx.Client:
    """The process's one httpx client for a vendor. Calls raise OutboundError."""
    return _client(rules, settings.OUTBOUND_CA_BUNDLE)


# --- Words that may be shown ---------------------------------------------------------------------------------------------

_SECRET_PAIR = re.compile(
    r"""(?ix) ( (?:access_token|refresh_token|id_token|client_secret|consumer_secret|password|assertion|code
               |authorization|session_?id|sid) ["']? \s* [=:] \s* ["']? ) (?: (?:bearer|basic) \s+ )? [^\s"'&,;}]+ """
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=!-]{8,}")
_TOKEN = re.compile(r"\b(?:00D\w{12,15}![\w.]+|ey[\w-]+\.[\w-]+\.[\w-]*|AB\d{2}[A-Za-z0-9]{16,}|[A-Za-z0-9_+/=-]{40,})")


def redact(text: str) -> str:
    """The text without anything that looks like a secret, cut to a length fit for a page."""
    text = _SECRET_PAIR.sub(r"\1…", text)
    text = _BEARER.sub(r"\1 …", text)
    text = _TOKEN.sub("…", text)
    return text if len(text) <= MAX_REDACTED else text[: MAX_REDACTED - 1] + "…"
