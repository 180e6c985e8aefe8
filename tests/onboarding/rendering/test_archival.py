"""Every document is PDF/A-3a and PDF/UA-1, and readers that are not ours say so too."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from onboarding.rendering import html, pdf
from tests.onboarding.rendering import agreement_samples, archive_rules, samples, shown
from tests.onboarding.rendering.judges import exempi, ghostscript, mupdf, poppler_tags, qpdf

SAMPLES = samples.ALL | {"executed": agreement_samples.executed_agreement}


@cache
def rendered(kind: str) -> bytes:
    return pdf.render("msa" if kind == "executed" else kind, SAMPLES[kind]())


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_document_keeps_the_rules_of_archives_and_of_readers_aloud(kind: str) -> None:
    assert archive_rules.broken(rendered(kind)) == []


@pytest.mark.parametrize("kind", ["executed", "invoice"])
def test_three_other_readers_draw_and_read_it_without_a_word(kind: str) -> None:
    assert ghostscript(rendered(kind)) == ""
    assert "error" not in mupdf(rendered(kind)).lower()
    assert poppler_tags(rendered(kind)).startswith("Document\n  Part")


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


def _first(made: pikepdf.Pdf, kind: str) -> Any:
    return next(one for one in archive_rules.elements(made.Root.StructTreeRoot) if kind == one.S)


def _add(made: pikepdf.Pdf, content: bytes) -> None:
    made.pages[0].contents_add(pikepdf.Stream(made, content))


def _font(made: pikepdf.Pdf) -> Any:
    return next(iter(shown.glyphs(made).values()))[0]


def _box(made: pikepdf.Pdf) -> None:
    name = next(iter(made.pages[0].obj.Resources.Font.keys()))
    _add(made, f"/Artifact BMC BT {name} 9 Tf <0000> Tj ET EMC".encode())


def _link(made: pikepdf.Pdf) -> Any:
    return next(one for page in made.pages for one in page.obj.get("/Annots", []) if one.Subtype == "/Link")


def _wrong_width(made: pikepdf.Pdf) -> None:
    row = next(one for one in _font(made).DescendantFonts[0].W if isinstance(one, pikepdf.Array))
    row[0] = 3


def _say_nothing(made: pikepdf.Pdf) -> None:
    _font(made).ToUnicode.write(b"1 beginbfchar\n<0001> <e000>\nendbfchar")


NAME = pikepdf.Name
SPOILT: dict[str, Callable[[pikepdf.Pdf], Any]] = {
    "6.1.7.1 streams": lambda made: made.Root.Metadata.__setitem__("/F", "elsewhere.xml"),
    "6.1.12 permissions": lambda made: made.Root.__setitem__("/Perms", pikepdf.Dictionary(Other=1)),
    "6.1.13 nesting": lambda made: _add(made, b"q " * 29 + b"Q " * 29),
    "6.1.13 limits": lambda made: made.Root.__setitem__("/Long", "x" * 40_000),
    "6.2.2 operators": lambda made: _add(made, b"1 0 strange"),
    "6.2.2 resources": lambda made: _add(made, b"/Missing gs"),
    "6.2.3 output intent": lambda made: made.Root.__delitem__("/OutputIntents"),
    "6.2.4.3 device colours": lambda made: _add(made, b"0 0 0 1 k"),
    "6.2.5 graphics states": lambda made: made.Root.__setitem__("/X", pikepdf.Dictionary(Type=NAME.ExtGState, TR=1)),
    "6.2.6 rendering intents": lambda made: _add(made, b"/Loud ri"),
    "6.2.11.3 composite fonts": lambda made: _font(made).__setitem__("/BaseFont", NAME.Other),
    "6.2.11.4 fonts embedded": lambda made: _font(made).DescendantFonts[0].FontDescriptor.__delitem__("/FontFile2"),
    "6.2.11.5 widths": _wrong_width,
    "6.2.11.7 character maps": _say_nothing,
    "6.2.11.8 no .notdef": _box,
    "6.3 annotations": lambda made: _link(made).__setitem__("/F", 2),
    "6.4 forms": lambda made: made.Root.__setitem__("/AcroForm", pikepdf.Dictionary(NeedAppearances=True)),
    "6.5 actions": lambda made: made.Root.__setitem__(
        "/OpenAction", pikepdf.Dictionary(S=NAME.JavaScript, JS="app.alert(1)")
    ),
    "6.6.3 information": lambda made: made.docinfo.__setitem__("/Title", "Another"),
    "6.7.2 tagged": lambda made: made.Root.MarkInfo.__setitem__("/Suspects", True),
    "6.7.4 language": lambda made: made.Root.__setitem__("/Lang", "not a language"),
    "6.8 embedded files": lambda made: made.Root.Names.__delitem__("/EmbeddedFiles"),
    "6.9 optional content": lambda made: made.Root.__setitem__("/OCProperties", pikepdf.Dictionary()),
    "6.11 requirements": lambda made: made.Root.__setitem__("/Requirements", pikepdf.Array()),
    "01-003": lambda made: _add(made, b"/Artifact BMC /P <</MCID 0>> BDC EMC EMC"),
    "02-001": lambda made: _first(made, "/P").__setitem__("/S", NAME.Strange),
    "07-001": lambda made: made.Root.__delitem__("/ViewerPreferences"),
    "09-004": lambda made: _first(made, "/TR").__setitem__("/S", NAME.P),
    "ISO 32000-1, 14.7.4": lambda made: _first(made, "/TR").__setitem__("/P", made.Root.StructTreeRoot),
    "ISO 32000-1, 14.8.4.3.4": lambda made: _first(made, "/TR").K.__delitem__(0),
    "13-004": lambda made: _first(made, "/Figure").__delitem__("/Alt"),
    "14-002": lambda made: _first(made, "/H1").__setitem__("/S", NAME.H4),
    "15-003": lambda made: _first(made, "/TH").A.__delitem__("/Scope"),
    "19-003": lambda made: _first(made, "/Span").__setitem__("/S", NAME.Note),
    "28-002": lambda made: _link(made).__delitem__("/Contents"),
}


@pytest.mark.parametrize("rule", SPOILT)
def test_each_rule_finds_a_file_that_breaks_it(rule: str) -> None:
    with pikepdf.open(io.BytesIO(rendered("invoice"))) as made:
        SPOILT[rule](made)
        spoilt = io.BytesIO()
        made.save(spoilt, fix_metadata_version=False)

    assert [one for one in archive_rules.broken(spoilt.getvalue()) if one.startswith(rule)]


def test_bytes_before_and_after_the_file_are_found() -> None:
    found = archive_rules.broken(rendered("invoice").replace(b"%PDF-1.7\n%", b"%PDF-1.7\n ", 1) + b"more")

    assert {"6.1.2 file header: no header with four high bytes", "6.1.3 file trailer: data after the last %%EOF"} <= {
        *found
    }
