"""What a visitor does at a door without an account: opens it by its button or by a code, signs, declines.

Opening the page spends nothing (mail scanners open links too). A browser that is in holds a secret of its own; whoever
comes in later by a code takes its place.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from onboarding import errors, outbox, tenancy
from onboarding.actions import doors, gates, messages, signing
from onboarding.actions.members import digest_of
from onboarding.actors import Actor
from onboarding.models import Agreement, Door, Engagement
from onboarding.queries import doors as queries
from onboarding.queries.doors import OPEN, State

CODE_LIFE = timedelta(minutes=10)
MOST_TRIES = 5  # of one code
BETWEEN_CODES = timedelta(seconds=30)
MOST_CODES = 10  # of one door: fifty guesses at a million, at most
IDENTIFIED = "e-mailed code at signing"
GONE = "This link leads nowhere. Check that you copied all of it, or ask whoever sent it for a new one."


@dataclass(frozen=True)
class Entry:
    """An attempt to come in: the browser's secret when it succeeded, else why not (empty: see the door's state)."""

    secret: str = ""
    words: str = ""


def by_link(secret: str) -> Door:
    """The door of a link, whatever became of it; NotFound for a link that was never made. Spends nothing."""
    digest = digest_of(secret)
    with tenancy.acting(token_digest=digest), transaction.atomic():
        found = Door.objects.filter(digest=digest).first()
    if found is None:
        raise errors.NotFound(GONE)
    return _with_all(found)


def by_session(door_id: int, secret: str) -> Door:
    """The door this very browser is in; NotFound when it is in no such door, or somebody came in after it."""
    digest = digest_of(secret)
    with tenancy.acting(token_digest=digest), transaction.atomic(), contextlib.suppress(OverflowError):
        if found := Door.objects.filter(pk=door_id, session_digest=digest).first():
            return _with_all(found)
    raise errors.NotFound(GONE)


def _with_all(door: Door) -> Door:
    """The door with what it leads to, read as its company."""
    with tenancy.acting(company_id=door.company_id), transaction.atomic():
        return _read().get(pk=door.pk)


def _read() -> Any:
    return Door.objects.select_related(
        "company", "engagement__company", "engagement__specialist__user", "signer__agreement__document",
        "signer__agreement__company", "invoice__document",
    )  # fmt: skip


def _locked(door: Door, by: Actor) -> tuple[Door, Engagement]:
    """The door as it is now, its engagement locked."""
    engagement = gates.locked(door.engagement_id, by)
    fresh = _read().get(pk=door.pk)
    fresh.engagement = engagement
    return fresh, engagement


def _seen(by: Actor) -> dict[str, str]:
    return {"ip": by.ip, "user_agent": by.user_agent}


@transaction.atomic
def enter(door: Door, *, by: Actor, at: datetime) -> Entry:
    """Spend the link: the first who presses its button is in. Anybody later is not, and the door's state says why."""
    fresh, engagement = _locked(door, by)
    state = queries.state_of(fresh, at=at)
    if state != State.WAITING:
        why = "opened before" if state == State.IN_USE else state.label
        _refuse(fresh, engagement, why, by=by, at=at)
        return Entry()
    return Entry(_let_in(fresh, engagement, how="link", by=by, at=at))


def _let_in(door: Door, engagement: Engagement, *, how: str, by: Actor, at: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    door.opened_at = door.opened_at or at
    door.session_digest, door.code_digest, door.code_expires_at = digest_of(secret), "", None
    door.save(update_fields=["opened_at", "session_digest", "code_digest", "code_expires_at"])
    outbox.record("door.opened", engagement, by=by, at=at, data=doors.facts(door) | {"how": how} | _seen(by))
    return secret


def _refuse(door: Door, engagement: Engagement, why: str, *, by: Actor, at: datetime) -> None:
    outbox.record("door.refused", engagement, by=by, at=at, data=doors.facts(door) | {"reason": why} | _seen(by))


@transaction.atomic
def send_code(door: Door, *, by: Actor, at: datetime) -> Door:
    """Mail six digits to the door's own address: ten minutes, five tries; an earlier code counts no more.

    Raises WrongState when the door is closed, or when codes were asked for too often.
    """
    fresh, engagement = _locked(door, by)
    _require_open(fresh, at=at)
    if fresh.code_sent_at and at < fresh.code_sent_at + BETWEEN_CODES:
        raise errors.WrongState(
            "A code went out a moment ago. Look into your mail; you can ask again in half a minute."
        )
    if fresh.codes_sent >= MOST_CODES:
        raise errors.WrongState(f"{MOST_CODES} codes went out for this link. Ask whoever sent it for a new one.")
    code = f"{secrets.randbelow(10**6):06d}"
    fresh.code_digest, fresh.code_expires_at, fresh.code_tries = _digest(fresh, code), at + CODE_LIFE, 0
    fresh.code_sent_at, fresh.codes_sent = at, fresh.codes_sent + 1
    fresh.save(update_fields=["code_digest", "code_expires_at", "code_tries", "code_sent_at", "codes_sent"])
    messages.send(
        company=engagement.company, engagement=engagement, kind="door.code", to=fresh.email,
        subject=f"Your code for {queries.names(fresh)}",
        text=f"The code is {code}. It counts for 10 minutes, on the page where you asked for it.\n\n"
        "Nobody from InterWeave asks you for it. If you did not ask for a code, ignore this mail.",
        key=f"door-code:{fresh.pk}:{fresh.codes_sent}", at=at,
    )  # fmt: skip
    outbox.record("door.code_sent", engagement, by=by, at=at, data=doors.facts(fresh) | _seen(by))
    return fresh


def _require_open(door: Door, *, at: datetime) -> None:
    if (state := queries.state_of(door, at=at)) not in OPEN:
        raise errors.WrongState(f"This link is closed: {state.label}.")


def _digest(door: Door, code: str) -> str:
    return salted_hmac("onboarding.door", f"{door.pk}:{code}", algorithm="sha256").hexdigest()


def is_code_out(door: Door, *, at: datetime) -> bool:
    """True while a code that was mailed can be entered."""
    return bool(door.code_digest) and door.code_expires_at is not None and at < door.code_expires_at


@transaction.atomic
def try_code(door: Door, *, code: str, by: Actor, at: datetime) -> str:
    """Empty for the code in force; else what is wrong with it, a try used up. Not a refusal: that would undo the count."""
    fresh, engagement = _locked(door, by)
    words = _wrong(fresh, "".join(code.split()), at=at)
    if words is None:
        return ""
    _refuse(fresh, engagement, "wrong code" if fresh.code_digest else "no code in force", by=by, at=at)
    return words


def _wrong(door: Door, code: str, *, at: datetime) -> str | None:
    if not door.code_digest:
        return "Ask for a code first."
    if not is_code_out(door, at=at):
        return "This code counted for 10 minutes and they are over. Ask for a new one."
    if door.code_tries >= MOST_TRIES:
        return "This code was tried five times. Ask for a new one."
    if constant_time_compare(_digest(door, code), door.code_digest):
        return None
    door.code_tries += 1
    door.save(update_fields=["code_tries"])
    left = MOST_TRIES - door.code_tries
    if not left:
        return "This is not the code we sent, and it was the last try. Ask for a new one."
    return f"This is not the code we sent. You have {left} {'try' if left == 1 else 'tries'} left."


@transaction.atomic
def enter_by_code(door: Door, *, code: str, by: Actor, at: datetime) -> Entry:
    """The other way in, also for a link that was opened elsewhere: that browser is out from now on."""
    if words := try_code(door, code=code, by=by, at=at):
        return Entry(words=words)
    fresh, engagement = _locked(door, by)
    if queries.state_of(fresh, at=at) not in OPEN:
        return Entry()
    return Entry(_let_in(fresh, engagement, how="code", by=by, at=at))


@transaction.atomic
def renew(door: Door, *, by: Actor, at: datetime) -> Door:
    """A new link to the same address, once, in place of one whose week is over."""
    fresh, engagement = _locked(door, by)
    if queries.state_of(fresh, at=at) != State.EXPIRED:
        raise errors.WrongState("Only an expired link is sent anew here. Ask whoever sent it.")
    gates.require_open(engagement)
    return doors.renewed(fresh, engagement, by=by, at=at)


@transaction.atomic
def sign(door: Door, *, by: Actor, at: datetime, **given: Any) -> Agreement:
    """Sign through the door, right after `try_code` accepted the mailed code; the door closes behind the signature."""
    fresh, engagement = _locked(door, by)
    _require_open(fresh, at=at)
    agreement = signing.sign(
        _agreement_behind(fresh), **given, authentication=IDENTIFIED, authenticated_at=at, by=by, at=at
    )  # fmt: skip
    doors.close(fresh, engagement, because=Door.Reason.SIGNED, by=by, at=at)
    return agreement


@transaction.atomic
def decline(door: Door, *, reason: str, by: Actor, at: datetime) -> Agreement:
    """Decline to sign through the door, with the reason; everyone concerned is told, and the door closes."""
    fresh, engagement = _locked(door, by)
    _require_open(fresh, at=at)
    agreement = signing.decline(_agreement_behind(fresh), reason=reason, by=by, at=at)
    doors.close(fresh, engagement, because=Door.Reason.OVER, by=by, at=at)
    return agreement


def _agreement_behind(door: Door) -> int:
    """The agreement a signer's door leads to; NotFound behind a payer's."""
    if door.signer is None:
        raise errors.NotFound
    return int(door.signer.agreement_id)
