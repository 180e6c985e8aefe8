"""Every form of every page, found as a browser finds it, is sent what no form should be sent.

Whatever comes: no page breaks; what is refused says why and leaves every row as it was; another company's rows are not
there; and without the page's token nothing is taken.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.parse import quote_from_bytes, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from onboarding import tenancy
from onboarding.actors import Actor
from onboarding.models import Message
from onboarding.workflow.steps import Step
from portal.accounts.factors import ENROLLED_KEY
from portal.specialist import desk
from portal.specialist import urls as specialist_urls
from tests.addresses import NOT_IN_A_TRANSACTION, customer_pages, staff_pages
from tests.door_visitors import door_visits
from tests.every_row import Writes
from tests.found_forms import Form, forms_on
from tests.journey import journey
from tests.journey.cast import Cast
from tests.nasty import Pairs, attacks, pairs
from tests.stages import STAGES, Stage, Way

OK, FOUND = 200, 302
WORDS = ("error-summary", 'class="banner', 'class="error"', "<h1")
# Answers are saved one by one: a refused one keeps the others. A wrong code is counted, and a refused visit written down.
SAVES_IN_PARTS = {"customer:questionnaire_section", "doors:code", "doors:sign", "doors:door"}
# Shown once, on the page that answers the post.
ANSWERS_AT_ONCE = {"customer:tokens"}
# Shown with a void invoice, or an account at DocuSign, alone: tried where those are.
NEEDS_MORE = {
    ("portal.specialist.invoice", "draft_again"),
    ("portal.specialist.agreement", "choose_provider"),
    ("portal.specialist.agreement", "ask_again"),
}
LEFT_OUT = {"account_logout", "extend_session", "choose_company"}


@dataclass
class Found:
    """A form, and in whose browser."""

    browser: Client
    form: Form

    @property
    def route(self) -> str:
        return resolve(urlsplit(self.form.action).path).view_name

    @property
    def name(self) -> str:
        return f"{self.route} [{self.form.name[:40]}]"

    def post_twice(self) -> tuple[int, int, bool]:
        """Send it as it stands, and the very same again: both statuses, and whether the second wrote anything."""
        sent = pairs(self.form.filled())
        with transaction.atomic():
            first = self._send(sent)
            with connection.execute_wrapper(written := Writes()):
                second = self._send(sent)
            transaction.set_rollback(True)
        return first.status_code, second.status_code, bool(written.kept)

    def post(self, sent: Pairs, *, follow: bool = False) -> HttpResponse:
        """Send it; whatever it did is taken back. The answer carries `has_changed`, and where it `leads_to` if asked."""
        cookies = {name: morsel.value for name, morsel in self.browser.cookies.items()}
        with transaction.atomic():
            with connection.execute_wrapper(written := Writes()):
                answer = self._send(sent)
            answer.has_changed = bool(written.kept)
            if follow and answer.has_changed and answer.status_code == FOUND:
                answer.leads_to = self.browser.get(answer["Location"])
            transaction.set_rollback(True)
        self.browser.cookies.clear()
        self.browser.cookies.load(cookies)
        return answer

    def _send(self, sent: Pairs) -> HttpResponse:
        body = "&".join(f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in sent)
        cache.clear()
        return self.browser.generic("POST", self.form.action, body, content_type="application/x-www-form-urlencoded")


def browser_of(cast: Cast, actor: Actor, *, is_staff: bool = False) -> Client:
    """Signed in a moment ago, with all that is asked of this person."""
    browser, user = Client(raise_request_exception=False), cast.user(actor)
    browser.force_login(user)
    session = browser.session
    session[ENROLLED_KEY] = user.pk if is_staff else None
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return browser


def forms_at(stage: Stage, cast: Cast) -> Iterator[Found]:
    """The forms of this stage's pages, as the owner, the lead and where said a visitor meet them."""
    rooms = [one for one in customer_pages(cast.engagement) if _is_in(one, stage.rooms, 1)]
    desks = [one for one in staff_pages(cast.engagement) if _is_in(one, stage.desks, 4)]
    visits = [
        (browser_of(cast, cast.owner), rooms),
        (browser_of(cast, cast.lead, is_staff=True), desks),
    ]
    if stage.has_visitors:
        message = Message.objects.get(kind="member.invited", company=cast.company)
        open_pages = [
            "/account/login/",
            "/register/",
            "/verify/",
            "/account/password/reset/",
            "/account/login/code/",
            message.path,
        ]
        visits.append((Client(raise_request_exception=False), open_pages))
    if stage.has_doors:
        visits += door_visits(cast.engagement)
    for browser, addresses in visits:
        for address in addresses:
            answer = browser.get(address)
            assert answer.status_code < 500, address
            if answer.status_code == OK and "html" in answer["Content-Type"]:
                for form in forms_on(answer.content.decode(), address):
                    yield Found(browser, form)


def _is_in(address: str, words: str, place: int) -> bool:
    """`words` are the pages looked at, as they stand at this place of the address (a queue's at its end, or its room)."""
    parts = address.strip("/").split("/")
    return words == "all" or not {parts[min(place, len(parts)) - 1], parts[min(2, len(parts)) - 1]}.isdisjoint(
        words.split()
    )


@pytest.fixture(scope="module")
def way(django_db_setup: None, django_db_blocker: Any) -> Iterator[Way]:
    """The engagement on its way, and another company that has nothing to do with it; gone after this file."""
    with django_db_blocker.unblock(), tenancy.acting(staff=True), transaction.atomic():
        logging.disable(logging.ERROR)  # every refusal is a warning: a fifth of the time
        yield Way()
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def stranger(way: Way) -> Client:
    """The owner of another company."""
    cast = journey(Step.WELCOME_CALL, name="Stranger Ltd")
    return browser_of(cast, cast.owner)


@pytest.fixture(scope="module")
def met() -> set[tuple[str, str]]:
    """Every form met so far: route, act and fields."""
    return set()


@pytest.fixture(scope="module", params=STAGES, ids=lambda stage: stage.name)
def found(way: Way, met: set[tuple[str, str]], request: pytest.FixtureRequest) -> list[Found]:
    """Every form of this stage that was not met before."""
    new = []
    for one in forms_at(request.param, way.to(request.param)):
        key = (one.route, one.form.name)
        if key not in met and one.route not in LEFT_OUT | NOT_IN_A_TRANSACTION:
            met.add(key)
            new.append(one)
    return new


def trouble(one: Found, attack: str, answer: HttpResponse) -> str:
    """What is wrong with the answer; empty when nothing is."""
    if answer.status_code >= 400:
        return _broken(answer) or _badly_refused(one, answer)
    if answer.status_code == OK and one.route not in ANSWERS_AT_ONCE:
        return "200: neither done nor refused"
    if words := _broken(getattr(answer, "leads_to", answer)):
        return f"taken, and the next page {words}"
    is_too_long = attack == "typed 0" and answer.has_changed and one.route not in SAVES_IN_PARTS
    return "taken" if is_too_long else ""


def _broken(answer: HttpResponse) -> str:
    if answer.status_code < 500:
        return ""
    return f"broke: {answer.exc_info[1]!r:.100}" if getattr(answer, "exc_info", None) else "broke"


def _badly_refused(one: Found, answer: HttpResponse) -> str:
    if not any(word in answer.content.decode() for word in WORDS):
        return f"{answer.status_code} without words"
    is_half_done = answer.has_changed and one.route not in SAVES_IN_PARTS
    return f"{answer.status_code}, yet something was written" if is_half_done else ""


def test_whatever_is_sent_is_done_or_refused_in_words(found, db):
    wrong = [
        f"{one.name} {attack}: {words}"
        for one in found
        for attack, sent in attacks(one.form)
        if (words := trouble(one, attack, one.post(sent, follow=attack.startswith("typed"))))
    ]

    assert not wrong, "\n".join(wrong)


def test_nothing_is_taken_without_the_pages_token(found, db):
    answers = {}
    for one in found:
        one.browser.handler.enforce_csrf_checks = True
        answer = one.post(pairs(one.form.filled())[1:])
        one.browser.handler.enforce_csrf_checks = False
        is_ours = "This page had gone stale" in answer.content.decode()
        answers[one.name] = (answer.status_code, is_ours, answer.has_changed)

    assert answers == dict.fromkeys(answers, (403, True, False))


def test_the_same_form_twice_is_done_once(found, db):
    twice = {one.name: one.post_twice() for one in found if one.route.startswith(("customer:", "specialist:"))}

    assert {name: found for name, found in twice.items() if found[0] == FOUND and (found[1] == OK or found[2])} == {}


def test_the_forms_of_another_company_lead_nowhere(found, stranger, db):
    """A form with somebody's row in its address or in its fields, sent by the owner of another company."""
    answers = {}
    for one in found:
        if one.route.startswith(("customer:", "specialist:")) and has_row(one):
            answer = Found(stranger, one.form).post(pairs(one.form.filled()))
            answers[one.name] = (answer.status_code, answer.has_changed)

    assert answers == dict.fromkeys(answers, (404, False))


def has_row(one: Found) -> bool:
    named = resolve(urlsplit(one.form.action).path).kwargs.keys() - {"kind", "code", "number", "workstream"}
    return bool(named) or "plan" in one.form.fields


def test_every_act_of_the_specialists_was_among_them(met, db):
    """After all stages: an act whose form no stage shows would have been left out."""
    modules = {f"specialist:{one.name}": import_module(one.callback.__module__) for one in specialist_urls.urlpatterns}
    there = {(module.__name__, act) for module in modules.values() for act in acts_of(module)}
    seen = {(modules[route].__name__, name.split()[0]) for route, name in met if route in modules and name}

    assert not there - seen - NEEDS_MORE, sorted(there - seen)


def acts_of(module: ModuleType) -> set[str]:
    tables = [one for one in vars(module).values() if isinstance(one, dict)]
    return {name for table in tables for name, act in table.items() if isinstance(act, desk.Act)}
