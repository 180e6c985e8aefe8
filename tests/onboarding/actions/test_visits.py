"""Visitors come in once by the link's button, or by a code; they sign or decline as themselves, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import visits
from onboarding.library import consent
from onboarding.models import Door, Event, Message, Signature
from onboarding.queries import doors as queries
from onboarding.queries.doors import State
from tests.agreements import person, sign
from tests.at_once import at_once
from tests.doors import LATER, code, code_of, entered, secret_of, signers_door, visitor
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def door() -> Door:
    return signers_door()


def kinds() -> list[str]:
    found = Event.objects.filter(kind__startswith="door.").order_by("pk").values_list("kind", flat=True)
    return [kind.removeprefix("door.") for kind in found]


def given(door: Door, **changed: Any) -> dict[str, Any]:
    agreement = door.signer.agreement
    return {
        "typed_name": "Sam Sponsor", "title": "CEO", "consent": True, "consent_sha256": consent.digest(), "seen_sha256": agreement.document.sha256,
    } | changed  # fmt: skip


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**6:06d}"


def test_looking_spends_nothing(door: Door) -> None:
    for _ in range(3):
        found = visits.by_link(secret_of(door))

    assert (queries.state_of(found, at=LATER), kinds()) == (State.WAITING, ["asked"])


@pytest.mark.parametrize("secret", ["", "nobody-has-this", "x" * 5000, "\x00"])
def test_a_link_that_was_never_made_leads_nowhere(door: Door, secret: str) -> None:
    with pytest.raises(errors.NotFound):
        visits.by_link(secret)


@pytest.mark.parametrize("secret", ["", "nobody-has-this", "digest"])
def test_no_other_browser_is_in(door: Door, secret: str) -> None:
    entered(door)
    secret = secret if secret != "digest" else Door.objects.get().session_digest

    for number in (door.pk, door.pk + 1, 10**30):
        with pytest.raises(errors.NotFound):
            visits.by_session(number, secret)


def test_the_first_to_press_is_in_and_a_replay_is_not(door: Door) -> None:
    secret = entered(door)

    again = visits.enter(door, by=visitor(door), at=LATER)

    assert (visits.by_session(door.pk, secret), again.secret) == (door, "")
    assert kinds() == ["asked", "opened", "refused"]
    opened = Event.objects.get(kind="door.opened")
    assert opened.by == {"kind": "door", "name": "Sam Sponsor", "user_id": None, "roles": ["signatory"]}
    assert (opened.data["ip"], opened.data["user_agent"], opened.data["how"]) == ("203.0.113.9", "Phone", "link")
    assert Event.objects.get(kind="door.refused").data["reason"] == "opened before"


@pytest.mark.parametrize(("at", "may"), [(NOW + timedelta(days=7, seconds=-1), True), (NOW + timedelta(days=7), False)])
def test_the_clock_ends_it(door: Door, at: Any, may: bool) -> None:
    assert bool(visits.enter(door, by=visitor(door), at=at).secret) == may


@pytest.mark.django_db(transaction=True)
def test_two_browsers_at_once_and_one_is_in() -> None:
    door, secrets = signers_door(), []

    def press() -> None:
        secrets.append(visits.enter(door, by=visitor(door), at=LATER).secret)

    at_once(press, press, press)

    assert sorted(map(bool, secrets)) == [False, False, True]


def test_a_code_lets_another_browser_in_and_the_first_one_out(door: Door) -> None:
    first = entered(door)

    second = visits.enter_by_code(door, code=f" {code(door)} ", by=visitor(door), at=LATER).secret

    assert visits.by_session(door.pk, second) == door
    with pytest.raises(errors.NotFound):
        visits.by_session(door.pk, first)
    assert visits.enter_by_code(door, code=code_of(door), by=visitor(door), at=LATER).words == "Ask for a code first."
    assert kinds() == ["asked", "opened", "code_sent", "opened", "refused"]


def test_five_wrong_codes_and_even_the_right_one_counts_no_more(door: Door) -> None:
    digits = code(door)

    said = [visits.enter_by_code(door, code=wrong(digits), by=visitor(door), at=LATER).words for _ in range(6)]
    right = visits.enter_by_code(door, code=digits, by=visitor(door), at=LATER)

    assert "4 tries left" in said[0]
    assert "1 try left" in said[3]
    assert "it was the last try" in said[4]
    assert (right.secret, right.words) == ("", said[5]) == ("", "This code was tried five times. Ask for a new one.")
    assert Door.objects.get().opened_at is None


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_count_each() -> None:
    door = signers_door()
    digits = code(door)

    at_once(*[lambda: visits.try_code(door, code=wrong(digits), by=visitor(door), at=LATER)] * 4)

    assert Door.objects.get().code_tries == 4


@pytest.mark.parametrize(("waited", "may"), [(timedelta(minutes=10, seconds=-1), True), (timedelta(minutes=10), False)])
def test_a_code_counts_for_ten_minutes(door: Door, waited: timedelta, may: bool) -> None:
    digits = code(door)

    assert bool(visits.enter_by_code(door, code=digits, by=visitor(door), at=LATER + waited).secret) == may


def test_only_the_last_code_counts_and_ten_are_the_most(door: Door) -> None:
    first = code(door)
    with pytest.raises(errors.WrongState, match="a moment ago"):
        code(door)
    last = [code(door, at=LATER + number * MINUTE) for number in range(1, 10)][-1]
    at = LATER + 9 * MINUTE

    with pytest.raises(errors.WrongState, match="10 codes went out"):
        code(door, at=at + MINUTE)
    if first != last:
        assert visits.try_code(door, code=first, by=visitor(door), at=at) != ""
    assert visits.try_code(door, code=last, by=visitor(door), at=at) == ""


def test_the_code_of_one_door_opens_no_other(door: Door) -> None:
    digits = code(door)
    other = signers_door()
    code(other)
    Door.objects.filter(pk=other.pk).update(code_digest=Door.objects.get(pk=door.pk).code_digest)

    assert visits.try_code(other, code=digits, by=visitor(other), at=LATER) != ""


def test_the_visitor_signs_as_the_signer_and_the_door_closes(door: Door) -> None:
    entered(door)
    assert visits.try_code(door, code=code(door), by=visitor(door), at=LATER) == ""

    visits.sign(door, **given(door), by=visitor(door), at=LATER)

    kept = Signature.objects.get()
    assert (kept.email, kept.authentication, kept.authenticated_at) == (door.email, "e-mailed code at signing", LATER)
    assert (kept.ip, kept.user_agent) == ("203.0.113.9", "Phone")
    closed = Door.objects.get()
    assert (closed.closed_because, closed.code_digest) == (Door.Reason.SIGNED, "")
    with pytest.raises(errors.WrongState, match="closed: signed"):
        visits.sign(door, **given(door), by=visitor(door), at=LATER)


def test_another_version_than_the_one_shown_is_not_signed(door: Door) -> None:
    with pytest.raises(errors.Stale):
        visits.sign(door, **given(door, seen_sha256="0" * 64), by=visitor(door), at=LATER)

    assert (Signature.objects.count(), Door.objects.get().closed_at) == (0, None)


def test_the_next_signers_door_opens_after_the_first_signed() -> None:
    first = signers_door(others=1)
    visits.sign(first, **given(first), by=visitor(first), at=LATER)

    second = Door.objects.latest("pk")

    assert (second.name, second.email) == ("Ed Second", "ed@acme.example")
    with pytest.raises(errors.BadInput):
        visits.sign(second, **given(second), by=visitor(second), at=LATER)  # under the other's name
    visits.sign(second, **given(second, typed_name="Ed Second"), by=visitor(second), at=LATER)
    assert [one.name for one in Signature.objects.order_by("pk")] == ["Sam Sponsor", "Ed Second"]


@pytest.mark.django_db(transaction=True)
def test_through_the_door_and_the_account_at_once_it_is_signed_once() -> None:
    door = signers_door()
    sam = person(door.company, "Sam Sponsor", "sam@acme.example")

    outcomes = at_once(
        lambda: visits.sign(door, **given(door), by=visitor(door), at=LATER),
        lambda: sign(door.signer.agreement, sam, at=LATER),
    )

    assert outcomes == ["WrongState", "done"]
    assert Signature.objects.count() == 1


def test_declining_through_the_door_tells_everyone_and_closes_it(door: Door) -> None:
    visits.decline(door, reason="Not like this", by=visitor(door), at=LATER)

    assert Message.objects.filter(
        kind="agreement.declined", text__contains="Sam Sponsor writes: Not like this"
    ).exists()
    assert queries.state_of(Door.objects.get(), at=LATER) == State.OVER
    with pytest.raises(errors.WrongState):
        visits.decline(door, reason="Again", by=visitor(door), at=LATER)


def test_an_expired_link_is_sent_anew_to_the_same_address_and_not_twice(door: Door) -> None:
    with pytest.raises(errors.WrongState, match="Only an expired link"):
        visits.renew(door, by=visitor(door), at=LATER)
    at = NOW + timedelta(days=8)

    new = visits.renew(door, by=visitor(door), at=at)

    assert (new.email, queries.state_of(new, at=at)) == (door.email, State.WAITING)
    assert queries.state_of(Door.objects.get(pk=door.pk), at=at) == State.REPLACED
    with pytest.raises(errors.WrongState, match="Only an expired link"):
        visits.renew(door, by=visitor(door), at=at)


def test_nobody_comes_in_after_it_was_closed(door: Door) -> None:
    Door.objects.update(closed_at=NOW, closed_because=Door.Reason.REVOKED)

    assert visits.enter(door, by=visitor(door), at=LATER).secret == ""
    assert Event.objects.get(kind="door.refused").data["reason"] == "revoked"
