"""What every page knows before its view says anything."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from onboarding.actors import Actor, Role
from portal import context

MARIA = Actor(
    kind="member", name="Maria Fernández", roles=frozenset({Role.OWNER}), company_id=1, email="maria@acme.example"
)


def looked_at(path: str, viewer: Actor | None):
    request = RequestFactory().get(path)
    request.session = {}
    request.viewer = viewer
    request.member = SimpleNamespace(company=SimpleNamespace(name="Acme Ltd")) if viewer else None
    return context.page(request)["page"]


def test_a_stranger_sees_no_rooms():
    page = looked_at("/", None)

    assert (page["navigation"], page["company"], page["session_seconds"]) == ([], "", None)


@pytest.mark.parametrize(("path", "room"), [("/", "Home"), ("/documents/", "Documents"), ("/people/7/", "People")])
def test_the_room_you_stand_in_is_marked(path, room):
    page = looked_at(path, MARIA)

    assert [str(item["title"]) for item in page["navigation"] if item["is_current"]] == [room]
    assert (page["company"], page["session_seconds"]) == ("Acme Ltd", 43200)


def test_a_room_that_is_not_served_is_not_offered():
    assert context.navigation((("Moon", "customer:moon"),), "/") == []
