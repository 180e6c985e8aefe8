"""Transcripts: ordered for a meeting, taken in from the notetaker as they become ready, frozen as a document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import filing, gates, invitations, letters, rows, runs, work
from onboarding.actors import SPECIALISTS, SYSTEM, Actor
from onboarding.models import ActionItem, Document, Engagement, Meeting, RequirementSource, Sentence, Transcript
from onboarding.models.base import Work
from onboarding.queries import recordings
from onboarding.queries import transcripts as queries
from onboarding.rendering import vtt
from onboarding.rendering.vtt import Said

STAFF_WORDS = "Specialists fetch transcripts."
BY_SPECIALIST, BY_FILE = "a specialist", "an uploaded file"
LONGEST_ID = 100
MOST_FILE_BYTES = 5 * 1024 * 1024
ANOTHERS = "This is the transcript of another meeting already."
NOT_AGREED = "Not everybody agreed to be recorded: the transcript was not kept."
MISSING = "transcript_missing"  # the catalogue's code: no words yet, so look again
Summary = Transcript.Summary


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something somebody promised; `at_second` of the meeting where it is known."""

    owner: str
    text: str
    at_second: int | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the notetaker tells of a meeting. `is_final`: nothing more will come; `has_summary`: it wrote one."""

    title: str
    started_at: datetime
    minutes: int
    url: str
    speakers: tuple[str, ...]
    sentences: tuple[Said, ...]
    is_final: bool
    has_summary: bool
    overview: str = ""
    keywords: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    items: tuple[Item, ...] = field(default=())


@transaction.atomic
def order(meeting_id: int, *, vendor_id: str, by: Actor, at: datetime) -> Transcript:
    """A specialist names the notetaker's transcript of a meeting; a worker fetches it.

    Raises BadInput, and WrongState: not everybody agreed to the recording, there is a transcript already, or this one is
    of another meeting, of whichever company.
    """
    found = rows.visible(Meeting, meeting_id, by)
    engagement = gates.writable(found.engagement_id, by, roles=SPECIALISTS, words=STAFF_WORDS)
    vendor_id = gates.said(vendor_id, field="vendor_id", words="Enter the transcript's id.", longest=LONGEST_ID)
    meeting = Meeting.objects.get(pk=found.pk)
    if not recordings.is_agreed(meeting):
        raise errors.WrongState("Not everybody agreed to be recorded. Write down first what was said aloud.")
    if queries.is_anothers(vendor_id, meeting_id=meeting.pk):
        raise errors.WrongState(ANOTHERS)
    if earlier := Transcript.objects.filter(meeting=meeting).first():
        return _ordered_again(earlier, vendor_id=vendor_id, engagement=engagement, by=by, at=at)
    return _new(meeting, engagement, vendor_id=vendor_id, matched_by=BY_SPECIALIST, by=by, at=at)


def _ordered_again(
    transcript: Transcript, *, vendor_id: str, engagement: Engagement, by: Actor, at: datetime
) -> Transcript:
    """Another id may be named as long as nothing was taken in under the first."""
    if transcript.sentences.exists():
        if transcript.vendor_id == vendor_id:
            return transcript
        raise errors.WrongState("This meeting has a transcript already.")
    if transcript.state == Work.State.RUNNING:
        raise errors.WrongState("A worker is fetching the transcript just now. Look again in a minute.")
    transcript.vendor_id, transcript.matched_by = vendor_id, BY_SPECIALIST
    transcript.save(update_fields=["vendor_id", "matched_by"])
    work.queue_again(Transcript, transcript.pk, at=at)
    outbox.record("transcript.ordered", engagement, by=by, at=at, data=_facts(transcript))
    transcript.refresh_from_db()
    return transcript


def _new(
    meeting: Meeting, engagement: Engagement, *, vendor_id: str, matched_by: str, by: Actor, at: datetime
) -> Transcript:
    transcript = work.new(
        Transcript, at=at, company_id=meeting.company_id, engagement_id=meeting.engagement_id, meeting=meeting,
        vendor_id=vendor_id, matched_by=matched_by,
    )  # fmt: skip
    outbox.record("transcript.ordered", engagement, by=by, at=at, data=_facts(transcript))
    return transcript


@transaction.atomic
def expect(meeting_id: int, *, vendor_id: str, matched_by: str, at: datetime) -> Transcript | None:
    """The notetaker has a recording that is this meeting's: have it fetched, once, however often it is told.

    None when it may not be kept: the meeting has another transcript, the transcript is another meeting's, or not
    everybody agreed to be recorded.
    """
    found = Meeting.objects.get(pk=meeting_id)
    engagement = gates.locked(found.engagement_id, SYSTEM)
    meeting = Meeting.objects.get(pk=meeting_id)
    if earlier := Transcript.objects.filter(meeting=meeting).first():
        return earlier if earlier.vendor_id == vendor_id else None
    if queries.is_anothers(vendor_id, meeting_id=meeting.pk) or not invitations.have_agreed(meeting):
        return None
    return _new(meeting, engagement, vendor_id=vendor_id, matched_by=matched_by, by=SYSTEM, at=at)


@transaction.atomic
def look_again(transcript: Transcript, *, at: datetime) -> bool:
    """More of a transcript is said to be ready: fetch it now.

    False when all of it is here, it is being fetched, or not everybody agrees any more to have been recorded.
    """
    gates.locked(transcript.engagement_id, SYSTEM)
    transcript.refresh_from_db()
    if not recordings.is_agreed(Meeting.objects.get(pk=transcript.meeting_id)):
        return False
    if transcript.state == Work.State.QUEUED:
        return work.hurry(Transcript, transcript.pk, at=at)
    is_whole = transcript.state == Work.State.DONE and transcript.summary_state == Summary.WRITTEN
    if is_whole or transcript.state == Work.State.RUNNING or not transcript.vendor_id:
        return False
    work.queue_again(Transcript, transcript.pk, at=at)
    return True


@transaction.atomic
def store(transcript: Transcript, *, told: Told, at: datetime) -> None:
    """Keep what the notetaker told, once; while more is to come the row waits for another look.

    When nothing more will come, or it was waited for long enough, the record is frozen as a document with its hash, and
    the specialist is told. Nothing happens when the claim was lost, and nothing is kept of what may not be.
    """
    engagement = gates.locked(transcript.engagement_id, SYSTEM)
    if not work.holds(transcript):
        return
    if transcript.document_id is None and (words := _kept_out_by(transcript)):
        _drop(transcript, words=words, at=at)
        return
    _keep_sentences(transcript, told.sentences)
    facts: dict[str, Any] = {
        "title": told.title[:300], "started_at": told.started_at, "minutes": told.minutes, "url": told.url[:500],
        "speakers": list(told.speakers), "overview": told.overview, "keywords": list(told.keywords),
        "topics": list(told.topics),
    }  # fmt: skip
    if not told.is_final and work.come_again(transcript, at=at, **facts):
        return
    facts["summary_state"] = Summary.WRITTEN if told.has_summary else Summary.NONE
    work.finish(transcript, at=at, **facts)
    transcript.refresh_from_db()
    _keep_items(transcript, told.items)
    if transcript.document_id is None:
        _freeze(transcript, engagement, at=at)


def _kept_out_by(transcript: Transcript) -> str:
    """Why nothing of it may be kept, now that it is here; empty when it may be."""
    if not recordings.is_agreed(Meeting.objects.get(pk=transcript.meeting_id)):
        return NOT_AGREED
    return ANOTHERS if queries.was_taken_by_another(transcript) else ""


def _drop(transcript: Transcript, *, words: str, at: datetime) -> None:
    """Give it up for good, and forget what was told of it so far; a sentence that a requirement cites stays."""
    cited = RequirementSource.objects.filter(sentence__transcript=transcript).values("sentence_id")
    Sentence.objects.filter(transcript=transcript).exclude(pk__in=cited).delete()
    work.progress(transcript, title="", url="", speakers=[], overview="", keywords=[], topics=[])
    problem = {"words": words, "who_can_fix": "specialist", "what_to_do": "Upload minutes instead."}
    runs.record_failure(transcript, problem=problem, retry=False, at=at)


def _keep_sentences(transcript: Transcript, said: Iterable[Said]) -> None:
    """What is here stays: requirements may cite it."""
    if transcript.document_id:
        return
    Sentence.objects.bulk_create(
        (
            Sentence(
                company_id=transcript.company_id, transcript=transcript, index=index, speaker=one.speaker[:200],
                text=one.text, starts_ms=one.starts_ms, ends_ms=one.ends_ms,
            )
            for index, one in enumerate(said)
        ),
        batch_size=500,
        ignore_conflicts=True,
    )  # fmt: skip


def _keep_items(transcript: Transcript, items: Iterable[Item]) -> None:
    ActionItem.objects.bulk_create(
        (
            ActionItem(
                company_id=transcript.company_id, engagement_id=transcript.engagement_id, transcript=transcript,
                number=number, owner=one.owner[:200], text=one.text, at_second=one.at_second,
            )
            for number, one in enumerate(items, start=1)
        ),
        ignore_conflicts=True,
    )  # fmt: skip


def _freeze(transcript: Transcript, engagement: Engagement, *, at: datetime) -> None:
    """The record as a file: the meeting's record of step III where none was filed by hand."""
    meeting = Meeting.objects.get(pk=transcript.meeting_id)
    said = [Said(one.speaker, one.text, one.starts_ms, one.ends_ms) for one in transcript.sentences.all()]
    tasks = [f"{one.owner}: {one.text}" if one.owner else one.text for one in transcript.action_items.all()]
    notes = [transcript.title, f"{transcript.overview}", *tasks]
    day = (transcript.started_at or meeting.starts_at).date().isoformat()
    transcript.document = filing.keep(
        engagement, kind=Document.Kind.TRANSCRIPT, title=f"Transcript: {meeting.get_kind_display()}",
        file_name=f"{meeting.kind.replace('_', '-')}-{day}.vtt", content_type="text/vtt",
        content=vtt.written(said, notes=notes).encode(), by=SYSTEM, at=at,
    )  # fmt: skip
    transcript.save(update_fields=["document"])
    if meeting.record_id is None:
        meeting.record = transcript.document
        meeting.save(update_fields=["record"])
    data = _facts(transcript) | {
        "sentences": len(said), "action_items": len(tasks), "document": str(transcript.document.uuid),
        "sha256": transcript.document.sha256,
    }  # fmt: skip
    outbox.record("transcript.ready", engagement, by=SYSTEM, at=at, data=data)
    letters.to_specialist(
        engagement, kind="transcript.ready", subject=f"the transcript of the {meeting.get_kind_display().lower()} is here",
        text=transcript.overview or "There is no summary; every word is there.", key=f"transcript:{transcript.pk}", at=at,
        place=f"meetings/{meeting.pk}/transcript", button="Read the transcript",
    )  # fmt: skip


@transaction.atomic
def give_up(transcript: Transcript, *, problem: dict[str, Any], retry: bool, at: datetime) -> bool:
    """The notetaker refused, or was not reached. No words yet is no refusal: it is asked again for some hours.

    Returns True when it will be tried again.
    """
    return runs.record_failure(transcript, problem=problem, retry=retry or problem.get("class") == MISSING, at=at)


def read_file(meeting: Meeting, document: Document, *, at: datetime) -> Transcript | None:
    """Read an uploaded WebVTT record of a meeting, so that its sentences can be searched and cited.

    It takes the place of a transcript that never came. None when the meeting has sentences already, or the file says
    nothing that can be read: it still is the record. Call it with the engagement locked.
    """
    earlier = Transcript.objects.filter(meeting=meeting).first()
    if recordings.is_refused(meeting):  # said while the file was being checked
        return None
    if document.content_type != "text/vtt" or (earlier and _is_in_use(earlier)):
        return None
    said = vtt.read(filing.text_of(document, most_bytes=MOST_FILE_BYTES))
    if not said:
        return None
    read = {
        "vendor_id": "", "matched_by": BY_FILE, "title": document.file_name, "started_at": meeting.held_at,
        "minutes": said[-1].ends_ms // 60_000 + 1, "summary_state": Summary.NONE, "state": Work.State.DONE,
        "speakers": list(dict.fromkeys(one.speaker for one in said if one.speaker)), "problem": None,
        "queued_at": at, "not_before": at, "finished_at": at,
    }  # fmt: skip
    about = {"company_id": meeting.company_id, "engagement_id": meeting.engagement_id}
    transcript, _ = Transcript.objects.update_or_create(meeting=meeting, defaults=read, create_defaults=read | about)
    _keep_sentences(transcript, said)
    transcript.document = document
    transcript.save(update_fields=["document"])
    return transcript


def _is_in_use(transcript: Transcript) -> bool:
    return transcript.state == Work.State.RUNNING or transcript.sentences.exists()


def _facts(transcript: Transcript) -> dict[str, Any]:
    meeting = transcript.meeting
    return {
        "transcript": transcript.pk,
        "meeting": meeting.pk,
        "name": meeting.get_kind_display(),
        "matched_by": transcript.matched_by,
    }
