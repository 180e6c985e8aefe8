"""The gallery in a real browser: readable by everyone, at every width, in light and dark, with and without script."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
OPEN_FOLDS = "document.querySelectorAll('details:not(.menu)').forEach(fold => fold.open = true)"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def gallery(page: Page, live_server) -> Page:
    page.goto(f"{live_server.url}/gallery/")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_everyone_can_use_every_component(browser: Browser, live_server, scheme, width):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(f"{live_server.url}/gallery/")
    page.evaluate(OPEN_FOLDS)
    found = Axe().run(page, options=RULES).response["violations"]

    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
    assert (page.evaluate(SIDEWAYS), complaints) == (0, [])
    context.close()


def test_a_refused_page_starts_at_its_summary(gallery: Page):
    expect(gallery.locator("#error-summary")).to_be_focused()


def test_times_are_told_in_the_viewers_zone(browser: Browser, live_server):
    context = browser.new_context(timezone_id="Asia/Tokyo", locale="en-GB")
    page = context.new_page()

    page.goto(f"{live_server.url}/gallery/")

    expect(page.locator(".slots time[data-style=clock]").first).to_have_text("18:00")
    assert "zone=Asia%2FTokyo" in page.evaluate("document.cookie")
    context.close()


def test_a_removal_asks_first_and_escape_keeps(gallery: Page):
    gallery.get_by_role("button", name="Remove chart-of-accounts.xlsx").first.click()
    dialog = gallery.get_by_role("dialog", name="Remove chart-of-accounts.xlsx?")
    expect(dialog).to_be_visible()

    gallery.keyboard.press("Escape")

    expect(dialog).to_be_hidden()


def test_a_removal_asks_first_without_script_too(browser: Browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/gallery/")

    page.get_by_role("button", name="Remove chart-of-accounts.xlsx").first.click()

    expect(page.get_by_role("button", name="Remove the file")).to_be_visible()
    context.close()


def test_keys_work_outside_of_fields_and_can_be_switched_off(gallery: Page):
    gallery.keyboard.press("/")
    expect(gallery.get_by_label("Search")).to_be_focused()
    gallery.keyboard.type("?n")
    expect(gallery.get_by_label("Search")).to_have_value("?n")

    gallery.get_by_label("Search").blur()
    gallery.keyboard.press("?")
    gallery.get_by_label("Use single-key shortcuts on this device").uncheck()
    gallery.get_by_role("button", name="Close").click()
    gallery.keyboard.press("/")

    expect(gallery.get_by_label("Search")).not_to_be_focused()


def test_a_signature_is_drawn_undone_and_cleared(gallery: Page):
    gallery.get_by_text("Draw your signature as well").click()
    pad = gallery.locator("[data-drawing] canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    gallery.mouse.move(box["x"] + 100, box["y"] + 60)
    gallery.mouse.down()
    gallery.mouse.move(box["x"] + 180, box["y"] + 90)
    gallery.mouse.move(box["x"] + 900, box["y"] + 900)
    gallery.mouse.up()
    pad.click(position={"x": 20, "y": 20})

    drawn = gallery.locator("input[name=drawing]")
    strokes = json.loads(drawn.input_value())
    assert [len(stroke) for stroke in strokes] == [3, 1]
    assert strokes[0][2] == [600, 200], "what leaves the box stays at its edge"
    gallery.get_by_role("button", name="Undo the last line").click()
    assert json.loads(drawn.input_value()) == strokes[:1]
    gallery.get_by_role("button", name="Clear the drawing").click()
    expect(drawn).to_have_value("")
    expect(gallery.get_by_role("button", name="Clear the drawing")).to_be_disabled()


def test_chosen_files_are_listed(gallery: Page):
    gallery.locator("#files").set_input_files(
        [
            {"name": "diagram.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2_400_000},
            {"name": "accounts.csv", "mimeType": "text/csv", "buffer": b"a,b"},
        ]
    )

    expect(gallery.locator("[data-chosen] li").filter(has_text="diagram.pdf")).to_contain_text("2.4 MB")
    expect(gallery.locator("[data-chosen] li").filter(has_text="accounts.csv")).to_contain_text("1 kB")


def test_a_first_visit_is_light(browser: Browser, live_server):
    context = browser.new_context()
    page = context.new_page()
    fetched = []
    page.on("requestfinished", lambda request: fetched.append((request.url, request.sizes()["responseBodySize"])))

    page.goto(f"{live_server.url}/gallery/", wait_until="networkidle")

    assert {url.removeprefix(live_server.url).split("?")[0] for url, _ in fetched} == {
        "/gallery/",
        "/static/css/portal.css",
        "/static/django_htmx/htmx-2.min.js",
        "/static/js/portal.js",
        "/static/js/signature.js",
        "/static/img/favicon.svg",
    }
    context.close()
