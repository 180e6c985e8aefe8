"""Tasks carry their sender's tenancy through a real broker and worker, or are not sent at all."""

import threading
from collections.abc import Iterator

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker

from onboarding import tenancy
from onboarding.tasks.base import TenantTask
from onboarding.tenancy import Tenancy

pytestmark = pytest.mark.no_tenancy


class Station:
    """An application of its own with the base task; what ran in which context; one real worker when asked."""

    def __init__(self) -> None:
        self.ran: list[Tenancy | None] = []
        self.done = threading.Semaphore(0)
        # shared=False: else Celery would register these with every application of this process.
        self.app = Celery("tests", task_cls=TenantTask, broker="memory://", set_as_current=False, fixups=[])
        self.app.conf.update(
            task_ignore_result=True,
            task_default_queue="tests-tenancy",
            broker_transport_options={"polling_interval": 0.01},
            broker_connection_retry_on_startup=False,
        )

        def note(**_) -> None:
            self.ran.append(tenancy.current())
            self.done.release()

        self.look = self.app.task(name="look", shared=False)(note)
        self.sweep = self.app.task(name="sweep", shared=False, tenant_free=True)(note)

    def wait(self, count: int) -> None:
        for _ in range(count):
            assert self.done.acquire(timeout=20)


@pytest.fixture
def station() -> Station:
    return Station()


@pytest.fixture(scope="module")
def at_work() -> Iterator[Station]:
    """With a real worker, started once: stopping one takes seconds."""
    station = Station()
    with start_worker(station.app, pool="solo", perform_ping_check=False, shutdown_timeout=20, loglevel="ERROR"):
        yield station


@pytest.fixture(autouse=True)
def _afresh(request) -> None:
    if "at_work" in request.fixturenames:
        request.getfixturevalue("at_work").ran.clear()


def test_a_task_runs_in_the_context_it_was_sent_from(at_work):
    with tenancy.acting(company_id=7, user_id=3):
        at_work.look.delay()
    with tenancy.acting(staff=True):
        at_work.look.apply_async(headers=tenancy.headers(company_id=8))  # given headers win
    at_work.app.send_task("look", headers=tenancy.headers(company_id=9))
    at_work.wait(3)

    assert at_work.ran == [Tenancy(company_id=7, user_id=3), Tenancy(company_id=8), Tenancy(company_id=9)]


def test_a_sweep_runs_as_staff_whoever_sent_it(at_work):
    at_work.sweep.delay()
    at_work.app.send_task("sweep")
    with tenancy.acting(company_id=7):
        at_work.sweep.delay()
    at_work.wait(3)

    assert at_work.ran == [Tenancy(staff=True)] * 3


def test_a_task_without_a_context_is_not_sent(station):
    with pytest.raises(RuntimeError, match=r"^look was used outside tenancy.acting\(\)"):
        station.look.delay()


def test_a_message_without_a_context_is_not_run(station):
    with pytest.raises(RuntimeError, match=r"^look came without a tenancy in its headers"):
        station.look.apply(throw=True)

    assert station.ran == []


def test_called_as_a_function_it_runs_in_the_callers_context(station):
    with tenancy.acting(company_id=7):
        station.look()
    with pytest.raises(RuntimeError, match=r"^look was used outside"):
        station.look()

    assert station.ran == [Tenancy(company_id=7)]
