"""People who can sign in: added, named anew, let in among InterWeave's staff."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from onboarding import errors
from onboarding.actors import STAFF_ROLES
from onboarding.models import Specialist, User

TAKEN = "This address has an account already. Sign in, or use another address."


@transaction.atomic
def add(*, name: str, email: str, password: str | None, time_zone: str, at: datetime) -> User:
    """A person with a password of their own (already checked) who belongs to no company yet.

    Raises BadInput when the address signs in already.
    """
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name.strip(), time_zone=time_zone, date_joined=at)
    except IntegrityError as taken:
        raise errors.BadInput(fields={"email": TAKEN}) from taken


@transaction.atomic
def renew(user_id: int, *, name: str, password: str) -> User:
    """A person whose address was never proven starts anew: whatever was typed under it before opens nothing."""
    user = User.objects.select_for_update().get(pk=user_id)
    user.name = name.strip()
    user.set_password(password)
    user.save(update_fields=["name", "password"])
    return user


@transaction.atomic
def forget_password(user: User) -> None:
    """No password opens this account any more; codes and passkeys do, until a new one is set."""
    user.set_unusable_password()
    user.save(update_fields=["password"])


@transaction.atomic
def describe(user_id: int, *, name: str, phone: str, time_zone: str) -> User:
    """Change what colleagues see of a person: name, phone, time zone."""
    user = User.objects.select_for_update().get(pk=user_id)
    user.name, user.phone, user.time_zone = name.strip(), phone.strip(), time_zone
    user.save(update_fields=["name", "phone", "time_zone"])
    return user


@transaction.atomic
def add_staff(
    *, name: str, email: str, password: str, role: str, title: str, at: datetime, photo: str = ""
) -> Specialist:
    """One of InterWeave's people. Run again for the same address it renews role, title, photo and password.

    `photo` is a file of static/img/people/.

    Raises BadInput for a role that staff cannot hold.
    """
    if role not in STAFF_ROLES:
        raise errors.BadInput(fields={"role": f"Choose one of {', '.join(STAFF_ROLES)}."})
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = add(name=name, email=email, password=password, time_zone="UTC", at=at)
    else:
        renew(user.pk, name=name, password=password)
    specialist, _ = Specialist.objects.update_or_create(
        user=user, defaults={"role": role, "title": title, "photo": photo, "removed_at": None}
    )
    return specialist


@transaction.atomic
def open_back_office(user_id: int) -> None:
    """Let a person into the back office (/admin/): it reads everything and can lock people out."""
    User.objects.filter(pk=user_id).update(is_staff=True, is_superuser=True)
