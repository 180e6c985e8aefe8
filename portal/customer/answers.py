"""A questionnaire's section as a form: one field a question, saved by itself, with the version that was read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse

from onboarding import errors, file_policy
from onboarding.library.questionnaires import Question
from onboarding.models import Answer, Document
from onboarding.queries.questionnaires import Line, Sheet
from portal.customer import widgets

LONGEST_VERSION = 9


class AnswerField(forms.Field):
    """Shows what is kept, where the page that was sent had no such question."""

    is_sent = True

    def bound_data(self, data: Any, initial: Any) -> Any:
        return super().bound_data(data, initial) if self.is_sent else initial


class SectionForm(forms.Form):
    """Never refuses by itself: the action checks each answer, so half a section can be saved.

    `sent` are the files of its answers by uuid, `more` names the table that shows one more empty row.
    """

    def __init__(
        self,
        *args: Any,
        sheet: Sheet,
        kind: str,
        sent: dict[str, Document] | None = None,
        more: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sheet, self.kind, self.sent, self.more = sheet, kind, {} if sent is None else sent, more
        self.theirs: dict[str, str] = {}  # what somebody else answered meanwhile, in words
        self.questions = {line.question.code: line.question for line in sheet.lines}
        self.versions = {line.question.code: line.version for line in sheet.lines}
        for line in sheet.lines:
            self.fields[line.question.code] = self._field(line)

    def _field(self, line: Line) -> forms.Field:
        question = line.question
        # "How many people …? (people)" would say it twice.
        label = f"{question.label} ({question.unit_to_say})" if question.unit_to_say else question.label
        field = AnswerField(label=label, help_text=_hint(question), widget=self._widget(question), initial=_shown(line))
        field.required, field.disabled = False, line.is_accepted
        field.is_sent = not self.is_bound or self.is_sent(question.code)
        field.widget.is_required = False
        # Drawn as optional only where it is: whether it must be answered is asked at submission.
        field.is_optional = not question.required
        return field

    def _widget(self, question: Question) -> forms.Widget:
        url = reverse("customer:answer", args=[self.kind, question.code])
        if question.type == "table":
            return widgets.Rows(question, url=url, has_more=self.more == question.code)
        if question.type == "file":
            return widgets.Files(question, url=url, sent=self.sent)
        widget = widgets.of(question)
        widget.attrs |= widgets.saves_itself(url, question.code, what=f"[name='{question.code}']")
        return widget

    def is_sent(self, name: str) -> bool:
        """True when the page that was sent had this question: its version, or something for it."""
        return (
            not {f"version-{name}", f"kept-{name}", name}.isdisjoint(self.data)
            or name in self.files
            or any(key.startswith(f"{name}-") for key in self.data)
        )

    def given(self, name: str) -> Any:
        """What was sent for a question, as the action takes it."""
        value = self.fields[name].widget.value_from_datadict(self.data, self.files, name)
        if self.questions[name].type == "yes_no":
            return {"yes": True, "no": False}.get(value, value)
        return value

    def version(self, name: str) -> int | None:
        """The version this page was drawn from."""
        sent = self.data.get(f"version-{name}", "")
        return int(sent) if sent.isdecimal() and len(sent) <= LONGEST_VERSION else None

    def show_theirs(self, name: str, refusal: errors.Stale) -> None:
        """Somebody else answered meanwhile: theirs is shown, what was typed stays, saving again decides."""
        self.versions[name] = refusal.data["version"]
        value = widgets.in_words(self.questions[name], refusal.data["value"], self.sent)
        self.theirs[name] = f"{refusal.data['by']} answered “{value}” meanwhile."
        self.add_error(name, f"{self.theirs[name]} Save again to keep your answer instead.")

    def show_kept(self, name: str, saved: Answer) -> None:
        """This answer is kept, whatever becomes of the others: sent again it is no other one."""
        self.versions[name] = saved.version
        widget = self.fields[name].widget
        if isinstance(widget, widgets.Files):
            widget.kept = saved.value

    def rows(self) -> list[dict[str, Any]]:
        """Each field with its version and its reviewer's note, for the template."""
        return [
            {
                "field": self[line.question.code],
                "line": line,
                "name": line.question.code,
                "version": self.versions[line.question.code],
                "note": line.review_note if line.needs_revision else "",
                "saved_at": None if line.is_prefilled else line.at,
                "is_prefilled": line.is_prefilled,
                "by": line.by,
            }
            for line in self.sheet.lines
        ]


def _hint(question: Question) -> str:
    """The hint, what files may be sent, and who usually knows."""
    files = (
        f"{file_policy.WORDS}. Up to {settings.UPLOAD_LIMIT_BYTES // 2**20} MB each." if question.type == "file" else ""
    )
    knower = f"Usually known by {question.knower}." if question.knower else ""
    return " ".join(filter(None, [question.hint, files, knower]))


def _shown(line: Line) -> Any:
    if line.question.type == "yes_no":
        return {True: "yes", False: "no"}.get(line.value)
    return line.value
