"""Whose clock a page shows: the profile's zone before the browser's, in the server's words and in the script's."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils.dateformat import format as format_date
from playwright.sync_api import Browser

from tests.journey import phase_one
from tests.journey.cast import Cast
from tests.portal.customer.conftest import signed_in
from tests.portal.screens import Screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

BROWSER, TOKYO = "America/Los_Angeles", "Asia/Tokyo"


@pytest.mark.parametrize(
    ("own", "shown"), [(TOKYO, TOKYO), ("UTC", BROWSER)], ids=["set in the profile", "never set: the browser's"]
)
def test_every_slot_stands_under_its_day_on_the_persons_clock(
    browser: Browser, welcome: Cast, own: str, shown: str
) -> None:
    phase_one.assigned(welcome)
    person = welcome.user(welcome.owner)
    person.time_zone = own
    person.save()
    screen = Screen(browser, signed_in(welcome), zone=BROWSER)
    screen.open("/")  # the browser tells its zone

    screen.open("/meetings/")

    assert screen.tab.locator("main .hint [data-zone]").inner_text() == f" ({shown.replace('_', ' ')})"
    drawn, expected = [], []
    for day in screen.tab.locator(".slots fieldset").all():
        for slot in day.locator("label").all():
            moment = datetime.fromisoformat(slot.locator("input").get_attribute("value") or "").astimezone(
                ZoneInfo(shown)
            )
            drawn.append((day.locator("legend").inner_text(), slot.inner_text().strip()))
            expected.append((format_date(moment, "D j M Y"), format_date(moment, "H:i")))
    assert drawn
    assert drawn == expected
