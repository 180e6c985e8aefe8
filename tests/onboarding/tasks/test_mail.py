"""Names people give themselves stand in mails: never as a header of their own, never as markup."""

from __future__ import annotations

import pytest
from django.core import mail
from django.utils.timezone import now

from onboarding.actions import members
from onboarding.actors import Role
from onboarding.models import Company, Message, User
from onboarding.queries.viewers import member_actor
from onboarding.tasks.mail import send_message
from tests.factories import CompanyFactory, MemberFactory

pytestmark = pytest.mark.django_db
NAME = "Ann\r\nBcc: everybody@example.org\n<b>Bold</b>"


@pytest.fixture
def sent() -> mail.EmailMultiAlternatives:
    """The mail of an invitation by somebody with such a name, of a company with such a name."""
    company = CompanyFactory()
    owner = MemberFactory(company=company, roles=[Role.OWNER])
    Company.objects.filter(pk=company.pk).update(name=NAME)
    User.objects.filter(pk=owner.user_id).update(name=NAME)
    owner.refresh_from_db()
    members.invite(company.pk, email="new@acme.example", name=NAME, roles=["viewer"], by=member_actor(owner), at=now())

    send_message(message_id=Message.objects.get(kind="member.invited").pk)

    return mail.outbox[0]


def test_a_line_break_begins_no_header(sent):
    headers = dict(sent.message().items())

    assert sent.subject.startswith("Ann Bcc: everybody@example.org <b>Bold</b> invites you to Ann Bcc: everybody")
    assert ("Bcc" in headers, headers["To"], sent.recipients()) == (False, "new@acme.example", ["new@acme.example"])


def test_markup_is_text(sent):
    html = sent.alternatives[0][0]

    assert ("<b>Bold</b>" in html, "&lt;b&gt;Bold&lt;/b&gt;" in html) == (False, True)
