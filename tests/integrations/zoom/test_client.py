"""The Zoom client against the stand-in: every method, and every refusal it can meet."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integrations import meeting_services
from integrations.engine.errors import PermanentFailure, TemporaryFailure
from integrations.engine.meetings import READY
from integrations.zoom.client import Attendee, Zoom
from integrations.zoom.session import Account
from tests.integrations.odd_server import both_trusted
from tests.integrations.quickbooks_online.refusals import refused
from tests.integrations.wishes import HOST, TOMORROW


def test_a_meeting_is_made_as_wished(zoom, wish, sandbox, account):
    booked = zoom.create(wish)

    assert (booked.title, booked.host, booked.starts_at, booked.minutes) == (wish.title, HOST, TOMORROW, 45)
    assert (booked.link, booked.calendar_id, booked.calendar_uid) == (READY, "", "")
    assert booked.join_url.startswith(f"https://us02web.zoom.us/j/{booked.id}?pwd=")
    assert len(booked.passcode) == 6
    assert zoom.meeting(booked.id, host=HOST) == booked
    [kept] = sandbox.records("zoom", account["id"], "meeting")
    assert (kept["timezone"], kept["agenda"], kept["type"]) == ("Europe/Berlin", "1. Flows", 2)
    assert kept["settings"] == {
        "join_before_host": False,
        "waiting_room": True,
        "mute_upon_entry": True,
        "approval_type": 2,
        "auto_recording": "none",
        "meeting_invitees": [{"email": "carla@acme.example"}, {"email": "fred@fireflies.ai"}],
    }


def test_the_same_wish_twice_is_one_meeting(zoom, wish, sandbox, account):
    first, again = zoom.create(wish), zoom.create(wish)
    later = zoom.create(replace(wish, starts_at=TOMORROW + timedelta(hours=1)))

    assert (again, later.id == first.id) == (first, False)
    assert len(sandbox.records("zoom", account["id"], "meeting")) == 2


def test_an_answer_that_got_lost_leaves_one_meeting(zoom, wish, sandbox, account):
    sandbox.fault("zoom", account["id"], "lost_answer")

    trouble = refused(zoom.create, wish)
    booked = zoom.create(wish)

    assert (trouble.code, trouble.http_status) == ("vendor_error", 504)
    assert [row["id"] for row in sandbox.records("zoom", account["id"], "meeting")] == [int(booked.id)]


def test_a_meeting_that_is_there_already_is_changed_to_the_wish(zoom, wish, sandbox, account):
    first = zoom.create(wish)

    again = zoom.create(replace(wish, minutes=30, invited=()))

    assert (again.id, again.minutes) == (first.id, 30)
    [kept] = sandbox.records("zoom", account["id"], "meeting")
    assert kept["settings"]["meeting_invitees"] == []


def test_a_start_with_an_offset_arrives_in_utc(zoom, wish):
    there = datetime.fromisoformat("2031-03-30T09:00:00.5+02:00")

    assert zoom.create(replace(wish, starts_at=there)).starts_at == datetime(2031, 3, 30, 7, tzinfo=UTC)


def test_changed_meetings_keep_their_link(zoom, wish):
    booked = zoom.create(wish)

    moved = zoom.update(booked.id, replace(wish, starts_at=TOMORROW + timedelta(days=1), minutes=30, title="Review"))

    assert (moved.id, moved.join_url) == (booked.id, booked.join_url)
    assert (moved.starts_at, moved.minutes, moved.title) == (TOMORROW + timedelta(days=1), 30, "Review")


def test_cancelling_twice_is_fine_and_then_it_is_gone(zoom, wish):
    booked = zoom.create(wish)
    zoom.cancel(booked.id, host=HOST)
    zoom.cancel(booked.id, host=HOST)

    trouble = refused(zoom.meeting, booked.id, host=HOST)
    assert (trouble.code, trouble.vendor_code, trouble.http_status) == ("meeting_gone", "3001", 404)
    assert trouble.request_id.startswith("v=2.0;clid=sandbox;rid=WEB_")
    assert refused(zoom.update, booked.id, wish).code == "meeting_gone"


def test_what_is_too_long_is_cut(zoom, wish, sandbox, account):
    booked = zoom.create(replace(wish, title="t" * 300, agenda="a" * 3000))

    assert booked.title == "t" * 200
    assert zoom.create(replace(wish, title="t" * 300)).id == booked.id


def test_facts_of_a_held_meeting(zoom, wish, sandbox, account):
    booked = zoom.create(wish)
    before = refused(zoom.past, booked.id)
    sandbox.hold(account["id"], booked.id, minutes=50, participants=[{"name": "Carla", "email": "carla@acme.example"}])

    past = zoom.past(booked.id)

    assert before.code == "meeting_gone"
    assert (past.id, past.minutes, past.attended) == (booked.id, 50, 2)
    assert past.ended_at - past.started_at == timedelta(minutes=50)
    assert zoom.attendance(past.uuid) == (Attendee("ann.berg", HOST), Attendee("Carla", "carla@acme.example"))


@pytest.mark.parametrize("uuid", ["/ajXp112QmuoKj4854875==", "aj//Xp112QmuoKj48548==", "aj/Xp112QmuoKj+485487=="])
def test_a_uuid_may_hold_slashes(zoom, wish, sandbox, account, uuid):
    booked = zoom.create(wish)
    sandbox.hold(account["id"], booked.id, uuid=uuid)

    assert zoom.past(uuid).id == booked.id
    assert len(zoom.attendance(uuid)) == 1


def test_attendance_goes_on_to_the_last_page_and_counts_each_once(zoom, wish, sandbox, account):
    booked = zoom.create(wish)
    crowd = [{"name": f"Guest {number}"} for number in range(305)]
    sandbox.hold(account["id"], booked.id, participants=[*crowd, crowd[0]])

    assert len(zoom.attendance(zoom.past(booked.id).uuid)) == 306


def test_one_token_serves_until_it_is_old(zoom, wish, sandbox, account):
    zoom.sign_in()
    zoom.create(wish)
    sandbox.fault("zoom", account["id"], "expire_token")
    zoom.create(wish)

    assert sandbox.state("zoom", account["id"])["calls"]["POST oauth"] == 2


def test_an_hour_later_the_token_is_replaced_unseen(zoom, wish, sandbox):
    booked = zoom.create(wish)
    sandbox.advance(3601)

    assert zoom.meeting(booked.id, host=HOST) == booked


def test_eight_threads_ask_for_one_token(zoom, wish, sandbox, account):
    booked = zoom.create(wish)
    sandbox.fault("zoom", account["id"], "expire_token")
    services = [meeting_services.zoom() for _ in range(8)]
    titles: list[str] = []
    threads = [
        threading.Thread(target=lambda at=one: titles.append(at.meeting(booked.id, host=HOST).title))
        for one in services
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert titles == [wish.title] * 8
    assert sandbox.state("zoom", account["id"])["calls"]["POST oauth"] == 2


def test_another_process_may_end_our_token(zoom, wish, sandbox, account):
    """Some accounts keep one token alive at a time: a rival's sign-in ends ours."""
    booked = zoom.create(wish)
    sandbox.fault("zoom", account["id"], "single_token")
    rival = Zoom(replace(zoom.session.account, api_url=f"{sandbox.zoom_url}/"))
    rival.sign_in()

    assert zoom.meeting(booked.id, host=HOST) == rival.meeting(booked.id, host=HOST) == booked


@pytest.mark.parametrize(
    ("fault", "value", "code", "vendor_code", "kind"),
    [
        ("throttle", None, "rate_limited", "429", TemporaryFailure),
        ("server_error_once", None, "vendor_error", "500", TemporaryFailure),
        ("no_scope", "meeting:read:list_meetings:admin", "app_rights_missing", "4711", PermanentFailure),
    ],
)
def test_refusals_on_demand(zoom, wish, sandbox, account, fault, value, code, vendor_code, kind):
    zoom.sign_in()
    sandbox.fault("zoom", account["id"], fault, value=value)

    trouble = refused(zoom.create, wish)

    assert (trouble.code, trouble.vendor_code, type(trouble)) == (code, vendor_code, kind)


def test_a_used_up_day_tells_when_it_ends(zoom, wish, sandbox, account):
    sandbox.fault("zoom", account["id"], "daily_limit")

    trouble = refused(zoom.create, wish)

    assert (trouble.code, trouble.http_status, type(trouble)) == ("daily_limit", 429, TemporaryFailure)
    assert 0 < trouble.retry_after <= 2 * 86400  # the stand-in's clock may be ahead
    assert "Choose another host" in trouble.entry.what_to_do


def test_hosts_zoom_does_not_know_or_license(zoom, wish, sandbox, account):
    unknown = refused(zoom.create, replace(wish, host="nobody@elsewhere.example"))
    sandbox.control.put(f"/zoom/accounts/{account['id']}/users/{HOST}", json={"is_licensed": False})

    assert (unknown.code, unknown.vendor_code) == ("host_unknown", "1001")
    assert unknown.entry.who_can_fix == "specialist"
    assert refused(zoom.create, wish).code == "host_unlicensed"


def test_a_value_zoom_refuses_is_named(zoom, wish):
    trouble = refused(zoom.create, replace(wish, minutes=0))

    assert (trouble.code, trouble.vendor_code) == ("validation", "300")
    assert trouble.vendor_message == "Validation Failed. duration: Invalid field."


@pytest.mark.parametrize(
    ("change", "vendor_code"),
    [
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"account_id": "other"}, "invalid_request"),
    ],
)
def test_credentials_that_are_ours_to_repair(zoom, change, vendor_code):
    trouble = refused(Zoom(replace(zoom.session.account, **change)).sign_in)

    assert (trouble.code, trouble.vendor_code, trouble.entry.who_can_fix) == ("app_refused", vendor_code, "us")


def test_an_app_that_was_switched_off(zoom, sandbox, account):
    sandbox.fault("zoom", account["id"], "app_ended")

    assert refused(zoom.sign_in).code == "app_refused"


def test_a_host_that_is_not_there(zoom):
    away = Zoom(replace(zoom.session.account, oauth_url="https://localhost:1"))

    assert refused(away.sign_in).code == "port_closed"


def test_a_host_that_answers_in_no_known_form(odd_server, settings, wish):
    settings.OUTBOUND_CA_BUNDLE = odd_server.bundle
    strange = Account(
        account_id="a", client_id="c", client_secret="s", oauth_url=odd_server.address, api_url=odd_server.address
    )

    assert refused(Zoom(strange).sign_in).code == "not_understood"


def test_an_api_that_answers_in_no_known_form(zoom, odd_server, outbound, sandbox, tmp_path):
    outbound.OUTBOUND_CA_BUNDLE = both_trusted(tmp_path, sandbox.ca_path, odd_server.bundle)
    strange = Zoom(replace(zoom.session.account, api_url=odd_server.address))

    assert refused(strange.meeting, "1", host=HOST).code == "not_understood"


def test_a_cancellation_that_did_not_happen_is_told(zoom, wish, sandbox, account):
    booked = zoom.create(wish)
    sandbox.fault("zoom", account["id"], "throttle")

    assert refused(zoom.cancel, booked.id, host=HOST).code == "rate_limited"


def test_without_credentials_zoom_is_not_offered(settings):
    settings.ZOOM_ACCOUNT_ID, settings.ZOOM_CLIENT_ID, settings.ZOOM_CLIENT_SECRET = "a", "c", ""

    assert meeting_services.zoom() is None


def test_the_secret_is_not_shown(zoom, account):
    assert account["client_secret"] not in repr(zoom.session.account)
