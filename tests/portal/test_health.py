from __future__ import annotations

import pytest
from django.test import Client

from portal import health


def test_the_process_answers_without_asking_anybody():
    answer = Client().get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_when_database_broker_and_storage_answer():
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "broker": "ok", "storage": "ok"})


@pytest.mark.django_db
def test_not_ready_names_what_is_down_and_nothing_of_its_words(monkeypatch):
    def secret_address() -> None:
        raise ConnectionError("redis://user:hush@10.0.0.7")

    monkeypatch.setitem(health.ASKED, "broker", secret_address)
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"database": "ok", "broker": "down", "storage": "ok"})
