"""A refused act without a page of its own: its words, its status, and the way back."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from onboarding import errors
from portal import pages

pytestmark = pytest.mark.django_db
BACK = '<a class="button" href="/people/">Back to the page</a>'


@pytest.fixture
def request_():
    request = RequestFactory().post("/people/1/remove/")
    request.viewer, request.member, request.memberships = None, None, []
    return request


def refuse(refusal: errors.Refused) -> None:
    raise refusal


@pytest.mark.parametrize(
    ("refusal", "status", "words"),
    [
        (errors.NotYours("The owner decides."), 403, "The owner decides."),
        (errors.WrongStep("This is done in step V."), 409, "This is done in step V."),
        (errors.BadInput(fields={"reason": "Say why."}), 422, "<p>Say why.</p>"),
        (
            errors.CriteriaUnmet([{"title": "MSA unsigned", "hint": "Sign it."}]),
            409,
            "<strong>MSA unsigned</strong> – Sign it.",
        ),
    ],
)
def test_the_refusal_stands_on_a_page(request_, refusal, status, words):
    assert pages.attempt(request_, lambda: refuse(refusal)) is None

    answer = pages.turned_down(request_, "customer:people")
    html = answer.content.decode()

    assert (answer.status_code, words in html, BACK in html) == (status, True, True)


def test_nothing_to_do_any_more_is_said_too(request_):
    answer = pages.turned_down(request_, "customer:people")

    assert (answer.status_code, "There is nothing to do here any more." in answer.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("refusal", "shown"),
    [
        (
            errors.BadInput(fields={"reason": "Shorten this."}),
            '<textarea id="id_written" name="reason" rows="4">We &lt;b&gt;moved&lt;/b&gt; it</textarea>',
        ),
        (errors.WrongStep("Too late."), "<p>We &lt;b&gt;moved&lt;/b&gt; it</p>"),
    ],
    ids=["to be mended", "to be kept"],
)
def test_what_the_person_wrote_is_shown_again(refusal, shown):
    request = RequestFactory().post("/meetings/1/cancel/", {"reason": "We <b>moved</b> it"})
    request.viewer, request.member, request.memberships = None, None, []
    pages.attempt(request, lambda: refuse(refusal))

    html = pages.turned_down(request, "customer:meetings").content.decode()

    assert (shown in html, 'href="/meetings/">Back to the page</a>' in html) == (True, True)
    assert html.count("Shorten this.") == (1 if isinstance(refusal, errors.BadInput) else 0)
