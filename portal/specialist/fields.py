"""The fields of the specialists' forms, each in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms

Choices = Iterable[tuple[Any, Any]] | Callable[[], Iterable[tuple[Any, Any]]]


def line(
    label: str, *, required: bool = True, hint: str = "", longest: int = 200, auto: str = "off"
) -> forms.CharField:
    """One line of text."""
    widget = forms.TextInput(attrs={"autocomplete": auto})
    return forms.CharField(label=label, required=required, help_text=hint, max_length=longest, widget=widget)


def text(label: str, *, required: bool = True, hint: str = "", rows: int = 3, longest: int = 5000) -> forms.CharField:
    """Several lines of text."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, help_text=hint, max_length=longest, widget=widget)


def day(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    """A day of the calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=hint, widget=widget)


def moment(label: str, *, hint: str = "") -> forms.DateTimeField:
    """A day and a time, in the zone the pages are shown in."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, help_text=hint, widget=widget)


def choice(label: str, choices: Choices, *, required: bool = True, hint: str = "") -> forms.ChoiceField:
    """One of a list."""
    return forms.ChoiceField(label=label, choices=choices, required=required, help_text=hint)


def radio(label: str, choices: Choices, *, required: bool = True) -> forms.ChoiceField:
    """One of a few, all in sight."""
    return forms.ChoiceField(label=label, choices=choices, required=required, widget=forms.RadioSelect)


def names(label: str, *, hint: str = "One name a line.", rows: int = 3) -> forms.CharField:
    """Several names, one a line; cleaned to a list."""
    return NamesField(label=label, help_text=hint, widget=forms.Textarea(attrs={"rows": rows}))


class NamesField(forms.CharField):
    def clean(self, value: str) -> list[str]:
        return [name.strip() for name in super().clean(value).replace(",", "\n").splitlines() if name.strip()]


def in_row(field: forms.Field, label: str, initial: Any) -> forms.Field:
    """A field as a cell of an editable table: optional, its label for screen readers alone."""
    field.label, field.required, field.initial = label, False, initial
    field.widget.attrs["aria-label"] = label
    return field


def row_id() -> forms.IntegerField:
    """The id of the row the form is about."""
    return forms.IntegerField(widget=forms.HiddenInput)


def hidden(*, required: bool = True) -> forms.CharField:
    """A value the page remembers."""
    return forms.CharField(required=required, widget=forms.HiddenInput)
