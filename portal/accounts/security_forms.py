"""allauth's forms in the house's words: labels people use, hints in a line, no words inside the boxes."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as factors
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.forms import PASSWORD_HINT

LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "oldpassword": _("Password you use now"),
    "password1": _("New password"),
    "password2": _("New password once more"),
    "code": _("Code"),
    "name": _("Name, to tell it from others"),
    "passwordless": _("Sign in with it instead of a password"),
}
HINTS = {"password1": PASSWORD_HINT, "passwordless": _("Your device then asks for your fingerprint, face or PIN.")}


class PlainMixin(forms.Form):
    """Our labels and hints on a form of allauth's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            field.help_text = HINTS.get(name, field.help_text)


class LoginForm(PlainMixin, account.LoginForm):
    pass


class AddEmailForm(PlainMixin, account.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail address")


class ChangePasswordForm(PlainMixin, account.ChangePasswordForm):
    pass


class SetPasswordForm(PlainMixin, account.SetPasswordForm):
    pass


class ResetPasswordForm(PlainMixin, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(PlainMixin, account.ResetPasswordKeyForm):
    pass


class RequestLoginCodeForm(PlainMixin, account.RequestLoginCodeForm):
    pass


class ConfirmLoginCodeForm(PlainMixin, account.ConfirmLoginCodeForm):
    pass


class ConfirmEmailForm(PlainMixin, account.ConfirmEmailVerificationCodeForm):
    pass


class ReauthenticateForm(PlainMixin, account.ReauthenticateForm):
    pass


class AuthenticateForm(PlainMixin, factors.AuthenticateForm):
    pass


class ReauthenticateFactorForm(PlainMixin, factors.ReauthenticateForm):
    pass


class ActivateTOTPForm(PlainMixin, totp.ActivateTOTPForm):
    pass


class AddWebAuthnForm(PlainMixin, webauthn.AddWebAuthnForm):
    """A passkey signs in by itself unless its owner says otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class EditWebAuthnForm(PlainMixin, webauthn.EditWebAuthnForm):
    pass
