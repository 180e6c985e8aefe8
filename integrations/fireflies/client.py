"""Fireflies.ai through its GraphQL API, as our own team.

    notes = Fireflies(Team(api_key=…))
    notes.who() -> Owner(user_id, email)                          proves the key: Failure app_refused
    notes.join(link, title=…, minutes=60, passcode=…, attendees=(…)) -> None      the notetaker joins a running meeting
    notes.recordings(since=…, until=…) -> (Recording(id, title, started_at, meeting_link, calendar_ids, …), …)
    notes.transcript(id) -> Transcript(recording, speakers, sentences, summary(state, overview, action_items, …))
    matching.match(Wanted(starts_at, meeting_link, calendar_id, organizer), recordings) -> Match(recording, by) | None

A meeting planned ahead is recorded by inviting NOTETAKER to its calendar event. The summary comes later than the words:
while `transcript.is_final` is False, fetch again. Failure transcript_missing as long as there are no words at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from integrations.addresses import MEBIBYTE, Rules
from integrations.engine.calls import as_promised, ask
from integrations.engine.errors import failure
from integrations.fireflies import transcripts
from integrations.fireflies.errors import VENDOR, from_answer
from integrations.fireflies.transcripts import HEAD, WHOLE, Recording, Transcript

NOTETAKER = "fred@fireflies.ai"
RULES = Rules(vendor=VENDOR, hosts=("api.fireflies.ai",), max_bytes=16 * MEBIBYTE)  # every word of a long meeting
PAGE_SIZE = 50
LONGEST_TITLE = 256
STAY_MINUTES = (15, 120)  # the shortest and longest stay that may be asked for

WHO = "query Who { user { user_id email } }"
JOIN = """mutation Join($link: String!, $title: String, $passcode: String, $minutes: Int, $attendees: [AttendeeInput!]) {
  addToLiveMeeting(
    meeting_link: $link, title: $title, meeting_password: $passcode, duration: $minutes, attendees: $attendees
  ) { success message }
}"""
RECORDINGS = f"""query Recordings($since: DateTime, $until: DateTime, $limit: Int, $skip: Int) {{
  transcripts(fromDate: $since, toDate: $until, limit: $limit, skip: $skip) {{ {HEAD} }}
}}"""
TRANSCRIPT = f"query Transcript($id: String!) {{ transcript(id: $id) {{ {WHOLE} }} }}"


@dataclass(frozen=True, kw_only=True)
class Team:
    """Our team at Fireflies, through the key of one of its people."""

    api_key: str = field(repr=False)
    url: str = "https://api.fireflies.ai/graphql"


@dataclass(frozen=True)
class Owner:
    """Whose key it is."""

    user_id: str
    email: str


class Fireflies:
    """One team's notetaker. Every method raises engine.errors.Failure."""

    vendor = VENDOR

    def __init__(self, team: Team) -> None:
        self.team = team

    def who(self) -> Owner:
        """Show our key: Failure app_refused when Fireflies does not take it."""
        told = self._asked(WHO, {}, "user")
        with as_promised(VENDOR):
            return Owner(str(told["user_id"]), str(told["email"]))

    def join(
        self, link: str, *, title: str = "", minutes: int = 60, passcode: str = "", attendees: Iterable[str] = ()
    ) -> None:
        """Send the notetaker into a running meeting. Three times in twenty minutes at most: Failure rate_limited."""
        shortest, longest = STAY_MINUTES
        wanted = {
            "link": link,
            "title": title[:LONGEST_TITLE] or None,
            "passcode": passcode or None,
            "minutes": min(max(minutes, shortest), longest),
            "attendees": [{"email": email} for email in attendees] or None,
        }
        told = self._asked(JOIN, wanted, "addToLiveMeeting")
        with as_promised(VENDOR):
            if not told["success"]:
                raise failure("validation", vendor=VENDOR, vendor_message=str(told.get("message", "")))

    def recordings(self, *, since: datetime, until: datetime, most: int = 500) -> tuple[Recording, ...]:
        """What was recorded between two moments, newest first as Fireflies lists it; about `most` of them."""
        span = {"since": _stamp(since), "until": _stamp(until), "limit": PAGE_SIZE}
        found: list[Recording] = []
        while len(found) < most:
            page = self._asked(RECORDINGS, {**span, "skip": len(found)}, "transcripts") or []
            with as_promised(VENDOR):
                found += [transcripts.recording(told) for told in page]
            if len(page) < PAGE_SIZE:
                break
        return tuple(found)

    def transcript(self, transcript_id: str) -> Transcript:
        """The whole record. Failure transcript_missing; fetch again while it is not final."""
        told = self._asked(TRANSCRIPT, {"id": transcript_id}, "transcript")
        if told is None:
            raise failure("transcript_missing", vendor=VENDOR)
        with as_promised(VENDOR):
            return transcripts.transcript(told)

    def _asked(self, query: str, variables: dict[str, Any], name: str) -> Any:
        """The named part of the answer's data."""
        headers = {"Authorization": f"Bearer {self.team.api_key}", "Accept": "application/json"}
        body = {"query": query, "variables": variables}
        answer = ask(RULES, "POST", self.team.url, json=body, headers=headers)
        if trouble := from_answer(answer):
            raise trouble
        with as_promised(VENDOR):
            return answer.body["data"][name]


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
