"""The internal review of an agreement: a second person reads the draft, sends it back or issues it."""

from __future__ import annotations

import pytest

from onboarding import errors
from onboarding.actions import agreements
from onboarding.models import Event
from tests.factories import NOW, lead, specialist
from tests.onboarding.actions.test_agreements import in_review, mailed

pytestmark = pytest.mark.django_db


def test_a_second_person_reviews_it_and_may_send_it_back() -> None:
    author, reader = specialist(), lead()
    agreement = in_review(author)

    with pytest.raises(errors.WrongState, match="Another specialist or a lead"):
        agreements.issue(agreement.pk, by=author, at=NOW)
    with pytest.raises(errors.BadInput):
        agreements.send_back(agreement.pk, note=" ", by=reader, at=NOW)
    back = agreements.send_back(agreement.pk, note="The term is missing.", by=reader, at=NOW)

    assert (back.state, back.review_note, back.review_asked_at) == ("draft", "The term is missing.", None)
    assert mailed("agreement.sent_back") == [author.email]
    assert not Event.objects.filter(kind__in=["agreement.sent_for_review", "agreement.sent_back"], is_internal=False)
    with pytest.raises(errors.WrongState, match="Send it for internal review first"):
        agreements.issue(agreement.pk, by=reader, at=NOW)


def test_a_lead_may_review_what_they_sent_themselves() -> None:
    by = lead()
    agreement = in_review(by)

    assert agreements.issue(agreement.pk, by=by, at=NOW).state == "issued"


def test_the_leads_and_the_specialist_are_asked_to_review() -> None:
    by, reader = specialist(), lead()

    agreement = in_review(by)

    assert mailed("agreement.review") == sorted([reader.email, agreement.engagement.specialist.user.email])
