"""A signer on a phone, against a really running server: with script and without, under the pages' own rules."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from onboarding.models import Door, Signature
from tests.doors import code_of
from tests.portal.doors.test_doors_for_everyone import approving, asked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without"])
def test_a_signer_opens_proves_and_signs_and_the_links_address_stays_here(
    browser: Browser, live_server, has_script: bool
) -> None:
    visitor = asked(approving(), "sign")
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, java_script_enabled=has_script)
    page, refused = context.new_page(), []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)

    page.goto(visitor.link)
    page.get_by_role("button", name="Open the agreement").click()
    came_from = page.evaluate("document.referrer") if has_script else f"{live_server.url}/"
    page.get_by_role("link", name="Go on to signing").click()
    page.get_by_role("button", name="Send me the code").click()
    _sign(page, visitor.door)

    assert page.get_by_role("heading", name="Signed, thank you").is_visible()
    assert Signature.objects.get().authentication == "e-mailed code at signing"
    assert (refused, came_from, visitor.secret in page.url) == ([], f"{live_server.url}/", False)
    context.close()


def _sign(page: Page, door: Door) -> None:
    page.get_by_label("Type your full name").fill(door.name)
    page.get_by_label("I have read the agreement").check()
    page.get_by_label("The code we mailed you").fill(code_of(door))
    page.get_by_role("button", name="Sign", exact=True).click()
