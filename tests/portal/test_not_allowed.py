"""A form sent to a page that only shows is refused on a page of ours, and so is an act opened like a page."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve

from tests.addresses import customer_pages, staff_pages
from tests.portal.test_every_form import browser_of
from tests.stages import STAGES, Way


@pytest.fixture
def piloting(db):
    return Way().to(next(stage for stage in STAGES if stage.name == "piloting"))


def test_no_page_answers_a_form_as_if_it_were_only_shown(piloting):
    """A form of its own is refused in words (4xx) or done; an empty one never reads as a visit."""
    answers = {}
    for browser, addresses in (
        (browser_of(piloting, piloting.owner), customer_pages(piloting.engagement)),
        (browser_of(piloting, piloting.lead, is_staff=True), staff_pages(piloting.engagement)),
    ):
        for address in addresses:
            with transaction.atomic():
                answer = browser.post(address, {})
                transaction.set_rollback(True)
            if answer.status_code != 302 and not 400 <= answer.status_code < 500:
                answers[resolve(address).view_name] = answer.status_code

    assert answers == {}


def test_a_page_that_only_shows_says_so(piloting):
    browser = browser_of(piloting, piloting.owner)
    shown = [browser.post(address, {"state": "paid"}) for address in ("/", "/invoice/", "/timeline/", "/steps/5/")]

    assert [(one.status_code, one["Allow"]) for one in shown] == [(405, "GET, HEAD")] * 4
    assert all("<h1" in one.content.decode() and "This page only shows" in one.content.decode() for one in shown)


def test_an_act_opened_like_a_page_says_to_press_again(piloting):
    answer = browser_of(piloting, piloting.owner).get("/plan/agree/")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "press it once more" in answer.content.decode()


def test_programs_get_no_page(db):
    answer = Client().post("/healthz")

    assert (answer.status_code, answer.content) == (405, b"")
