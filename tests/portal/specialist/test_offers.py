"""A button that would be refused is not offered: by step, by role, by the state of the thing itself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from onboarding.actors import Role
from onboarding.models import Agreement, Document, Engagement, Flow, Incident, Invoice, Rendering
from onboarding.workflow.steps import Step
from tests.portal.specialist.conftest import signed_in

pytestmark = pytest.mark.django_db
ACT = re.compile(r'name="act" value="(\w+)"')


def at(place, engagement):
    return reverse(f"specialist:{place}", args=[engagement.reference])


def offered(client, place, engagement):
    return set(ACT.findall(client.get(at(place, engagement)).content.decode()))


@pytest.mark.parametrize(
    ("place", "step", "acts", "where"),
    [
        ("move", Step.DATA_COLLECTION, set(), ""),
        ("move", Step.CUSTOMER_VERIFICATION, {"return"}, ""),
        ("requirements", Step.REQUIREMENTS_REVIEW, {"add"}, ""),
        ("requirements", Step.INITIAL_SETUP, set(), "II to III"),
        ("verification", Step.REQUIREMENTS_REVIEW, set(), ""),
        ("verification", Step.CUSTOMER_VERIFICATION, {"decide", "look_again"}, ""),
        ("plan", Step.PLAN_TIMELINE, {"make"}, ""),
        ("plan", Step.CONTINUOUS_SUPPORT, set(), "VI to XI"),
        ("connections", Step.DATA_COLLECTION, set(), "VII to XII"),
        ("connections", Step.CONNECTIVITY_SETUP, {"open"}, ""),
        ("solution", Step.SOLUTION_CONFIGURATION, {"select"}, ""),
        ("solution", Step.GO_LIVE, set(), "IX"),
        ("blueprint", Step.SOLUTION_CONFIGURATION, {"make"}, ""),
        ("blueprint", Step.GO_LIVE, set(), "IX"),
        ("pilot", Step.ACTIVATION_TESTING, {"open"}, ""),
        ("pilot", Step.WELCOME_CALL, set(), "X"),
        ("go_live", Step.GO_LIVE, {"decide", "cut_over"}, ""),
        ("go_live", Step.WELCOME_CALL, set(), "XI"),
        ("support", Step.GO_LIVE, set(), "XII"),
        ("agreement", Step.DATA_COLLECTION, set(), "IV to V"),
        ("invoice", Step.DATA_COLLECTION, set(), "IV to V"),
    ],
)
def test_a_page_offers_what_its_step_takes_and_else_says_where(place, step, acts, where, standing_at, specialist):
    page = specialist.get(at(place, standing_at(step)))

    assert (set(ACT.findall(page.content.decode())), page.context["done_in"]) == (acts, where)


@pytest.mark.parametrize("place", ["plan", "documents", "requirements", "contacts", "remind"])
def test_on_hold_nothing_is_offered_but_taking_it_off(place, standing_at, lead):
    engagement = standing_at(Step.PLAN_TIMELINE)
    Engagement.objects.filter(pk=engagement.pk).update(held_at=now(), hold_reason="Year-end closing")

    assert (offered(lead, place, engagement), offered(lead, "hold", engagement)) == (set(), {"resume", "cancel"})


@pytest.mark.parametrize(
    ("role", "acts", "words"),
    [
        (Role.LEAD, {"hold", "cancel"}, ["Remind", "Waive"]),
        (Role.SPECIALIST, {"hold"}, ["Remind"]),
        (Role.FINANCE, set(), []),
        (Role.AUDITOR, set(), []),
    ],
)
def test_each_role_is_offered_what_it_may(role, acts, words, standing_at):
    engagement, client = standing_at(Step.DATA_COLLECTION), signed_in(role)

    page = client.get(at("workspace", engagement)).content.decode()

    assert offered(client, "hold", engagement) == acts
    assert [word for word in ("Remind", "Waive") if f">{word}<" in page] == words


def test_what_cannot_close_says_how_much_is_missing_instead_of_a_button(standing_at, specialist):
    page = specialist.get(at("move", standing_at(Step.DATA_COLLECTION))).content.decode()

    assert "every criterion above is met or waived: 3 are missing" in page


def test_a_reminder_is_offered_for_what_waits_for_the_customer_alone(standing_at, specialist):
    form = specialist.get(at("remind", standing_at(Step.WELCOME_CALL))).context["remind"].form

    assert form.fields["criterion"].choices == [
        ("welcome_call.not_held", "Hold the welcome call"),
        ("contacts.missing", "Name your four contacts"),
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"expires_on": now().date() - timedelta(days=1)}, "The day it could be signed until has passed."),
        ({"terms": {"company": {"name": "Another name"}}}, "The company's details changed after it was drafted"),
        ({}, None),
    ],
    ids=["expired", "no longer true", "still good"],
)
def test_an_agreement_nobody_signed_is_drafted_anew_and_what_is_wrong_with_it_said(
    change, words, standing_at, specialist
):
    engagement = standing_at(Step.CUSTOMER_APPROVAL)
    Agreement.objects.filter(engagement=engagement).update(state="issued", issued_at=now(), **change)

    page = specialist.get(at("agreement", engagement))

    assert (page.context["draft_again"] is not None, page.context["trouble"] is not None) == (True, bool(words))
    assert words is None or words in page.content.decode().replace("&#x27;", "'")


def test_an_expired_agreement_is_replaced_by_the_button(standing_at, specialist):
    engagement = standing_at(Step.CUSTOMER_APPROVAL)
    yesterday = now().date() - timedelta(days=1)
    Agreement.objects.filter(engagement=engagement).update(state="issued", issued_at=now(), expires_on=yesterday)

    specialist.post(at("agreement", engagement), {"act": "draft_again"})

    assert list(engagement.agreements.order_by("pk").values_list("state", flat=True)) == ["superseded", "draft"]


def test_money_received_takes_voiding_away(standing_at):
    engagement, finance = standing_at(Step.CUSTOMER_APPROVAL), signed_in(Role.FINANCE)
    invoices = Invoice.objects.filter(engagement=engagement)

    found = {}
    for state in ("issued", "part_paid", "paid"):
        invoices.update(state=state, number="INV-1")
        found[state] = "void" in offered(finance, "invoice", engagement)

    assert found == {"issued": True, "part_paid": False, "paid": False}


def test_the_workspace_judges_health_as_the_board_does(standing_at, specialist):
    engagement = standing_at(Step.GO_LIVE)
    flow = Flow.objects.create(company=engagement.company, engagement=engagement, code="a", name="a")
    Incident.objects.create(company=engagement.company, engagement=engagement, flow=flow, opened_at=now(), problem={})

    assert specialist.get(at("workspace", engagement)).context["health"].cause == "1 open incident"


@pytest.mark.parametrize(
    ("role", "check", "has_document", "outcomes"),
    [
        (Role.LEAD, "legal_name", False, ["passed", "failed"]),
        (Role.LEAD, "country", False, ["passed", "failed", "waived"]),
        (Role.LEAD, "authority", False, ["failed", "waived"]),
        (Role.LEAD, "authority", True, ["passed", "failed", "waived"]),
        (Role.SPECIALIST, "legal_name", False, ["passed", "failed"]),
        (Role.SPECIALIST, "country", False, ["passed", "failed"]),
        (Role.SPECIALIST, "authority", False, ["failed"]),
    ],
)
def test_a_check_offers_the_outcomes_that_would_be_taken(role, check, has_document, outcomes, standing_at):
    engagement, client = standing_at(Step.CUSTOMER_VERIFICATION), signed_in(role)
    if has_document:
        engagement.documents.create(
            company=engagement.company, kind="authority", title="Extract", file_name="e.pdf", scan="clean",
            content_type="application/pdf", sha256="0" * 64, created_at=now(), created_by="Ann",
        )  # fmt: skip

    page = client.get(at("verification", engagement)).content.decode()

    form = page[page.index(f'id="do-decide-{check}"') :].partition("</form>")[0]
    assert re.findall(r'name="outcome" value="(\w+)"', form) == outcomes


def test_what_is_not_offered_is_refused_in_words_all_the_same(standing_at, lead):
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)
    sent = {"act": "decide", "check_code": "legal_name", "outcome": "waived", "evidence": "Known for years"}

    reply = lead.post(at("verification", engagement), sent)

    assert reply.status_code == 422
    assert "legal name has to be proved" in reply.content.decode()


def test_a_draft_goes_to_review_and_out_only_once_nothing_is_missing(standing_at, lead):
    engagement = standing_at(Step.CUSTOMER_VERIFICATION)
    agreement, page = Agreement.objects.get(), at("agreement", engagement)
    early = offered(lead, "agreement", engagement)
    said = lead.get(page).context["missing"]
    Rendering.objects.update(state="done")
    Document.objects.filter(pk=agreement.document_id).update(sha256="a" * 64, scan="clean")
    nobody = (offered(lead, "agreement", engagement), lead.get(page).context["missing"])
    Agreement.objects.update(state="in_review")
    unread = offered(lead, "agreement", engagement)

    assert "send_for_review" not in early | nobody[0]
    assert (said, nobody[1]) == (
        "The document is still being made. Try again in a moment.", "Name the executive sponsor who signs first (contacts).",
    )  # fmt: skip
    assert ("issue" in unread, "send_back" in unread) == (False, True)
