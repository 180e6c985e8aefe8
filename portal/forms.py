"""How Django draws our forms, and the words it uses when an answer will not do: always what to do, never "invalid"."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext as _

CHOICES = (forms.ChoiceField, forms.ModelChoiceField)
# By code and kind of field, the first that fits; anything else keeps the words its form gave.
ADVICE = (
    ("required", forms.FileField, "Choose a file"),
    ("required", forms.BooleanField, "Tick “%(label)s” to go on"),
    ("required", CHOICES, "Choose an answer to “%(label)s”"),
    ("invalid_choice", forms.Field, "Choose one of the answers offered"),
    ("invalid", forms.EmailField, "Enter an e-mail address like name@company.com"),
    ("invalid", forms.URLField, "Enter a web address like https://company.com"),
    ("invalid", (forms.DateField, forms.DateTimeField), "Enter a real date, like 2027-03-12"),
    ("invalid", forms.TimeField, "Enter a time like 14:30"),
    ("invalid", (forms.IntegerField, forms.DecimalField), "Enter %(name)s in digits"),
    ("max_length", forms.CharField, "Shorten this to %(limit_value)s characters: it has %(show_value)s"),
)


class Renderer(TemplatesSetting):
    """Every form and field of every page in the house's markup."""

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"


def problems(bound: forms.BoundField) -> list[str]:
    """What to do about each error of a field: the form's own words, or ours where Django's stock ones would stand."""
    return [_words(bound, error) for error in bound.errors.as_data()]


def _words(bound: forms.BoundField, error: ValidationError) -> str:
    if not _is_stock(bound.field, error):
        return error.messages[0]
    details = {"label": bound.label, "name": _inside_a_sentence(str(bound.label)), **(error.params or {})}
    for code, kind, advice in ADVICE:
        if error.code == code and isinstance(bound.field, kind):
            return _(advice) % details
    if error.code != "required":
        return error.messages[0]
    if str(bound.label).endswith("?"):
        return _("Answer “%(label)s”") % details
    return _("Enter %(name)s") % details


def _is_stock(field: forms.Field, error: ValidationError) -> bool:
    kinds = type(field).__mro__
    stock = {str(words) for kind in kinds for words in getattr(kind, "default_error_messages", {}).values()}
    stock |= {str(EmailValidator.message), str(URLValidator.message)}
    return str(error.message) in stock or error.code == "max_length"


def _inside_a_sentence(label: str) -> str:
    """Company name → company name, but VAT number and Salesforce stay as they are written."""
    first = label.split(" ", 1)[0]
    return label if first.isupper() or not first[1:].islower() else label[0].lower() + label[1:]
