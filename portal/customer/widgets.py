"""How a question is asked on a page: an input, a table whose rows come and go by buttons, or files.

Everything works by plain posts: `more` asks for one more row of a table, `less` takes a row away (`measures-2`), `drop`
takes a file away (`shots:<uuid>`). With script the same buttons only change their own question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from onboarding import file_policy
from onboarding.library import questionnaires as library
from onboarding.library.questionnaires import Question
from onboarding.models import Document
from portal import files

Sent = Mapping[str, Document]  # by uuid
YES_NO = [("yes", "Yes"), ("no", "No")]
NOTHING = [("", "Choose")]
WIDE = 100  # characters: more than half a line takes
MORE, LESS, DROP = "more", "less", "drop"


def of(question: Question) -> forms.Widget:
    """The widget of a question that has one value, or several of a few."""
    choices = [(choice.value, choice.label) for choice in question.choices]
    found: dict[str, forms.Widget] = {
        "long_text": forms.Textarea(attrs={"rows": 4, "maxlength": question.max_length}),
        "choice": forms.RadioSelect(choices=choices),
        "multi_choice": forms.CheckboxSelectMultiple(choices=choices),
        "yes_no": forms.RadioSelect(choices=YES_NO),
        "number": forms.TextInput(
            attrs={"inputmode": "decimal" if question.decimals else "numeric", "class": "number"}
        ),
        "date": forms.DateInput(attrs={"type": "date"}),
        "email": forms.EmailInput(),
        "url": forms.URLInput(),
    }
    return found.get(question.type) or forms.TextInput(attrs={"maxlength": question.max_length})


def saves_itself(url: str, code: str, *, what: str) -> dict[str, str]:
    """htmx attributes of an input that is sent when it changes; `what` selects its inputs."""
    return {
        "hx-post": url,
        "hx-trigger": "change delay:600ms",
        "hx-target": f"#state-{code}",
        "hx-swap": "outerHTML",
        "hx-include": f"{what},[name='version-{code}']",
    }


def in_words(question: Question, value: Any, sent: Sent) -> str:
    """A stored answer on one line: files by their names."""
    if question.type == "file":
        return ", ".join(sent[one].file_name if one in sent else "a file" for one in value or ())
    shown = library.display(question, value)
    return "; ".join(shown) if isinstance(shown, list) else shown


class Rows(forms.Widget):
    """A table as one group of inputs a row. Its value is a list of rows, each a dictionary by column."""

    template_name = "customer/widgets/rows.html"
    use_fieldset = True

    def __init__(self, question: Question, *, url: str, has_more: bool) -> None:
        super().__init__()
        self.question, self.url, self.has_more = question, url, has_more

    def value_from_datadict(self, data: QueryDict, files: MultiValueDict, name: str) -> list[dict[str, str]]:
        """The rows that hold something, in the order of their numbers, without the one to be taken away."""
        cells = re.compile(rf"{re.escape(name)}-(\d{{1,4}})-({'|'.join(c.code for c in self.question.columns)})")
        rows: dict[int, dict[str, str]] = {}
        for key in data:
            if found := cells.fullmatch(key):
                rows.setdefault(int(found[1]), {})[found[2]] = data[key]
        gone = data.get(LESS, "").removeprefix(f"{name}-")
        return [
            row for number, row in sorted(rows.items()) if str(number) != gone and any(map(str.strip, row.values()))
        ]

    def value_omitted_from_data(self, data: QueryDict, files: MultiValueDict, name: str) -> bool:
        return not any(key.startswith(f"{name}-") for key in data)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = list(value or [])
        blank = max(1, self.question.min_rows) - len(rows) if not self.has_more else 1
        if len(rows) < self.question.max_rows:
            rows += [{}] * max(0, blank)
        context["widget"] |= {
            "question": self.question,
            "rows": [
                self._row(name, number, row, is_new=self.has_more and number == len(rows) - 1 and not row)
                for number, row in enumerate(rows)
            ],
            "may_grow": len(rows) < self.question.max_rows,
            "url": self.url,
        }
        return context

    def _row(self, name: str, number: int, row: Mapping[str, Any], *, is_new: bool) -> dict[str, Any]:
        """The row that was asked for takes the focus."""
        cells = [
            self._cell(f"{name}-{number}", column, row.get(column.code), is_focused=is_new and not place)
            for place, column in enumerate(self.question.columns)
        ]
        return {"name": f"{name}-{number}", "cells": cells, "is_empty": not row}

    def _cell(self, prefix: str, column: Question, value: Any, *, is_focused: bool) -> dict[str, Any]:
        name = f"{prefix}-{column.code}"
        widget = _cell_widget(column)
        if isinstance(value, bool):
            value = "yes" if value else "no"
        is_hinted = column.hint and prefix.endswith("-0")  # said once, at the first row
        attrs = {"id": f"id_{name}"} | ({"aria-describedby": f"id_{name}_hint"} if is_hinted else {})
        if is_focused:
            attrs["autofocus"] = ""
        unit = f" ({column.unit_to_say})" if column.unit_to_say else ""
        return {
            "id": attrs["id"],
            "label": f"{column.label}{unit}",
            "hint": column.hint if is_hinted else "",
            "is_optional": not column.required,
            "is_wide": column.type in {"text", "url"} and column.max_length > WIDE,
            "input": widget.render(name, value, attrs),
        }


def _cell_widget(column: Question) -> forms.Widget:
    """Lists instead of radio buttons: a row stays low."""
    if column.type == "choice":
        return forms.Select(choices=NOTHING + [(choice.value, choice.label) for choice in column.choices])
    return forms.Select(choices=NOTHING + YES_NO) if column.type == "yes_no" else of(column)


class Files(forms.Widget):
    """Files of an answer: those that are there, and an input for more. Its value is a list of uuids."""

    template_name = "customer/widgets/files.html"
    needs_multipart_form = True

    def __init__(self, question: Question, *, url: str, sent: Sent) -> None:
        super().__init__()
        self.question, self.url, self.sent = question, url, sent
        self.kept: list[str] | None = None  # once it was saved

    def value_from_datadict(self, data: QueryDict, files: MultiValueDict, name: str) -> list[str]:
        """The files kept; a new one is first taken in, then added by the page."""
        gone = data.get(DROP, "").removeprefix(f"{name}:")
        return [one for one in data.getlist(f"kept-{name}") if one != gone]

    def value_omitted_from_data(self, data: QueryDict, files: MultiValueDict, name: str) -> bool:
        return f"kept-{name}" not in data and name not in files

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        value = value if self.kept is None else self.kept
        there = [self.sent[one] for one in value or () if one in self.sent]
        context["widget"] |= {
            "there": [_drawn(one) for one in there],
            "may_grow": len(there) < self.question.most,
            "accept": ",".join(f".{ending}" for ending in file_policy.CONTENT_TYPES),
            "url": self.url,
            "code": self.question.code,
        }
        return context


def _drawn(document: Document) -> dict[str, Any]:
    words, tone = files.SCANS[document.scan]
    url = reverse("customer:document", args=[document.uuid]) if document.is_ready else ""
    return {"uuid": str(document.uuid), "name": document.file_name, "size": document.size, "scan": words, "tone": tone,
            "url": url}  # fmt: skip
