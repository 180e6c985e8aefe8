import io
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject
from weasyprint.urls import FatalURLFetchingError, fetch

from onboarding.rendering import html, pdf
from tests.onboarding.rendering import agreement_samples, samples

PAGES = {
    "solutions_definition": 2,
    "technical_details": 2,
    "msa": 12,
    "executed": 15,
    "former": 10,
    "former_executed": 12,
    "invoice": 1,
    "long_invoice": 3,
    "credit_note": 1,
    "receipt": 1,
    "statement": 1,
    "project_plan": 2,
    "blueprint": 2,
    "evidence_pack": 5,
}


def context_of(name):
    odd = {
        "executed": ("msa", agreement_samples.executed_agreement),
        "former": ("msa", agreement_samples.former_agreement),
        "former_executed": ("msa", agreement_samples.former_executed_agreement),
        "long_invoice": ("invoice", lambda: samples.invoice(60)),
    }
    kind, build = odd.get(name) or (name, samples.ALL[name])
    return kind, build()


@cache
def rendered(name):
    return pdf.render(*context_of(name))


def reader(name):
    return PdfReader(io.BytesIO(rendered(name)))


def words(name):
    """The text with line ends and the markers of lists taken as spaces."""
    return " ".join(" ".join(page.extract_text() for page in reader(name).pages).split())


def fonts(name):
    """The base name and the descriptor of every font that a page uses."""
    found = {}
    for page in reader(name).pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            found[font.get_object()["/BaseFont"]] = descendant["/FontDescriptor"].get_object()
    return found


@pytest.mark.parametrize(("name", "pages"), PAGES.items(), ids=list(PAGES))
def test_every_document_has_its_pages_and_numbers_them(name, pages):
    texts = [page.extract_text() for page in reader(name).pages]

    assert len(texts) == pages
    for number, text in enumerate(texts, 1):
        assert f"Page {number} of {pages}" in text


@pytest.mark.parametrize("name", PAGES)
def test_every_document_says_what_it_is(name):
    document = reader(name)
    catalog = document.trailer["/Root"]

    assert document.metadata.title
    assert document.metadata.author
    assert document.metadata.subject
    assert document.metadata.creation_date is not None
    assert (catalog["/Lang"], catalog["/MarkInfo"]["/Marked"].value) == ("en", True)
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert b"<pdfuaid:part>1</pdfuaid:part>" in catalog["/Metadata"].get_data()


def test_title_and_dates_come_from_the_context():
    document = reader("invoice").metadata

    assert document.title == f"Invoice INV-2026-0042 – {samples.COMPANY}"
    assert document.author == "InterWeave SmartSolutions"
    assert document.creation_date.date().isoformat() == "2026-11-24"
    assert reader("executed").metadata.creation_date.isoformat() == "2026-11-27T11:14:55+00:00"


@pytest.mark.disable_socket
@pytest.mark.parametrize("name", PAGES)
def test_the_same_context_gives_the_same_bytes_without_a_word_of_warning(name, caplog):
    assert pdf.render(*context_of(name)) == rendered(name)
    assert [record.message for record in caplog.records if record.name.startswith("weasyprint")] == []


def test_another_process_gives_the_same_bytes(tmp_path):
    target = tmp_path / "invoice.pdf"
    code = (
        "import django; from django.conf import settings; settings.configure(); django.setup()\n"
        "from onboarding.rendering import pdf; from tests.onboarding.rendering import samples\n"
        "import pathlib, sys\n"
        "pdf.render('project_plan', samples.project_plan())\n"
        "pathlib.Path(sys.argv[1]).write_bytes(pdf.render('invoice', samples.invoice()))\n"
    )
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", code, target], cwd=root, env={"PYTHONHASHSEED": "7"}, check=True)

    assert target.read_bytes() == rendered("invoice")


@pytest.mark.parametrize("name", PAGES)
def test_the_fonts_are_ours_embedded_and_cut_down(name):
    ours = {font: descriptor for font, descriptor in fonts(name).items() if "Document-" in font}

    assert ours
    assert all(font[1:7].isupper() and font[7] == "+" for font in fonts(name))
    assert all("/FontFile2" in descriptor or "/FontFile3" in descriptor for descriptor in fonts(name).values())
    assert len(rendered(name)) < 200_000


@pytest.mark.parametrize("name", ["Greek", "Cyrillic", pytest.param("CJK", marks=pytest.mark.skipif(
    not samples.SYSTEM_HAS_CJK, reason="no font with Chinese on this machine"))])  # fmt: skip
def test_a_name_keeps_its_alphabet(name):
    assert samples.SCRIPTS[name] in words("solutions_definition")


def test_greek_and_cyrillic_need_no_font_of_the_system():
    context = {**samples.questionnaire(), "company": samples.SCRIPTS["Greek"], "sections": []}
    document = PdfReader(io.BytesIO(pdf.render("solutions_definition", context)))

    used = {font.get_object()["/BaseFont"] for page in document.pages for font in page["/Resources"]["/Font"].values()}
    assert all(font[8:].startswith("Document-Sans") for font in used)


def test_markup_in_a_name_is_printed_not_obeyed():
    assert samples.COMPANY in words("invoice")
    assert "<script>alert('no')</script> & Sons" in words("solutions_definition")


def test_a_long_name_is_printed_whole():
    assert samples.LONG_NAME in words("evidence_pack")


def test_every_line_of_a_long_invoice_is_there_under_a_repeated_head():
    text = words("long_invoice")

    assert [n for n in range(1, 61) if f"Onboarding, part {n}: account to customer" not in text] == []
    assert text.count("Description Quantity Unit price Tax Net, USD") == 3
    assert "Total USD 112,500.00" in text
    assert "RF18 5390 0754 7034" in text.replace("\xa0", " ")


def test_an_unsigned_agreement_waits_and_an_executed_one_carries_its_certificate():
    waiting, executed = words("msa"), words("executed")

    assert "For signature" in waiting
    assert "Certificate of completion" not in waiting
    assert "Certificate of completion" in executed
    for (_, signer), kind in zip(agreement_samples.SIGNERS, ("typed", "drawn", "typed"), strict=True):
        assert f"{signer['name']} ({kind})" in executed
    for proof in (
        samples.HASH, samples.HEAD, "203.0.113.24", "27 November 2026, 09:14:55 UTC", "agreement.viewed", "3 of 3",
        "5f3a90c1d27e4b88a1c6", "https://onboarding.interweave.example/verify/",
    ):  # fmt: skip
        assert proof in executed


@pytest.mark.parametrize("version", [("msa", "executed"), ("former", "former_executed")])
def test_signing_changes_no_word_of_the_terms(version):
    def terms(name):
        text = words(name)
        start = text.index("1.1 This agreement is made")
        signing = min(text.index(f"For {party}", start) for party in (samples.COMPANY, "InterWeave SmartSolutions"))
        body = text[start:signing]
        assert len(body) > 15_000
        return re.sub(r"text fingerprint [0-9a-f]{16}|of \d+ ", "", body)

    waiting, executed = version
    assert terms(waiting) == terms(executed)


def test_the_agreement_has_sixteen_numbered_clauses_and_four_annexes():
    outline = [entry.title for entry in reader("msa").outline if not isinstance(entry, list)]

    clauses = [title for title in outline if title[:1].isdigit()]
    assert len(clauses) == 16
    assert [title for title in outline if title.startswith("Annex")] == [
        "Annex A: Scope", "Annex B: Fees", "Annex C: Data protection", "Annex D: Terms for the Customer’s systems",
    ]  # fmt: skip


def test_a_plan_not_agreed_says_so():
    context = {**samples.project_plan(), "agreed": None}
    text = " ".join(
        " ".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf.render("project_plan", context))).pages).split()
    )

    assert "Not yet agreed" in text
    assert "Waiting for your agreement" in text


def test_the_timeline_is_described_for_those_who_cannot_see_it():
    tree = reader("project_plan").trailer["/Root"]["/StructTreeRoot"]
    alternatives = []

    def walk(node):
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, dict):
            if node.get("/S") == "/Figure":
                alternatives.append(node.get("/Alt"))
            children = node.get("/K", [])
            for child in children if isinstance(children, list) else [children]:
                walk(child)

    walk(tree)
    assert alternatives[0] == "Two threads crossing twelve times"
    assert alternatives[1].startswith("Timeline of 12 milestones from 9 November 2026 to 11 April 2027")


@pytest.mark.parametrize(
    "url",
    ["https://example.com/logo.png", "http://127.0.0.1/", "file:///etc/passwd", "data:text/plain,x", "ftp://x/y",
     (html.DOCUMENTS / "fonts/../../../manage.py").as_uri()],
)  # fmt: skip
def test_nothing_outside_the_document_folder_is_fetched(url):
    with pytest.raises(FatalURLFetchingError), fetch(pdf.OwnFilesOnly(), url):
        pass


def test_our_own_files_are_given():
    with fetch(pdf.OwnFilesOnly(), (html.DOCUMENTS / "images/mark.svg").as_uri()) as response:
        assert response.read().startswith(b"<svg")
