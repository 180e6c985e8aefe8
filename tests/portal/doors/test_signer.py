"""A signer without an account: opens the link once, reads, proves who they are by a code, signs or declines."""

from __future__ import annotations

import logging
import re
from logging.config import dictConfig

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from onboarding import tenancy
from onboarding.actions import doors, signing
from onboarding.library import consent
from onboarding.models import Agreement, Door, Engagement, Event, Message, Signature, User
from tests.agreements import person
from tests.door_visitors import Visitor, expire
from tests.doors import code_of, signers_door
from tests.factories import specialist

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(signers_door(at=now()))


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="door.").order_by("pk").values_list("kind", flat=True))


def test_scanners_open_the_link_as_often_as_they_like(visitor: Visitor) -> None:
    for _ in range(3):
        page = Client().get(visitor.link)
        Client().head(visitor.link)

    text = page.content.decode()
    assert ("An agreement waits for you" in text, "Sam Sponsor" in text, "s•••@acme.example" in text) == (True,) * 3
    assert "sam@acme.example" not in text
    assert (Door.objects.get().opened_at, kinds()) == (None, ["door.asked"])


def test_no_page_of_a_door_is_kept_or_tells_its_address_on(visitor: Visitor) -> None:
    at_link = visitor.get(visitor.link)
    visitor.opened()

    for page in (at_link, *(visitor.get(visitor.inside(name)) for name in ("inside", "sign"))):
        assert "no-store" in page["Cache-Control"]
        assert page["Referrer-Policy"] == "strict-origin"
        assert visitor.secret not in page.content.decode().replace(visitor.link, "")
    assert visitor.secret not in visitor.sees()
    cookie = visitor.cookies[f"door-{visitor.door.pk}"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/door/")
    assert "sessionid" not in visitor.cookies


def test_the_button_needs_the_pages_token(visitor: Visitor) -> None:
    strict = Visitor(visitor.door, enforce_csrf_checks=True)

    assert strict.post(strict.link).status_code == 403
    assert Door.objects.get().opened_at is None


def test_the_browser_that_opened_it_keeps_it_and_another_is_offered_a_code(visitor: Visitor) -> None:
    visitor.opened()
    other = Visitor(visitor.door)

    replay, looked = other.post(other.link), other.get(other.link)

    assert visitor.get(visitor.link)["Location"] == visitor.inside()
    assert visitor.post(visitor.link)["Location"] == visitor.inside()
    assert "Read it" in visitor.sees()
    for page in (replay, looked):
        assert "This link was opened before" in page.content.decode()
    assert other.get(other.inside()).status_code == 404
    assert "Open your link first" in other.sees()


def test_a_code_lets_the_other_browser_in_and_the_first_one_out(visitor: Visitor) -> None:
    visitor.opened()
    other = Visitor(visitor.door)
    at = reverse("doors:code", args=[other.secret])

    digits = other.code(at=at)
    wrong = other.post(at, {"code": f"{(int(digits) + 1) % 10**6:06d}"})
    right = other.post(at, {"code": digits})

    assert (wrong.status_code, "4 tries left" in wrong.content.decode()) == (422, True)
    assert right["Location"] == other.inside()
    assert other.get(other.inside()).status_code == 200
    assert visitor.get(visitor.inside()).status_code == 404


def test_guessing_codes_ends_after_five_tries(visitor: Visitor) -> None:
    at = reverse("doors:code", args=[visitor.secret])
    digits = visitor.code(at=at)

    for step in range(1, 6):
        visitor.post(at, {"code": f"{(int(digits) + step) % 10**6:06d}"})
    late = visitor.post(at, {"code": digits})

    assert (late.status_code, "tried five times" in late.content.decode()) == (422, True)
    assert Door.objects.get().opened_at is None
    assert kinds().count("door.refused") == 6


def test_codes_are_not_asked_for_in_a_row(visitor: Visitor) -> None:
    at = reverse("doors:code", args=[visitor.secret])
    visitor.code(at=at)

    again = visitor.post(at, {"send": "1"})

    assert (again.status_code, "a moment ago" in again.content.decode()) == (409, True)
    assert Message.objects.filter(kind="door.code").count() == 1


def test_the_agreement_is_read_downloaded_and_counts_as_opened(visitor: Visitor) -> None:
    visitor.opened()

    page = visitor.sees()

    assert all(words in page for words in ("Master Services Agreement", "Who signs", "Go on to signing"))
    assert Agreement.objects.get().state == "viewed"
    assert Agreement.objects.get().signers.first().viewed_at is not None


def test_signing_asks_for_a_code_first_then_takes_the_signature_once(visitor: Visitor) -> None:
    visitor.opened()
    first = visitor.sees("sign")
    digits = visitor.code()
    form = visitor.sees("sign")

    reply = visitor.sign(code=digits)
    again = visitor.sign(code=digits)

    assert ("First, is it you?" in first, "typed_name" in first, "typed_name" in form) == (True, False, True)
    assert (reply["Location"], again["Location"]) == (visitor.inside(), visitor.inside())
    kept = Signature.objects.get()
    assert (kept.name, kept.authentication, kept.ip) == ("Sam Sponsor", "e-mailed code at signing", "127.0.0.1")
    thanks = visitor.sees()
    assert ("Signed, thank you" in thanks, "InterWeave countersigns next" in thanks) == (True, True)
    assert visitor.get(visitor.inside("file"))["Location"] == visitor.inside()
    assert "Signed already" in Client().get(visitor.link).content.decode()
    assert kinds() == ["door.asked", "door.opened", "door.code_sent", "door.closed"]


def test_without_the_code_nothing_is_signed(visitor: Visitor) -> None:
    visitor.opened()
    bare = visitor.sign(code="123456")
    digits = visitor.code()

    wrong = visitor.sign(code=f"{(int(digits) + 1) % 10**6:06d}", typed_name="Sam Sponsor")
    missing = visitor.sign(code="")

    assert "Ask for a code first" in bare.content.decode()
    assert ("4 tries left" in wrong.content.decode(), 'value="Sam Sponsor"' in wrong.content.decode()) == (True, True)
    assert (bare.status_code, wrong.status_code, missing.status_code) == (422, 422, 422)
    assert Signature.objects.count() == 0


def test_another_name_no_consent_or_no_title_is_said_at_the_field_and_the_code_still_counts(visitor: Visitor) -> None:
    visitor.opened()
    digits = visitor.code()

    wrong = visitor.sign(code=digits, typed_name="Sam Spencer", consent="", drawing="[[1]]").content.decode()

    assert "Type your name as it stands in the agreement: Sam Sponsor." in wrong
    assert "Agree to sign electronically" in wrong
    assert visitor.sign(code=digits)["Location"] == visitor.inside()


def test_asking_for_another_code_keeps_what_was_typed(visitor: Visitor) -> None:
    visitor.opened()
    visitor.code()
    Door.objects.update(code_sent_at=None)

    page = visitor.post(
        visitor.inside("sign"), {"send": "1", "typed_name": "Sam Sp", "title": "Chief"}
    ).content.decode()

    assert ('value="Sam Sp"' in page, 'value="Chief"' in page) == (True, True)
    assert Message.objects.filter(kind="door.code").count() == 2


def test_a_version_that_changed_meanwhile_is_shown_and_not_signed(visitor: Visitor) -> None:
    visitor.opened()
    digits = visitor.code()

    reply = visitor.sign(code=digits, seen_sha256="0" * 64)

    assert (reply.status_code, Signature.objects.count()) == (409, 0)
    assert Agreement.objects.get().document.sha256 in reply.content.decode()


def test_words_of_consent_that_changed_meanwhile_are_shown_and_agreed_to_anew(visitor: Visitor) -> None:
    visitor.opened()

    reply = visitor.sign(code=visitor.code(), consent_sha256="0" * 64)

    page = reply.content.decode()
    assert (reply.status_code, Signature.objects.count()) == (409, 0)
    assert (consent.digest() in page, "words you agree to changed" in page, " checked" in page) == (True, True, False)


def test_declining_needs_a_reason_and_tells_what_became_of_it(visitor: Visitor) -> None:
    visitor.opened()

    empty = visitor.post(visitor.inside("decline"), {"reason": " "})
    done = visitor.post(visitor.inside("decline"), {"reason": "Clause 7"})

    assert (empty.status_code, done["Location"]) == (422, visitor.inside())
    assert "There is nothing left to sign" in visitor.sees()
    assert Agreement.objects.get().closed_reason == "Clause 7"


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("expired", "This link has expired"), ("revoked", "This link was withdrawn"),
        ("replaced", "A newer link took its place"), ("declined", "There is nothing left to sign"),
    ],
)  # fmt: skip
def test_every_closed_door_says_why_and_what_to_do(visitor: Visitor, ending: str, words: str) -> None:
    visitor.opened()
    if ending == "expired":
        expire(visitor.door)
    elif ending == "revoked":
        doors.revoke(visitor.door.pk, by=specialist(), at=now())
    elif ending == "replaced":
        doors.send_again(visitor.door.pk, by=specialist(), at=now())
    else:
        by = person(visitor.door.company, "Olga", "olga@acme.example")
        signing.decline(visitor.door.signer.agreement_id, reason="No", by=by, at=now())

    for page in (Client().get(visitor.link), visitor.get(visitor.inside()), Client().post(visitor.link)):
        assert (page.status_code, words in page.content.decode()) == (410, True)
    for name in ("sign", "file"):
        assert visitor.get(visitor.inside(name))["Location"] == visitor.inside()
    assert visitor.sign(code="1")["Location"] == visitor.inside()
    assert Signature.objects.count() == 0


def test_an_expired_link_mails_a_new_one_once(visitor: Visitor) -> None:
    expire(visitor.door)
    renew = reverse("doors:renew", args=[visitor.secret])

    sent, again = Client().post(renew), Client().post(renew)

    assert sent["Location"] == visitor.link
    assert "A newer link took its place" in Client().get(visitor.link).content.decode()
    assert (again.status_code, Message.objects.filter(kind="door.asked", to="sam@acme.example").count()) == (409, 1)


@pytest.mark.parametrize("secret", ["nobody-has-this", "in", "x" * 3000, "%00", "%2e%2e", "🚪"])
def test_a_link_that_was_never_made(visitor: Visitor, secret: str) -> None:
    for path in (f"/door/{secret}/", f"/door/{secret}/code/"):
        page = Client().get(path)
        assert page.status_code == 404
    assert Client().post(f"/door/{secret}/").status_code == 404


def test_the_wrong_signers_door_signs_nothing_for_another(visitor: Visitor) -> None:
    visitor.opened()
    other = Visitor(signers_door(at=now())).opened()
    digits = other.code()
    visitor.code()

    stolen = Client()
    stolen.cookies[f"door-{other.door.pk}"] = visitor.cookies[f"door-{visitor.door.pk}"].value

    assert stolen.get(other.inside()).status_code == 404
    assert "tries left" in visitor.sign(code=digits).content.decode() or digits == ""
    assert Signature.objects.count() == 0


def test_it_waits_while_the_engagement_is_on_hold(visitor: Visitor) -> None:
    visitor.opened()
    digits = visitor.code()
    Engagement.objects.update(held_at=now(), hold_reason="Summer")

    reply = visitor.sign(code=digits)

    assert ("on hold" in visitor.sees(), reply.status_code, Signature.objects.count()) == (True, 409, 0)


def test_a_payers_pages_are_not_behind_a_signers_door(visitor: Visitor) -> None:
    visitor.opened()

    assert [visitor.post(visitor.inside("pay")).status_code, visitor.get(visitor.inside("paid")).status_code] == [
        404,
        404,
    ]


def test_a_member_signed_in_elsewhere_opens_it_as_the_visitor_it_is_for(visitor: Visitor) -> None:
    visitor.force_login(User.objects.get(pk=person(visitor.door.company, "Olga", "olga@acme.example").user_id))

    page = visitor.opened().sees()

    assert ("Sam Sponsor" in page, 'class="rooms"' in page) == (True, False)
    assert re.search(r"door\.", str(kinds()))


def test_the_links_secret_is_cut_out_of_every_log_line(visitor: Visitor, capsys) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    dictConfig(settings.LOGGING | {"root": {"handlers": ["console"], "level": "DEBUG"}})
    try:
        visitor.get(visitor.link)
        Visitor(visitor.door, enforce_csrf_checks=True).post(visitor.link)
        expire(visitor.door)
        visitor.get(visitor.link)
    finally:
        root.handlers = before
        root.setLevel(level)
    logged = capsys.readouterr().err

    assert ("/door/…/" in logged, visitor.secret in logged) == (True, False)


@pytest.mark.no_tenancy
def test_nothing_around_the_request_has_to_say_whose_rows_these_are() -> None:
    with tenancy.acting(staff=True):
        visitor = Visitor(signers_door(at=now()))

    visitor.opened()
    pages = [visitor.get(visitor.inside(name)).status_code for name in ("inside", "sign")]
    sent = visitor.post(visitor.inside("sign"), {"send": "1"})["Location"]
    with tenancy.acting(staff=True):
        digits = code_of(visitor.door)
        details = {"seen_sha256": visitor.door.signer.agreement.document.sha256, "typed_name": visitor.door.name}
    signed = visitor.post(
        visitor.inside("sign"),
        details | {"title": "CEO", "consent": "on", "consent_sha256": consent.digest(), "code": digits},
    )

    assert (pages, sent, signed["Location"]) == ([200, 200], visitor.inside("sign"), visitor.inside())
    assert "Signed, thank you" in visitor.sees()
