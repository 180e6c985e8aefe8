"""The customer's side of a recorded meeting: asked, answered, read, searched, and its tasks done."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from onboarding.actions import follow_ups, meetings, recordings
from onboarding.library import recording_consent
from onboarding.models import FollowUp, Meeting, RecordingConsent
from tests.every_row import every_row
from tests.journey.cast import Cast
from tests.portal.customer.conftest import said, signed_in
from tests.recorded import OVERVIEW, recorded

pytestmark = pytest.mark.django_db
YES = {"answer": "yes", "seen_sha256": recording_consent.digest()}


@pytest.fixture
def asked(collecting: Cast) -> tuple[Cast, Meeting]:
    """A review in three days; whoever is invited was asked."""
    at = now()
    meeting = meetings.book(
        collecting.engagement.pk, kind="requirements_review", channel="zoom", starts_at=at + timedelta(days=3),
        minutes=60, place="https://zoom.example/j/1", topic="", by=collecting.specialist, at=at,
    )  # fmt: skip
    return collecting, recordings.ask(meeting.pk, by=collecting.specialist, at=at)


def words(reply) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reply.content.decode().partition("<main")[2]))


def test_the_question_is_on_the_home_page_and_answered_on_its_own(asked: tuple[Cast, Meeting]) -> None:
    cast, meeting = asked
    client, path = signed_in(cast), f"/meetings/{meeting.pk}/recording/"

    home = client.get("/")
    page = client.get(path)
    reply = client.post(path, YES)

    assert ("May we record the requirements review?" in words(home), path in home.content.decode()) == (True, True)
    assert recording_consent.TEXT.split(".")[1].strip() in words(page)
    assert (reply.status_code, said(reply)) == (302, "Thank you. Your answer is kept.")
    mine = RecordingConsent.objects.get(email=cast.owner.email)
    assert (mine.state, mine.how, mine.answered_by) == ("given", "portal", cast.owner.name)
    assert "May we record" not in words(client.get("/"))
    assert f'href="{path}"' in client.get("/meetings/").content.decode()


@pytest.mark.parametrize(
    ("sent", "status", "words_said"),
    [
        ({"seen_sha256": recording_consent.digest()}, 422, "Choose an answer to “May we record you?”"),
        (YES | {"answer": "maybe"}, 422, "Choose one of the answers offered"),
        (YES | {"seen_sha256": "0" * 64}, 409, "The words of the question changed"),
    ],
)
def test_no_answer_and_other_words_are_refused(
    asked: tuple[Cast, Meeting], sent: dict[str, str], status: int, words_said: str
) -> None:
    cast, meeting = asked
    client = signed_in(cast)
    before = every_row()

    reply = client.post(f"/meetings/{meeting.pk}/recording/", sent)

    assert (reply.status_code, words_said in words(reply)) == (status, True)
    assert every_row() == before


def test_nobody_answers_for_somebody_else(asked: tuple[Cast, Meeting]) -> None:
    cast, meeting = asked
    client, path = signed_in(cast, cast.viewer), f"/meetings/{meeting.pk}/recording/"

    page, reply = client.get(path), client.post(path, YES)

    assert "You are not among those who are asked." in words(page)
    assert reply.status_code == 403
    assert not RecordingConsent.objects.exclude(state="asked").exists()


def test_a_transcript_is_read_and_linked_sentence_by_sentence(collecting: Cast) -> None:
    transcript = recorded(collecting.engagement, sentences=600)
    client, path = signed_in(collecting), f"/meetings/{transcript.meeting_id}/transcript/"

    first, second = client.get(path).content.decode(), client.get(f"{path}?s=255").content.decode()

    assert OVERVIEW in first
    assert "Name the QuickBooks administrator" in first
    assert re.findall(r'id="s-(\d+)"', first) == [str(index) for index in range(250)]
    assert re.findall(r'id="s-(\d+)"', second) == [str(index) for index in range(250, 500)]
    assert 'href="?s=500" rel="next"' in second
    assert 'href="?s=0" rel="prev"' in second
    assert 'href="?s=255#s-255"' in second
    assert "251 to 500 of 600" in second
    assert "25:30" in second
    assert "we agree &lt;so&gt;" in first
    assert "app.fireflies.ai" not in first
    assert 'aria-current="page"' in first


def test_a_search_marks_what_it_found_and_counts_it(collecting: Cast) -> None:
    transcript = recorded(collecting.engagement, sentences=30)
    client, path = signed_in(collecting), f"/meetings/{transcript.meeting_id}/transcript/"

    found = client.get(path, {"q": "invoices"}).content.decode()
    none = client.get(path, {"q": "<blockchain>"}).content.decode()

    assert re.findall(r'id="s-(\d+)"', found) == ["4", "14", "24"]
    assert found.count("<mark>Invoices</mark>") == 3
    assert "3 of 30 sentences hold “invoices”." in re.sub(r"\s+", " ", found)
    assert 'href="?s=14#s-14"' in found
    assert "Nobody said “&lt;blockchain&gt;”." in none


@pytest.mark.parametrize(
    "asked_for", ["?s=99999999999", "?s=-1", "?s=²", "?s=9999999999999999999999", "?q=%00", "?q=" + "x" * 5000]
)
def test_odd_addresses_show_a_page(collecting: Cast, asked_for: str) -> None:
    transcript = recorded(collecting.engagement)

    assert signed_in(collecting).get(f"/meetings/{transcript.meeting_id}/transcript/{asked_for}").status_code == 200


def test_a_meeting_of_no_possible_number_is_not_there(collecting: Cast) -> None:
    assert signed_in(collecting).get(f"/meetings/{10**20}/transcript/").status_code == 404


def test_a_long_transcript_costs_what_a_short_one_costs(
    collecting: Cast, elsewhere: Client, django_assert_num_queries
) -> None:
    short = recorded(collecting.engagement, sentences=3)
    client, path = signed_in(collecting), f"/meetings/{short.meeting_id}/transcript/"
    client.get(path)

    with django_assert_num_queries(13):
        client.get(path)
    short.sentences.all().delete()
    Meeting.objects.filter(pk=short.meeting_id).update(kind="training")
    long = recorded_again(collecting)
    with django_assert_num_queries(13):
        reply = client.get(f"/meetings/{long}/transcript/?s=1999")

    assert 'id="s-1999"' in reply.content.decode()
    assert elsewhere.get(path).status_code == 404


def recorded_again(cast: Cast) -> int:
    """Another meeting of the same engagement, two thousand sentences long."""
    cast.engagement.transcripts.update(vendor_id="01OLD")
    return recorded(cast.engagement, sentences=2000).meeting_id


def test_a_task_from_a_meeting_is_on_the_home_page_until_it_is_done(collecting: Cast) -> None:
    at = now()
    for side, text in (("customer", "Name the administrator"), ("interweave", "Send the list")):
        follow_ups.add(
            collecting.engagement.pk,
            text=text,
            side=side,
            person="Maria",
            due_on=at.date(),
            by=collecting.specialist,
            at=at,
        )
    theirs, ours = FollowUp.objects.order_by("pk")
    client = signed_in(collecting)

    home, page = client.get("/").content.decode(), words(client.get("/follow-ups/"))
    done = client.post(f"/follow-ups/{theirs.pk}/done/")
    not_mine = client.post(f"/follow-ups/{ours.pk}/done/")
    again = client.post(f"/follow-ups/{theirs.pk}/reopen/")

    assert ("Name the administrator</a>" in home, "Send the list</a>" in home) == (True, False)
    assert ("Name the administrator" in page, "Send the list" in page) == (True, True)
    assert (said(done), not_mine.status_code, again.status_code) == ("Done. Your specialist sees it.", 403, 302)
    ours.refresh_from_db()
    assert ours.done_at is None
