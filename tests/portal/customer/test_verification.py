"""Records, domain and authority at the browser: everything on one page, proved, sent, approved."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from onboarding.actions import domains, verifications, work
from onboarding.models import Company, Contact, DomainLookup, DomainProof, Message
from onboarding.workflow.steps import Step
from tests.file_checks import found_clean
from tests.journey import journey
from tests.journey.cast import Cast
from tests.journey.results import PDF
from tests.portal.customer.conftest import said, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def verifying() -> Cast:
    return journey(Step.CUSTOMER_VERIFICATION)


@pytest.fixture
def approving() -> Cast:
    return journey(Step.CUSTOMER_APPROVAL)


def page_of(reply) -> str:
    return re.sub(r"\s+", " ", reply.content.decode())


def test_the_records_show_everything_with_a_way_to_change_it(approving: Cast) -> None:
    page = page_of(signed_in(approving).get("/records/"))

    for title in ("Company", "People", "Solutions Definition Document", "Solutions Technical Details Document",
                  "Requirements", "Documents you sent", "What was verified", "Agreement", "Invoice"):  # fmt: skip
        assert f"<h2>{title}</h2>" in page
    for path in ("/records/correct/", "/contacts/main/", "/questionnaires/technical_details/", "/requirements/",
                 "/documents/", "/agreement/", "/invoice/"):  # fmt: skip
        assert f'href="{path}"' in page, path
    assert "Other companies like it" not in page
    assert "register-extract.pdf" in page
    assert "Approve these records" in page


@pytest.mark.parametrize("extra", [0, 12])
def test_the_records_take_one_number_of_queries(approving: Cast, extra: int, django_assert_num_queries) -> None:
    kinds = ["main", "executive_sponsor", "billing", "technical"]
    Contact.objects.filter(engagement=approving.engagement, kind__in=kinds[: extra // 4]).delete()
    for number in range(extra):
        approving.engagement.requirements.create(
            company=approving.company, number=100 + number, text=f"More {number}", kind="mapping", priority="must",
            created_at=now(), created_by="Ann",
        )  # fmt: skip
    client = signed_in(approving)
    client.get("/records/")

    with django_assert_num_queries(19):
        client.get("/records/")


def test_a_viewer_reads_and_changes_nothing(approving: Cast) -> None:
    page = page_of(signed_in(approving, approving.viewer).get("/records/"))

    assert "The owner or the signatory approves the records." in page
    assert ('href="/records/correct/"' in page, 'href="/contacts/main/"' in page) == (False, False)


def test_a_change_after_approval_says_what_changed_and_asks_anew(approving: Cast) -> None:
    client = signed_in(approving)
    client.post("/records/approve/", {"seen_sha256": client.get("/records/").context["seen_sha256"]})
    approved = page_of(client.get("/records/"))

    verifications.correct_company(approving.engagement.pk, city="Salem", by=approving.owner, at=now())
    page = page_of(client.get("/records/"))

    assert ("Approve these records" in approved, "Changed since" in approved) == (False, False)
    assert "Your approval no longer counts" in page
    assert "City: “Boston” is now “Salem”." in page
    assert "<del>" in page
    assert "Approve these records" in page


def test_nothing_collected_yet_is_said_section_by_section(welcome: Cast) -> None:
    page = page_of(signed_in(welcome).get("/records/"))

    for words in ("No contacts are named yet.", "Your details are verified in step IV.",
                  "The agreement is issued in step IV."):  # fmt: skip
        assert words in page
    assert "Approve these records" not in page


def test_a_correction_names_the_tax_number_of_the_country_with_an_example(verifying: Cast) -> None:
    Company.objects.update(country="IT")

    page = page_of(signed_in(verifying).get("/records/correct/"))

    assert ">Partita IVA" in page
    assert "Partita IVA, such as IT12345678887." in page


def code_in_the_mail() -> str:
    found = re.search(r"\d{6}", Message.objects.filter(kind="domain_proof.code").last().text)
    assert found
    return found[0]


def test_a_code_is_asked_for_tried_wrongly_and_entered(verifying: Cast) -> None:
    Company.objects.update(mail_domain="")
    client = signed_in(verifying)
    free = page_of(client.get("/domain/"))

    refused = client.post("/domain/", {"act": "ask_code", "email": "me@gmail.com"})
    asked = client.post("/domain/", {"act": "ask_code", "email": "hostmaster@fabrikam.example"})
    wrong = client.post("/domain/", {"act": "enter_code", "code": "x"})
    again = client.post("/domain/", {"act": "enter_code", "code": "y"})
    right = client.post("/domain/", {"act": "enter_code", "code": code_in_the_mail()})

    assert "An address at a free mail provider proves no company" in free
    assert (refused.status_code, "me@gmail.com" in refused.content.decode()) == (422, True)
    assert said(asked) == "The code is on its way."
    assert (wrong.status_code, "You have 4 tries left." in page_of(wrong)) == (422, True)
    assert "You have 3 tries left." in page_of(again)
    assert said(right) == "Your domain is proved. Thank you."
    assert DomainProof.objects.get().code_tries == 3
    assert "fabrikam.example is proved" in page_of(client.get("/domain/"))
    assert code_in_the_mail() not in page_of(client.get("/domain/"))


def test_a_record_is_shown_looked_for_and_its_absence_explained(verifying: Cast) -> None:
    client = signed_in(verifying)
    client.post("/domain/", {"act": "ask_record", "domain": "fabrikam.example"})
    shown = page_of(client.get("/domain/"))
    client.post("/domain/", {"act": "look_up"})
    looking = page_of(client.get("/domain/"))
    row = work.claim(DomainLookup, DomainLookup.objects.get().pk, at=now())
    assert row
    domains.settle(row, answer="other_value", found=["v=spf1 <b>"], at=now())
    later = page_of(client.get("/domain/"))

    assert DomainProof.objects.get().dns_value in shown
    assert ("We are looking" in looking, 'hx-trigger="every 2s"' in looking) == (True, True)
    assert ("The record is not there yet" in later, 'hx-trigger="every 2s"' in later) == (True, False)
    assert "v=spf1 &lt;b&gt;" in later
    assert "We look again by ourselves" in later


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"act": "ask_record", "domain": "no domain"}, 422),
        ({"act": "ask_record", "domain": ""}, 422),
        ({"act": "ask_code", "email": ""}, 422),
        ({"act": "enter_code", "code": "123456"}, 404),
        ({"act": "look_up"}, 404),
        ({"act": "steal"}, 404),
        ({}, 404),
    ],
)
def test_what_cannot_be_done_with_a_domain_is_refused(verifying: Cast, given: dict[str, str], status: int) -> None:
    assert signed_in(verifying).post("/domain/", given).status_code == status
    assert not DomainProof.objects.exists()


def test_a_viewer_sees_the_proof_without_its_forms(verifying: Cast) -> None:
    client = signed_in(verifying, verifying.viewer)

    assert "<form" not in page_of(client.get("/domain/")).partition("<main")[2].partition("</main>")[0]
    assert client.post("/domain/", {"act": "ask_record", "domain": "fabrikam.example"}).status_code == 403


def test_authority_is_shown_by_a_document_and_its_state_told(verifying: Cast) -> None:
    client = signed_in(verifying)
    before = page_of(client.get("/authority/"))
    empty = client.post("/authority/", {})
    sent = client.post("/authority/", {"file": SimpleUploadedFile("extract.pdf", PDF)})
    waiting = page_of(client.get("/authority/"))
    check = verifying.engagement.verifications.get(check_code="authority")
    found_clean(check.document)
    verifications.decide(
        verifying.engagement.pk, check_code="authority", outcome="failed", evidence="Another company's extract.",
        by=verifying.specialist, at=now(),
    )  # fmt: skip
    failed = page_of(client.get("/authority/"))

    assert "Send this document" in before
    assert (empty.status_code, said(sent)) == (422, "Sent. Your specialist looks at it.")
    assert ("extract.pdf" in waiting, "Being checked" in waiting) == (True, True)
    assert "Another company&#x27;s extract. Send another document." in failed
    verifications.decide(
        verifying.engagement.pk, check_code="authority", outcome="passed", evidence="Page 2", by=verifying.specialist,
        at=now(),
    )  # fmt: skip
    assert client.post("/authority/", {"file": SimpleUploadedFile("b.pdf", PDF)}).status_code == 409


def test_home_and_records_say_what_is_asked_of_the_customer_and_when_it_is_with_us(verifying: Cast) -> None:
    client, about = signed_in(verifying), {"by": verifying.specialist, "at": now()}
    verifying.engagement.verifications.filter(check_code="mail_domain").update(outcome="passed")
    asked = page_of(client.get("/")), page_of(client.get("/steps/4/"))
    client.post("/authority/", {"file": SimpleUploadedFile("extract.pdf", PDF)})
    sent, records = page_of(client.get("/")), page_of(client.get("/records/"))
    verifications.decide(
        verifying.engagement.pk, check_code="legal_name", outcome="failed", evidence="<b>Acme Ltd</b> there", **about
    )
    failed, why = page_of(client.get("/")), page_of(client.get("/records/"))

    for page in (*asked, failed):
        assert "Show what proves your details" in page
        assert "Nothing to do for you now" not in page
    assert "See what is needed" in asked[0]
    assert "Signatory&#x27;s authority" in asked[1]
    assert "Nothing to do for you now" in sent
    assert ("With InterWeave" in records, ">To do<" in records) == (True, False)
    assert "We could not verify everything" in why
    assert "&lt;b&gt;Acme Ltd&lt;/b&gt; there" in why


def test_proofs_are_offered_where_the_records_need_them(verifying: Cast) -> None:
    client = signed_in(verifying)
    verifying.engagement.verifications.filter(check_code="mail_domain").update(outcome="open")

    page = page_of(client.get("/records/"))

    assert ('href="/domain/"' in page, 'href="/authority/"' in page) == (True, True)
