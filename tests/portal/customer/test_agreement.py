"""The agreement at the browser: whose turn it is, drawn and typed signatures, another version, questions, copies."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils.timezone import now
from playwright.sync_api import Browser, expect

from onboarding.actions import agreements, signing_order, verifications
from onboarding.library import consent
from onboarding.models import Agreement, AgreementComment, AgreementCopy, Engagement, Signature
from onboarding.workflow.steps import Step
from tests.agreements import person
from tests.journey import journey, phase_one
from tests.journey.cast import Cast
from tests.portal.customer.conftest import signed_in
from tests.portal.customer.test_first_phase import just_identified
from tests.portal.screens import Screen

pytestmark = pytest.mark.django_db
LONG = "Alexandrina Maximiliana von Hohenlohe-Waldenburg-Schillingsfürst " * 2
DRAWING = "[[[10, 20], [200, 150], [380.5, 20]]]"


def said(reply) -> str:
    """The words of the message the page shows after a post."""
    return str(list(reply.wsgi_request._messages)[-1])


def signature(client, **given: str) -> dict[str, str]:
    seen = client.get("/agreement/sign/").context["form"].initial["seen_sha256"]
    return {
        "typed_name": "Maria Fernández",
        "title": "CEO",
        "consent": "on",
        "consent_sha256": consent.digest(),
        "seen_sha256": seen,
    } | given


def with_a_second_signer(name: str = "Ed Second") -> tuple[Cast, object]:
    """Step V: Maria signs first, then somebody else; who that is."""
    cast = journey(Step.CUSTOMER_VERIFICATION)
    second = person(cast.company, name, "second@acme.example")
    signing_order.add(
        cast.engagement.agreements.get().pk, name=name, title="CFO", email=second.email, by=cast.specialist,
        at=cast.later(),
    )  # fmt: skip
    phase_one.verified(cast)
    cast.moved(Step.CUSTOMER_VERIFICATION)
    return cast, second


def test_opening_it_in_ones_turn_is_recorded_and_others_only_read() -> None:
    cast, second = with_a_second_signer()
    states = []
    for who in (cast.viewer, second, cast.owner):
        assert signed_in(cast, who).get("/agreement/").status_code == 200
        states.append(Agreement.objects.get().state)

    assert states == ["issued", "issued", "viewed"]


def test_each_signs_in_their_turn_and_reads_whose_it_is() -> None:
    cast, second = with_a_second_signer()
    first, other = just_identified(signed_in(cast)), just_identified(signed_in(cast, second))
    early = other.get("/agreement/sign/")
    form = signature(first)

    done = first.post("/agreement/sign/", form)
    page = first.get("/agreement/").content.decode()
    then = other.post("/agreement/sign/", signature(other, typed_name="Ed Second"))

    assert (early.status_code, early["Location"]) == (302, "/agreement/")
    assert said(done) == "Signed. Ed Second signs next; you get your copy by e-mail when all have signed."
    assert ("Sign the agreement" in page, page.count("Their turn")) == (False, 1)
    assert said(then) == "Signed. InterWeave countersigns next; you get your copy by e-mail."
    assert Agreement.objects.get().state == "signed"


@pytest.mark.parametrize("drawing", ["[[[", "[" * 90_000, '{"a": 1}', "[[[0, 0], [NaN, 1e999]]]", "[[[1, 1]]]"])
def test_what_is_no_drawing_is_said_at_the_pad_and_what_was_typed_stays(drawing: str) -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    client = just_identified(signed_in(cast))

    reply = client.post("/agreement/sign/", signature(client, drawing=drawing))

    page = reply.content.decode()
    assert (reply.status_code, Signature.objects.count()) == (422, 0)
    assert "id_drawing_error" in page
    assert 'value="Maria Fernández"' in page


def test_without_a_name_it_says_what_to_type() -> None:
    client = just_identified(signed_in(journey(Step.CUSTOMER_APPROVAL)))

    reply = client.post("/agreement/sign/", signature(client, typed_name=" "))

    assert reply.status_code == 422
    assert "Type your full name: it is your signature" in reply.content.decode()


def test_a_drawn_signature_and_the_moment_of_identifying_are_kept() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    client = just_identified(signed_in(cast))

    client.post("/agreement/sign/", signature(client, drawing=DRAWING))

    kept = Signature.objects.get()
    assert (kept.kind, kept.drawing) == ("drawn", json.loads(DRAWING))
    assert timedelta(0) <= kept.signed_at - kept.authenticated_at < timedelta(minutes=5)
    assert kept.authentication == "signed in just before by their password"


def test_another_version_is_shown_and_agreed_to_anew() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    client = just_identified(signed_in(cast))
    form = signature(client)
    fresh = agreements.draft_again(cast.engagement.pk, by=cast.specialist, at=cast.later())
    between = client.post("/agreement/sign/", form)
    cast.printed()
    agreements.send_for_review(fresh.pk, by=cast.specialist, at=cast.later())
    agreements.issue(fresh.pk, by=cast.lead, at=cast.later())
    in_force = Agreement.objects.select_related("document").get(pk=fresh.pk)
    # The stand-in worker prints every document alike.
    type(in_force.document).objects.filter(pk=in_force.document_id).update(sha256="c" * 64)

    stale = client.post("/agreement/sign/", form)

    shown = stale.context["form"]
    page = stale.content.decode()
    assert between.status_code == 409
    assert stale.status_code == 409
    assert "The agreement changed since you opened it. Read the version shown now." in page
    assert f"Sign {in_force.number}" in page
    assert (shown["seen_sha256"].value(), shown["typed_name"].value(), shown["consent"].value()) == (
        "c" * 64, "Maria Fernández", None,
    )  # fmt: skip
    assert Signature.objects.count() == 0
    assert said(client.post("/agreement/sign/", form | {"seen_sha256": "c" * 64})).startswith("Signed.")


def test_after_declining_a_new_version_is_promised_not_the_first_one() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    client = signed_in(cast)

    client.post("/agreement/decline/", {"reason": "Clause 9 is too low"})

    page = client.get("/agreement/").content.decode()
    assert f"{Agreement.objects.get().number} is declined; nothing is to be signed now." in page
    assert "not issued yet" not in page


def test_once_the_company_was_corrected_nobody_is_sent_to_sign_what_would_be_refused() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    client = just_identified(signed_in(cast))
    offered = client.get("/agreement/sign/").status_code

    verifications.correct_company(cast.engagement.pk, street="9 Dock Street", by=cast.owner, at=cast.later())

    found = {one["code"]: one for one in Engagement.objects.get(pk=cast.engagement.pk).status["criteria"]}
    assert (offered, found["msa.unsigned"]["owner"]) == (200, "specialist")
    assert client.get("/agreement/sign/")["Location"] == "/agreement/"
    assert "It can&#x27;t be signed as it is" in client.get("/agreement/").content.decode()


def test_what_was_executed_is_what_is_read_afterwards() -> None:
    cast = journey(Step.PLAN_TIMELINE)
    agreement = Agreement.objects.select_related("document", "executed_document").get()

    page = signed_in(cast, cast.owner).get("/agreement/").content.decode()

    assert f'src="/documents/{agreement.executed_document.uuid}/preview/"' in page
    assert agreement.executed_document.sha256 in page
    assert str(agreement.document.uuid) not in page


def test_a_question_is_asked_read_and_settled_on_the_page() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    client = signed_in(cast)

    empty = client.post("/agreement/comments/", {"clause": "7.2", "text": " "})
    asked = client.post("/agreement/comments/", {"clause": "7.2", "text": "<b>Why</b> so low?"})
    page = client.get("/agreement/").content.decode()
    on_signing = just_identified(client).get("/agreement/sign/").content.decode()
    settled = client.post(f"/agreement/comments/{AgreementComment.objects.get().pk}/settle/")

    assert (empty.status_code, 'value="7.2"' in empty.content.decode()) == (422, True)
    assert said(asked) == "Sent. Your specialist answers here, and you get a mail."
    assert "&lt;b&gt;Why&lt;/b&gt; so low?" in page
    assert "Something asked is still open" in on_signing
    assert said(settled) == "Settled."


def test_a_copy_is_ordered_and_taken_back() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    client = signed_in(cast)

    wrong = client.post("/agreement/copies/", {"email": "law", "name": ""})
    right = client.post("/agreement/copies/", {"email": "law@firm.example", "name": ""})
    removed = client.post(f"/agreement/copies/{AgreementCopy.objects.get().pk}/remove/")

    assert wrong.status_code == 422
    assert said(right) == "law@firm.example gets a copy once everybody signed."
    assert (said(removed), AgreementCopy.objects.count()) == ("Removed.", 0)


def test_a_draft_and_its_review_are_none_of_the_customers() -> None:
    cast = journey(Step.CUSTOMER_VERIFICATION)
    cast.printed()
    agreements.send_for_review(cast.engagement.agreements.get().pk, by=cast.specialist, at=now())
    client = signed_in(cast)

    page = client.get("/agreement/").content.decode()
    posts = [
        client.post("/agreement/comments/", {"text": "Why?"}).status_code,
        client.post("/agreement/copies/", {"email": "law@firm.example"}).status_code,
        client.post("/agreement/decline/", {"reason": "No"}).status_code,
    ]

    assert "The agreement is not issued yet" in page
    assert posts == [409, 409, 409]


@pytest.mark.browser
@pytest.mark.parametrize("name", ["יעל לוי־כהן", LONG.strip()[:150].strip()], ids=["right to left", "long"])
def test_it_is_drawn_and_signed_in_a_browser_by_whoever_it_is(browser: Browser, name: str) -> None:
    cast, second = with_a_second_signer(name)
    first = just_identified(signed_in(cast))
    first.post("/agreement/sign/", signature(first))
    screen = Screen(browser, just_identified(signed_in(cast, second)))
    tab = screen.tab
    seen = screen.walk(["/agreement/"])

    screen.open("/agreement/sign/")
    faults = screen.faults()
    expect(tab.locator("[data-drawing-clear]")).to_be_disabled()
    pad = tab.locator("canvas")
    pad.scroll_into_view_if_needed()
    tab.wait_for_timeout(300)  # the preview above takes its place
    box = pad.bounding_box()
    assert box is not None
    tab.mouse.move(box["x"] + 40, box["y"] + 40)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 160, box["y"] + 70, steps=6)
    tab.mouse.up()
    expect(tab.get_by_text("Drawn.")).to_be_visible()
    tab.get_by_label("Type your full name").fill("Somebody")
    tab.get_by_role("button", name="Sign", exact=True).click()
    expect(tab.get_by_text("Drawn.")).to_be_visible()  # kept over the refusal
    tab.get_by_label("Type your full name").fill(name)
    tab.get_by_label("I have read the agreement").check()
    tab.get_by_role("button", name="Sign", exact=True).click()

    expect(tab.get_by_text("Signed. InterWeave countersigns next")).to_be_visible()
    kept = Signature.objects.get(name=name)
    assert (seen, faults, kept.kind, len(kept.drawing)) == ({}, [], "drawn", 1)


def test_who_has_no_password_signs_in_again_before_signing() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    user = cast.user(cast.owner)
    user.set_unusable_password()
    user.save()
    client = just_identified(signed_in(cast))
    form = signature(client)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": now().timestamp() - 301}]
    session.save()

    asked = client.post("/agreement/sign/", form)

    assert asked["Location"] == "/account/login/?next=%2Fagreement%2Fsign%2F"
    assert "Sign in again" in client.get(asked["Location"]).content.decode()
    assert (Signature.objects.count(), client.get("/agreement/").status_code) == (0, 302)
