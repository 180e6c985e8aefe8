"""Submissions on the customer's pages: each with its hash, compared, handed in as a file, never unread."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document as Paper

from onboarding.actions import key_facts, questionnaires
from onboarding.models import Document, Questionnaire, QuestionnaireSubmission
from tests.factories import handed_in
from tests.journey import phase_one
from tests.journey.cast import Cast
from tests.portal.customer.conftest import signed_in

pytestmark = pytest.mark.django_db
FORM = "/questionnaires/technical_details"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_what_was_read_is_what_is_submitted(collecting: Cast) -> None:
    row = phase_one.answered(collecting, "technical_details")
    client = signed_in(collecting)
    page = client.get(f"{FORM}/check/").content.decode()
    seen = page.split('name="seen_sha256" value="')[1][:64]
    questionnaires.save_answer(
        row.pk, question="crm_users", value=99, version=None, by=collecting.owner, at=collecting.later()
    )  # fmt: skip

    stale = client.post(f"{FORM}/check/", {"seen_sha256": seen})
    again = stale.content.decode().split('name="seen_sha256" value="')[1][:64]
    done = client.post(f"{FORM}/check/", {"seen_sha256": again})

    assert (stale.status_code, "An answer changed since you read them" in stale.content.decode()) == (409, True)
    assert (done.status_code, QuestionnaireSubmission.objects.get().sha256) == (302, again)


def test_submissions_are_listed_and_compared(collecting: Cast) -> None:
    handed_in(collecting.engagement, "technical_details", {"crm": "salesforce"}, sha256="ab" * 32)
    handed_in(collecting.engagement, "technical_details", {"crm": "creatio"})
    client = signed_in(collecting)

    page = client.get(f"{FORM}/submissions/").content.decode()
    same = client.get(f"{FORM}/submissions/?from=1&to=1").content.decode()
    unknown = client.get(f"{FORM}/submissions/?from=7&to=<b>").content.decode()

    assert ("1 difference from submission 1 to 2" in page, f'title="{"ab" * 32}"' in page) == (True, True)
    assert "Submissions 1 and 1 say the same." in same
    assert "There is no submission “7”. Choose from 1 to 2." in unknown
    assert "There is no submission “&lt;b&gt;”." in unknown


def test_before_the_first_submission_the_page_says_so(collecting: Cast) -> None:
    assert "Nothing was submitted yet" in signed_in(collecting).get(f"{FORM}/submissions/").content.decode()


def test_the_blank_is_a_word_file_with_what_is_answered(collecting: Cast) -> None:
    row = phase_one.answered(collecting, "technical_details", most=1)

    reply = signed_in(collecting).get(f"{FORM}/blank/")

    paper = Paper(io.BytesIO(reply.content))
    assert reply["Content-Disposition"] == f'attachment; filename="{row.engagement.reference}-technical-details.docx"'
    assert "☒  Salesforce" in [one.text for one in paper.paragraphs]


def test_a_filled_document_is_handed_in_and_what_was_read_from_it_shown(collecting: Cast) -> None:
    client = signed_in(collecting)

    done = client.post(f"{FORM}/file/", {"file": SimpleUploadedFile("ours.pdf", PDF)})
    row = Questionnaire.objects.get(kind="technical_details")
    key_facts.confirm(row.pk, facts={"crm": "creatio"}, by=collecting.specialist, at=collecting.later())
    front = client.get(f"{FORM}/").content.decode()

    assert (done["Location"], row.state, row.last_submission.is_file) == (f"{FORM}/submitted/", "submitted", True)
    assert "Your specialist reads your file" in client.get(f"{FORM}/submitted/").content.decode()
    assert ("Read from your file" in front, "Creatio" in front) == (True, True)
    assert "nothing can be sent now" in client.get(f"{FORM}/file/").content.decode()
    assert "ours.pdf" in client.get("/documents/").content.decode()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (None, "Choose a file"),
        (("ours.docm", b"PK"), "is no Word or PDF file"),
        (("ours.docx", b"PK\x03\x04 macros"), "can’t be opened|can't be opened|can&#x27;t be opened"),
        (("ours.pdf", b""), "is empty"),
    ],
    ids=["none", "macros", "broken", "empty"],
)
def test_a_file_that_wont_do_is_refused_at_its_field(
    collecting: Cast, file: tuple[str, bytes] | None, words: str
) -> None:
    sent = {"file": SimpleUploadedFile(*file)} if file else {}

    refused = signed_in(collecting).post(f"{FORM}/file/", sent)

    assert refused.status_code == 422
    assert any(one in refused.content.decode() for one in words.split("|"))
    assert (QuestionnaireSubmission.objects.count(), Document.objects.filter(kind="technical_details").count()) == (
        0,
        0,
    )


@pytest.mark.parametrize("path", ["submissions/", "file/", "blank/", "colleagues/"])
def test_another_companys_and_unknown_documents_are_not_there(collecting: Cast, elsewhere, path: str) -> None:
    assert elsewhere.get(f"{FORM}/{path}").status_code == 404
    assert signed_in(collecting).get(f"/questionnaires/horoscope/{path}").status_code == 404
