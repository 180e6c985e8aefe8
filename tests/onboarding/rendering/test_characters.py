"""Characters nobody can print or see: refused in what is signed or paid, shown by a stand-in in what was typed."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from onboarding.rendering import characters, html, pdf
from onboarding.rendering.characters import Unprintable
from tests.onboarding.rendering import agreement_samples, archive_rules, samples

MARKS = "\u0301" * 6
SHOWN = {
    "a control": ("Zo\x0bë", "Zo[U+000B]ë"),
    "a C1 control": ("A\x85B", "A[U+0085]B"),
    "half a character": ("A\ud800B", "A[U+D800]B"),
    "no character": ("A\ufffeB\ufdd0", "A[U+FFFE]B[U+FDD0]"),
    "an override": ("Acme \u202eevil\u202c Ltd", "Acme [U+202E]evil[U+202C] Ltd"),
    "an isolate": ("A\u2066B\u2069", "A[U+2066]B[U+2069]"),
    "private use": ("A\ue000B\U000f0000", "A[U+E000]B[U+F0000]"),
    "hidden tags": ("A\U000e0041B", "A[U+E0041]B"),
    "a line separator": ("A\u2028B", "A[U+2028]B"),
    "a pile of marks": (f"A{MARKS}b", f"A{MARKS[:4]}[U+0301][U+0301]b"),
}
AS_IT_IS = {
    "joiners": "क्‍ष می‌خواهم",
    "direction marks": "A\u200e\u200fB",
    "zero-width space and soft hyphen": "A\u200bB\u00adC\ufeff",
    "lines and tabs": "A\tB\r\nC",
    "four marks": f"A{MARKS[:4]}",
    "Vietnamese in parts": "Nguye\u0302\u0303n",
}


def answered(words: str) -> dict[str, object]:
    context = samples.questionnaire()
    context["sections"] = [{"title": "Names", "answers": [{"question": "Which?", "answer": words}]}]
    return {**context}


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


@pytest.mark.parametrize(("typed", "shown"), SHOWN.values(), ids=list(SHOWN))
def test_what_cannot_be_printed_gets_a_stand_in(typed, shown):
    assert characters.visible(typed) == shown
    assert characters.forbidden(shown) == []


@pytest.mark.parametrize("typed", AS_IT_IS.values(), ids=list(AS_IT_IS))
def test_what_writing_needs_stays(typed):
    assert characters.forbidden(typed) == []
    assert characters.visible(typed) == typed


def test_a_snapshot_is_made_with_stand_ins_and_its_data_stay_as_typed():
    typed = "".join(typed for typed, _ in SHOWN.values()) + " eye 🧿"
    context = answered(typed)

    made = pdf.render("solutions_definition", context)

    text = text_of(made)
    for sign in ("[U+000B]", "[U+D800]", "[U+202E]evil[U+202C]", "[U+E000]", "[U+0301]", "eye [U+1F9FF]"):
        assert sign in text
    assert archive_rules.broken(made) == []
    assert context == answered(typed)
    assert pdf.render("solutions_definition", context) == made


@pytest.mark.parametrize("kind", ["msa", "invoice", "credit_note"])
@pytest.mark.parametrize(
    ("name", "points"), [("Acme \u202eevil", ["U+202E"]), ("Eye 🧿", ["U+1F9FF"]), ("Zo\x0bë", ["U+000B"])],
    ids=["turned", "no glyph", "control"],
)  # fmt: skip
def test_a_legal_document_is_refused(kind, name, points):
    context = samples.ALL[kind]()
    party = "company" if kind == "msa" else "buyer"
    context[party] = context[party] | {"legal_name": name}

    with pytest.raises(Unprintable) as refusal:
        pdf.render(kind, context)

    assert refusal.value.data == {"characters": points}
    assert refusal.value.words.startswith(f"This can't be printed: {points[0]} (")
    assert f"in “{characters.visible(name, '🧿')}”" in refusal.value.words
    assert characters.forbidden(refusal.value.words) == []


def test_who_paid_gets_a_receipt_whatever_their_bank_wrote():
    context = samples.ALL["receipt"]()
    context["buyer"] = context["buyer"] | {"legal_name": "Acme \u202eevil"}

    made = pdf.render("receipt", context)

    assert "Acme [U+202E]evil" in text_of(made)
    assert archive_rules.broken(made) == []


def test_nothing_told_beside_a_signature_stops_an_executed_agreement():
    context = agreement_samples.executed_agreement()
    context["signatures"][0] |= {"user_agent": "Mozilla\x85\u202e", "title": "CEO 🧿"}

    text = text_of(pdf.render("msa", context))

    assert "Mozilla[U+0085][U+202E]" in text
    assert "CEO [U+1F9FF]" in text


def test_many_at_once_are_counted_not_listed():
    refusal = Unprintable("\x01\x02\x03\x04\x05", "\x01\x02\x03\x04\x05")

    assert "; and 2 more. Take it out" in refusal.words
    assert refusal.data == {"characters": ["U+0001", "U+0002", "U+0003", "U+0004", "U+0005"]}


@pytest.mark.parametrize("letter", ["W", "日", "ש"])
def test_two_hundred_letters_without_a_break_stay_on_the_page(letter):
    context = samples.invoice() | {"buyer": samples.invoice()["buyer"] | {"legal_name": letter * 200}}
    made = PdfReader(io.BytesIO(pdf.render("invoice", context)))
    width = float(made.pages[0].mediabox.width)
    edges: list[float] = []

    def see(text, _, matrix, font, size):
        if letter in text:
            edges.append(matrix[4])

    text = made.pages[0].extract_text(visitor_text=see)
    assert text.count(letter) >= 200
    assert edges
    assert max(edges) < width - 56  # the margin of 20 mm


def test_the_fingerprint_is_of_the_text_and_not_of_a_machine_s_fonts():
    page = html.page("solutions_definition", answered("eye 🧿"))

    assert html.page("solutions_definition", answered("eye 🧿")) == page
    assert "eye 🧿" in page
