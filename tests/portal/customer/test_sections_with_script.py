"""Rows with script: the question changes alone, what was typed stays, Enter takes no row away."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect

from onboarding.models import Answer
from tests.journey.cast import Cast
from tests.portal.screens import Screen

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PURPOSE = "/questionnaires/solutions_definition/parts/purpose/"


def test_rows_come_and_go_without_leaving_the_page(browser: Browser, collecting: Cast) -> None:
    client = Client()
    client.force_login(collecting.user(collecting.owner))
    screen = Screen(browser, client)
    screen.open(PURPOSE)
    tab = screen.tab

    tab.get_by_label("What should be different").fill("Not sent yet")
    tab.locator("#id_success_measures-0-measure").fill("Days to an invoice")
    tab.locator("#id_success_measures-0-target").fill("1 day")
    tab.get_by_role("button", name="Add another measure").click()
    expect(tab.locator("#id_success_measures-1-measure")).to_be_focused()
    tab.locator("#id_success_measures-1-measure").fill("Duplicates")
    tab.locator("#id_success_measures-1-target").fill("none")
    tab.get_by_role("button", name="Remove measure 1").click()
    expect(tab.locator("#id_success_measures-0-measure")).to_have_value("Duplicates")

    expect(tab.get_by_label("What should be different")).to_have_value("Not sent yet")
    kept = Answer.objects.get(question="success_measures")
    assert kept.value == [{"measure": "Duplicates", "target": "none"}]
    assert screen.faults() == []

    tab.locator("#id_success_measures-0-target").press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("What it covers")
    assert Answer.objects.get(question="success_measures").value == kept.value
