"""Names in the alphabets of our customers: each letter drawn, by a font that stands in the file itself."""

from __future__ import annotations

import io
import subprocess

import pikepdf
import pytest
from pypdf import PdfReader

from onboarding.rendering import pdf
from tests.onboarding.rendering import samples

# Language by which fontconfig knows a font; Latin, Greek and Cyrillic come with the documents' own.
NAMES = {
    "Latin": ("", "Þórdís Żółć Nguyễn Thị Ánh"),
    "Greek": ("", "Ελένη Παπαδοπούλου"),
    "Cyrillic": ("", "Йосип Ґудзенко-Ёлкин"),
    "Chinese": ("zh", "李小龍 王芳"),
    "Japanese": ("ja", "山田 太郎 さくら"),
    "Korean": ("ko", "김민준 이서연"),
    "Arabic": ("ar", "محمد بن عبد الله"),
    "Hebrew": ("he", "יוסף כהן"),
}


def a_font_for(language: str) -> bool:
    return bool(subprocess.run(["fc-list", f":lang={language}"], capture_output=True, check=False).stdout)


@pytest.mark.parametrize("alphabet", NAMES)
def test_a_name_is_drawn_with_letters_that_stand_in_the_file(alphabet, caplog):
    language, name = NAMES[alphabet]
    if language and not a_font_for(language):
        pytest.skip(f"no font with {alphabet} letters is installed (scripts/setup.py names one)")
    plan = samples.project_plan() | {"company": name}

    made = pdf.render("project_plan", plan)

    assert [one.message for one in caplog.records if ".notdef" in one.getMessage()] == []
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert all(letter in text for letter in name.replace(" ", ""))
    assert not_embedded(made) == []


def not_embedded(content: bytes) -> list[str]:
    """Fonts whose letters the file does not carry."""
    lacking = []
    with pikepdf.open(io.BytesIO(content)) as document:
        for one in document.objects:
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor":
                files = {"/FontFile", "/FontFile2", "/FontFile3"} & set(one.keys())
                lacking += [] if files else [str(one.FontName)]
    return lacking
