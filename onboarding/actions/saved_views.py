"""Named sets of filters on the board: each belongs to the one who keeps it, and to nobody else."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from onboarding import errors
from onboarding.actors import Actor
from onboarding.models import SavedView, User

MOST = 20
LONGEST_NAME, LONGEST_ADDRESS = 60, 500


@transaction.atomic
def save(*, name: str, asked: str, by: Actor, at: datetime) -> SavedView:
    """Keep the filters `asked` (a query string) under a name; the same name again replaces what it stood for.

    BadInput without a name, without a filter, or with 20 views kept already; NotYours unless staff.
    """
    user = _keeper(by)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise errors.BadInput(fields={"name": f"Enter a name of up to {LONGEST_NAME} characters"})
    if not asked or len(asked) > LONGEST_ADDRESS:
        raise errors.BadInput(fields={"name": "Choose a filter first: there is nothing to keep"})
    kept = SavedView.objects.filter(user=user)
    if kept.exclude(name=name).count() >= MOST:
        raise errors.BadInput(fields={"name": f"You keep {MOST} views already: remove one first"})
    view, _ = kept.update_or_create(name=name, defaults={"asked": asked, "saved_at": at}, create_defaults={
        "user": user, "name": name, "asked": asked, "saved_at": at})  # fmt: skip
    return view


@transaction.atomic
def remove(view_id: int, *, by: Actor) -> None:
    """Forget one's own view; NotFound when it is somebody else's or gone."""
    gone, _ = SavedView.objects.filter(pk=view_id, user=_keeper(by)).delete()
    if not gone:
        raise errors.NotFound


def _keeper(by: Actor) -> User:
    """The person behind the actor, locked, so that two saves at once count each other."""
    if not by.is_staff or by.user_id is None:
        raise errors.NotYours("Views of the board are kept by InterWeave's own people.")
    return User.objects.select_for_update(of=("self",)).get(pk=by.user_id)
