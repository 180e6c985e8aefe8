"""Let one of InterWeave's people in. They add their second factor at the first sign-in; nothing opens before."""

from __future__ import annotations

import os
import secrets
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.timezone import now

from onboarding import errors, tenancy
from onboarding.actions import people
from onboarding.actors import STAFF_ROLES
from onboarding.models import User
from portal.accounts.entering import prove_address

PASSWORD_VARIABLE = "STAFF_PASSWORD"  # noqa: S105 - the variable's name


class Command(BaseCommand):
    help = (
        f"Adds one of InterWeave's people, or renews role, title and password of one. The password is read from "
        f"{PASSWORD_VARIABLE}; without it one is made up and printed once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=[role.value for role in STAFF_ROLES])
        parser.add_argument("--title", default="Technical Specialist")
        parser.add_argument("--back-office", action="store_true", help="may also open /admin/")

    def handle(self, *args: Any, **options: Any) -> None:
        given = os.environ.get(PASSWORD_VARIABLE, "")
        password = given or secrets.token_urlsafe(15)
        email, name = options["email"].strip().lower(), options["name"]
        try:
            password_validation.validate_password(password, User(email=email, name=name))
            with transaction.atomic(), tenancy.acting(staff=True):
                self._add(email, name, password, options)
        except (ValidationError, errors.BadInput) as refused:
            words = refused.messages if isinstance(refused, ValidationError) else refused.fields.values()
            raise CommandError(" ".join(words)) from refused
        self.stdout.write(f"{name} <{email}> can sign in as {options['role']}.")
        if not given:
            self.stdout.write(f"Password, shown once: {password}")

    def _add(self, email: str, name: str, password: str, options: dict[str, Any]) -> None:
        specialist = people.add_staff(
            name=name, email=email, password=password, role=options["role"], title=options["title"], at=now()
        )
        prove_address(specialist.user)
        if options["back_office"]:
            people.open_back_office(specialist.user_id)
