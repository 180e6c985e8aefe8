from __future__ import annotations

from django.db import models


class Submission(models.Model):
    """A form a page sent, once: inserted in the transaction of its effect, so that the same one again does nothing.

    `digest` is the SHA-256 of the person, the address, the page's token and every field and file; nothing else is kept.
    """

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_index=True)
