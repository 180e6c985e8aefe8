"""What a video service offers the portal, whichever it is: make a meeting, change it, cancel it, read its link.

A service is one account of ours at a vendor; hosts are our specialists, named by their e-mail address. Every method
raises engine.errors.Failure and nothing else of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

READY, PENDING, FAILED = "ready", "pending", "failed"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A meeting as we want it. `key` is ours and stays the same when the same wish is tried again.

    `starts_at` carries its offset; `timezone` (IANA) is the zone people see; `invited` are e-mail addresses.
    """

    key: str
    host: str
    title: str
    starts_at: datetime
    minutes: int
    timezone: str = "UTC"
    agenda: str = ""
    invited: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Booked:
    """A meeting as the vendor has it.

    `link` tells how far `join_url` is: ready, pending (ask again in some seconds) or failed (cancel and make another).
    `calendar_id` and `calendar_uid` are the event's id and iCalendar UID in the host's calendar, empty where the vendor
    keeps none: an invitation of ours under the same UID lands on the same entry.
    """

    id: str
    host: str
    title: str
    join_url: str
    link: str
    starts_at: datetime
    minutes: int
    passcode: str = ""
    calendar_id: str = ""
    calendar_uid: str = ""


class MeetingService(Protocol):
    """One account at one vendor."""

    vendor: str

    def create(self, wish: Wish) -> Booked:
        """Make the meeting, once: the same wish tried again gives the same meeting."""
        ...

    def meeting(self, meeting_id: str, *, host: str) -> Booked:
        """The meeting as it is now. Failure meeting_gone."""
        ...

    def update(self, meeting_id: str, wish: Wish) -> Booked:
        """Change it to the wish; id and link stay. Failure meeting_gone."""
        ...

    def cancel(self, meeting_id: str, *, host: str) -> None:
        """Cancel it; fine when it is gone already."""
        ...
