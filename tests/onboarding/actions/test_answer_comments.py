"""Comments on answers: both sides say something, a burst is one mail, a settled thread opens with the next comment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding import errors
from onboarding.actions import answer_comments
from onboarding.models import AnswerComment, Event, Message, Questionnaire
from onboarding.queries import answer_comments as queries
from tests.factories import NOW, owner, specialist, viewer
from tests.factories import stranger as a_stranger
from tests.onboarding.actions.test_questionnaires import opened

pytestmark = pytest.mark.django_db
HOSTILE = "<img src=x onerror=alert(1)> {{ 7*7 }} '; DROP TABLE"


def write(row: Questionnaire, by: object, text: str = "Two orgs?", minutes: int = 0) -> AnswerComment:
    return answer_comments.write(row.pk, question="objective", text=text, by=by, at=NOW + timedelta(minutes=minutes))


def test_each_side_is_told_of_the_others_comments_once_a_burst() -> None:
    row = opened()
    people, ours = owner(row.company), specialist()

    write(row, people, HOSTILE)
    write(row, people, "And the warehouse?", minutes=5)
    write(row, ours, "Both.", minutes=10)
    write(row, people, "Thank you.", minutes=45)

    mails = [(one.to, HOSTILE in one.text, one.path) for one in Message.objects.order_by("pk")]
    place = f"/staff/engagements/{row.engagement.reference}/questionnaires/solutions_definition/questions/objective/"
    assert mails == [
        (row.engagement.specialist.user.email, True, place),
        (people.email, False, "/questionnaires/solutions_definition/questions/objective/"),
        (row.engagement.specialist.user.email, False, place),
    ]
    assert AnswerComment.objects.earliest("pk").text == HOSTILE
    assert Event.objects.filter(kind="questionnaire.commented").count() == 4


def test_a_thread_is_settled_and_opens_again() -> None:
    row = opened()
    people = owner(row.company)
    write(row, people)

    waiting = queries.thread(row, "objective")
    answer_comments.resolve(row.pk, question="objective", by=specialist(), at=NOW)
    settled = queries.thread(row, "objective")
    with pytest.raises(errors.WrongState):
        answer_comments.resolve(row.pk, question="objective", by=people, at=NOW)
    write(row, specialist(), "One more thing.")
    again = queries.threads(row)["objective"]

    assert (waiting.waits_for_staff, settled.is_open, again.waits_for_customer) == (True, False, True)
    assert len(again.comments) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [(" \n ", "Write your comment first."), ("x" * 20_000, "Shorten this to 4000 characters: it has 20000.")],
    ids=["empty", "20,000 characters"],
)
def test_a_comment_that_wont_do_is_refused(text: str, words: str) -> None:
    row = opened()

    with pytest.raises(errors.BadInput) as refusal:
        write(row, owner(row.company), text)

    assert refusal.value.fields == {"text": words}
    assert (AnswerComment.objects.count(), Message.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_strangers_find_nothing_and_viewers_only_read() -> None:
    row = opened()

    with pytest.raises(errors.NotFound):
        write(row, a_stranger())
    with pytest.raises(errors.NotYours):
        write(row, viewer(row.company))
    with pytest.raises(errors.NotFound):
        answer_comments.write(row.pk, question="horoscope", text="x", by=owner(row.company), at=NOW)

    assert (AnswerComment.objects.count(), Event.objects.count()) == (0, 0)
