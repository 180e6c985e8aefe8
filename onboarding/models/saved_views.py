from __future__ import annotations

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """A named set of the board's filters that one of InterWeave's own people keeps, as the address says them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    asked = models.CharField(max_length=500)  # a query string, like health=red&mine=1
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_view_once_by_name")]

    def __str__(self) -> str:
        return self.name
