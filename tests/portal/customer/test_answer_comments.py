"""Comments at an answer: written on its page, read on the part's page, settled."""

from __future__ import annotations

import pytest

from onboarding.actions import answer_comments
from onboarding.models import AnswerComment, Questionnaire
from tests.journey.cast import Cast
from tests.portal.customer.conftest import said, signed_in

pytestmark = pytest.mark.django_db
FORM = "/questionnaires/technical_details"
HERE = f"{FORM}/questions/crm/"
HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}"


def test_a_comment_is_said_shown_as_text_and_settled(collecting: Cast) -> None:
    client = signed_in(collecting)

    told = client.post(HERE, {"text": HOSTILE})
    shown = [client.get(path).content.decode() for path in (HERE, f"{FORM}/parts/crm/")]
    settled = client.post(f"{HERE}settle/")

    assert (told.status_code, said(settled), settled["Location"]) == (302, "Settled.", HERE)
    assert all("&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}" in page for page in shown)
    assert all("<script>alert(1)" not in page for page in shown)
    assert "1 comment, settled" in client.get(f"{FORM}/parts/crm/").content.decode()


def test_what_interweave_says_waits_on_the_front_page(collecting: Cast) -> None:
    row = Questionnaire.objects.get(kind="technical_details")
    by = collecting.specialist
    answer_comments.write(row.pk, question="crm", text="One org, or two?", by=by, at=collecting.later())
    client = signed_in(collecting)

    assert "1 comment to answer" in client.get(f"{FORM}/").content.decode()
    client.post(HERE, {"text": "Two."})
    assert "comment to answer" not in client.get(f"{FORM}/").content.decode()
    assert "Priya Patel, InterWeave" in client.get(HERE).content.decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "Enter your comment"), ("x" * 20_000, "Shorten this to 4000 characters: it has 20000")],
    ids=["empty", "20,000 characters"],
)
def test_a_comment_that_wont_do_is_said_and_what_was_typed_kept(collecting: Cast, text: str, words: str) -> None:
    refused = signed_in(collecting).post(HERE, {"text": text})

    assert (refused.status_code, words in refused.content.decode()) == (422, True)
    assert (text in refused.content.decode(), AnswerComment.objects.count()) == (True, 0)


def test_viewers_read_strangers_find_nothing_and_there_is_nothing_to_settle(collecting: Cast, elsewhere) -> None:
    viewer = signed_in(collecting, collecting.viewer)

    assert "Send the comment" not in viewer.get(HERE).content.decode()
    assert viewer.post(HERE, {"text": "Hello"}).status_code == 403
    assert (elsewhere.get(HERE).status_code, elsewhere.post(HERE, {"text": "Hi"}).status_code) == (404, 404)
    assert signed_in(collecting).get(f"{FORM}/questions/horoscope/").status_code == 404
    assert signed_in(collecting).post(f"{HERE}settle/").status_code == 409
    assert AnswerComment.objects.count() == 0
