"""Where the house may call: which hosts, which addresses, and the socket that goes to exactly the checked one."""

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

MEBIBYTE = 1024 * 1024
PORTS = {"https": 443, "http": 80}


class OutboundError(Exception):
    """A call that did not reach its host, or was not allowed to. `code` is a code of engine.errors; no body in it."""

    def __init__(self, code: str, detail: str = "", *, host: str = "") -> None:
        super().__init__(f"{code}: {host} {detail}".strip())
        self.code = code
        self.detail = detail
        self.host = host


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What one vendor's calls may do. A host with a leading dot stands for every host below it. Seconds and bytes.

    `plain`: without TLS too, for answers that prove themselves. Addresses are checked all the same.
    """

    vendor: str
    hosts: tuple[str, ...]
    request_id_header: str = ""
    connect_seconds: float = 5
    total_seconds: float = 30
    max_bytes: int = MEBIBYTE
    plain: bool = False


# Python 3.11's is_global calls some of these global.
_NEVER_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/3",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.ip_network("::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _unwrapped(address: Address) -> Iterator[Address]:
    """The address and the one hidden in it. Teredo is refused whole, a mapped one is judged by address_permitted()."""
    yield address
    if address.version == 4:
        return
    if address.sixtofour:
        yield address.sixtofour
    if any(address in network for network in (*_NAT64, _COMPATIBLE)):
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _allowed_private(address: Address) -> bool:
    networks = (ipaddress.ip_network(entry, strict=False) for entry in settings.OUTBOUND_PRIVATE_ADDRESSES)
    return any(address.version == network.version and address in network for network in networks)


def _public(address: Address) -> bool:
    denied = any(address.version == network.version and address in network for network in _NEVER_PUBLIC)
    return address.is_global and not denied


def address_permitted(text: str) -> bool:
    """Whether a socket may go to this address: public through and through, or named in OUTBOUND_PRIVATE_ADDRESSES."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if _allowed_private(address):
        return True
    if address.version == 6 and address.ipv4_mapped:  # the wrapper itself is never global
        return _public(address.ipv4_mapped) or _allowed_private(address.ipv4_mapped)
    return all(_public(inner) for inner in _unwrapped(address))


def host_permitted(host: str, rules: Rules) -> bool:
    """Whether the vendor's list, or OUTBOUND_EXTRA_HOSTS, names this host."""
    host = host.lower().rstrip(".")
    listed = any(host.endswith(entry) if entry.startswith(".") else host == entry for entry in rules.hosts)
    return listed or host in settings.OUTBOUND_EXTRA_HOSTS


def check_url(url: str, rules: Rules) -> tuple[str, int]:
    """Host and port of an address we may call; OutboundError host_not_allowed when we may not."""
    parts = urlsplit(url)
    host, usual = (parts.hostname or "").rstrip("."), PORTS.get(parts.scheme, 443)
    try:
        port = parts.port or usual
    except ValueError as error:
        raise OutboundError("host_not_allowed", "The port is not a number.", host=host) from error
    may_go = parts.scheme == "https" or (rules.plain and parts.scheme == "http")
    if not may_go or parts.username or not host or not host_permitted(host, rules):
        raise OutboundError("host_not_allowed", host=host)
    if port != usual and host not in settings.OUTBOUND_EXTRA_HOSTS:
        raise OutboundError("host_not_allowed", f"Port {port} is not {usual}.", host=host)
    return host, port


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Every address of a name, all of them checked. OutboundError name_not_found, name_unanswered, address_refused."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        code = "name_unanswered" if error.errno == socket.EAI_AGAIN else "name_not_found"
        raise OutboundError(code, host=host) from error
    except UnicodeError as error:
        raise OutboundError("name_not_found", host=host) from error
    addresses = tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if not all(address_permitted(address) for address in addresses):
        raise OutboundError("address_refused", host=host)
    return addresses


def open_socket(host: str, port: int, *, seconds: float) -> socket.socket:
    """A TCP connection to a checked address of the host. OutboundError port_closed, port_silent and those of resolve()."""
    last: OSError | None = None
    for address in resolve(host, port):
        try:
            connection = socket.create_connection((address, port), timeout=seconds)
        except OSError as error:
            last = error
        else:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
    raise OutboundError("port_silent" if isinstance(last, TimeoutError) else "port_closed", host=host) from last
