"""Twice is once: a POST is claimed first, in the transaction of its effect; a repeat gets the first reply, or is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from onboarding import errors
from onboarding.models import IdempotencyKey, Submission

KEPT = timedelta(days=2)  # no page is left open longer than its session
KEYS_KEPT = timedelta(days=1)  # a program gives up trying again long before
LONGEST_KEY = IdempotencyKey._meta.get_field("key").max_length or 0


class SentAlready(errors.Refused):
    """The very same form was taken a moment ago: a double press, or a page sent again by going back."""

    code = "sent_already"


@transaction.atomic
def claim_form(digest: str, *, at: datetime) -> None:
    """Take a page's form in, once; SentAlready when it was taken before. `digest` is the SHA-256 of all it sends.

    Call it inside the transaction of the effect: a refused form may be sent again, one under way is waited for.
    """
    try:
        with transaction.atomic():
            Submission.objects.create(digest=digest, created_at=at)
    except IntegrityError as error:
        raise SentAlready("It was sent twice and is done once.") from error


@transaction.atomic
def forget_forms(*, at: datetime) -> int:
    """Drop what no open page can send again; returns how many."""
    return Submission.objects.filter(created_at__lt=at - KEPT).delete()[0]


@transaction.atomic
def forget_keys(*, at: datetime) -> int:
    """Drop the keys, and the replies beside them, that are older than a day; returns how many.

    The same key then counts as a new one.
    """
    return IdempotencyKey.objects.filter(created_at__lt=at - KEYS_KEPT).delete()[0]


@transaction.atomic
def claim(token_id: int, *, key: str, fingerprint: str, at: datetime) -> tuple[IdempotencyKey, bool]:
    """Claim a key for one request of this token; True with it when the request was answered before.

    `fingerprint` is the SHA-256 of what is asked. A request with the same key that is still under way is waited for
    (PostgreSQL: at the unique index; SQLite writes one at a time). Call it inside the transaction of the effect, so
    that a refused request frees its key. Raises BadInput for an unfit key, or one used for another request.
    """
    if not key.isprintable() or not key.isascii() or len(key) > LONGEST_KEY:
        words = f"An idempotency key is up to {LONGEST_KEY} visible ASCII characters."
        raise errors.BadInput(words, fields={"Idempotency-Key": words})
    try:
        with transaction.atomic():
            fields = {"body_sha256": fingerprint, "created_at": at}
            return IdempotencyKey.objects.create(token_id=token_id, key=key, **fields), False
    except IntegrityError:
        first = IdempotencyKey.objects.get(token_id=token_id, key=key)
    if first.body_sha256 != fingerprint:
        words = "This key was used for another request. Use a new key for each request."
        raise errors.BadInput(words, fields={"Idempotency-Key": words})
    return first, True


@transaction.atomic
def keep_reply(row: IdempotencyKey, *, status: int, reply: Any) -> None:
    """Store the first reply (JSON and its HTTP status) beside its key, for every repeat."""
    row.status, row.reply = status, reply
    row.save(update_fields=["status", "reply"])


@transaction.atomic
def free(row: IdempotencyKey) -> None:
    """Give the key of a request that was refused back: nothing happened, so it may be sent again."""
    row.delete()
