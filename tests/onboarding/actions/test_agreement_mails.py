"""An agreement's mails for companies and people whose names make trouble: read as text, and short enough to say what it is."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core import mail

from onboarding.actions import signing
from onboarding.models import Company, Message
from onboarding.tasks.mail import send_message
from tests.agreements import issued, person
from tests.factories import NOW

pytestmark = pytest.mark.django_db
NAMES = {
    "markup": "<b>Fabrikam</b><script>alert(1)</script> & Co",
    "right to left": "חברת אור בע״מ",
    "turned over": "Fabrikam \u202egnidart\u202c Ltd",
    "a header": "Fabrikam\r\nBcc: all@evil.example",
    "200 letters": "Fabrikam" * 25,
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_what_is_declined_is_told_in_words_whatever_the_names(name: str) -> None:
    agreement = issued()
    Company.objects.update(name=name, legal_name=name)
    sam = person(agreement.company, "Sam Sponsor", "sam@acme.example")
    signing.decline(agreement.pk, reason=f"{name} can't agree to <i>7.2</i>", by=sam, at=NOW)

    for one in Message.objects.filter(kind="agreement.declined"):
        send_message(message_id=one.pk)

    assert {len(one.recipients()) for one in mail.outbox} == {1}
    for one in mail.outbox:
        html = one.alternatives[0][0]
        headers = dict(one.message().items())
        assert f"{agreement.number} was declined" in one.subject
        assert len(one.subject) <= 200
        assert ("\n" in one.subject, "\r" in one.subject, "Bcc" in headers) == (False, False, False)
        assert not re.search(r"<(script|b|i)>", html)
        assert "can't agree to <i>7.2</i>" in unescape(html)
        assert "can't agree to <i>7.2</i>" in one.body
