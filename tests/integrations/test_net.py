"""The one way out: what it refuses, and that both libraries go through it."""

import socket
import threading

import pytest
import requests

from integrations import addresses, net
from integrations.addresses import Rules
from tests.integrations.odd_server import OddServer

RULES = Rules(
    vendor="test", hosts=("api.vendor.example", ".my.vendor.example"), request_id_header="X-Request", total_seconds=2
)


@pytest.fixture
def trusted(odd_server: OddServer, settings) -> str:
    settings.OUTBOUND_CA_BUNDLE = odd_server.bundle
    return odd_server.address


def by_requests(url: str, rules: Rules = RULES) -> tuple[int, bytes]:
    with requests.Session() as session:
        net.guard(session, rules)
        answer = session.get(url)
        return answer.status_code, answer.content


def by_httpx(url: str, rules: Rules = RULES) -> tuple[int, bytes]:
    answer = net.client(rules).get(url)
    return answer.status_code, answer.content


either_library = pytest.mark.parametrize("get", [by_requests, by_httpx])


@either_library
def test_an_answer_comes_through(get, trusted):
    assert get(f"{trusted}/ok") == (200, b"xx")


@either_library
@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/redirect", "redirected"),
        ("/large", "too_large"),
        ("/slow", "timed_out"),
        ("/trickle", "timed_out"),
        ("/hang-up", "broken_off"),
    ],
)
def test_an_answer_is_refused(get, path, code, trusted):
    with pytest.raises(net.OutboundError) as refused:
        get(trusted + path)

    assert refused.value.code == code


@either_library
@pytest.mark.parametrize(
    "url",
    [
        "http://api.vendor.example/",
        "https://api.vendor.example:8443/",
        "https://user@api.vendor.example/",
        "https://api.vendor.example.evil.example/",
        "https://evil-my.vendor.example/",
        "https://169.254.169.254/latest/meta-data/",
    ],
)
def test_an_address_is_refused_before_anything_is_sent(get, url):
    with pytest.raises(net.OutboundError) as refused:
        get(url)

    assert refused.value.code == "host_not_allowed"


@pytest.mark.parametrize("url", ["https://api.vendor.example:99999/", "https:///", "", "api.vendor.example"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(net.OutboundError) as refused:
        addresses.check_url(url, RULES)

    assert refused.value.code == "host_not_allowed"


def test_a_listed_host_and_one_below_a_dotted_entry_may_be_called():
    assert [
        addresses.check_url(url, RULES) for url in ("https://API.vendor.example.", "https://a.my.vendor.example/x")
    ] == [
        ("api.vendor.example", 443),
        ("a.my.vendor.example", 443),
    ]


@either_library
def test_a_certificate_of_an_unknown_authority_is_refused(get, odd_server, settings):
    settings.OUTBOUND_CA_BUNDLE = ""

    with pytest.raises(net.OutboundError) as refused:
        get(odd_server.address)

    assert (refused.value.code, refused.value.host) == ("tls_failed", "localhost")


@either_library
def test_a_certificate_for_another_name_is_refused(get, trusted):
    with pytest.raises(net.OutboundError) as refused:
        get(trusted.replace("localhost", "127.0.0.1"))

    assert refused.value.code == "tls_failed"


@either_library
def test_a_private_address_is_refused_though_the_host_is_known(get, trusted, settings):
    settings.OUTBOUND_PRIVATE_ADDRESSES = []

    with pytest.raises(net.OutboundError) as refused:
        get(f"{trusted}/ok")

    assert refused.value.code == "address_refused"


@either_library
def test_the_environment_names_no_proxy_and_no_bundle(get, trusted, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")

    assert get(f"{trusted}/ok") == (200, b"xx")


@either_library
def test_the_next_address_of_a_name_is_tried(get, trusted, monkeypatch):
    """What a name with several addresses resolves to is the operating system's business: it is told here."""
    both = [(0, socket.SOCK_STREAM, 6, "", (address, 0)) for address in ("::1", "127.0.0.1")]
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: both if host == "localhost" else real(host, *a, **k)
    )

    assert get(f"{trusted}/ok") == (200, b"xx")


def greet_in_ssh(door: socket.socket) -> None:
    guest, _ = door.accept()
    with guest:
        guest.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def test_a_host_that_speaks_no_tls():
    with socket.create_server(("127.0.0.1", 0)) as door:
        answerer = threading.Thread(target=greet_in_ssh, args=[door])
        answerer.start()
        with pytest.raises(net.OutboundError) as refused:
            net.handshake("localhost", door.getsockname()[1], RULES)
        answerer.join()

    assert refused.value.code in ("tls_failed", "broken_off")


@either_library
def test_a_port_that_is_closed(get):
    with pytest.raises(net.OutboundError) as refused:
        get("https://localhost:1/")

    assert refused.value.code == "port_closed"


def test_the_trace_keeps_what_vendor_libraries_drop(trusted):
    with requests.Session() as session:
        trace = net.guard(session, RULES)
        session.get(f"{trusted}/busy")

    assert trace.last == net.Exchange(429, "req-1", 7.0)


def test_a_missing_bundle_is_our_fault(settings):
    settings.OUTBOUND_CA_BUNDLE = "/nowhere.pem"

    with pytest.raises(net.OutboundError) as refused:
        net.tls_context()

    assert refused.value.code == "trust_missing"


def test_the_handshake_tells_version_issuer_and_end(trusted):
    greeting = net.handshake("localhost", int(trusted.rpartition(":")[2]), RULES)

    assert (greeting.version, greeting.issuer.startswith("trustme"), greeting.expires_at.year > 2026) == (
        "TLSv1.3",
        True,
        True,
    )


@pytest.mark.parametrize(
    ("address", "permitted"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("127.0.0.1", True),  # named in the settings of the tests
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("192.88.99.1", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - refused, that is the point
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("fec0::1", False),
        ("2001:db8::1", False),
        ("::ffff:10.0.0.1", False),
        ("::10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("2002:a00:1::1", False),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", False),
    ],
)
def test_an_address_is_public_through_and_through(address, permitted):
    assert addresses.address_permitted(address) is permitted


def test_every_address_of_a_name_is_checked(settings):
    settings.OUTBOUND_PRIVATE_ADDRESSES = ["10.0.0.0/8"]

    with pytest.raises(net.OutboundError) as refused:
        addresses.resolve("localhost", 443)

    assert (refused.value.code, addresses.address_permitted("10.9.9.9")) == ("address_refused", True)


@pytest.mark.parametrize("name", ["no-such-host.invalid", "a" * 64 + ".example"])
def test_a_name_without_an_address(name):
    with pytest.raises(net.OutboundError) as refused:
        addresses.resolve(name, 443)

    assert refused.value.code in ("name_not_found", "name_unanswered")


def test_a_closed_port():
    with pytest.raises(net.OutboundError) as refused:
        addresses.open_socket("127.0.0.1", 1, seconds=1)

    assert refused.value.code == "port_closed"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("No such column 'X' on Account", "No such column 'X' on Account"),
        ('{"access_token": "00Dxx0000001gPL!AQE", "x": 1}', '{"access_token": "…", "x": 1}'),
        ("client_secret=s3cr3t&grant_type=refresh", "client_secret=…&grant_type=refresh"),
        ("Authorization: Bearer eyJhbGciOi.eyJzdWIi.c2ln", "Authorization: …"),
        ("Basic dXNlcjpwYXNzd29yZA==", "Basic …"),
        ("Token expired: AB01234567890ABCDEFGHIJ", "Token expired: …"),
        ("word " * 200, "word " * 79 + "word…"),
    ],
)
def test_redaction(text, shown):
    assert net.redact(text) == shown
