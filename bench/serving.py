"""A web server to measure and a client that costs nothing of what is measured: CPU of the server a request."""

from __future__ import annotations

import contextlib
import http.client
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.harness import children, cpu_seconds
from scripts.ports import answers, free_port
from scripts.setup import ROOT
from scripts.supervisor import Supervisor


@dataclass
class Server:
    """One server that runs; `pid` is its first process, the workers are its children."""

    name: str
    port: int
    pid: int

    def cpu(self) -> float:
        """CPU seconds of the server and its workers so far."""
        return cpu_seconds(self.pid, *children(self.pid))

    def cost(self, path: str, *, requests: int, headers: dict[str, str] | None = None, status: int = 200) -> float:
        """CPU seconds of the server for each of so many GETs over one kept connection.

        Raises AssertionError when an answer has another status: a refusal is fast and proves nothing.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        before = self.cpu()
        for _ in range(requests):
            connection.request("GET", path, headers={"Host": "localhost", **(headers or {})})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != status:
                raise AssertionError(f"{self.name} {path}: {answer.status} {body[:300]!r}")
        used = self.cpu() - before
        connection.close()
        return used / requests


@contextlib.contextmanager
def served(applications: dict[str, str], *, env: dict[str, str] | None = None) -> Iterator[dict[str, Server]]:
    """Run gunicorn (one gthread worker, four threads) for each `name: "module:application"`; yield the servers by name.

    They live in this process's environment (so on its database, as interweave_web) unless `env` says otherwise.
    Their words are in VAR_DIR/log. Raises ChildDied when one does not start.
    """
    log_dir = Path((env or dict(os.environ)).get("VAR_DIR", tempfile.gettempdir())) / "log"
    servers = {}
    with Supervisor(root=ROOT, log_dir=log_dir) as supervisor:
        for name, application in applications.items():
            port = free_port()
            gunicorn: list[str | Path] = [Path(sys.executable).parent / "gunicorn", application]
            gunicorn += ["--worker-class", "gthread", "--workers", "1", "--threads", "4", "--keep-alive", "60"]
            gunicorn += ["--no-control-socket", "--log-level", "warning", "--bind", f"127.0.0.1:{port}"]
            supervisor.start(name, gunicorn, env=env or dict(os.environ))
            supervisor.wait_until(lambda port=port: answers(port), what=name, seconds=60)  # type: ignore[misc]
            servers[name] = Server(name=name, port=port, pid=supervisor.children[name].pid)
        yield servers
