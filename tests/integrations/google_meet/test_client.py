"""The Google Meet client against the stand-in: every method, and every refusal it can meet."""

import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from integrations import meeting_services
from integrations.engine.errors import PermanentFailure, TemporaryFailure
from integrations.engine.meetings import FAILED, PENDING, READY
from integrations.google_meet.client import GoogleMeet
from integrations.google_meet.session import Account
from tests.integrations.odd_server import both_trusted
from tests.integrations.quickbooks_online.refusals import refused
from tests.integrations.wishes import HOST, TOMORROW


def test_an_event_is_made_as_wished(meet, wish, sandbox, workspace):
    booked = meet.create(wish)

    assert (booked.title, booked.host, booked.starts_at, booked.minutes) == (wish.title, HOST, TOMORROW, 45)
    assert re.fullmatch("[0-9a-v]{32}", booked.id)
    assert (booked.calendar_id, booked.calendar_uid) == (booked.id, f"{booked.id}@google.com")
    [kept] = sandbox.records("google", workspace["id"], "event")
    assert kept["start"]["timeZone"] == "Europe/Berlin"
    assert kept["start"]["dateTime"][-6:] in {"+01:00", "+02:00"}
    assert (kept["description"], kept["organizer"]["email"]) == ("1. Flows", HOST)
    assert kept["mailed"] == [{"method": "POST", "to": ["carla@acme.example", "fred@fireflies.ai"]}]


def test_the_link_is_there_a_little_later(meet, wish):
    booked = meet.create(wish)
    first, second = (meet.meeting(booked.id, host=HOST) for _ in range(2))

    assert [(one.link, one.join_url) for one in (booked, first)] == [(PENDING, "")] * 2
    assert second.link == READY
    assert re.fullmatch("https://meet.google.com/[a-z]{3}-[a-z]{4}-[a-z]{3}", second.join_url)


def test_a_slow_link_and_one_that_can_t_be_made(meet, wish, sandbox, workspace):
    sandbox.fault("google", workspace["id"], "conference_slow", value=2)
    slow = meet.create(wish)
    links = [meet.meeting(slow.id, host=HOST).link for _ in range(3)]
    sandbox.fault("google", workspace["id"], "conference_fails")

    assert links == [PENDING, PENDING, READY]
    assert meet.create(replace(wish, key="another")).link == FAILED


def test_the_same_wish_twice_is_one_event(meet, wish, sandbox, workspace):
    first, again = meet.create(wish), meet.create(wish)
    meet.create(replace(wish, key="meeting-2"))

    assert again.id == first.id
    assert len(sandbox.records("google", workspace["id"], "event")) == 2


def test_an_answer_that_got_lost_leaves_one_event(meet, wish, sandbox, workspace):
    sandbox.fault("google", workspace["id"], "lost_answer")

    trouble = refused(meet.create, wish)
    booked = meet.create(wish)

    assert (trouble.code, trouble.http_status) == ("vendor_error", 502)
    assert [row["id"] for row in sandbox.records("google", workspace["id"], "event")] == [booked.id]


def test_changed_events_keep_their_link_and_the_answers_of_guests(meet, wish, sandbox, workspace):
    booked = meet.create(wish)
    sandbox.respond(workspace["id"], HOST, booked.id, email="carla@acme.example", response="accepted")
    before = [meet.meeting(booked.id, host=HOST) for _ in range(2)][-1]
    later = TOMORROW + timedelta(days=1)

    moved = meet.update(
        booked.id,
        replace(wish, starts_at=later, minutes=30, title="Review", invited=("Carla@acme.example", "dora@acme.example")),
    )

    assert (moved.id, moved.join_url, moved.link) == (booked.id, before.join_url, READY)
    assert (moved.starts_at, moved.minutes, moved.title) == (later, 30, "Review")
    [kept] = sandbox.records("google", workspace["id"], "event")
    assert [(one["email"], one["responseStatus"]) for one in kept["attendees"]] == [
        ("carla@acme.example", "accepted"),
        ("dora@acme.example", "needsAction"),
    ]
    assert kept["sequence"] == 1


def test_cancelling_twice_is_fine_and_then_it_is_gone(meet, wish, sandbox, workspace):
    booked = meet.create(wish)
    meet.cancel(booked.id, host=HOST)
    meet.cancel(booked.id, host=HOST)
    meet.cancel("0123456789", host=HOST)

    assert refused(meet.meeting, booked.id, host=HOST).code == "meeting_gone"
    assert refused(meet.update, booked.id, wish).code == "meeting_gone"
    assert refused(meet.meeting, "0123456789", host=HOST).vendor_code == "notFound"
    [kept] = sandbox.records("google", workspace["id"], "event")
    assert [one["method"] for one in kept["mailed"]] == ["POST", "DELETE"]


def test_a_cancelled_wish_that_is_wished_again_is_revived(meet, wish, sandbox, workspace):
    booked = meet.create(wish)
    meet.cancel(booked.id, host=HOST)

    again = meet.create(replace(wish, minutes=20))

    assert (again.id, again.minutes) == (booked.id, 20)
    assert meet.meeting(booked.id, host=HOST).minutes == 20


def test_an_event_that_is_there_already_is_changed_to_the_wish(meet, wish, sandbox, workspace):
    first, later = meet.create(wish), TOMORROW + timedelta(hours=2)

    again = meet.create(replace(wish, starts_at=later, invited=("dora@acme.example",)))

    assert (again.id, again.starts_at) == (first.id, later)
    [kept] = sandbox.records("google", workspace["id"], "event")
    assert [one["email"] for one in kept["attendees"]] == ["dora@acme.example"]


def test_what_is_too_long_is_cut(meet, wish):
    assert meet.create(replace(wish, title="t" * 2000)).title == "t" * 1024


def test_one_token_a_host_serves_until_it_is_refused(meet, wish, sandbox, workspace):
    meet.create(wish)
    meet.create(replace(wish, host=HOST.upper(), key="meeting-2"))
    meet.create(replace(wish, host="guest@elsewhere.example"))
    sandbox.fault("google", workspace["id"], "expire_token")
    meet.create(replace(wish, key="meeting-3"))

    assert sandbox.state("google", workspace["id"])["calls"]["POST token"] == 3


def test_an_hour_later_the_token_is_replaced_unseen(meet, wish, sandbox):
    booked = meet.create(wish)
    sandbox.advance(3601)

    assert meet.meeting(booked.id, host=HOST).id == booked.id


def test_eight_threads_ask_for_one_token(meet, wish, sandbox, workspace):
    booked = meet.create(wish)
    sandbox.fault("google", workspace["id"], "expire_token")
    services = [meeting_services.google_meet() for _ in range(8)]
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda at=one: found.append(at.meeting(booked.id, host=HOST).id)) for one in services
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [booked.id] * 8
    assert sandbox.state("google", workspace["id"])["calls"]["POST token"] == 2


@pytest.mark.parametrize(
    ("fault", "value", "code", "vendor_code", "status", "kind"),
    [
        ("throttle", None, "rate_limited", "rateLimitExceeded", 403, TemporaryFailure),
        ("throttle", 429, "rate_limited", "rateLimitExceeded", 429, TemporaryFailure),
        ("server_error_once", None, "vendor_error", "backendError", 503, TemporaryFailure),
        ("daily_limit", None, "daily_limit", "calendarUsageLimitsExceeded", 403, TemporaryFailure),
        ("no_delegation", None, "app_rights_missing", "unauthorized_client", 401, PermanentFailure),
        ("app_ended", None, "app_refused", "invalid_grant", 400, PermanentFailure),
    ],
)
def test_refusals_on_demand(meet, wish, sandbox, workspace, fault, value, code, vendor_code, status, kind):
    sandbox.fault("google", workspace["id"], fault, value=value)

    trouble = refused(meet.create, wish)

    assert (trouble.code, trouble.vendor_code, trouble.http_status) == (code, vendor_code, status)
    assert type(trouble) is kind


def test_a_host_google_does_not_know(meet, wish):
    trouble = refused(meet.create, replace(wish, host="nobody@elsewhere.example"))

    assert (trouble.code, trouble.vendor_message) == ("host_unknown", "Invalid email or User ID")


def test_a_value_google_refuses_is_named(meet, wish):
    trouble = refused(meet.create, replace(wish, minutes=-5))

    assert (trouble.code, trouble.vendor_code) == ("validation", "timeRangeEmpty")
    assert trouble.vendor_message == "The specified time range is empty."


def test_keys_that_are_ours_to_repair(meet, workspace, sandbox):
    other = sandbox.new_workspace("Other")["key"]
    account = meet.session.account

    forged = refused(GoogleMeet(replace(account, private_key=other["private_key"])).sign_in, HOST)
    stranger = refused(GoogleMeet(replace(account, client_email="x@y.example")).sign_in, HOST)
    broken = refused(GoogleMeet(replace(account, private_key="no key")).sign_in, HOST)

    assert (forged.code, forged.vendor_message) == ("app_refused", "Invalid JWT Signature.")
    assert (stranger.code, stranger.vendor_message) == ("app_refused", "Invalid grant: account not found")
    assert (broken.code, broken.vendor_code, broken.entry.who_can_fix) == ("app_refused", "unreadable_key", "us")


def test_a_host_that_is_not_there_or_answers_oddly(meet, odd_server, settings):
    away = GoogleMeet(replace(meet.session.account, token_uri="https://localhost:1/token"))
    strange = GoogleMeet(replace(meet.session.account, token_uri=f"{odd_server.address}/token"))

    assert refused(away.sign_in, HOST).code == "port_closed"
    settings.OUTBOUND_CA_BUNDLE = odd_server.bundle
    assert refused(strange.sign_in, HOST).code == "not_understood"


def test_an_api_that_answers_in_no_known_form(meet, wish, odd_server, outbound, sandbox, tmp_path):
    outbound.OUTBOUND_CA_BUNDLE = both_trusted(tmp_path, sandbox.ca_path, odd_server.bundle)
    strange = GoogleMeet(replace(meet.session.account, api_url=odd_server.address))

    assert refused(strange.create, wish).code == "not_understood"


def test_a_cancellation_that_did_not_happen_is_told(meet, wish, sandbox, workspace):
    booked = meet.create(wish)
    sandbox.fault("google", workspace["id"], "throttle")

    assert refused(meet.cancel, booked.id, host=HOST).code == "rate_limited"


def test_without_a_key_google_meet_is_not_offered(settings):
    settings.GOOGLE_SERVICE_ACCOUNT = {}

    assert meeting_services.google_meet() is None


def test_a_key_file_may_leave_out_where_tokens_are():
    account = Account.of({"client_email": "a@b", "private_key": "secret-key"}, api_url="https://www.googleapis.com")

    assert account.token_uri == "https://oauth2.googleapis.com/token"
    assert "secret-key" not in repr(account)
