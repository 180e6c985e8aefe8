"""Signing at DocuSign in the browser: both sides go there from the portal, sign, decline or put it off, and come back."""

from __future__ import annotations

import re
import time
from typing import Any

import httpx
import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils.timezone import now

from onboarding.models import Agreement, Envelope, User
from portal.accounts.factors import ENROLLED_KEY
from tests import agreements, enveloped
from tests.enveloped import carried
from tests.factories import SpecialistFactory
from tests.integrations.docusign_account import point_to
from tests.integrations.sandbox_fixture import RunningSandbox

pytestmark = pytest.mark.django_db
PAGE, SIGN = "/agreement/", "/agreement/sign/elsewhere/"


@pytest.fixture(autouse=True)
def account(outbound, sandbox: RunningSandbox) -> dict:
    return point_to(sandbox, outbound)


def browser_of(email: str) -> Client:
    """Signed in a moment ago, with a second factor."""
    browser, user = Client(), User.objects.get(email=email)
    browser.force_login(user)
    session = browser.session
    session[ENROLLED_KEY] = user.pk
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return browser


def sam(agreement: Agreement) -> Client:
    return browser_of(agreements.person(agreement.engagement.company, "Sam Sponsor", "sam@acme.example").email)


def ann(agreement: Agreement) -> Client:
    """Who signs for InterWeave."""
    return browser_of(agreements.ours(agreement.engagement).email)


def desk_of(agreement: Agreement) -> str:
    return f"/staff/engagements/{agreement.engagement.reference}/agreement/"


def text_of(reply: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", reply.content.decode()).split())


def at_their_page(url: str, decision: str, **more: str) -> str:
    """Open the provider's page and press a button there; where it sends the browser."""
    httpx.get(url, trust_env=False)
    return httpx.post(url, data={"decision": decision, **more}, trust_env=False).headers["location"]


def came_back(browser: Client, location: str) -> str:
    """What the portal says to who comes back."""
    reply = browser.get(location.replace("http://testserver", ""))
    assert "We are asking DocuSign" in text_of(browser.get(reply["Location"]))
    carried()
    return [str(one) for one in get_messages(reply.wsgi_request)][-1]


def test_both_sides_sign_there_and_come_back_to_what_comes_next():
    agreement = enveloped.issued()
    customer, ours, desk = sam(agreement), ann(agreement), desk_of(agreement)
    before = text_of(customer.get(PAGE))
    carried()
    asked = text_of(customer.get(PAGE))
    shown = text_of(customer.get(SIGN))
    early = ours.get(f"{desk}sign/")
    leaves = customer.post(SIGN)
    said = came_back(customer, at_their_page(leaves["Location"], "sign"))
    between = (text_of(customer.get(PAGE)), text_of(ours.get(desk)))
    leaves_too = ours.post(f"{desk}sign/")
    ours_said = came_back(ours, at_their_page(leaves_too["Location"], "sign"))

    assert "It is on its way to DocuSign" in before
    assert "You sign at DocuSign" in asked
    assert "You sign MSA" in shown
    assert (early.status_code, early["Location"]) == (302, desk)
    assert said == "Signed at DocuSign. It shows here in a moment."
    assert "Signed for" in between[0]
    assert "You sign for InterWeave at DocuSign" in between[1]
    assert "Your name, typed as your signature" not in between[1]  # nothing to countersign here
    assert ours_said == "Signed at DocuSign. It shows here in a moment."
    assert Agreement.objects.get().state == "executed"
    assert "Both parties signed" in text_of(customer.get(PAGE))


def test_our_own_sign_page_leads_there():
    agreement = enveloped.issued()
    carried()

    reply = sam(agreement).get("/agreement/sign/")

    assert (reply.status_code, reply["Location"]) == (302, SIGN)


@pytest.mark.parametrize(
    ("decision", "said", "state"),
    [
        ("later", "Nothing was signed at DocuSign yet. You can go on there at any time.", "viewed"),
        ("decline", "Declined at DocuSign. It shows here in a moment.", "declined"),
    ],
)
def test_who_does_not_sign_there_comes_back_to_it(decision, said, state):
    agreement = enveloped.issued()
    carried()
    customer = sam(agreement)
    leaves = customer.post(SIGN)

    words = came_back(customer, at_their_page(leaves["Location"], decision, reason="Too dear"))

    assert words == said
    assert Agreement.objects.get().state == state


def test_nobody_else_goes_there_in_a_signer_s_place():
    agreement = enveloped.issued(others=1)
    carried()
    other = browser_of(agreements.person(agreement.engagement.company, "Ed Second", "ed@acme.example").email)
    colleague = browser_of(SpecialistFactory().user.email)

    page, read, posted = other.get(PAGE), other.get(SIGN), other.post(SIGN)
    staff = colleague.post(f"{desk_of(agreement)}sign/")

    assert "Sam Sponsor signs next: DocuSign sent the mail" in text_of(page)
    assert (read.status_code, read["Location"]) == (302, PAGE)
    assert (posted.status_code, "Sam Sponsor signs next" in text_of(posted)) == (403, True)
    assert staff.status_code == 403


def test_another_company_finds_nothing_there():
    agreement = enveloped.issued()
    carried()
    stranger = agreements.person(
        agreements.drafted().engagement.company, "Sam Sponsor", "sam@other.example"
    )  # fmt: skip

    reply = browser_of(stranger.email).post(SIGN)

    assert (reply.status_code, agreement.state) == (409, "issued")


def test_identity_is_confirmed_before_anybody_leaves():
    agreement = enveloped.issued()
    carried()
    browser = Client()
    browser.force_login(
        User.objects.get(email=agreements.person(agreement.engagement.company, "Sam Sponsor", "sam@acme.example").email)
    )

    reply = browser.post(SIGN)

    assert reply["Location"].startswith("/account/reauthenticate/")


def test_while_the_provider_is_down_the_page_says_what_else_can_be_done(account, sandbox):
    agreement = enveloped.issued()
    carried()
    sandbox.fault("docusign", account["id"], "server_error_once", count=1)

    reply = sam(agreement).post(SIGN)

    assert reply.status_code in {400, 409, 422, 502, 503}
    assert "DocuSign does not open the agreement just now. The vendor’s service has a problem." in text_of(
        reply
    ).replace("&#x27;", "’")
    assert "Go on to DocuSign" in text_of(reply)


def test_the_specialist_chooses_where_it_is_signed_and_sees_what_holds_it_up(account, sandbox):
    agreement = agreements.drafted(at=now())
    specialist = ann(agreement)
    desk = desk_of(agreement)
    offered = text_of(specialist.get(desk))
    assert offered.index("Where is it signed?") < offered.index("Send for review")
    chosen = specialist.post(
        desk, {"act": "choose_provider", "agreement_id": agreement.pk, "provider": "docusign"}
    )  # fmt: skip
    wrong = specialist.post(desk, {"act": "choose_provider", "agreement_id": agreement.pk, "provider": "fax"})

    assert "At DocuSign, which asks every signer by its own mail" in offered
    assert (chosen.status_code, wrong.status_code) == (302, 422)
    assert Agreement.objects.get().provider == "docusign"
    assert "It goes there when the engagement comes to step V." not in text_of(specialist.get(PAGE))


def test_what_failed_is_tried_again_at_a_press(account, sandbox):
    agreement = enveloped.issued()
    sandbox.fault("docusign", account["id"], "no_consent")
    row = carried()
    sandbox.clear_faults()
    specialist, desk = ann(agreement), desk_of(agreement)
    page = text_of(specialist.get(desk))

    specialist.post(desk, {"act": "ask_again", "envelope_id": row.pk})
    carried()

    assert "DocuSign holds it up" in page
    assert "It is not tried any more by itself." in page
    assert Envelope.objects.get().status == "sent"
    assert "DocuSign envelope" in text_of(specialist.get(desk))


def test_without_credentials_there_is_nothing_to_choose(outbound):
    outbound.DOCUSIGN_INTEGRATION_KEY = ""
    agreement = agreements.drafted(at=now())
    specialist, desk = ann(agreement), desk_of(agreement)

    page = text_of(specialist.get(desk))
    posted = specialist.post(desk, {"act": "choose_provider", "agreement_id": agreement.pk, "provider": "docusign"})

    assert "Where is it signed" not in page
    assert posted.status_code == 422
    assert Agreement.objects.get().provider == "own"
