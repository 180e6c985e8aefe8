"""Names in the alphabets of the world: each letter drawn, by a font that stands in the file itself, in its direction."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from onboarding.rendering import alphabets, pdf
from onboarding.rendering.characters import Unprintable
from onboarding.rendering.marks import isolated
from tests.onboarding.rendering import archive_rules, samples

OWN = {"Latin", "Greek", "Cyrillic"}  # the documents' own font has them
BARE = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{}</dir><cachedir>{}</cachedir></fontconfig>"""


@pytest.fixture(scope="module")
def lacking():
    return alphabets.lacking()


def named(name: str) -> bytes:
    """A short document for a company of this name."""
    plan = samples.project_plan() | {"company": name, "scope": [], "assignments": []}
    return pdf.render("project_plan", plan)


def test_every_alphabet_of_this_machine_is_drawn_from_letters_in_the_file(lacking, caplog):
    names = {alphabet: name for alphabet, name in alphabets.SAMPLES.items() if alphabet not in lacking}
    plan = samples.project_plan() | {
        "assignments": [{"responsibility": alphabet, "name": name} for alphabet, name in names.items()]
    }

    made = pdf.render("project_plan", plan)

    assert names.keys() >= OWN
    assert [one.getMessage() for one in caplog.records if ".notdef" in one.getMessage()] == []
    assert archive_rules.broken(made) == []
    assert pdf.render("project_plan", plan) == made
    assert len(made) < 40_000 + 4_000 * len(names)


@pytest.mark.parametrize("alphabet", ["Greek", "Georgian", "Chinese", "Korean", "rare Chinese"])
def test_a_name_can_be_searched_for(alphabet, lacking):
    if alphabet in lacking:
        pytest.skip(f"no font with {alphabet} letters is installed (scripts/setup.py names one)")
    name = alphabets.SAMPLES[alphabet]

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(named(name))).pages)

    assert all(letter in text for letter in name.replace(" ", ""))


def test_a_machine_without_fonts_warns_and_refuses(tmp_path):
    """In a process of its own, whose fontconfig knows no font at all."""
    conf = tmp_path / "fonts.conf"
    conf.write_text(BARE.format(tmp_path / "none", tmp_path / "cache"))
    code = (
        "import django; from django.conf import settings; settings.configure(); django.setup()\n"
        "from onboarding.rendering import alphabets, pdf; from tests.onboarding.rendering import samples\n"
        "print(len(alphabets.SAMPLES) - len(alphabets.lacking()), 'Thai' in alphabets.lacking())\n"
        "thai = samples.invoice(); thai['buyer'] = thai['buyer'] | {'legal_name': 'สยาม'}\n"
        "try: pdf.render('invoice', thai)\n"
        "except Exception as refusal: print(type(refusal).__name__, refusal.data)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False,
        env=os.environ | {"FONTCONFIG_FILE": str(conf)},
    )  # fmt: skip

    said = done.stdout.splitlines()
    assert said[0] == "3 True", done.stderr
    assert said[1] == "Unprintable {'characters': ['U+0E2A', 'U+0E22', 'U+0E32', 'U+0E21']}"


def test_a_name_no_font_has_is_refused_before_the_number_is_taken():
    with pytest.raises(Unprintable) as refusal:
        pdf.require_printable({"buyer": {"legal_name": "Eye 🧿 Ltd"}})

    assert refusal.value.words == (
        "This can't be printed: U+1F9FF (NAZAR AMULET) in “Eye [U+1F9FF] Ltd”. Take it out where it was typed, or write "
        "it in other letters, and have the document made again."
    )


@pytest.mark.parametrize(
    ("name", "ways"),
    [("שלום 7 (Or Ltd.)", ["rtl"]), ("Or שלום", ["ltr"]), ("Acme", []), ("עברית\nEnglish", ["rtl", "ltr"])],
    ids=["from the right", "from the left", "nothing to turn", "each line its way"],
)
def test_a_name_is_read_in_its_own_direction(name, ways):
    assert [part.split('"')[1] for part in isolated(name).split("<bdi ")[1:]] == ways


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_a_name_from_the_right_keeps_its_order_on_the_page():
    """Poppler's words with their places: what is read first stands rightmost, the Latin part left of it."""
    boxes = placed_words(named("שלום 2024 Or"))

    assert boxes["Or"] < boxes["2024"] < boxes["םולש"]  # poppler writes the letters as they stand


def placed_words(content: bytes) -> dict[str, float]:
    """Each word of the first page with its left edge."""
    done = subprocess.run(["pdftotext", "-bbox", "-l", "1", "-", "-"], input=content, capture_output=True, check=True)
    found: dict[str, float] = {}
    for line in done.stdout.decode().splitlines():
        if line.strip().startswith("<word"):
            found.setdefault(line.split(">")[1].split("<")[0], float(line.split('"')[1]))
    return found


def test_no_coloured_pictures_are_taken_for_letters():
    with pikepdf.open(io.BytesIO(named("🚀"))) as made:
        names = {str(one.BaseFont) for one in made.objects if archive_rules.is_a(one, "/Font")}

    assert not [name for name in names if "Color" in name or "Emoji" in name]
