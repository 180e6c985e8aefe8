"""Asking the domain name system for TXT records: of the resolvers named in the settings, else of this machine's own."""

from __future__ import annotations

import socket
from dataclasses import dataclass

import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings

TRY_SECONDS, TOTAL_SECONDS = 3.0, 9.0
PORT = 53
NO_RECORD, NO_DOMAIN, UNANSWERED, FOUND = "no_record", "no_domain", "unanswered", "found"


@dataclass(frozen=True)
class TxtAnswer:
    """What a domain's name servers said: found, no_record, no_domain or unanswered."""

    kind: str
    texts: tuple[str, ...] = ()


def txt_records(domain: str, *, total_seconds: float = TOTAL_SECONDS) -> TxtAnswer:
    """Every TXT record at the domain itself, each record's strings joined. Seconds; nothing is remembered."""
    try:
        answer = _resolver(total_seconds).resolve(f"{domain}.", "TXT", search=False, lifetime=total_seconds)
    except dns.resolver.NXDOMAIN:
        return TxtAnswer(NO_DOMAIN)
    except dns.resolver.NoAnswer:
        return TxtAnswer(NO_RECORD)
    except (dns.exception.DNSException, OSError):  # refused, silent, nonsense: nothing was said of the domain
        return TxtAnswer(UNANSWERED)
    texts = (b"".join(record.strings).decode("utf-8", "replace") for record in answer)
    return TxtAnswer(FOUND, tuple(texts))


def _resolver(total_seconds: float) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=not settings.DNS_RESOLVERS)
    if settings.DNS_RESOLVERS:
        resolver.nameservers = [_named(one) for one in settings.DNS_RESOLVERS]
    resolver.timeout, resolver.lifetime = min(TRY_SECONDS, total_seconds), total_seconds
    resolver.cache = None
    return resolver


def _named(entry: str) -> dns.nameserver.Do53Nameserver:
    """`host`, `host:port` or `[v6]:port` as it stands in the settings; a name is looked up by the machine itself."""
    host, _, port = entry.rpartition(":") if entry.count(":") == 1 or entry.startswith("[") else (entry, "", "")
    number = int(port or PORT)
    address = socket.getaddrinfo((host or entry).strip("[]"), number, type=socket.SOCK_DGRAM)[0][4][0]
    return dns.nameserver.Do53Nameserver(str(address), number)
