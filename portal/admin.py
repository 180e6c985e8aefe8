"""The back office's tables: to look things up. Work is done in the portal, where the rules and the events are."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet, URLField
from django.http import HttpRequest

from onboarding.models import Company, Engagement, Event, Member, Message, Specialist, User, WebhookDelivery


class ReadOnly(admin.ModelAdmin):
    """Shown, never added, changed or deleted. `hidden` fields are not even read from the database."""

    hidden: tuple[str, ...] = ()
    show_full_result_count = False
    actions = None
    formfield_overrides: ClassVar = {URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return self.hidden

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer(*self.hidden)


@admin.register(Company)
class CompanyAdmin(ReadOnly):
    hidden = ("data_key",)
    list_display = ("name", "legal_name", "country", "state", "created_at")
    list_filter = ("state", "country")
    search_fields = ("name", "legal_name", "registration_number", "mail_domain")


@admin.register(Member)
class MemberAdmin(ReadOnly):
    list_display = ("user", "company", "roles", "joined_at", "removed_at")
    list_select_related = ("user", "company")
    search_fields = ("user__email", "user__name", "company__name")


@admin.register(Specialist)
class SpecialistAdmin(ReadOnly):
    list_display = ("user", "role", "title", "removed_at")
    list_select_related = ("user",)


@admin.register(User)
class UserAdmin(ReadOnly):
    """A name can be put right and a person locked out; everything else they do themselves."""

    hidden = ("password", "groups", "user_permissions")
    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "name")
    editable = ("name", "is_active")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        fields = [field.name for field in User._meta.fields]
        return [name for name in fields if name not in {*self.editable, *self.hidden}]


@admin.register(Engagement)
class EngagementAdmin(ReadOnly):
    hidden = ("status",)
    list_display = ("reference", "company", "step", "waiting_for", "waiting_since", "specialist")
    list_select_related = ("company", "specialist__user")
    list_filter = ("step", "waiting_for")
    search_fields = ("reference", "company__name")


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = ("engagement", "number", "kind", "at", "step")
    list_select_related = ("engagement",)
    list_filter = ("kind",)
    search_fields = ("engagement__reference",)
    ordering = ("-at",)


@admin.register(Message)
class MessageAdmin(ReadOnly):
    """Text and link stay hidden: a link may be an invitation's door."""

    hidden = ("text", "path")
    list_display = ("kind", "to", "subject", "company", "state", "queued_at", "attempts")
    list_select_related = ("company",)
    list_filter = ("state", "kind")
    search_fields = ("to", "company__name")


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly):
    """What vendors told us, and what became of it: a recording of no meeting of ours is found here."""

    list_display = ("provider", "event", "object_id", "received_at", "state", "outcome")
    list_filter = ("provider", "event", "state")
    search_fields = ("object_id", "outcome")
