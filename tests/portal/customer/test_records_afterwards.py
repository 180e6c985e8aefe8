"""The records long after they were approved: what changed since is told, and the approval stands."""

from __future__ import annotations

import pytest

from onboarding.workflow.steps import Step
from tests.journey import journey
from tests.portal.customer.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_what_changed_since_the_approval_is_told_while_it_stands() -> None:
    cast = journey(Step.PLAN_TIMELINE)
    cast.engagement.contacts.filter(kind="billing").update(name="Another Person")

    reply = signed_in(cast).get("/records/")

    page = reply.content.decode()
    assert (reply.status_code, "Approved" in page) == (200, True)
    assert f"Changed since {cast.owner.name} approved" in page
