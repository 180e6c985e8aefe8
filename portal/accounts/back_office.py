"""The back office: Django's admin for superusers only, entered through the portal's own sign-in."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


class BackOffice(AdminSite):
    """Never asks for a password itself: allauth's sign-in has the rate limits and the second factor."""

    site_header = "InterWeave back office"
    site_title = "InterWeave back office"
    index_title = "Back office"
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: type[ModelAdmin] | None = None, **options: Any) -> None:
        """Our own tables only: those of other apps would show the seeds of authenticator apps."""
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        ours = [model for model in models if model._meta.app_label == "onboarding"]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Superusers; that they proved a second factor was seen to before (accounts.middleware)."""
        return request.user.is_active and request.user.is_superuser

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the portal's sign-in; somebody signed in who may not enter is told so, not asked again."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The portal's own page: it has the limits, the hints and the mail that tells of the change."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Out of the portal as a whole, to its sign-in."""
        logout(request)
        return HttpResponseRedirect(reverse("account_login"))
