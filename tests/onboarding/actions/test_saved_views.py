from __future__ import annotations

import pytest

from onboarding import errors
from onboarding.actions import saved_views
from onboarding.models import SavedView
from tests.factories import NOW, CompanyFactory, finance, owner, specialist

pytestmark = pytest.mark.django_db


def kept():
    return list(SavedView.objects.values_list("name", "asked"))


def test_a_view_is_kept_under_its_name_and_the_same_name_replaces_it():
    one = specialist()

    saved_views.save(name="  Silent   ones ", asked="health=amber", by=one, at=NOW)
    saved_views.save(name="Silent ones", asked="health=red", by=one, at=NOW)

    assert kept() == [("Silent ones", "health=red")]


def test_two_people_may_use_one_name_and_neither_removes_the_others():
    one, other = specialist(), finance()
    mine = saved_views.save(name="Late", asked="health=red", by=one, at=NOW)
    saved_views.save(name="Late", asked="mine=1", by=other, at=NOW)

    with pytest.raises(errors.NotFound):
        saved_views.remove(mine.pk, by=other)
    saved_views.remove(mine.pk, by=one)

    assert kept() == [("Late", "mine=1")]


@pytest.mark.parametrize(
    ("name", "asked", "words"),
    [
        (" ", "mine=1", "Enter a name of up to 60 characters"),
        ("x" * 61, "mine=1", "Enter a name of up to 60 characters"),
        ("Late", "", "Choose a filter first: there is nothing to keep"),
        ("Late", "q=" + "x" * 499, "Choose a filter first: there is nothing to keep"),
    ],
    ids=["no name", "too long a name", "no filter", "too long an address"],
)
def test_what_cannot_be_kept(name, asked, words):
    with pytest.raises(errors.BadInput) as refused:
        saved_views.save(name=name, asked=asked, by=specialist(), at=NOW)

    assert (refused.value.fields, kept()) == ({"name": words}, [])


def test_the_twenty_first_is_refused_and_a_kept_one_can_still_change(monkeypatch):
    monkeypatch.setattr(saved_views, "MOST", 1)
    one = specialist()
    saved_views.save(name="Late", asked="health=red", by=one, at=NOW)

    with pytest.raises(errors.BadInput):
        saved_views.save(name="Another", asked="mine=1", by=one, at=NOW)
    saved_views.save(name="Late", asked="mine=1", by=one, at=NOW)

    assert kept() == [("Late", "mine=1")]


def test_a_customer_keeps_none():
    with pytest.raises(errors.NotYours):
        saved_views.save(name="Late", asked="mine=1", by=owner(CompanyFactory()), at=NOW)
