"""The first page after sign-in: where am I, what is mine to do, who does what next, when do we go live."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils.timezone import now

from onboarding.actions import engagements, questionnaires
from onboarding.actors import Role
from onboarding.workflow.steps import Step
from tests.journey import journey, phase_one, phase_two
from tests.journey.cast import Cast, named
from tests.portal.customer.conftest import signed_in

pytestmark = pytest.mark.django_db


def home(cast: Cast, actor=None) -> str:
    reply = signed_in(cast, actor).get("/")
    assert reply.status_code == 200
    return reply.content.decode()


def test_the_next_task_says_how_far_it_is(collecting: Cast) -> None:
    phase_one.answered(collecting, "solutions_definition", most=9)

    page = home(collecting)

    assert "Your next task" in page
    assert "<li>10 of 35 answers</li><li>about 35 minutes</li>" in page
    assert '<a class="button" href="/questionnaires/solutions_definition/">Continue</a>' in page
    assert "or ask a colleague to answer" in page
    assert collecting.engagement.reference in page


def test_a_document_nobody_touched_is_started(collecting: Cast) -> None:
    assert '<a class="button" href="/questionnaires/solutions_definition/">Start</a>' in home(collecting)


def test_what_is_with_us_is_told_with_the_specialists_name(collecting: Cast) -> None:
    submitted = phase_one.answered(collecting, "solutions_definition")
    questionnaires.submit(submitted.pk, by=collecting.owner, at=collecting.later())

    page = home(collecting)

    assert "<dt>With us now</dt><dd>Priya reviews your Solutions Definition Document.</dd>" in page
    assert "Complete the Solutions Technical Details Document</h2>" in page


def test_a_viewer_is_told_whom_to_ask(collecting: Cast) -> None:
    page = home(collecting, collecting.viewer)

    assert "Waits for your company" in page
    assert "Ask a contributor of your company: it needs their role." in page
    assert '<a class="button" href="/questionnaires/solutions_definition/">See it</a>' in page


def test_the_signatory_alone_is_asked_to_sign() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    phase_one.signed(cast)  # records approved; the agreement waits for us, the invoice for the customer
    contributor = named(cast.company, "Tom Baker", Role.CONTRIBUTOR)

    assert "Pay the invoice</h2>" in home(cast, contributor)
    assert "$4,888.00 open" in home(cast, contributor)
    assert "<dd>InterWeave countersigns the agreement, or issues it anew.</dd>" in home(cast, contributor)


def test_with_nothing_to_do_the_page_says_who_works() -> None:
    cast = journey(Step.PLAN_TIMELINE)

    page = home(cast)

    assert "Nothing to do for you now" in page
    assert "Priya compares the plan with the requirements you signed off." in page


def test_a_time_for_the_call_is_offered_until_one_is_booked(welcome: Cast) -> None:
    phase_one.assigned(welcome)
    offered = home(welcome)
    phase_one.met(welcome, "welcome_call")

    assert 'Welcome call, 45 minutes: <a href="/meetings/">pick a time</a>' in offered
    assert "pick a time</a>" not in home(welcome)


def test_while_nothing_can_be_done_nothing_is_asked() -> None:
    pending, held, cancelled = journey(state="pending"), journey(), journey()
    engagements.hold(held.engagement.pk, reason="The office moves.", by=held.specialist, at=held.later())
    engagements.cancel(cancelled.engagement.pk, reason="The company was sold.", by=cancelled.lead, at=cancelled.later())

    for cast, words in (
        (pending, "Your registration awaits acceptance"),
        (held, "The office moves."),
        (cancelled, "The company was sold."),
    ):
        page = home(cast)
        assert words in page
        assert "Your next task" not in page
        assert "What happens next" not in page


def test_the_go_live_date_heads_the_page_once_it_is_set() -> None:
    cast = journey(Step.INITIAL_SETUP)
    target = cast.engagement.go_live_target

    page = home(cast)

    assert f"<h1>Going live on {target:%a} {target.day} {target:%B %Y}</h1>" in page
    assert "On track" in page
    assert "0 of 5 done" in page


def test_after_the_cutover_the_page_says_since_when_it_is_live() -> None:
    cast = journey(Step.GO_LIVE)
    phase_two.launched(cast)

    page = home(cast)
    there = cast.engagement.launch.cutover_at.astimezone(ZoneInfo("America/New_York"))

    assert f"Live since {there:%-d %B %Y}" in page
    assert "Going live on" not in page


def test_the_page_costs_the_same_however_much_happened(welcome: Cast, django_assert_num_queries) -> None:
    client = signed_in(welcome)
    client.get("/")
    with django_assert_num_queries(15):
        client.get("/")
    for name in ("Ada Adams", "Ben Brown"):
        named(welcome.company, name, Role.CONTRIBUTOR)
        engagements.note(welcome.engagement.pk, text=name, by=welcome.specialist, at=now())
    with django_assert_num_queries(15):
        client.get("/")


def test_internal_notes_stay_inside(welcome: Cast) -> None:
    engagements.note(welcome.engagement.pk, text="They bargain.", by=welcome.specialist, at=now())

    assert "Internal note" not in home(welcome)


def test_nobody_keeps_the_page(welcome: Cast) -> None:
    reply = signed_in(welcome).get("/")

    assert "no-store" in reply.headers["Cache-Control"]
    assert "private" in reply.headers["Cache-Control"]


def test_staff_are_sent_to_their_board(db) -> None:
    from tests.portal.specialist.conftest import signed_in as staff_at

    reply = staff_at(Role.SPECIALIST).get("/")

    assert (reply.status_code, reply.headers["Location"]) == (302, "/staff/")


def test_a_stranger_signs_in_and_comes_back(db) -> None:
    reply = Client().get("/documents/")

    assert (reply.status_code, reply.headers["Location"]) == (302, "/account/login/?next=/documents/")
