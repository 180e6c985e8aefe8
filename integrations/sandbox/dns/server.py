"""A small authoritative name server over UDP and TCP: TXT records of the known domains, and what goes wrong on purpose."""

import socketserver
import struct
import time
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdatatype
import dns.rrset

from integrations.sandbox.dns.zones import KIND
from integrations.sandbox.web import World

VENDOR = "dns"
TTL = 60
UDP_BYTES = 512
LONGEST_STRING = 255
MANY = 60


class NameServer:
    """Answers one query from the store of zones."""

    def __init__(self, world: World) -> None:
        self.world = world

    def reply(self, wire: bytes, *, is_udp: bool) -> bytes | None:
        """The answer as bytes; None for what is no query."""
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        if query.opcode() != dns.opcode.QUERY or len(query.question) != 1:
            return None
        answer = self._answered(query, is_udp=is_udp)
        if not is_udp:
            return answer.to_wire()
        room = query.payload if query.edns >= 0 else UDP_BYTES
        whole = answer.to_wire(max_size=65535)
        return whole if len(whole) <= max(room, UDP_BYTES) and not answer.flags & dns.flags.TC else self._cut(query)

    def _answered(self, query: dns.message.Message, *, is_udp: bool) -> dns.message.Message:
        asked = query.question[0]
        name = asked.name.to_text(omit_final_dot=True).lower()
        self._count(name)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA
        if slow := self._struck(name, "timeout"):
            time.sleep(float(slow["value"] or 60))
        if self._struck(name, "servfail"):
            answer.set_rcode(dns.rcode.SERVFAIL)
            return answer
        zone = self.world.store.get(KIND, "", name)
        if zone is None or self._struck(name, "nxdomain"):
            answer.set_rcode(dns.rcode.NXDOMAIN)
            return answer
        if is_udp and self._struck(name, "truncated"):
            answer.flags |= dns.flags.TC
            return answer
        if asked.rdtype == dns.rdatatype.TXT and (texts := self._texts(name, zone["txt"])):
            answer.answer.append(
                dns.rrset.from_text_list(asked.name, TTL, "IN", "TXT", [_quoted(one) for one in texts])
            )
        return answer

    def _texts(self, name: str, texts: list[str]) -> list[str]:
        if self._struck(name, "wrong_value"):
            texts = [f"{text[:-1]}?" for text in texts]
        if self._struck(name, "many_records"):
            texts = [f"v=some-service-{number} include:_spf{number}.example" for number in range(MANY)] + texts
        return texts

    def _cut(self, query: dns.message.Message) -> bytes:
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.TC | dns.flags.AA
        return answer.to_wire()

    def _struck(self, name: str, fault: str) -> Any:
        return self.world.faults.take(VENDOR, name, fault)

    def _count(self, name: str) -> None:
        store = self.world.store
        with store.transaction():
            row = store.get("calls", VENDOR, name) or {}
            store.put("calls", VENDOR, name, {**row, "query": row.get("query", 0) + 1})


def _quoted(text: str) -> str:
    """A TXT record's text as the zone file writes it: strings of at most 255 characters."""
    parts = [text[start : start + LONGEST_STRING] for start in range(0, len(text), LONGEST_STRING)] or [""]
    return " ".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in parts)


class _Datagram(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        wire, socket = self.request
        if answer := self.server.names.reply(wire, is_udp=True):  # type: ignore[attr-defined]
            socket.sendto(answer, self.client_address)


class _Stream(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self) -> None:
        head = self.rfile.read(2)
        if len(head) < 2:
            return
        wire = self.rfile.read(struct.unpack("!H", head)[0])
        if answer := self.server.names.reply(wire, is_udp=False):  # type: ignore[attr-defined]
            self.wfile.write(struct.pack("!H", len(answer)) + answer)


class UdpDoor(socketserver.ThreadingUDPServer):
    """The name server's port for datagrams."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str, port: int, names: NameServer) -> None:
        super().__init__((host, port), _Datagram)
        self.names = names

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is gone is no news."""


class TcpDoor(socketserver.ThreadingTCPServer):
    """The same port for connections: answers too large for a datagram."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, host: str, port: int, names: NameServer) -> None:
        super().__init__((host, port), _Stream)
        self.names = names

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is gone is no news."""
