"""Signers sign in their order, each in their own turn and name; whoever else tries is told why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from onboarding import errors
from onboarding.actions import agreements, signing, signing_order
from onboarding.actors import Actor, Role
from onboarding.models import Agreement, Event, Message, Signature, Signer
from onboarding.queries import signing as queries
from tests.agreements import CO_SIGNERS, countersign, drafted, issued, person, print_all, sign
from tests.at_once import at_once
from tests.factories import NOW, lead, owner, specialist, stranger

pytestmark = pytest.mark.django_db
LINE = [[[10, 20], [60.04, 70], [110, 20]]]


def people(agreement: Agreement) -> list[Actor]:
    """Sam and the others who sign, in their order."""
    named = [("Sam Sponsor", "sam@acme.example"), *CO_SIGNERS]
    return [person(agreement.company, name, email) for name, email in named[: agreement.signers.count() - 1]]


def mailed(kind: str) -> list[str]:
    return sorted(Message.objects.filter(kind=kind).values_list("to", flat=True))


def signers(agreement: Agreement) -> list[tuple[int, str, str]]:
    return list(agreement.signers.values_list("position", "party", "name"))


def test_the_next_is_asked_only_after_the_earlier_signed() -> None:
    agreement = issued(others=2)
    sam, ed, flo = people(agreement)
    asked = [mailed("agreement.asked")]

    states = []
    for one in (sam, ed, flo):
        states.append(sign(agreement, one, at=NOW + timedelta(days=1)).state)
        asked.append(mailed("agreement.asked"))

    assert states == ["viewed", "viewed", "signed"]
    assert [len(one) for one in asked] == [1, 2, 3, 3]
    assert mailed("agreement.signed") == [agreement.engagement.specialist.user.email]
    assert [one.signer.position for one in agreement.signatures.all()] == [1, 2, 3]
    assert queries.turn(agreement).party == Signer.Party.INTERWEAVE


def test_signing_out_of_turn_twice_or_for_somebody_else_is_refused_in_words() -> None:
    agreement = issued(others=1)
    sam, ed = people(agreement)
    other = person(agreement.company, "Olga Other", "olga@acme.example")

    with pytest.raises(errors.WrongState, match="Sam Sponsor signs before you"):
        sign(agreement, ed)
    with pytest.raises(errors.NotYours, match="Sam Sponsor signs this agreement"):
        sign(agreement, other)
    sign(agreement, sam)
    with pytest.raises(errors.WrongState, match="It is Ed Second’s turn"):
        sign(agreement, sam)
    with pytest.raises(errors.NotFound):
        sign(agreement, stranger())

    assert Signature.objects.count() == 1


def test_the_signer_needs_the_signatorys_role() -> None:
    agreement = issued()
    by = person(agreement.company, "Sam Sponsor", "sam@acme.example", Role.OWNER)

    with pytest.raises(errors.NotYours):
        sign(agreement, by)

    assert Signature.objects.count() == 0


def test_a_visitor_by_a_door_signs_as_the_signer_they_are() -> None:
    agreement = issued()
    by = Actor(
        kind="door", name="Sam Sponsor", email="SAM@acme.example", roles=frozenset({Role.SIGNATORY}),
        company_id=agreement.company_id, ip="203.0.113.9", user_agent="Phone",
    )  # fmt: skip

    sign(agreement, by, authenticated_at=NOW - timedelta(minutes=2))

    kept = Signature.objects.get()
    assert (kept.signer.position, kept.ip, kept.authenticated_at) == (1, "203.0.113.9", NOW - timedelta(minutes=2))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Zoë Müller", "zoe\u0308  MÜLLER"),
        ("יעל לוי", "יעל לוי"),
        ("Ж" * 150, "ж" * 150),
    ],
    ids=["composed otherwise", "right to left", "as long as it gets"],
)
def test_the_name_typed_is_the_signers_in_whatever_script(name: str, typed: str) -> None:
    agreement = issued()
    agreement.signers.filter(position=1).update(name=name)
    by = replace(people(agreement)[0], name=name)

    sign(agreement, by, typed_name=typed)

    assert Signature.objects.get().name == name


def test_a_drawn_signature_is_kept_as_its_strokes() -> None:
    agreement = issued()

    sign(agreement, people(agreement)[0], drawing=LINE)

    kept = Signature.objects.get()
    assert (kept.kind, kept.drawing) == ("drawn", [[[10.0, 20.0], [60.0, 70.0], [110.0, 20.0]]])


@pytest.mark.parametrize(
    "drawing",
    [
        "M 1 1", {"0": []}, [1], [[1, 2]], [[[1]]], [[["1", "2"], [3, 4]]], [[[0, 0], [601, 0]]], [[[0, 0], [-1, 90]]],
        [[[0, 0], [float("nan"), 90]]], [[[0, 0], [float("inf"), 90]]], [[[True, False], [90, 90]]],
        [[[5, 5]]], [[[5, 5], [6, 6]]], [[[1, 1], [90, 90]]] * 201, [[[x % 600, 5] for x in range(6001)]],
    ],
    ids=[
        "text", "object", "number", "points for strokes", "one coordinate", "text for numbers", "right of the box",
        "left of the box", "no number", "endless", "truths", "a dot", "hardly a line", "too many strokes",
        "too many points",
    ],
)  # fmt: skip
def test_what_is_no_drawing_is_refused_at_its_field(drawing: Any) -> None:
    agreement = issued()

    with pytest.raises(errors.BadInput) as refusal:
        sign(agreement, people(agreement)[0], drawing=drawing)

    assert list(refusal.value.fields) == ["drawing"]
    assert Signature.objects.count() == 0


def test_an_empty_drawing_is_a_typed_signature() -> None:
    agreement = issued()

    sign(agreement, people(agreement)[0], drawing=[])

    assert Signature.objects.get().kind == "typed"


def test_what_was_voided_while_it_was_read_is_not_signed() -> None:
    agreement = issued()
    by = people(agreement)[0]
    agreements.void(agreement.pk, reason="Wrong party", by=lead(), at=NOW)

    with pytest.raises(errors.WrongState, match="voided"):
        sign(agreement, by)

    assert Signature.objects.count() == 0


def test_other_words_of_consent_than_those_in_force_are_not_agreed_to() -> None:
    agreement = issued()

    with pytest.raises(errors.Stale, match="words you agree to changed"):
        sign(agreement, people(agreement)[0], consent_sha256="0" * 64)

    assert Signature.objects.count() == 0


def test_the_version_before_the_one_in_force_is_not_signed() -> None:
    agreement = issued()
    seen = agreement.document.sha256
    fresh = agreements.draft_again(agreement.engagement_id, by=specialist(), at=NOW)
    print_all()
    agreements.send_for_review(fresh.pk, by=specialist(), at=NOW)
    agreements.issue(fresh.pk, by=lead(), at=NOW)

    with pytest.raises(errors.Stale):
        sign(fresh, people(fresh)[0], seen_sha256=seen)
    with pytest.raises(errors.WrongState, match="replaced by a newer one"):
        sign(agreement, owner(agreement.company))


@pytest.mark.parametrize(
    ("zone", "hours", "may"),
    [("America/New_York", 4, True), ("America/New_York", 5, False), ("Pacific/Auckland", -14, True),
     ("Pacific/Auckland", -13, False)],
)  # fmt: skip
def test_it_can_be_signed_until_the_day_ends_where_the_company_is(zone: str, hours: int, may: bool) -> None:
    agreement = issued(time_zone=zone)
    midnight = NOW.replace(hour=0) + (agreement.expires_on - NOW.date()) + timedelta(days=1)  # in UTC
    at = midnight + timedelta(hours=hours) - timedelta(seconds=1 if may else 0)

    if may:
        assert sign(agreement, people(agreement)[0], at=at).state == "signed"
    else:
        with pytest.raises(errors.WrongState, match="expired"):
            sign(agreement, people(agreement)[0], at=at)


def test_whoever_opens_it_in_their_turn_is_recorded_once() -> None:
    agreement = issued(others=1)
    sam, ed = people(agreement)

    signing.view(agreement.pk, by=ed, at=NOW)
    signing.view(agreement.pk, by=sam, at=NOW + timedelta(hours=1))
    seen = signing.view(agreement.pk, by=sam, at=NOW + timedelta(hours=2))

    assert (seen.state, seen.viewed_at) == ("viewed", NOW + timedelta(hours=1))
    assert list(agreement.signers.values_list("viewed_at", flat=True)) == [NOW + timedelta(hours=1), None, None]
    assert Event.objects.filter(kind="agreement.viewed").count() == 1


def test_declining_reaches_everyone_concerned() -> None:
    agreement = issued(others=1)
    sam, ed = people(agreement)
    boss = owner(agreement.company)
    sign(agreement, sam)

    done = signing.decline(agreement.pk, reason=" The cap is too low. ", by=ed, at=NOW)

    agreement = Agreement.objects.get()
    concerned = {sam.email, ed.email, boss.email, agreement.engagement.specialist.user.email,
                 agreement.reviewer.user.email}  # fmt: skip
    assert (done.state, done.closed_reason) == ("declined", "The cap is too low.")
    assert set(mailed("agreement.declined")) == concerned
    assert agreement.signers.get(name="Ed Second").declined_at == NOW


def test_a_lead_countersigns_in_the_specialists_place_and_nobody_else() -> None:
    agreement = sign(issued(), person(issued_company(), "Sam Sponsor", "sam@acme.example"))
    by = lead()

    with pytest.raises(errors.NotYours, match="countersigns this agreement, or a lead"):
        countersign(agreement, specialist())
    countersign(agreement, by)

    assert (Signature.objects.last().name, agreement.signers.last().email) == (by.name, by.email)


def issued_company() -> Any:
    return Agreement.objects.get().company


def test_signers_change_in_a_draft_only_and_the_paper_with_them() -> None:
    agreement = drafted(others=2)
    versions = [agreement.document.version]

    for act, position in ((signing_order.move_up, 2), (signing_order.remove, 3)):
        changed = act(agreement.pk, position=position, by=specialist(), at=NOW)
        versions.append(changed.document.version)

    assert [name for _, _, name in signers(agreement)][:2] == ["Ed Second", "Sam Sponsor"]
    assert [one["name"] for one in changed.terms["signers"]] == [name for _, _, name in signers(agreement)]
    assert versions == [3, 4, 5]
    print_all()
    agreements.send_for_review(agreement.pk, by=specialist(), at=NOW)
    with pytest.raises(errors.WrongState, match="in a draft only"):
        signing_order.move_up(agreement.pk, position=2, by=specialist(), at=NOW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"), ({"title": ""}, "title"), ({"email": "ed at acme"}, "email"),
        ({"email": "SAM@acme.example"}, "email"), ({"name": "x" * 151}, "name"),
    ],
)  # fmt: skip
def test_a_further_signer_needs_name_title_and_an_address_of_their_own(given: dict[str, str], field: str) -> None:
    agreement = drafted()
    details = {"name": "Ed Second", "title": "CFO", "email": "ed@acme.example"} | given

    with pytest.raises(errors.BadInput) as refusal:
        signing_order.add(agreement.pk, **details, by=specialist(), at=NOW)

    assert list(refusal.value.fields) == [field]
    assert agreement.signers.count() == 2


@pytest.mark.parametrize(
    ("act", "position"), [("remove", 1), ("remove", 9), ("remove", 3), ("move_up", 1), ("move_up", 3), ("move_up", 0)]
)
def test_the_sponsor_stays_and_nobody_is_moved_who_is_not_there(act: str, position: int) -> None:
    agreement = drafted(others=1)
    before = signers(agreement)

    with pytest.raises(errors.WrongState):
        getattr(signing_order, act)(agreement.pk, position=position, by=specialist(), at=NOW)

    assert signers(agreement) == before


def test_a_new_draft_keeps_the_further_signers_and_the_copies() -> None:
    agreement = drafted(others=1)
    agreement.copies.create(company=agreement.company, email="law@firm.example", added_by="Ann", added_at=NOW)
    agreement.engagement.contacts.update(name="Nora New", email="nora@acme.example")

    fresh = agreements.draft_again(agreement.engagement_id, by=specialist(), at=NOW)

    assert [name for _, _, name in signers(fresh)][:2] == ["Nora New", "Ed Second"]
    assert [one.email for one in fresh.copies.all()] == ["law@firm.example"]


def test_an_agreement_from_before_there_were_signers_is_signed_all_the_same() -> None:
    agreement = issued()
    Signer.objects.all().delete()

    sign(agreement, person(agreement.company, "Sam Sponsor", "sam@acme.example"))

    assert [party for _, party, _ in signers(agreement)] == ["customer", "interweave"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_signer_twice_at_once_signs_once() -> None:
    agreement = issued()
    by = people(agreement)[0]

    outcomes = at_once(lambda: sign(agreement, by), lambda: sign(agreement, by), company_id=agreement.company_id)

    assert outcomes == ["WrongState", "done"]
    assert Signature.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("before", [0, 1])
def test_three_signers_in_two_places_at_once_sign_once_each_and_in_their_order(before: int) -> None:
    agreement = issued(others=2)
    everybody = people(agreement)
    for by in everybody[:before]:
        sign(agreement, by)
    twice = [lambda by=by: sign(agreement, by) for by in everybody for _ in range(2)]

    outcomes = at_once(*twice, company_id=agreement.company_id)

    kept = list(Signature.objects.order_by("pk").values_list("name", flat=True))
    assert set(outcomes) <= {"done", "WrongState"}
    assert kept == [by.name for by in everybody[: len(kept)]]
    assert len(kept) == before + outcomes.count("done") >= before + 1
    assert Agreement.objects.get().state == ("signed" if len(kept) == len(everybody) else "viewed")
    asked = Message.objects.filter(kind="agreement.asked")
    assert asked.count() == len({one.to for one in asked}) == min(len(kept) + 1, len(everybody))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_signing_and_voiding_at_once_end_in_one_of_both() -> None:
    agreement = issued()
    by, boss = people(agreement)[0], lead()

    outcomes = at_once(
        lambda: sign(agreement, by), lambda: agreements.void(agreement.pk, reason="Wrong", by=boss, at=NOW)
    )

    assert Agreement.objects.get().state == "voided"
    assert outcomes in (["done", "done"], ["WrongState", "done"])
    assert Signature.objects.count() == outcomes.count("done") - 1
