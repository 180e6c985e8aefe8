"""The answers about a file in a real browser, in every width and colour scheme."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Browser

from integrations.tasks import seal_agreement
from tests import sealing, tampering
from tests.portal.doors.test_verify import asked
from tests.portal.screens import Screen
from tests.sealed_agreements import countersigned, store_in, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_everyone_can_read_every_answer(browser: Browser, settings, tmp_path) -> None:
    store_in(tmp_path, settings)
    row = countersigned()
    seal_agreement(sealing_id=row.pk)
    (content,) = stored(row.engagement).values()
    files = {
        "unchanged": content,
        "changed": tampering.with_page_inserted(content),
        "another's": sealing.sealed(),
        "no PDF": b"GIF89a",
    }
    screen, wrong = Screen(browser, Client()), {}
    for name, file in files.items():
        screen.show(asked(file, name="a-long-name-" * 12 + ".pdf").content.decode())
        if found := screen.faults():
            wrong[name] = found

    assert wrong == {}
