"""Free ports on this machine."""

import socket

LOOPBACKS = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6}


def has_ipv6() -> bool:
    return socket.has_ipv6 and can_bind("::1", 0)


def can_bind(host: str, port: int) -> bool:
    try:
        with socket.socket(LOOPBACKS.get(host, socket.AF_INET)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError:
        return False
    return True


def is_free(port: int) -> bool:
    """Nobody listens there, on neither loopback address (a browser tries both for `localhost`)."""
    return can_bind("127.0.0.1", port) and (not has_ipv6() or can_bind("::1", port))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def free_row(*, length: int, start: int = 9100) -> int:
    """The first of `length` neighbouring free ports. Raises RuntimeError when there is no such row."""
    for first in range(start, 60000, length):
        if all(is_free(port) for port in range(first, first + length)):
            return first
    raise RuntimeError(f"no {length} neighbouring ports are free above {start}")


def answers(port: int, *, host: str = "127.0.0.1") -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
