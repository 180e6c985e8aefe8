"""A questionnaire as a Word file to be filled in elsewhere: made from its questions, with what is answered so far."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell

from onboarding.library.questionnaires import Question, Schema, is_answered
from onboarding.library.questionnaires.words import display

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SOFT, ACCENT, SHADE = RGBColor(0x5B, 0x64, 0x70), RGBColor(0x0F, 0x5C, 0x6E), "F2F5F6"
BOX, TICKED = "☐", "☒"
EMPTY_ROWS = 3
HOW = (
    "Write below each question, or tick with an X. Leave out what you don't know: your specialist asks you. Save it as "
    "a Word or PDF file and upload it where you downloaded it."
)


def questionnaire(schema: Schema, *, company: str, reference: str, answers: Mapping[str, object]) -> bytes:
    """The document's bytes; `answers` are the present ones by question code, written in as far as they go."""
    paper = Document()
    _set_up(paper, schema)
    paper.add_heading(schema.title, level=0)
    _soft(paper, _legal(f"{company} · {reference} · question set {schema.version}"))
    paper.add_paragraph(schema.intro)
    _soft(paper, HOW)
    for number, section in enumerate(schema.sections, start=1):
        paper.add_heading(f"{number}. {section.title}", level=1)
        if section.intro:
            _soft(paper, section.intro)
        for question in section.questions:
            _ask(paper, schema, question, answers.get(question.code))
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


def _set_up(paper: Paper, schema: Schema) -> None:
    paper.core_properties.title = schema.title
    paper.core_properties.author = "InterWeave"
    paper.core_properties.comments = ""
    paper.styles["Normal"].font.name = "Calibri"
    paper.styles["Normal"].font.size = Pt(11)
    for name in ("Title", "Heading 1", "Heading 2"):
        paper.styles[name].font.color.rgb = ACCENT
    for part in paper.sections:
        part.left_margin = part.right_margin = Cm(2.2)


def _soft(paper: Paper, words: str) -> None:
    paper.add_paragraph().add_run(words).font.color.rgb = SOFT


def _ask(paper: Paper, schema: Schema, question: Question, value: object) -> None:
    asked = paper.add_paragraph()
    asked.paragraph_format.keep_with_next = True
    asked.paragraph_format.space_before = Pt(12)
    asked.add_run(question.label).bold = True
    if question.required:
        asked.add_run("  (required)").font.color.rgb = SOFT
    for words in filter(None, [_when(schema, question), question.hint]):
        asked.add_run().add_break(WD_BREAK.LINE)
        asked.add_run(words).font.color.rgb = SOFT
    if question.choices:
        for choice in question.choices:
            chosen = choice.value in (value if isinstance(value, list) else [value])
            paper.add_paragraph(f"{TICKED if chosen else BOX}  {choice.label}").paragraph_format.space_after = Pt(2)
    elif question.type == "yes_no":
        paper.add_paragraph(f"{TICKED if value is True else BOX}  Yes     {TICKED if value is False else BOX}  No")
    elif question.columns:
        _rows(paper, question, value if isinstance(value, list) else [])
    else:
        _space(paper, question, value)


def _when(schema: Schema, question: Question) -> str:
    """On what a question hangs, for whoever reads on paper: “Only if …: Salesforce”."""
    if question.show_if is None or (other := schema.question(question.show_if.question)) is None:
        return ""
    wanted = [display(other, [one] if other.type == "multi_choice" else one) for one in question.show_if.values]
    words = [one for shown in wanted for one in (shown if isinstance(shown, list) else [shown])]
    return f"Only if “{other.label}”: {' or '.join(words)}."


def _rows(paper: Paper, question: Question, rows: list[dict[str, object]]) -> None:
    table = paper.add_table(rows=1, cols=len(question.columns), style="Table Grid")
    for cell, column in zip(table.rows[0].cells, question.columns, strict=True):
        cell.text = column.label
        _shade(cell)
    for row in [*rows, *({} for _ in range(EMPTY_ROWS))]:
        for cell, column in zip(table.add_row().cells, question.columns, strict=True):
            cell.text = _legal(display(column, row.get(column.code)))


def _space(paper: Paper, question: Question, value: object) -> None:
    """One shaded box to write in."""
    if question.type == "file":
        paper.add_paragraph("Send the file with your other documents.")
        return
    [cell] = paper.add_table(rows=1, cols=1, style="Table Grid").rows[0].cells
    _shade(cell)
    shown = _legal(display(question, value)) if is_answered(value) else ""
    unit = f" {question.unit}" if question.unit else ""
    cell.text = f"{shown}{unit}" if shown or unit else ""


def _legal(words: object) -> str:
    """Without the control characters that no Word file can hold."""
    return "".join(c for c in str(words) if c in "\t\n" or unicodedata.category(c) not in {"Cc", "Cs"})


def _shade(cell: _Cell) -> None:
    fill = OxmlElement("w:shd")
    fill.set(qn("w:val"), "clear")
    fill.set(qn("w:fill"), SHADE)
    cell._tc.get_or_add_tcPr().append(fill)  # noqa: SLF001 - python-docx has no word for shading
