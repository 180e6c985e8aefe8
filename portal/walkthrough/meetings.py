"""The meetings of a rehearsal: really made at Zoom and Google Meet, recorded with everybody's consent, transcribed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from portal.walkthrough.browser import Failed
from portal.walkthrough.story import Story

ZOOM = r'href="(https://[^"]+/j/\d+[^"]*)"'
GOOGLE = r'href="(https://meet\.google\.com/[^"]+)"'
NEED = "New accounts must be customers in QuickBooks within the hour."
PROMISE = "Name the administrator of QuickBooks"


def welcome(story: Story, *, notes: str) -> None:
    """The welcome call in Zoom: booked, held there, which Zoom tells, and written down."""
    _book(story, "zoom")
    link = _link(story, ZOOM)
    story.systems.hold_at_zoom(link)
    story.customer.until(lambda: _shown(story, "Zoom tells that it began"), "Zoom's call that the meeting ended")
    _written_down(story, notes=notes)


def review(story: Story, *, notes: str) -> None:
    """The review in Google Meet: everybody agrees, the notetaker is a guest, its transcript arrives by itself."""
    starts_at = _book(story, "google_meet")
    link = _link(story, GOOGLE)
    number = story.specialist.row("meetings", "ask_recording", "meeting_id")
    story.specialist.act("meetings", "ask_recording", meeting_id=number)
    story.customer.send(f"/meetings/{number}/recording/", {"answer": "yes"})
    _others_agree_aloud(story)
    story.customer.until(lambda: _shown(story, "It is invited to the calendar"), "the notetaker among the guests")
    host = story.staff["specialist"].email
    story.systems.record(link, starts_at=starts_at, host=host, said=_said(story), summary=_summary(story))
    _written_down(story, notes=notes)
    story.wait_for("record.missing")
    _promise_taken(story, number)


def training(story: Story, *, notes: str) -> None:
    """The training session: booked, and written down."""
    _book(story, "zoom")
    _written_down(story, notes=notes)


def sentence(story: Story, words: str) -> str:
    """The address that makes a requirement of what somebody said: found by searching the transcript."""
    number = story.specialist.open("meetings").find(r"/meetings/(\d+)/transcript/")
    path = f"meetings/{number}/transcript"
    page = story.specialist.browser.open(f"{story.specialist.path(path)}?q={words}")
    return page.find(r'href="([^"]+\?sentence=\d+)')


def _others_agree_aloud(story: Story) -> None:
    """Whoever else is invited says yes to the specialist; what was answered in the portal stays as it is."""
    asked = [
        form.values["consent_id"] for form in story.specialist.open("meetings").forms if "consent_id" in form.values
    ]
    for consent in asked:
        story.specialist.act("meetings", "note_consent", consent_id=consent, said="yes")


def _book(story: Story, channel: str) -> str:
    """The first free time; returns when it is."""
    slots = story.customer.open("/meetings/").finds(r'name="starts_at" value="([^"]+)"')
    if not slots:
        raise Failed("The customer is offered no time to meet.")
    story.customer.send("/meetings/", {"starts_at": slots[0], "channel": channel, "place": ""})
    return slots[0]


def _link(story: Story, pattern: str) -> str:
    """The way in, as the customer's page shows it once the worker has made the meeting."""

    def found() -> str | None:
        links = story.customer.open("/meetings/").finds(pattern)
        return links[0] if links else None

    return story.customer.until(found, "the meeting's link")


def _shown(story: Story, words: str) -> bool | None:
    return True if words in story.specialist.open("meetings").text else None


def _written_down(story: Story, *, notes: str) -> None:
    story.specialist.act(
        "meetings",
        "hold",
        meeting_id=story.specialist.row("meetings", "hold", "meeting_id"),
        held_at=datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M"),
        attendees=f"{story.owner.name}\n{story.staff['specialist'].name}", notes=notes,
    )  # fmt: skip


def _said(story: Story) -> list[dict[str, str]]:
    ours, theirs = story.staff["specialist"].name, story.owner.name
    lines = (
        (ours, "Thank you for coming. Today we agree what the integration must do."),
        (theirs, NEED),
        (ours, "That is the first flow then, as a must. When must the books stay untouched?"),
        (theirs, "While we close the month: the last three working days."),
        (ours, "And who looks after QuickBooks on your side?"),
        (theirs, "I will send you the name of our administrator this week."),
    )
    return [{"speaker": speaker, "text": text} for speaker, text in lines]


def _summary(story: Story) -> dict[str, Any]:
    return {
        "overview": "Accounts become customers within the hour. Nothing runs while the month is closed.",
        "action_items": f"**{story.owner.name}**\n{PROMISE} (00:30)\n",
        "keywords": ["accounts", "customers", "month end"],
        "topics_discussed": ["First flow", "Quiet days"],
    }


def _promise_taken(story: Story, number: str) -> None:
    """What the customer promised becomes a task, which the customer finds at home and ticks off."""
    place = f"meetings/{number}/transcript"
    item = story.specialist.row(place, "take_as_said", "item_id")
    story.specialist.act(place, "take_as_said", item_id=item)
    task = story.customer.open("/follow-ups/").find(r'action="(/follow-ups/\d+/done/)"')
    if PROMISE not in story.customer.page.text:
        raise Failed("The customer does not find the task from the meeting.")
    story.customer.send("/follow-ups/", {}, to=task)
