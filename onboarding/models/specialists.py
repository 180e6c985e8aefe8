from __future__ import annotations

from django.conf import settings
from django.db import models


class Specialist(models.Model):
    """One of InterWeave's own people: a Technical Specialist, a lead, finance or an auditor."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="specialist")
    role = models.CharField(max_length=20)  # one of actors.STAFF_ROLES
    title = models.CharField(max_length=100, default="Technical Specialist")
    photo = models.CharField(max_length=100, blank=True)  # a file under static/img/people/
    working_hours = models.CharField(max_length=100, default="Mon to Fri, 9:00 to 17:00")
    time_zone = models.CharField(max_length=64, default="America/New_York")
    removed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.user.name
