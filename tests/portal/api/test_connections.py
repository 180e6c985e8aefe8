"""Connections as they stand, never their secrets."""

import pytest

from tests.factories import ConnectionFactory


def test_connections_say_how_they_stand_and_keep_their_secrets(engagement, owner, at):
    connection = ConnectionFactory(engagement=engagement, settings={"host": "acme.my.salesforce.com"})

    answer = owner.get(at("connections/"))

    assert answer.json()["items"] == [
        {
            "id": connection.pk, "side": "crm", "system": "salesforce", "environment": "production", "state": "proven",
            "secret_given_by": "Ada Admin", "secret_given_at": "2026-11-23T15:00:00Z",
            "proven_at": "2026-11-23T15:00:00Z", "token_expires_at": None, "consent_expires_at": None,
            "created_at": "2026-11-23T15:00:00Z",
            "identity": {"id": "crm-1", "name": "Acme crm", "is_sandbox": False},
        }
    ]  # fmt: skip
    assert not any(word in answer.content for word in (b"hidden", connection.secret.encode(), b"acme.my"))


def test_before_anybody_answered_there_is_no_identity(engagement, owner, at):
    ConnectionFactory(engagement=engagement, identity={}, state="new")

    assert owner.get(at("connections/")).json()["items"][0]["identity"] is None


@pytest.mark.parametrize("sides", [["crm"], ["crm", "finance"]])
def test_it_takes_six_queries(engagement, owner, at, sides, django_assert_num_queries):
    """The token, its maker's role, the engagement, the connections; and the transaction's begin and end."""
    for side in sides:
        ConnectionFactory(engagement=engagement, side=side)

    with django_assert_num_queries(6):
        assert len(owner.get(at("connections/")).json()["items"]) == len(sides)
