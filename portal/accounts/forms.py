"""Registering, joining, one's own profile: what is asked, and how it is checked before an action sees it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from onboarding.actions.companies import Details
from onboarding.library import tax_ids
from onboarding.library.solutions import SOLUTIONS
from onboarding.models import User
from portal.accounts.countries import countries, currency_of, time_zones

UNKNOWN_TAX_HINT = _("What the number is called depends on the country: EIN, VAT number, ABN …")
DEPLOYMENTS = [("cloud", _("In the cloud")), ("on_premises", _("On our own servers"))]
PASSWORD_HINT = _("At least 12 characters. A few words in a row are easier to keep than signs and digits.")


def _completing(token: str, **more: str) -> dict[str, str]:
    return {"autocomplete": token, **more}


class PasswordMixin(forms.Form):
    """A new password, checked by Django's validators against the rest of the form."""

    password = forms.CharField(
        label=_("Password"),
        help_text=PASSWORD_HINT,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs=_completing("new-password")),
    )

    def person(self) -> User:
        """Whose password it will be: it must not resemble their name or address."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if password := given.get("password"):
            try:
                password_validation.validate_password(password, self.person())
            except ValidationError as refused:
                self.add_error("password", refused)
        return given


class RegisterForm(PasswordMixin):
    """“New Company? Please Register Here”: the company, its systems, and the person who registers it."""

    name = forms.CharField(label=_("Company name"), max_length=200, widget=forms.TextInput(_completing("organization")))
    legal_name = forms.CharField(
        label=_("Legal name"), max_length=200, help_text=_("As your register and your contracts have it.")
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=[], error_messages={"required": _("Choose your company's country")}
    )
    registration_number = forms.CharField(
        label=_("Registration number"), max_length=60, help_text=_("From the company register, for example HRB 12345.")
    )
    tax_id = forms.CharField(label=_("Tax number"), max_length=60, required=False, help_text=UNKNOWN_TAX_HINT)
    street = forms.CharField(
        label=_("Street and number"), max_length=200, widget=forms.TextInput(_completing("street-address"))
    )
    city = forms.CharField(label=_("City"), max_length=100, widget=forms.TextInput(_completing("address-level2")))
    region = forms.CharField(
        label=_("State or region"), max_length=100, required=False,
        widget=forms.TextInput(_completing("address-level1")),
    )  # fmt: skip
    postal_code = forms.CharField(
        label=_("Postal code"), max_length=20, required=False, widget=forms.TextInput(_completing("postal-code"))
    )
    website = forms.URLField(
        label=_("Website"), max_length=200, required=False, assume_scheme="https",
        widget=forms.URLInput(_completing("url")),
    )  # fmt: skip
    solution = forms.ChoiceField(
        label=_("Which systems shall we connect?"), widget=forms.RadioSelect(attrs={"class": "boxed"}),
        choices=[(one.code, one.name) for one in SOLUTIONS], initial=SOLUTIONS[0].code if len(SOLUTIONS) == 1 else None,
    )  # fmt: skip
    deployment = forms.ChoiceField(
        label=_("Where do your systems run?"), widget=forms.RadioSelect,
        choices=DEPLOYMENTS, initial="cloud",
    )  # fmt: skip
    owner_name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(_completing("name")))
    owner_email = forms.EmailField(
        label=_("Your e-mail address"), max_length=254, help_text=_("Your address at the company. We send a code to it."),
        widget=forms.EmailInput(_completing("email")),
    )  # fmt: skip
    time_zone = forms.ChoiceField(
        label=_("Your time zone"), choices=[], help_text=_("Dates and meetings are shown in it.")
    )
    field_order = [
        "name",
        "legal_name",
        "country",
        "registration_number",
        "tax_id",
        "street",
        "city",
        "region",
        "postal_code",
        "website",
        "solution",
        "deployment",
        "owner_name",
        "owner_email",
        "password",
        "time_zone",
    ]
    SECTIONS = (
        (_("Your company"), field_order[:10]),
        (_("Your systems"), field_order[10:12]),
        (_("You"), field_order[12:]),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        country.choices = [("", _("Choose a country")), *countries()]
        country.widget.attrs |= {
            "autocomplete": "country",
            "hx-get": reverse_lazy("tax_number_hint"),
            "hx-target": "#id_tax_id_helptext",
            "hx-trigger": "change",
        }
        self.fields["time_zone"].choices = time_zones()
        self.fields["time_zone"].widget.attrs["data-guess-zone"] = True
        if self.is_bound:
            self.fields["tax_id"].help_text = tax_hint(self.data.get("country", ""))

    def person(self) -> User:
        return User(name=self.cleaned_data.get("owner_name", ""), email=self.cleaned_data.get("owner_email", ""))

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their three headings."""
        return [(str(title), [self[name] for name in names]) for title, names in self.SECTIONS]

    def details(self) -> Details:
        """What the action keeps of the company."""
        given = {name: self.cleaned_data[name] for name in Details.__dataclass_fields__ if name in self.cleaned_data}
        return Details(**given, currency=currency_of(given["country"]))


def tax_hint(country: str) -> str:
    """What the tax number is called in a country the form offers, and how it is written."""
    if country not in dict(countries()):
        return str(UNKNOWN_TAX_HINT)
    name = dict(countries())[country]
    return _("In %(country)s: %(word)s.") % {"country": name, "word": tax_ids.hint(country)}


class AccountForm(PasswordMixin):
    """A new person: for those who ask to join a company that is here already."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(_completing("name")))
    email = forms.EmailField(
        label=_("Your e-mail address"), max_length=254, help_text=_("We send a code to it first."),
        widget=forms.EmailInput(_completing("email")),
    )  # fmt: skip
    field_order = ("name", "email", "password")

    def person(self) -> User:
        return User(name=self.cleaned_data.get("name", ""), email=self.cleaned_data.get("email", ""))


class AskForm(forms.Form):
    """What the company's owners read beside the name."""

    message = forms.CharField(
        label=_("A word to the owner"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They see your name and address, and decide."),
    )  # fmt: skip


class JoinForm(PasswordMixin):
    """An invited person without an account: the link proved the address."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(_completing("name")))
    field_order = ("name", "password")

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def person(self) -> User:
        return User(name=self.cleaned_data.get("name", ""), email=self.email)


class ProfileForm(forms.Form):
    """What colleagues and InterWeave see of a person."""

    name = forms.CharField(label=_("Name"), max_length=150, widget=forms.TextInput(_completing("name")))
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(_completing("tel", type="tel"))
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=[], help_text=_("Dates and meetings are shown in it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = time_zones()
