"""A new company and its specialist walk all twelve steps in a real browser, against a portal really started."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium

from onboarding.workflow.steps import STEPS, Step
from portal.walkthrough import cast, half_done, phase_one, walk
from portal.walkthrough.browser import Browser
from portal.walkthrough.people import sign_in
from portal.walkthrough.story import CHANGES, Story
from tests.journeys.browser import Screen
from tests.journeys.conftest import Portal

pytestmark = [pytest.mark.browser, pytest.mark.no_tenancy]
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

Open = Callable[..., Screen]


@pytest.fixture
def open_screen(browser: Chromium) -> Iterator[Open]:
    """Opens windows; none of them may have had anything to complain of."""
    opened: list[Screen] = []

    def open_one(base_url: str, *, name: str, **settings: Any) -> Screen:
        opened.append(Screen(base_url, name=name, chromium=browser, **settings))
        return opened[-1]

    yield open_one
    complaints = [complaint for screen in opened for complaint in screen.complaints]
    for screen in opened:
        screen.close()
    assert complaints == []


@pytest.fixture
def open_unseen() -> Iterator[Callable[..., Browser]]:
    """Opens browsers without a screen, for those who only prepare the scene."""
    opened: list[Browser] = []

    def open_one(base_url: str, *, name: str) -> Browser:
        opened.append(Browser(base_url, name=name))
        return opened[-1]

    yield open_one
    for browser in opened:
        browser.close()


def story_of(portal: Portal, company: str, owner: str, browse: Callable[..., Browser], **ways: str) -> Story:
    return Story(
        company=cast.new_company(company, owner), base_url=portal.address, staff=portal.staff,
        papers=portal.folder / "papers", mail=portal.folder / "mail", browse=browse, **ways,
    )  # fmt: skip


def test_a_new_company_walks_all_twelve_steps(portal: Portal, open_screen: Open):
    story = story_of(portal, "Harbour & Sons Trading", "Ann Sullivan", open_screen)

    story.register()
    for step in STEPS:
        walk.ACTS[step](story)
        if step is not Step.CONTINUOUS_SUPPORT:
            story.specialist.move(CHANGES[step.number - 1])

    closed = {one["number"]: one["closed_at"] for one in walk.steps(story) if one["closed_at"]}
    assert list(closed) == list(range(1, 12))
    assert story.status()["step"]["code"] == Step.CONTINUOUS_SUPPORT
    assert [one["kind"] for one in walk.documents(story) if one["kind"] == "evidence_pack"] == ["evidence_pack"]


def test_data_is_collected_on_a_phone_without_script(
    portal: Portal, open_screen: Open, open_unseen: Callable[..., Browser]
):
    story = story_of(portal, "Quiet Harbour Books", "Ida Sorensen", open_unseen)
    story.register()
    phase_one.welcome_call(story)
    story.specialist.move(CHANGES[0])
    phone = open_screen(portal.address, name=story.owner.name, java_script_enabled=False, **PHONE)
    story.customer = sign_in(story.owner, phone)

    phase_one.data_collection(story)

    assert {one["code"]: one["met"] for one in story.status()["criteria"]} == {
        "definition.not_accepted": True,
        "technical_details.not_accepted": True,
        "customer_documents.outstanding": True,
    }


@pytest.mark.parametrize(("sign", "pay"), [("door", "door"), ("docusign", "bank")])
def test_the_agreement_is_signed_and_the_invoice_paid_elsewhere(
    portal: Portal, open_unseen: Callable[..., Browser], sign: str, pay: str
):
    story = story_of(portal, f"Harbour by {sign}", "Lou Sullivan", open_unseen, sign=sign, pay=pay)

    walk.walk(story, until=Step.CUSTOMER_APPROVAL)

    (agreement,) = story.api("agreements/").json()["items"]
    kept = {one["uuid"]: one for one in walk.documents(story)}[agreement["executed_document"]]
    assert {one["code"]: one["met"] for one in story.status()["criteria"]} == {
        "records.unapproved": True, "msa.unsigned": True, "payment.outstanding": True,
    }  # fmt: skip
    assert agreement["provider"] == {"door": "own", "docusign": "docusign"}[sign]
    assert agreement["signers"][0]["name"] == story.signatory.name
    assert kept["sha256"] == agreement["executed_sha256"]


def test_a_demo_left_at_doors_shows_them_to_whoever_holds_the_cookies(
    portal: Portal, open_unseen: Callable[..., Browser]
):
    story = story_of(portal, "Half Harbour", "Kim Sullivan", open_unseen, sign="door")
    walk.walk(story, until=Step.CUSTOMER_APPROVAL, finish_last=False)

    doors = {one["name"]: one for one in half_done.at_doors(story)}

    seen = {}
    for name, door in doors.items():
        visitor = open_unseen(portal.address, name=name)
        if door["cookie"]:
            visitor.client.cookies.set(**door["cookie"])
        seen[name] = visitor.open(door["path"]).find(r"<h1[^>]*>([^<]+)</h1>")
    invoice = story.customer.open("/invoice/").find(r"<h1[^>]*>([^<]+)</h1>")
    assert seen == {"signer": "Master Services Agreement", "payer": invoice, "link": "An invoice waits for you"}
    assert "$888.00 arrived" in story.customer.page.text.replace("USD 888.00", "$888.00")
