import json
import os
import socket

import pytest

from scripts import ports
from scripts.local import LocalPortal, Unfit, running


@pytest.fixture(autouse=True)
def _no_servers(monkeypatch):
    for name in ("CELERY_BROKER_URL", "DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ROLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("environ.Env.read_env", lambda *_: None)


def test_the_sandbox_keeps_its_ports_and_secrets_over_a_restart(tmp_path):
    first = LocalPortal.prepare(var=tmp_path, port=ports.free_port())
    second = LocalPortal.prepare(var=tmp_path, port=ports.free_port())

    assert first.kept == second.kept
    assert first.broker != second.broker
    assert oct((tmp_path / "local.json").stat().st_mode & 0o777) == "0o600"


def test_a_taken_port_is_refused_with_what_to_do(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(Unfit, match=f"Port {port} is taken.*make run PORT={port + 1}"):
            LocalPortal.prepare(var=tmp_path, port=port)

    assert not (tmp_path / "local.json").exists()


def test_a_taken_sandbox_port_is_refused_because_records_point_there(tmp_path):
    kept = LocalPortal.prepare(var=tmp_path, port=ports.free_port()).kept
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", kept["sandbox_port"] + 2))
        taken.listen()

        with pytest.raises(Unfit, match=f"Port {kept['sandbox_port'] + 2} is taken, and this portal's sandbox"):
            LocalPortal.prepare(var=tmp_path, port=ports.free_port())


def test_a_broker_of_your_own_is_used(tmp_path, monkeypatch):
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://elsewhere:6379/0")

    portal = LocalPortal.prepare(var=tmp_path, port=ports.free_port())

    assert portal.broker is None
    assert portal.of("interweave_web")["CELERY_BROKER_URL"] == "redis://elsewhere:6379/0"


@pytest.mark.parametrize(
    ("owner", "role", "url", "assumed"),
    [
        ("", "interweave_web", "postgresql://login@db/iw", "interweave_web"),
        ("", "", "postgresql://login@db/iw", ""),
        ("postgresql://owner@db/iw", "interweave_web", "postgresql://login@db/iw", None),
        ("postgresql://owner@db/iw", "", "postgresql://owner@db/iw", ""),
    ],
    ids=["web, one login", "migrations, one login", "web, its own login", "migrations, the owner's login"],
)
def test_only_migrations_work_as_the_owner_of_the_tables(tmp_path, monkeypatch, owner, role, url, assumed):
    monkeypatch.setenv("DATABASE_URL", "postgresql://login@db/iw")
    if owner:
        monkeypatch.setenv("DATABASE_OWNER_URL", owner)

    environment = LocalPortal.prepare(var=tmp_path, port=ports.free_port()).of(role)

    assert (environment["DATABASE_URL"], environment.get("DATABASE_ROLE")) == (url, assumed)


def test_a_portal_that_is_gone_does_not_count_as_running(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps({"pid": 2**22 + 1, "port": 1, "environment": {}}))

    assert running(tmp_path) is None


def test_a_process_that_answers_no_request_does_not_count_as_running(tmp_path):
    record = {"pid": os.getpid(), "port": ports.free_port(), "environment": {}}
    (tmp_path / "run.json").write_text(json.dumps(record))

    assert running(tmp_path) is None
