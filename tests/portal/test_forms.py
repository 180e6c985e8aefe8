"""Words that say what to do, at the field and in the summary alike."""

import pytest
from django import forms
from django.template.loader import render_to_string

from portal.forms import problems


class Answers(forms.Form):
    company = forms.CharField(label="Company name", max_length=5)
    vat = forms.CharField(label="VAT number")
    why = forms.CharField(label="Why now?")
    email = forms.EmailField(label="Work e-mail")
    day = forms.DateField(label="Go-live date")
    count = forms.IntegerField(label="Number of customers")
    system = forms.ChoiceField(label="Your CRM", choices=[("sf", "Salesforce")])
    diagram = forms.FileField(label="Network diagram")
    consents = forms.BooleanField(label="May be recorded")
    named = forms.CharField(label="Name", error_messages={"required": "Enter the name as it is in your passport"})


def said(sent: dict) -> dict[str, list[str]]:
    form = Answers(sent)
    return {field.name: problems(field) for field in form if field.errors}


def test_what_is_missing_is_asked_for():
    assert said({}) == {
        "company": ["Enter company name"],
        "vat": ["Enter VAT number"],
        "why": ["Answer “Why now?”"],
        "email": ["Enter work e-mail"],
        "day": ["Enter go-live date"],
        "count": ["Enter number of customers"],
        "system": ["Choose an answer to “Your CRM”"],
        "diagram": ["Choose a file"],
        "consents": ["Tick “May be recorded” to go on"],
        "named": ["Enter the name as it is in your passport"],
    }


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("company", "Acme Ltd", "Shorten this to 5 characters: it has 8"),
        ("email", "maria@", "Enter an e-mail address like name@company.com"),
        ("day", "30 Feb", "Enter a real date, like 2027-03-12"),
        ("count", "many", "Enter number of customers in digits"),
        ("system", "sap", "Choose one of the answers offered"),
    ],
)
def test_what_will_not_do_says_what_would(name, value, words):
    assert said({name: value})[name] == [words]


def test_summary_and_field_say_the_same():
    form = Answers({})
    page = render_to_string("layouts/form.html", {"form": form}) + str(form)

    assert "<title>Error: " in page
    assert page.count("Choose a file") == 2
    assert '<a href="#id_diagram">Choose a file</a>' in page
    assert 'aria-describedby="id_diagram_error"' in page


def test_a_group_of_choices_is_reached_at_its_first():
    class Group(forms.Form):
        flows = forms.MultipleChoiceField(label="Flows", choices=[("a", "A")], widget=forms.CheckboxSelectMultiple)

    form = Group({})
    drawn = render_to_string("layouts/form.html", {"form": form}) + str(form)

    assert '<a href="#id_flows_0">' in drawn
    assert 'id="id_flows_0"' in drawn
    assert '<fieldset aria-describedby="id_flows_error">' in drawn
