from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    """Django's admin, with our site in the place of its own."""

    default_site = "portal.accounts.back_office.BackOffice"
