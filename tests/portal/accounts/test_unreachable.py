"""An address that no mail can reach: refused where it is registered, and no error where somebody only types it."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

pytestmark = pytest.mark.django_db
UNREACHABLE = "olivia@dürr株شركة.example"


@pytest.mark.parametrize(("path", "name"), [("/account/login/code/", "email"), ("/account/password/reset/", "email")])
def test_asking_for_mail_to_a_domain_that_cannot_be_is_no_error(path: str, name: str) -> None:
    reply = Client().post(path, {name: UNREACHABLE}, follow=True)

    assert reply.status_code in {200, 422}
    assert mail.outbox == []
