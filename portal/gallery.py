"""Every component in every state on one page: for those who build, and for the tests that photograph it."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from portal.gallery_samples import SAMPLES


class SampleForm(forms.Form):
    """One field of each kind the portal uses."""

    company = forms.CharField(label="Company name", help_text="Exactly as it is registered.")
    vat = forms.CharField(label="VAT number", required=False, help_text="Two letters and the digits after them.")
    email = forms.EmailField(label="Work e-mail", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    code = forms.CharField(
        label="Code from the e-mail", widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
    )
    scope = forms.CharField(label="What should be different in a year?", widget=forms.Textarea)
    system = forms.ChoiceField(label="Your CRM", choices=[("", "Choose one"), ("sf", "Salesforce"), ("cr", "Creatio")])
    deployment = forms.ChoiceField(
        label="Where does QuickBooks run?",
        help_text="Ask whoever installed it if you are not sure.",
        choices=[("cloud", "QuickBooks Online, in the cloud"), ("desktop", "QuickBooks Desktop, on our own machine")],
        widget=forms.RadioSelect(attrs={"class": "boxed"}),
    )
    flows = forms.MultipleChoiceField(
        label="Which flows do you want first?",
        choices=[("a", "Account to Customer"), ("b", "Opportunity to Invoice"), ("c", "Product to Item")],
        widget=forms.CheckboxSelectMultiple,
    )
    day = forms.DateField(label="When do you want to go live?", widget=forms.DateInput(attrs={"type": "date"}))
    records = forms.IntegerField(label="How many customers do you have?", required=False)
    diagram = forms.FileField(label="Network diagram", required=False, help_text="PDF, PNG or JPEG, up to 25 MB.")
    consents = forms.BooleanField(label="The meeting may be recorded")

    use_required_attribute = False


class PadForm(forms.Form):
    """What a signature is drawn into."""

    drawing = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"id": "pad"}))


def gallery(request: HttpRequest) -> HttpResponse:
    """The page itself; it exists only where people build or rehearse."""
    if not (settings.DEBUG or settings.REHEARSAL):
        raise Http404
    wrong = SampleForm(
        {"company": "", "email": "maria@acme", "deployment": "other", "day": "2027-02-30"}, auto_id="wrong_%s"
    )
    form = SampleForm(initial={"deployment": "cloud", "flows": ["a"], "company": "Acme Industrial Supplies Ltd"})
    return render(request, "gallery.html", {**SAMPLES, "sample_form": form, "wrong_form": wrong, "pad_form": PadForm()})
