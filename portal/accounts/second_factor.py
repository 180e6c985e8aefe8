"""Second factors: adding one proves it, so the session that adds one is not asked again; staff keep at least one."""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.accounts.factors import ENROLLED_KEY


class _Proves:
    request: HttpRequest

    def form_valid(self, form: BaseForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        self.request.session[ENROLLED_KEY] = self.request.user.pk
        return response


class ActivateTOTP(_Proves, ActivateTOTPView):
    """An authenticator app: its code was typed just now."""


class AddWebAuthn(_Proves, AddWebAuthnView):
    """A passkey or security key: it was touched just now."""


class RemoveWebAuthn(RemoveWebAuthnView):
    """allauth asks the adapter before it removes an app, but not before it removes a key."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        adapter = get_adapter()
        if adapter.can_delete_authenticator(self.object):
            return super().form_valid(form)
        messages.error(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
        return redirect("mfa_list_webauthn")
