"""For load balancers: is the process alive, and can it do its work?"""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import current_app
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)
BROKER_SECONDS = 2


@transaction.non_atomic_requests
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@transaction.non_atomic_requests
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, broker and storage answer; 503 names those that do not, without their words."""
    found = {name: _answers(name, ask) for name, ask in ASKED.items()}
    status = 200 if all(found.values()) else 503
    return JsonResponse({name: "ok" if is_fine else "down" for name, is_fine in found.items()}, status=status)


def _answers(name: str, ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Exception as error:  # noqa: BLE001 - whatever the other side's library raises, it is not ready
        logger.warning("not ready: %s (%s)", name, type(error).__name__)
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    with current_app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)


def _storage() -> None:
    default_storage.exists("readiness")


ASKED: dict[str, Callable[[], object]] = {"database": _database, "broker": _broker, "storage": _storage}
