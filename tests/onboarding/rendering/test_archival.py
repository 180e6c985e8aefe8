"""Every document is PDF/A-3a and PDF/UA-1, and readers that are not ours say so too."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from onboarding.rendering import html, pdf
from tests.onboarding.rendering import archive_rules, samples
from tests.onboarding.rendering.judges import exempi, qpdf


def rendered(kind: str) -> bytes:
    return pdf.render(kind, samples.ALL[kind]())


@pytest.mark.parametrize("kind", samples.ALL)
def test_every_document_keeps_the_rules_of_archives_and_of_readers_aloud(kind: str) -> None:
    assert archive_rules.broken(rendered(kind)) == []


def test_exempi_reads_both_ids_in_one_packet() -> None:
    xmp = exempi(rendered("invoice"))

    assert "<pdfaid:part>3</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert "Håkonsen &amp; Søn &lt;Maritime&gt; Services A/S" in xmp
    assert xmp.count("<rdf:RDF") == 1


@pytest.mark.parametrize("kind", ["msa", "invoice"])
def test_qpdf_finds_nothing_to_complain_about(kind: str) -> None:
    assert "No syntax or stream encoding errors found" in qpdf(rendered(kind))


def test_dates_and_titles_of_both_places_are_the_same() -> None:
    content = rendered("project_plan")
    with pikepdf.open(io.BytesIO(content)) as made:
        xmp = made.open_metadata()
        told = {"title": xmp["dc:title"], "created": xmp["xmp:CreateDate"], "made_with": xmp["pdf:Producer"]}
        info = made.docinfo

        assert told["title"] == str(info["/Title"])
        assert told["made_with"] == str(info["/Producer"])
        assert str(info["/CreationDate"])[2:10] == told["created"][:10].replace("-", "")


def test_running_heads_are_read_by_eyes_only() -> None:
    with pikepdf.open(io.BytesIO(rendered("invoice"))) as made:
        spans = [one for one in archive_rules.elements(made.Root.StructTreeRoot) if one.S == "/Span"]
        tagged = [operands for operands in marks(made.pages[0]) if "/MCID" in dict(operands[1])]
        heads = [operands for operands in marks(made.pages[0]) if dict(operands[1]).get("/Type") == "/Pagination"]

    assert len(spans) > 40
    assert len(tagged) > 40
    assert len(heads) >= 4  # mark, heading, foot, page number


def marks(page: Any) -> list[Any]:
    return [one.operands for one in pikepdf.parse_content_stream(page) if str(one.operator) == "BDC"]


def test_letters_no_xml_can_hold_do_not_stop_a_document() -> None:
    context = samples.questionnaire()
    context["company"] = "Acme\x0b \ufffe Ltd"

    made = pdf.render("solutions_definition", context)

    assert archive_rules.broken(made) == []
    assert PdfReader(io.BytesIO(made)).metadata.title.startswith("Solutions Definition Document")
    assert html.page("solutions_definition", context)


def test_the_rules_find_what_is_wrong() -> None:
    with pikepdf.open(io.BytesIO(rendered("invoice"))) as made:
        del made.Root.OutputIntents
        del made.Root.Lang
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        heading = next(one for one in archive_rules.elements(made.Root.StructTreeRoot) if one.S == "/TH")
        del heading.A.Scope
        spoilt = io.BytesIO()
        made.save(spoilt)

    assert set(archive_rules.broken(spoilt.getvalue())) == {
        "no language", "no output intent in RGB", "an action on opening", "a heading cell that points nowhere",
    }  # fmt: skip
