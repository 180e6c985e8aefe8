"""Every page of the customer in a real browser: readable by everyone, narrow and wide, in light and dark.

One sign-in and one tab a company; a page is opened once and looked at in every way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from django.test import Client
from playwright.sync_api import Browser, Page

from onboarding.actions import documents, engagements, members, questionnaires
from onboarding.workflow.steps import Step
from tests.journey import journey, phase_one, phase_two
from tests.journey.cast import Cast, upload

pytestmark = pytest.mark.browser
AXE = AXE_FILE_PATH.read_text()
RULES = {"iframes": False, "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
# What a page looks like in the dark changes its colours and nothing else.
COLOURS = {"iframes": False, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
FOUND = (
    "options => axe.run(options).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' | ')))"
)
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN_FOLDS = "document.querySelectorAll('details:not(.menu)').forEach(fold => fold.open = true)"
NARROWEST, NARROW, WIDE, TALL = 320, 390, 1280, 900


def collecting() -> tuple[Cast, list[str]]:
    """Step II: half answered, one document in review, another sent back."""
    cast = journey(Step.DATA_COLLECTION, name="Sociedad de Importaciones y Distribución del Mediterráneo S.L.U.")
    phase_one.answered(cast, "solutions_definition", most=9)
    other = phase_one.answered(cast, "technical_details")
    questionnaires.submit(other.pk, by=cast.owner, at=cast.later())
    asked = cast.engagement.document_requests.first()
    sent = documents.upload(
        cast.engagement.pk, kind="customer_document", upload=upload("a-very-long-name-" * 6 + ".csv"),
        request_id=asked.pk, by=cast.owner, at=cast.later(),
    )  # fmt: skip
    documents.need_revision(str(sent.uuid), note="The numbers are missing.", by=cast.specialist, at=cast.later())
    members.invite(cast.company.pk, email="new@acme.example", name="", roles=["viewer"], by=cast.owner, at=cast.later())
    form = "/questionnaires/solutions_definition"
    return cast, [
        "/", "/steps/2/", "/steps/9/", "/contacts/", "/contacts/billing/", "/meetings/", f"{form}/", f"{form}/check/",
        f"{form}/parts/scope/", "/questionnaires/technical_details/parts/crm/", "/documents/",
        f"/documents/requests/{asked.pk}/", f"/documents/{sent.uuid}/", "/people/", "/people/tokens/", "/connections/",
        f"/people/{members.Member.objects.filter(company=cast.company)[0].pk}/", "/flows/", "/registration/",
    ]  # fmt: skip


def approving() -> tuple[Cast, list[str]]:
    """Step V: an agreement to sign, a part paid invoice."""
    cast = journey(Step.CUSTOMER_APPROVAL)
    phase_one.part_paid(cast)
    return cast, ["/", "/requirements/", "/records/", "/records/correct/", "/agreement/", "/invoice/", "/plan/"]


def connecting() -> tuple[Cast, list[str]]:
    """Step VIII: one side proven, the other broken at a rung."""
    cast = journey(Step.CONNECTIVITY_SETUP)
    proven, failing = phase_two.given(cast, "crm"), phase_two.given(cast, "finance")
    phase_two.checked(cast, proven)
    phase_two.checked(cast, failing, broken="rights")
    task = cast.engagement.setup_tasks.first()
    return cast, [
        "/", "/plan/", "/setup/", f"/setup/tasks/{task.pk}/", "/connections/", f"/connections/{proven.pk}/",
        f"/connections/{failing.pk}/",
    ]  # fmt: skip


def piloting() -> tuple[Cast, list[str]]:
    """Step X: a test that did not pass, a pilot with feedback."""
    cast = journey(Step.ACTIVATION_TESTING)
    phase_two.tried(cast, passed=False)
    phase_two.piloted(cast)
    flow = cast.engagement.flows.get()
    return cast, [
        "/", "/registration/", "/flows/", f"/flows/{flow.pk}/", "/blueprint/", "/pilot/", "/training/",
        "/training/manual/", "/training/faq/", "/training/tutorial/", "/go-live/",
    ]  # fmt: skip


def living() -> tuple[Cast, list[str]]:
    """Step XII, then on hold: the evidence of closed steps, the whole timeline."""
    cast = journey(Step.CONTINUOUS_SUPPORT)
    engagements.hold(cast.engagement.pk, reason="The books are audited.", by=cast.specialist, at=cast.later())
    return cast, ["/", "/steps/5/", "/steps/11/", "/go-live/", "/support/", "/timeline/"]


@pytest.fixture
def tab(browser: Browser, live_server: Any) -> Iterator[Callable[[Cast], Page]]:
    """A tab in which the company's owner is signed in."""
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", timezone_id="America/New_York")

    def signed_in(cast: Cast) -> Page:
        client = Client()
        client.force_login(cast.user(cast.owner))
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        return context.new_page()

    yield signed_in
    context.close()


@pytest.mark.parametrize("state", [collecting, approving, connecting, piloting, living])
def test_everyone_can_use_every_page(tab: Callable[[Cast], Page], state: Callable[[], tuple[Cast, list[str]]]) -> None:
    cast, paths = state()
    page, complaints = tab(cast), []
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))

    for path in paths:
        complaints += [f"{path} {said}" for said in _looked_at(page, path)]

    assert complaints == []


def _looked_at(page: Page, path: str) -> Iterator[str]:
    """What is wrong with a page, in every way of looking at it: by every rule in the light, by its colours in the dark."""
    for scheme, rules in (("light", RULES), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": NARROW, "height": TALL})
        reply = page.goto(path)
        if reply is None or not reply.ok:
            yield f"answers {reply and reply.status}"
            return
        page.evaluate(OPEN_FOLDS)
        page.evaluate(AXE)
        yield from (f"{scheme}, narrow: {found}" for found in page.evaluate(FOUND, rules))
        page.set_viewport_size({"width": WIDE, "height": TALL})
        yield from (f"{scheme}, wide: {found}" for found in page.evaluate(FOUND, rules))
    page.set_viewport_size({"width": NARROWEST, "height": TALL})
    if wide := page.evaluate(SIDEWAYS):
        yield f"{wide} px too wide for the narrowest screen"
