"""What each parser refuses, and what true files of every kind pass: called in process, as the child calls them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageFile

from onboarding.inspection import image, office, pdf, text
from onboarding.inspection.unfit import Unfit
from tests.onboarding.inspection import hostile

MACROS = "word/vbaProject.bin"
DTD = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
FIELD = (
    '<w:document xmlns:w="urn:w"><w:instrText>DD</w:instrText>'
    "<w:instrText>EAUTO c:\\\\calc.exe</w:instrText></w:document>"
)


def refused(parser: Any, content: bytes, extension: str) -> str:
    """The code it is refused with; empty when it passes."""
    try:
        parser.read(io.BytesIO(content), io.BytesIO(), extension)
    except Unfit as unfit:
        return unfit.code
    return ""


# --- Office files ---


def test_a_true_word_file_passes() -> None:
    assert refused(office, hostile.word(), "docx") == ""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (hostile.word(**{MACROS: b"\xd0\xcf\x11\xe0"}), "macros"),
        (hostile.content_types(hostile.word(), "openxmlformats-officedocument.wordprocessingml.document.main+xml",
                               "ms-word.document.macroEnabled.main+xml"), "macros"),
        (hostile.word(**{"word/_rels/x.xml.rels": hostile.relationship("vbaProject", "code.bin", is_outside=False)}),
         "macros"),
        (hostile.content_types(hostile.word(), "document.main+xml", "template.main+xml"), "damaged"),
        (hostile.bomb(), "bomb"),
        (hostile.crowd(), "bomb"),
        (hostile.word(**{"word/media/inner.zip": hostile.archive()}), "embedded"),
        (hostile.word(**{"word/embeddings/sheet.xlsx": hostile.archive()}), "embedded"),
        (hostile.word(**{"word/media/image1.png": b"MZ\x90\x00"}), "embedded"),
        (hostile.word(**{"word/_rels/x.xml.rels": hostile.relationship("oleObject", "a.bin", is_outside=False)}),
         "embedded"),
        (hostile.word(**{"word/activeX/activeX1.xml": "<a/>"}), "embedded"),
        (hostile.word(**{"word/media/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"}), "embedded"),
        (hostile.word(word__extra=DTD, **{"word/extra.xml": DTD}), "dtd"),
        (hostile.word(**{"word/extra.xml": DTD.encode("utf-16")}), "dtd"),
        (hostile.word(**{"word/_rels/settings.xml.rels": hostile.relationship(
            "attachedTemplate", "https://there.example/t.dotm")}), "outside"),
        (hostile.word(**{"word/_rels/x.xml.rels": hostile.relationship("image", "https://there.example/1.png")}),
         "outside"),
        (hostile.word(**{"word/header9.xml": FIELD}), "outside"),
        (hostile.word(**{"../../etc/cron.d/x": b"x"}), "odd_names"),
        (hostile.word(**{"/etc/x": b"x"}), "odd_names"),
        (hostile.word(**{"word\\x.xml": b"x"}), "odd_names"),
        (hostile.word(**{"WORD/Document.xml": b"<a/>"}), "odd_names"),
        (hostile.encrypted(hostile.word()), "protected"),
        (hostile.word(**{"word/extra.xml": "<a><b></a>"}), "damaged"),
        (b"MZ\x90\x00" + hostile.word(), "damaged"),
        (hostile.word()[:-200], "damaged"),
        (hostile.word(**{"[Content_Types].xml": None}), "damaged"),
        (hostile.archive(), "damaged"),
    ],
    ids=["a macro", "a macro type", "a macro under another name", "a template", "a bomb", "a crowd", "an archive inside",
         "a table inside", "a program as picture", "an object", "a control", "a drawing with a script", "a DTD",
         "a DTD in UTF-16", "a template from outside", "a picture from outside", "a split DDE field", "up and away",
         "an absolute path", "a backslash", "a name twice", "encrypted", "broken XML", "a program in front", "cut off",
         "no types", "any archive"],
)  # fmt: skip
def test_an_office_file_is_refused(content: bytes, code: str) -> None:
    assert refused(office, content, "docx") == code


def test_a_link_to_a_page_is_no_harm() -> None:
    link = hostile.relationship("hyperlink", "https://there.example/")

    assert refused(office, hostile.word(**{"word/_rels/footnotes.xml.rels": link}), "docx") == ""


DDE = "<externalLink xmlns='urn:x'><ddeLink ddeService='cmd' ddeTopic='/c calc'/></externalLink>"


@pytest.mark.parametrize(
    ("content", "extension", "code"),
    [
        (hostile.smallest("xlsx"), "xlsx", ""),
        (hostile.smallest("pptx"), "pptx", ""),
        (hostile.smallest("xlsx", **{"xl/externalLinks/externalLink1.xml": DDE}), "xlsx", "outside"),
        (hostile.smallest("xlsx", **{"xl/macrosheets/sheet1.xml": "<a/>"}), "xlsx", "macros"),
        (hostile.smallest("pptx", **{"ppt/embeddings/oleObject1.bin": "x"}), "pptx", "embedded"),
        (hostile.smallest("pptx"), "xlsx", "damaged"),
    ],
    ids=["Excel", "PowerPoint", "a DDE link", "an old macro sheet", "an object on a slide", "slides as a table"],
)
def test_tables_and_slides(content: bytes, extension: str, code: str) -> None:
    assert refused(office, content, extension) == code


def test_an_excel_file_under_words_name_is_damaged() -> None:
    assert refused(office, hostile.word(), "xlsx") == "damaged"


# --- PDF ---


@pytest.mark.parametrize(
    "content",
    [hostile.pdf(), hostile.pdf(hostile.opening_page), hostile.pdf(hostile.with_font_called_aa)],
    ids=["a page", "a place to begin", "a font called AA"],
)
def test_a_true_pdf_passes(content: bytes) -> None:
    assert refused(pdf, content, "pdf") == ""


PACKED = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
SECRET = pikepdf.Encryption(owner="owner", user="")
LOCKED = pikepdf.Encryption(owner="owner", user="user")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (hostile.pdf(hostile.opening_script), "acting"),
        (hostile.pdf(hostile.named_script, **PACKED), "acting"),
        (hostile.pdf(hostile.launching), "acting"),
        (hostile.pdf(hostile.triggered, **PACKED), "acting"),
        (hostile.pdf(hostile.with_film), "acting"),
        (hostile.pdf(hostile.with_form, **PACKED), "acting"),
        (hostile.pdf().replace(b"%%EOF", b"9 0 obj <</S /J#61vaScript /JS (x)>> endobj\n%%EOF"), "acting"),
        (hostile.pdf(hostile.with_file), "holding"),
        (hostile.pdf(hostile.with_file, **PACKED), "holding"),
        (hostile.pdf() + hostile.archive(), "two_in_one"),
        (hostile.pdf(encryption=SECRET), "protected"),
        (hostile.pdf(encryption=LOCKED), "protected"),
        (b"GIF89a" + hostile.pdf(), "damaged"),
        (b"%PDF-1.7\n" + b"nothing else" * 20, "damaged"),
    ],
    ids=["a script at opening", "a named script, packed", "a program", "a trigger", "a film", "a form of its own",
         "an orphaned script, spelled oddly", "a file", "a file, packed", "an archive behind", "rights", "a password",
         "not at the beginning", "nothing"],
)  # fmt: skip
def test_a_pdf_is_refused(content: bytes, code: str) -> None:
    assert refused(pdf, content, "pdf") == code


# --- Images ---


def test_a_photo_comes_out_upright_without_what_it_told() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at 52.5163 N"  # orientation; description
    out = io.BytesIO()

    facts = image.read(io.BytesIO(hostile.picture("JPEG", exif=exif) + hostile.archive()), out, "jpg")

    with Image.open(out) as made:
        assert (made.format, made.size, dict(made.getexif())) == ("JPEG", (6, 8), {})
    assert (b"taken at" in out.getvalue(), zipfile.is_zipfile(out)) == (False, False)
    assert facts == {"width": 6, "height": 8}


def test_a_png_keeps_what_is_transparent() -> None:
    given, out = io.BytesIO(), io.BytesIO()
    Image.new("RGBA", (2, 2), (10, 20, 30, 0)).save(given, "PNG", pnginfo=None)

    image.read(given, out, "png")

    with Image.open(out) as made:
        assert (made.mode, made.getpixel((0, 0))) == ("RGBA", (10, 20, 30, 0))


@pytest.mark.parametrize(
    ("content", "extension", "code"),
    [
        (hostile.flood(), "png", "too_many_pixels"),
        (hostile.picture()[:48], "png", "damaged"),
        (hostile.picture("JPEG"), "png", "damaged"),
        (b"\xff\xd8\xff" + b"x" * 100, "jpg", "damaged"),
    ],
    ids=["a flood", "cut off", "another kind", "a head alone"],
)
def test_an_image_is_refused(content: bytes, extension: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)  # as in the child; WeasyPrint switches it on here

    assert refused(image, content, extension) == code


# --- Text ---


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        ("a,b\r\n1,2\r\n".encode("utf-8-sig"), {"lines": 2}),
        (b"name,balance\nAcme,-12.50\nMiller,+3\n", {"lines": 3}),
        (b'name\n=cmd|\' /C calc\'!A0\n"@SUM(1)"\n"x",-abs(1)\n', {"lines": 4, "formulas": 3}),
        ("ü".encode() * 600_000, {"lines": 0}),
    ],
    ids=["with a mark", "signed numbers", "formulas", "one long line"],
)
def test_text_passes_as_it_is(content: bytes, facts: dict) -> None:
    assert text.read(io.BytesIO(content), io.BytesIO(), "csv") == facts


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a,b\n" * 5000 + b"caf\xe9\n", "not_utf8"),
        (b"a,b\n" * 5000 + "ü".encode()[:1], "not_utf8"),
        (b"a,b\n" * 5000 + b"\x00", "binary"),
        (b"\x7fELF\x02\x01\x01\x00", "binary"),
    ],
    ids=["late in the file", "cut in a character", "a NUL at the end", "a program"],
)
def test_text_is_refused(content: bytes, code: str) -> None:
    assert refused(text, content, "csv") == code
