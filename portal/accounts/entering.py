"""From “this person is known” to “this person is signed in”: allauth's stages, with the mailed code where it is due."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.account.models import EmailAddress, Login
from django.http import HttpRequest, HttpResponse

from onboarding.models import User


def enter(request: HttpRequest, user: User, *, to: str = "/", is_new: bool = False) -> HttpResponse:
    """Sign in a person who just typed their password and go to `to`; an unproven address gets a code first."""
    login = Login(user=user, email=user.email, redirect_url=to, signup=is_new)
    return perform_password_login(request, {"email": user.email}, login)


def address_is_proven(user: User) -> bool:
    """True when this person once answered a mail sent to their address."""
    return EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()


def prove_address(user: User) -> None:
    """The address is the person's: they opened the link that was mailed to it."""
    sync_user_email_address(user)
    address = EmailAddress.objects.get_for_user(user, user.email)
    address.set_verified()
    address.set_as_primary(conditional=True)
