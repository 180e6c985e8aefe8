"""Asking for TXT records: what is there, what is not, and what the name servers do wrong."""

from __future__ import annotations

import time

import pytest

from integrations import dns
from tests.integrations.sandbox_fixture import RunningSandbox

VALUE = "interweave-verification=abc"


@pytest.fixture
def names(sandbox: RunningSandbox, settings) -> RunningSandbox:
    settings.DNS_RESOLVERS = [sandbox.dns_address]
    sandbox.clear_faults()
    sandbox.zone("acme.example", "v=spf1 -all", VALUE)
    return sandbox


def test_every_txt_record_is_read_long_ones_joined(names: RunningSandbox) -> None:
    long = "k=" + "x" * 600
    names.zone("long.example", long, 'with "quotes" and \\', "ключ")

    found = dns.txt_records("acme.example")
    assert (found.kind, set(found.texts)) == ("found", {"v=spf1 -all", VALUE})  # servers give them in any order
    assert set(dns.txt_records("long.example").texts) == {long, 'with "quotes" and \\', "ключ"}


def test_what_is_not_there_is_told_apart(names: RunningSandbox) -> None:
    names.zone("empty.example")

    assert dns.txt_records("empty.example").kind == "no_record"
    assert dns.txt_records("nowhere.example").kind == "no_domain"


@pytest.mark.parametrize(
    ("fault", "kind"), [("nxdomain", "no_domain"), ("servfail", "unanswered"), ("wrong_value", "found")]
)
def test_a_fault_is_told_and_the_next_look_is_right(names: RunningSandbox, fault: str, kind: str) -> None:
    names.fault("dns", "acme.example", fault, count=1)

    struck = dns.txt_records("acme.example")

    assert (struck.kind, VALUE in struck.texts) == (kind, False)
    assert VALUE in dns.txt_records("acme.example").texts


@pytest.mark.parametrize("fault", ["truncated", "many_records"])
def test_what_does_not_fit_into_a_datagram_is_asked_for_over_a_connection(names: RunningSandbox, fault: str) -> None:
    names.fault("dns", "acme.example", fault, count=2 if fault == "many_records" else 1)

    assert VALUE in dns.txt_records("acme.example").texts


def test_a_slow_name_server_is_waited_for_once_but_not_long(names: RunningSandbox) -> None:
    names.fault("dns", "acme.example", "timeout", value=4, count=9)
    began = time.monotonic()

    assert dns.txt_records("acme.example", total_seconds=1).kind == "unanswered"

    assert time.monotonic() - began < 3


def test_nobody_listening_is_no_answer(settings) -> None:
    settings.DNS_RESOLVERS = ["127.0.0.1:9"]

    assert dns.txt_records("acme.example", total_seconds=1).kind == "unanswered"


@pytest.mark.parametrize(
    ("entry", "address", "port"),
    [("192.0.2.1", "192.0.2.1", 53), ("192.0.2.1:5353", "192.0.2.1", 5353), ("[::1]:5353", "::1", 5353),
     ("::1", "::1", 53), ("localhost:99", "127.0.0.1", 99)],
)  # fmt: skip
def test_a_resolver_is_named_with_or_without_its_port(entry: str, address: str, port: int) -> None:
    named = dns._named(entry)

    assert (named.address, named.port) in {(address, port), ("::1", port)}
