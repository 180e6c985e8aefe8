"""Every page of the workspace opens in every step, for a lead and for an auditor, and for nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.actors import Role
from onboarding.workflow.steps import STEPS
from portal.specialist import urls
from tests.factories import MemberFactory
from tests.portal.specialist.conftest import signed_in

pytestmark = pytest.mark.django_db
# A button, and what is open for whose turn it is alone.
NO_PAGES = {"card_refund", "countersign", "sign_elsewhere", "signed_elsewhere"}
PLACES = [
    one.name for one in urls.urlpatterns
    if str(one.pattern).startswith(urls.HERE) and "<" not in str(one.pattern).removeprefix(urls.HERE)
    and one.name not in NO_PAGES
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.value)
def test_every_place_opens_in_every_step(step, standing_at, lead, auditor):
    engagement = standing_at(step)
    addresses = [reverse(f"specialist:{place}", args=[engagement.reference]) for place in PLACES]
    addresses.append(reverse("specialist:questionnaire", args=[engagement.reference, "technical_details"]))
    addresses += [reverse("specialist:step", args=[engagement.reference, number]) for number in (1, step.number, 12)]
    addresses += [reverse("specialist:flow", args=[engagement.reference, flow.pk]) for flow in engagement.flows.all()]

    answers = {address: (lead.get(address).status_code, auditor.get(address).status_code) for address in addresses}

    assert answers == dict.fromkeys(addresses, (200, 200))


@pytest.mark.parametrize("name", ["board", "list", "export", "reviews", "flows_queue"])
def test_every_room_opens(name, standing_at, lead):
    standing_at(STEPS[4])

    assert lead.get(reverse(f"specialist:{name}")).status_code == 200


@pytest.mark.parametrize("place", PLACES)
def test_a_customer_finds_nothing_here(place, standing_at):
    engagement = standing_at(STEPS[0])
    client = Client()
    client.force_login(MemberFactory(company=engagement.company).user)

    assert client.get(reverse(f"specialist:{place}", args=[engagement.reference])).status_code == 404


@pytest.mark.parametrize("place", ["company", "specialist", "contacts", "meetings", "notes", "documents"])
def test_an_auditor_is_offered_no_act(place, standing_at):
    engagement = standing_at(STEPS[0])

    page = signed_in(Role.AUDITOR).get(reverse(f"specialist:{place}", args=[engagement.reference]))

    assert 'name="act"' not in page.content.decode()


def test_an_auditor_who_posts_anyway_is_refused(standing_at, auditor):
    engagement = standing_at(STEPS[0])
    address = reverse("specialist:notes", args=[engagement.reference])

    answer = auditor.post(address, {"act": "note", "text": "I was here"})

    assert (answer.status_code, engagement.notes.count()) == (403, 0)
