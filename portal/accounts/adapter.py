"""How allauth does things here: no bare sign-up, our clock on re-authentication, mail that can fail politely."""

from __future__ import annotations

import time

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from onboarding import vault
from onboarding.actions import people
from onboarding.library import mailboxes
from onboarding.models import User
from portal.accounts.factors import needs_second_factor
from portal.middleware import client_ip

log = structlog.get_logger(__name__)
SEED = "second factor"
FRESH_SECONDS = 300
NOWHERE = "0.0.0.0"  # noqa: S104 - stands for an address the server did not tell, as behind a socket file
MAIL_REFUSED = _("We could not send the mail just now. Wait a minute, then ask for it again.")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from registering a company or from an invitation, never from a bare sign-up page."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("Check your e-mail address and password: together they do not sign in."),
        "incorrect_code": _("Check the code: it is not the one we sent. The newest mail counts."),
        "incorrect_password": _("Enter the password you signed in with."),
        "too_many_login_attempts": _("Wait five minutes: there were too many attempts. Or have a code sent to you."),
        "rate_limited": _("Wait a minute, then try again: there were too many attempts."),
        "email_taken": _("Enter another address: this one has an account already."),
        "enter_current_password": _("Enter the password you sign in with now."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No: /register/ and invitations are the ways in."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address rate limits count by: as many proxies are believed as the deployment says."""
        return client_ip(request) or NOWHERE

    def is_fresh(self, request: HttpRequest) -> bool:
        """True within five minutes of the last proof in this session, signing in included."""
        records = get_authentication_records(request, request.user)
        return bool(records) and time.time() - records[-1]["at"] < FRESH_SECONDS

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Not within five minutes of signing in: nobody types a password twice in a row."""
        return not self.is_fresh(self.request) and super().is_reauthentication_required(app=app, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        """A first sign-in by code: a password set before was typed by somebody who had not proven the address."""
        used = {record["method"] for record in get_authentication_records(request, user)}
        if user.last_login is None and used == {"code"} and not needs_second_factor(user):
            people.forget_password(user)
        super().login(request, user)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """A mail server that is away must not undo what the person did: they are told, and can ask again."""
        try:
            mailboxes.require(email)
            super().send_mail(template_prefix, email, context)
        except (OSError, ValidationError) as error:  # smtplib's errors are OSErrors
            log.warning("account_mail_refused", template=template_prefix, error=type(error).__name__)
            messages.error(self.request, MAIL_REFUSED)


class MFAAdapter(DefaultMFAAdapter):
    """Words of ours; whoever must have a second factor keeps at least one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("Enter the code your app shows now: this one did not fit."),
        "cannot_delete_authenticator": _("Add another way first: your work here needs a second factor."),
        "unverified_email": _("Confirm your e-mail address first: then a second factor can be added."),
    }

    def encrypt(self, text: str) -> str:
        """Seeds of authenticator apps and recovery codes are sealed at rest."""
        return vault.seal_text(SEED, text)

    def decrypt(self, encrypted_text: str) -> str:
        """Opened only to compare a code."""
        return vault.open_text(SEED, encrypted_text)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        """Passkey 1, Passkey 2 …"""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)d") % {"number": count + 1}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff may exchange their second factor, never go without one."""
        if not needs_second_factor(authenticator.user):
            return True
        factors = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return factors.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
