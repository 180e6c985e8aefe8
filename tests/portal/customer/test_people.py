"""People: invited, given roles, let in, removed; and programs' tokens, shown once."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.timezone import now

from onboarding.actors import Role
from onboarding.models import ApiToken, Invitation, JoinRequest, Member
from tests.factories import UserFactory
from tests.journey.cast import Cast, named
from tests.portal.customer.conftest import said, signed_in

pytestmark = pytest.mark.django_db
INVITED = {"email": "Tom@acme.example", "name": "Tom", "roles": ["technical", "contributor"]}


def test_a_colleague_is_invited(welcome: Cast) -> None:
    reply = signed_in(welcome).post("/people/", INVITED)

    assert said(reply) == "Invitation sent to Tom@acme.example."
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.roles) == ("tom@acme.example", ["technical", "contributor"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": "tom"}, "Enter an e-mail address like name@company.com"),
        ({"email": ""}, "Enter e-mail address"),
        ({"roles": []}, "What may this person do?"),
    ],
)
def test_a_mistake_keeps_what_was_typed(welcome: Cast, given: dict, words: str) -> None:
    reply = signed_in(welcome).post("/people/", INVITED | {"name": "Tom Baker"} | given)

    page = reply.content.decode()
    assert reply.status_code == 422
    assert "<title>Error: People" in page
    assert 'id="error-summary"' in page
    assert words in page
    assert 'value="Tom Baker"' in page


def test_a_member_is_not_invited_again(welcome: Cast) -> None:
    reply = signed_in(welcome).post("/people/", INVITED | {"email": welcome.viewer.email})

    assert (reply.status_code, "This person is a member already." in reply.content.decode()) == (422, True)


def test_only_the_owner_decides(welcome: Cast) -> None:
    client = signed_in(welcome, welcome.viewer)
    member = Member.objects.get(user_id=welcome.owner.user_id)

    assert client.post("/people/", INVITED).status_code == 403
    assert client.post(f"/people/{member.pk}/", {"roles": ["viewer"]}).status_code == 403
    assert client.post(f"/people/{member.pk}/remove/").status_code == 403
    assert "Invite a colleague" in client.get("/people/").content.decode()
    assert "Send the invitation" not in client.get("/people/").content.decode()


def test_the_last_owner_stays(welcome: Cast) -> None:
    client, member = signed_in(welcome), Member.objects.get(user_id=welcome.owner.user_id)

    changed = client.post(f"/people/{member.pk}/", {"roles": ["viewer"]})
    removed = client.post(f"/people/{member.pk}/remove/")

    assert (changed.status_code, removed.status_code) == (409, 409)
    assert "A company keeps at least one owner." in changed.content.decode()
    assert "A company keeps at least one owner." in removed.content.decode()


def test_a_removed_member_is_out_at_once(welcome: Cast) -> None:
    colleague = named(welcome.company, "Tom Baker", Role.CONTRIBUTOR)
    theirs, member = signed_in(welcome, colleague), Member.objects.get(user_id=colleague.user_id)
    before = theirs.get("/people/").status_code

    reply = signed_in(welcome).post(f"/people/{member.pk}/remove/")

    assert said(reply) == "Tom Baker was removed."
    assert (before, theirs.get("/people/").status_code) == (200, 403)


def test_somebody_who_asks_is_let_in_once(welcome: Cast) -> None:
    client, asked = (
        signed_in(welcome),
        JoinRequest.objects.create(
            company=welcome.company, user=UserFactory(name="Jo Joins"), message="Accounting.", created_at=now()
        ),
    )
    shown = client.get("/people/").content.decode()

    first = client.post(f"/people/requests/{asked.pk}/", {"decision": "accept"})
    again = client.post(f"/people/requests/{asked.pk}/", {"decision": "decline"})

    assert ("Jo Joins" in shown, "Accounting." in shown) == (True, True)
    assert (said(first), again.status_code) == ("Decided.", 409)
    assert Member.objects.get(user=asked.user).roles == ["contributor"]


def test_an_invitation_is_withdrawn(welcome: Cast) -> None:
    client = signed_in(welcome)
    client.post("/people/", INVITED)

    reply = client.post(f"/people/invitations/{Invitation.objects.get().pk}/withdraw/")

    assert said(reply) == "Invitation withdrawn."
    assert "tom@acme.example" not in client.get("/people/").content.decode()


def test_the_list_costs_the_same_for_one_and_for_three(welcome: Cast, django_assert_num_queries) -> None:
    client = signed_in(welcome)
    client.get("/people/")
    with django_assert_num_queries(11):
        client.get("/people/")
    for name in ("Ada Adams", "Ben Brown", "Cleo Clark"):
        named(welcome.company, name, Role.CONTRIBUTOR)
    with django_assert_num_queries(11):
        client.get("/people/")


def test_a_token_is_shown_once(welcome: Cast) -> None:
    client = signed_in(welcome)

    made = client.post("/people/tokens/", {"name": "Dashboard", "scopes": ["engagements:read"], "days": "90"})

    secret = re.search(r"iw_[\w-]{20,}", made.content.decode())[0]
    assert "no-store" in made.headers["Cache-Control"]
    later = client.get("/people/tokens/").content.decode()
    assert (secret in later, f"…{secret[-4:]}" in later) == (False, True)
    assert ApiToken.objects.get().digest not in later


def test_a_token_without_a_purpose_is_not_made(welcome: Cast) -> None:
    reply = signed_in(welcome).post("/people/tokens/", {"name": "Dashboard", "scopes": [], "days": "90"})

    assert (reply.status_code, 'value="Dashboard"' in reply.content.decode()) == (422, True)
    assert not ApiToken.objects.exists()


def test_a_token_is_revoked(welcome: Cast, elsewhere: Client) -> None:
    client = signed_in(welcome)
    client.post("/people/tokens/", {"name": "Dashboard", "scopes": ["engagements:read"], "days": "90"})
    token = ApiToken.objects.get()

    assert elsewhere.post(f"/people/tokens/{token.pk}/revoke/").status_code == 404
    assert said(client.post(f"/people/tokens/{token.pk}/revoke/")) == "Token of Dashboard revoked."
    assert "No token yet" in client.get("/people/tokens/").content.decode()


def test_a_viewer_makes_no_token(welcome: Cast) -> None:
    data = {"name": "Dashboard", "scopes": ["engagements:read"], "days": "90"}

    assert signed_in(welcome, welcome.viewer).post("/people/tokens/", data).status_code == 403
    assert not ApiToken.objects.exists()


def test_the_only_owner_is_not_offered_the_way_out(welcome: Cast) -> None:
    client, alone = signed_in(welcome), Member.objects.get(user_id=welcome.owner.user_id)

    before = client.get(f"/people/{alone.pk}/").content.decode()
    named(welcome.company, "Tom Baker", Role.OWNER)
    after = client.get(f"/people/{alone.pk}/").content.decode()

    assert (f"/people/{alone.pk}/remove/" in before, "make somebody else owner" in before) == (False, True)
    assert f"/people/{alone.pk}/remove/" in after
