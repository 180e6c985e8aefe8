"""Bring the database up to date as its owner, then put row-level security and roles in place. One process for both."""

import os

import django
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("secure_database", verbosity=0)


if __name__ == "__main__":
    main()
