"""A questionnaire's section as a form: one field a question, saved by itself, with the version that was read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from onboarding import errors
from onboarding.library.questionnaires import Question
from onboarding.queries.questionnaires import Line, Sheet

LONGEST_VERSION = 9
YES_NO = [("yes", "Yes"), ("no", "No")]


class SectionForm(forms.Form):
    """Never refuses by itself: the action checks each answer, so half a section can be saved."""

    def __init__(self, *args: Any, sheet: Sheet, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet, self.kind = sheet, kind
        self.versions = {line.question.code: line.version for line in sheet.lines}
        for line in sheet.lines:
            self.fields[line.question.code] = self._field(line)

    def _field(self, line: Line) -> forms.Field:
        question = line.question
        # "How many people …? (people)" would say it twice.
        label = f"{question.label} ({question.unit_to_say})" if question.unit_to_say else question.label
        field = forms.Field(label=label, help_text=question.hint, widget=_widget(question), initial=_shown(line))
        field.required = False
        field.widget.is_required = False
        # Drawn as optional only where it is: whether it must be answered is asked at submission.
        field.is_optional = not question.required
        field.widget.attrs |= {
            "hx-post": reverse("customer:answer", args=[self.kind, question.code]),
            "hx-trigger": "change delay:600ms",
            "hx-target": f"#state-{question.code}",
            "hx-swap": "outerHTML",
            "hx-include": f"[name='{question.code}'],[name='version-{question.code}']",
        }
        return field

    def given(self, name: str) -> Any:
        """What was sent for a question, as the action takes it."""
        question = next(line.question for line in self.sheet.lines if line.question.code == name)
        value = self.fields[name].widget.value_from_datadict(self.data, self.files, name)
        if question.type == "yes_no":
            return {"yes": True, "no": False}.get(value, value)
        return value

    def version(self, name: str) -> int | None:
        """The version this page was drawn from."""
        sent = self.data.get(f"version-{name}", "")
        return int(sent) if sent.isdecimal() and len(sent) <= LONGEST_VERSION else None

    def show_theirs(self, name: str, refusal: errors.Stale) -> None:
        """Somebody else answered meanwhile: theirs is shown, what was typed stays, saving again decides."""
        self.versions[name] = refusal.data["version"]
        theirs = refusal.data["value"]
        words = f"{refusal.data['by']} answered “{theirs}” meanwhile. Save again to keep your answer instead."
        self.add_error(name, words)

    def rows(self) -> list[dict[str, Any]]:
        """Each field with its version and its reviewer's note, for the template."""
        return [
            {
                "field": self[line.question.code],
                "name": line.question.code,
                "version": self.versions[line.question.code],
                "note": line.review_note if line.needs_revision else "",
                "saved_at": line.at,
                "by": line.by,
            }
            for line in self.sheet.lines
        ]


def _shown(line: Line) -> Any:
    if line.question.type == "yes_no":
        return {True: "yes", False: "no"}.get(line.value)
    return line.value


def _widget(question: Question) -> forms.Widget:
    choices = [(choice.value, choice.label) for choice in question.choices]
    widgets: dict[str, forms.Widget] = {
        "long_text": forms.Textarea(attrs={"rows": 4, "maxlength": question.max_length}),
        "choice": forms.RadioSelect(choices=choices),
        "multi_choice": forms.CheckboxSelectMultiple(choices=choices),
        "yes_no": forms.RadioSelect(choices=YES_NO),
        "number": forms.TextInput(attrs={"inputmode": "numeric", "class": "number"}),
        "date": forms.DateInput(attrs={"type": "date"}),
        "email": forms.EmailInput(),
        "url": forms.URLInput(),
    }
    return widgets.get(question.type) or forms.TextInput(attrs={"maxlength": question.max_length})
