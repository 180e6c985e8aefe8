from xml.etree import ElementTree as ET

from onboarding.rendering import gantt
from tests.onboarding.rendering import samples

SVG = "{http://www.w3.org/2000/svg}"


def drawn(**changes):
    milestones = [{**one, **changes} for one in samples.project_plan()["milestones"]]
    return ET.fromstring(gantt.draw(milestones, go_live_on="2027-03-12"))  # noqa: S314


def test_one_bar_a_milestone_within_the_chart_and_in_order():
    bars = drawn().findall(f"{SVG}rect")

    lefts = [float(bar.get("x")) for bar in bars]
    assert len(bars) == 12
    assert lefts == sorted(lefts)
    assert all(
        left >= gantt.LABELS and left + float(bar.get("width")) <= gantt.WIDTH
        for left, bar in zip(lefts, bars, strict=True)
    )


def test_a_bar_is_as_long_as_its_days():
    first, second = drawn().findall(f"{SVG}rect")[:2]

    # 9 to 13 November is 5 days, 16 to 27 November 12.
    assert round(float(second.get("width")) / float(first.get("width")), 1) == 2.4


def test_a_milestone_of_one_day_is_still_seen():
    bars = drawn(starts_on="2026-12-01", due_on="2026-12-01").findall(f"{SVG}rect")

    assert all(float(bar.get("width")) >= 2.5 for bar in bars)


def test_titles_are_escaped_and_cut():
    texts = [text.text for text in drawn(title="A <b>& a very long title that goes on and on").findall(f"{SVG}text")]

    assert "A <b>& a very long title that goes on and…" in texts


def test_two_years_have_no_week_lines():
    milestones = [{**one, "due_on": "2028-10-01"} for one in samples.project_plan()["milestones"]]

    assert "#eceff1" not in gantt.draw(milestones, go_live_on="2027-03-12")
