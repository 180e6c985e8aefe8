"""A viewer reads: no page offers what would be refused."""

from __future__ import annotations

import pytest

from onboarding.workflow.steps import Step
from tests.addresses import customer_pages
from tests.found_forms import forms_on
from tests.journey import journey, phase_one, phase_two
from tests.journey.cast import Cast
from tests.portal.customer.conftest import signed_in

pytestmark = pytest.mark.django_db
OWN = ("/account/", "/session/")  # one's own name, one's own session


def collecting() -> Cast:
    """Step II: half answered."""
    cast = journey(Step.DATA_COLLECTION)
    phase_one.answered(cast, "solutions_definition", most=4)
    return cast


def approving() -> Cast:
    """Step V: an agreement to sign, an invoice to pay."""
    return journey(Step.CUSTOMER_APPROVAL)


def connecting() -> Cast:
    """Step VIII: a connection that failed."""
    cast = journey(Step.CONNECTIVITY_SETUP)
    phase_two.checked(cast, phase_two.given(cast, "crm"), broken="rights")
    return cast


def piloting() -> Cast:
    """Step X: the pilot under way, the training held."""
    cast = journey(Step.ACTIVATION_TESTING)
    phase_two.tried(cast)
    phase_two.piloted(cast)
    phase_one.met(cast, "training", topic="Day to day")
    return cast


@pytest.mark.parametrize("state", [collecting, approving, connecting, piloting])
def test_a_viewer_is_offered_no_form(state) -> None:
    cast = state()
    client = signed_in(cast, cast.viewer)

    offered = []
    for page in customer_pages(cast.engagement):
        reply = client.get(page)
        if reply.status_code == 200 and "html" in reply["Content-Type"]:
            offered += [f"{page}: {form.action}" for form in forms_on(reply.content.decode(), page)]

    assert [one for one in offered if not one.split(": ")[1].startswith(OWN)] == []
