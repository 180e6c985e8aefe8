"""What the company answered, said again where it matters: at its connections and its contacts."""

from __future__ import annotations

import pytest

from tests.factories import handed_in
from tests.journey.cast import Cast
from tests.portal.customer.conftest import signed_in

pytestmark = pytest.mark.django_db
PEOPLE = [
    {"name": "Ida Ito", "email": "ida@acme.example", "about": "it", "phone": "+1 617 555 0199"},
    {"name": "<b>Ben</b>", "email": "ben@acme.example", "about": "books"},
]


def test_the_connections_say_what_follows_from_the_answers(collecting: Cast) -> None:
    handed_in(collecting.engagement, "technical_details", {"ip_restrictions": True, "proxy": "proxy.acme.example:8080"})

    page = signed_in(collecting).get("/connections/").content.decode()

    assert "InterWeave&#x27;s addresses must be let in before the check can pass." in page
    assert "through your proxy, proxy.acme.example:8080." in page


def test_people_named_in_the_answers_are_one_press_from_being_contacts(collecting: Cast) -> None:
    handed_in(collecting.engagement, "technical_details", {"people_to_ask": PEOPLE})
    client = signed_in(collecting)

    page = client.get("/contacts/").content.decode()
    form = client.get("/contacts/technical/?person=0").content.decode()

    assert '<a href="/contacts/technical/?person=0">make Ida Ito your technical contact</a>' in page
    assert '<a href="/contacts/billing/?person=1">make &lt;b&gt;Ben&lt;/b&gt; your billing contact</a>' in page
    assert all(f'value="{words}"' in form for words in ("Ida Ito", "ida@acme.example", "+1 617 555 0199"))


@pytest.mark.parametrize("person", ["7", "-1", "x", "", "9" * 40])
def test_a_person_nobody_named_leaves_the_contact_as_it_is(collecting: Cast, person: str) -> None:
    reply = signed_in(collecting).get(f"/contacts/technical/?person={person}")

    assert (reply.status_code, f'value="{collecting.owner.name}"' in reply.content.decode()) == (200, True)
