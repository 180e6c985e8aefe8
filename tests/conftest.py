"""Both databases, both walls: how every test meets the database, the browser and the rule about sockets."""

import gc
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import hypothesis
import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection

from onboarding import tenancy
from scripts import chromium

hypothesis.settings.register_profile("house", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("house")

WEB_ROLE = "interweave_web"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what only the other database has; long files first, so that no worker is left alone with one at the end."""
    for item in items:
        for vendor in ("postgresql", "sqlite"):
            if item.get_closest_marker(vendor) and connection.vendor != vendor:
                item.add_marker(pytest.mark.skip(reason=f"only on {vendor}"))
    tests = Counter(item.path for item in items)
    long = {item.path for item in items if item.get_closest_marker("browser") or item.get_closest_marker("long")}
    items.sort(key=lambda item: (item.path not in long, -tests[item.path], str(item.path)))


def pytest_collection_finish() -> None:
    """What was loaded to collect the tests stays: the collector need not look through it again and again (7 % of a run)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """A file for SQLite (threads and the live server share it), a name of its own for each process on PostgreSQL.

    Where `make test` prepared one, it begins as a copy of that, and has no migration to run.
    """
    name = f"{os.environ['VAR_DIR']}/tests.sqlite3" if connection.vendor == "sqlite" else f"test_iw_{os.getpid()}"
    connection.settings_dict["TEST"] |= {"NAME": name, "TEMPLATE": os.environ.get("TEST_DATABASE_TEMPLATE")}


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Roles belong to the whole server: two processes securing their databases at once would collide."""
    owner = connection.settings_dict
    address = {"host": owner["HOST"], "port": owner["PORT"], "user": owner["USER"], "password": owner["PASSWORD"]}
    guard = psycopg2.connect(dbname="postgres", **{key: value for key, value in address.items() if value})
    try:
        guard.cursor().execute("SELECT pg_advisory_lock(20261122)")
        yield
    finally:
        guard.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """Made by the owner, then walked as the role of the web processes, row-level security in force."""
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock():
            call_command("secure_database", verbosity=0)
        yield
        return
    with django_db_blocker.unblock():
        with one_at_a_time():
            call_command("secure_database", verbosity=0)
        connection.settings_dict["OPTIONS"]["assume_role"] = WEB_ROLE
        connection.close()
    yield
    with django_db_blocker.unblock():
        connection.settings_dict["OPTIONS"].pop("assume_role")
        connection.close()
        # A thread of the live server may still hold its connection; the database can't be dropped under it.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def _as_staff(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test sees every company, as staff does, unless it is marked `no_tenancy`."""
    if request.node.get_closest_marker("no_tenancy"):
        yield
        return
    with tenancy.acting(staff=True):
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {**browser_type_launch_args, "executable_path": chromium.program(), "args": chromium.FLAGS}
