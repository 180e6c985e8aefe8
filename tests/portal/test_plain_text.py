"""Control characters never get past the door: not in forms, not in searches, not in addresses."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.actors import Role
from onboarding.models import Note, Specialist
from portal.plain_text import plain
from tests.factories import EngagementFactory, MemberFactory
from tests.portal.specialist.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Line one\r\n\tLine two", "Line one\r\n\tLine two"),
        ("NUL\x00 bell\x07 escape\x1b[31m delete\x7f", "NUL bell escape[31m delete"),
        ("half \ud83d of a pair", "half  of a pair"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("مرحبا 😀 Zoë", "مرحبا 😀 Zoë"),
    ],
)
def test_text_stays_and_the_rest_is_dropped(given, kept):
    assert plain(given) == kept


def test_a_posted_form_is_cleaned():
    engagement = EngagementFactory()
    address = reverse("specialist:notes", args=[engagement.reference])

    answer = signed_in(Role.SPECIALIST).post(address, {"act": "note", "text": "Ring\x00 the \x07bell"})

    assert (answer.status_code, Note.objects.get().text) == (302, "Ring the bell")


def test_a_search_is_cleaned():
    answer = signed_in(Role.SPECIALIST).get(reverse("specialist:list"), {"q": "Acme\x00"})

    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/staff/engagements/IW-2026%00-0001/", "/steps/1%07/", "/%00"])
def test_an_address_with_a_control_character_leads_nowhere(path):
    client = Client()
    client.force_login(MemberFactory(company=EngagementFactory().company).user)

    assert client.get(path).status_code == 404
    assert Specialist.objects.count() == 0
