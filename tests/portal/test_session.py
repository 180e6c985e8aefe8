"""When a session ends, and how it is made to last."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings
from django.http import Http404
from django.test import RequestFactory

from portal import session
from portal.gallery import gallery

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def request_with(stored: dict, *, method: str = "post", **sent):
    request = getattr(RequestFactory(), method)("/session/extend/", sent.pop("data", {}), **sent)
    request.session = stored
    return request


@pytest.mark.parametrize(
    ("stored", "seconds"),
    [
        ({}, settings.SESSION_COOKIE_AGE),
        ({"account_authentication_methods": [{"method": "password", "at": NOW.timestamp() - 600}]}, 43200 - 600),
        ({"account_authentication_methods": [{"method": "code"}], "renewed_at": NOW.timestamp() - 60}, 43200 - 60),
        ({"renewed_at": NOW.timestamp() - 50_000}, 0),
    ],
    ids=["unknown", "since sign-in", "since renewal", "over"],
)
def test_the_time_left_is_never_later_than_the_truth(stored, seconds):
    with time_machine.travel(NOW, tick=False):
        assert session.remaining_seconds(request_with(stored)) == seconds


def test_extending_tells_the_script_the_seconds():
    request = request_with({}, headers={"Accept": "application/json"})

    with time_machine.travel(NOW, tick=False):
        answer = session.extend(request)

    assert answer.content == b'{"seconds": 43200}'
    assert request.session == {"renewed_at": NOW.timestamp()}


@pytest.mark.parametrize(
    ("back", "location"),
    [("/steps/4/", "/steps/4/"), ("https://elsewhere.example/", "/"), ("", "/")],
)
def test_extending_without_script_goes_back_inside_only(back, location):
    answer = session.extend(request_with({}, data={"next": back}))

    assert (answer.status_code, answer["Location"]) == (302, location)


def test_extending_is_a_deed_not_a_link():
    assert session.extend(request_with({}, method="get")).status_code == 405


def test_the_gallery_is_not_for_production(settings):
    settings.DEBUG = settings.REHEARSAL = False
    with pytest.raises(Http404):
        gallery(RequestFactory().get("/gallery/"))
