from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from onboarding import tenancy
from onboarding.models import Engagement, Event
from onboarding.queries import audit


class Command(BaseCommand):
    help = "Recomputes every engagement's chain of events; fails naming the first broken event of each."

    def handle(self, *args: Any, **options: Any) -> None:
        with tenancy.acting(staff=True), transaction.atomic():
            engagements = list(Engagement.objects.order_by("pk"))
            found = [f"- {one.reference}: {words}" for one in engagements if (words := audit.broken(one))]
            count = Event.objects.count()
        if found:
            raise CommandError(f"{len(found)} of {len(engagements)} chains are broken:\n" + "\n".join(found))
        self.stdout.write(f"All {len(engagements)} chains are whole: {count} events.")
