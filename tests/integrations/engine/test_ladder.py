"""The ladder against the stand-ins: each rung passes, fails for its own reason, and names who can fix it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integrations import registry
from integrations.engine.connector import FieldWish
from integrations.engine.ladder import TITLES, Canary, climb, passed, plan
from integrations.salesforce.connector import SalesforceConnector
from tests.integrations.held_tokens import HeldTokens
from tests.integrations.odd_server import running

FLOWS = ["account_to_customer"]


def states(rungs) -> dict[str, str]:
    return {rung.code: rung.state for rung in rungs}


def rung(rungs, code):
    return next(entry for entry in rungs if entry.code == code)


@pytest.fixture
def salesforce(org_tokens):
    return registry.target("salesforce", tokens=org_tokens, run="r1", flows=FLOWS, with_fields=False)


@pytest.fixture
def quickbooks(books_tokens):
    return registry.target("quickbooks_online", tokens=books_tokens, run="r1", flows=FLOWS, with_fields=False)


def test_before_the_climb_every_rung_waits():
    assert [(entry.code, entry.state) for entry in plan()] == [(code, "waiting") for code in TITLES]


@pytest.mark.parametrize("system", ["salesforce", "quickbooks_online"])
def test_all_the_way_up(*, system, prepared, climbed, org_tokens, books_tokens, sandbox, org, books):
    tokens = org_tokens if system == "salesforce" else books_tokens
    target = registry.target(system, tokens=tokens, run="r1", flows=FLOWS)

    rungs = climbed(target)

    assert states(rungs) == dict.fromkeys(TITLES, "passed")
    assert passed(rungs)
    assert [entry.as_dict()["code"] for entry in rungs] == list(TITLES)
    left = sandbox.records("salesforce", org["org_id"], "Account") if system == "salesforce" else []
    left += sandbox.records("quickbooks", books["realm_id"], "Customer")
    assert [row for row in left if "ZZZ-Test r1" in str(row) and row.get("Active", True)] == []


def test_results_come_as_they_are_known(salesforce, org_tokens):
    seen = []
    rungs = climb(salesforce, on_rung=seen.append)

    assert seen == rungs


def test_an_unknown_name(climbed, outbound):
    tokens = HeldTokens(my_domain="no-such-host.my.salesforce.com", consumer_key="k", consumer_secret="s")
    rungs = climbed(registry.target("salesforce", tokens=tokens, run="r1", flows=FLOWS))

    assert set(states(rungs).values()) == {"failed", "skipped"}
    assert rungs[0].details["class"] in ("name_not_found", "name_unanswered")
    assert rungs[1].words == "Waits for the rung above."
    assert not passed(rungs)


def test_a_host_of_somebody_else(climbed, outbound):
    tokens = HeldTokens(my_domain="https://evil.example", consumer_key="k", consumer_secret="s")
    first = climbed(registry.target("salesforce", tokens=tokens, run="r1", flows=FLOWS))[0]

    assert (first.state, first.details["class"], first.who_can_fix, first.what_to_do) == (
        "failed",
        "host_not_allowed",
        "customer_admin",
        "Give the address of your own organisation at the vendor, with https:// and without a port.",
    )


def test_a_closed_port(climbed, org_tokens, sandbox):
    org_tokens.credentials["my_domain"] = "https://localhost:1"
    rungs = climbed(registry.target("salesforce", tokens=org_tokens, run="r1", flows=FLOWS))

    assert (rungs[0].state, rungs[1].state, rungs[1].details["class"], rungs[1].who_can_fix, rungs[2].state) == (
        "passed",
        "failed",
        "port_closed",
        "customer_it",
        "skipped",
    )


def test_an_untrusted_certificate(climbed, salesforce, settings):
    settings.OUTBOUND_CA_BUNDLE = ""
    third = climbed(salesforce)[2]

    assert (third.state, third.details["class"], third.details["vendor_message"]) == (
        "failed",
        "tls_failed",
        "unable to get local issuer certificate",
    )


def test_wrong_credentials_stop_at_signing_in(climbed, salesforce, org_tokens):
    org_tokens.credentials["consumer_secret"] = "wrong"
    rungs = climbed(salesforce)

    found = rung(rungs, "sign_in")
    assert (found.state, dict(found.details), found.who_can_fix) == (
        "failed",
        {
            "class": "credentials_refused",
            "retry_helps": False,
            "vendor_code": "invalid_client",
            "vendor_message": "invalid client credentials",
            "http_status": 400,
        },
        "customer_admin",
    )
    assert states(rungs)["identity"] == "skipped"


def test_a_withdrawn_consent_stops_at_signing_in(climbed, quickbooks, sandbox, books):
    sandbox.fault("quickbooks", books["realm_id"], "revoke_refresh")
    found = rung(climbed(quickbooks), "sign_in")

    assert (found.state, found.details["class"], found.details["vendor_code"]) == (
        "failed",
        "auth_revoked",
        "invalid_grant",
    )


def test_another_company_is_never_written_to(climbed, salesforce, sandbox, org):
    rungs = climbed(replace(salesforce, expected_identity="00D000000000000AAA"))

    found = rung(rungs, "identity")
    assert (found.state, found.details["class"], found.words) == (
        "failed",
        "wrong_company",
        "This is Acme Widgets, another company.",
    )
    assert states(rungs)["write"] == "skipped"
    assert sandbox.state("salesforce", org["org_id"])["created"] == {}


def test_sandbox_and_production_do_not_meet(climbed, salesforce):
    found = rung(climbed(replace(salesforce, expects_sandbox=True)), "identity")

    assert (found.state, found.details["class"], found.words) == (
        "failed",
        "wrong_environment",
        "Acme Widgets is a production environment.",
    )


def test_a_missing_right_is_named(climbed, salesforce, sandbox, org):
    sandbox.fault("salesforce", org["org_id"], "readonly_user")
    found = rung(climbed(salesforce), "rights")

    assert (found.state, found.words, found.who_can_fix) == (
        "failed",
        "Missing rights: Account: create, update, remove.",
        "customer_admin",
    )


def test_a_right_that_only_writing_shows_is_missed_by_the_canary(climbed, quickbooks, sandbox, books):
    sandbox.fault("quickbooks", books["realm_id"], "readonly_user")
    rungs = climbed(quickbooks)

    assert (
        rung(rungs, "rights").words
        == "Reading is granted. Only writing shows the rest (Customer: create, update, remove)."
    )
    assert (rung(rungs, "write").state, rung(rungs, "read_back").state) == ("failed", "skipped")


def test_missing_fields_are_listed_and_the_climb_goes_on(climbed, org_tokens):
    rungs = climbed(registry.target("salesforce", tokens=org_tokens, run="r1", flows=FLOWS))

    found = rung(rungs, "fields")
    assert (found.state, found.details["missing"], states(rungs)["clean_up"], passed(rungs)) == (
        "failed",
        ["Account.QB_Full_Name__c", "Account.QB_LastModified__c", "Account.Active__c", "Account.QB_Customer_Id__c"],
        "passed",
        False,
    )


def test_a_field_of_another_kind_is_not_taken(climbed, salesforce):
    wish = FieldWish(object="Account", name="Phone", label="Phone", type="datetime")
    found = rung(climbed(replace(salesforce, fields=(wish,))), "fields")

    assert (found.state, found.words, found.details["differs"]) == (
        "failed",
        "Phone: is phone, should be datetime",
        {"Account.Phone": "is phone, should be datetime"},
    )


def test_a_field_with_a_way_round_only_warns(climbed, books_tokens, sandbox, books):
    sandbox.fault("quickbooks", books["realm_id"], "no_custom_fields")
    rungs = climbed(registry.target("quickbooks_online", tokens=books_tokens, run="r1", flows=FLOWS))

    found = rung(rungs, "fields")
    assert (found.state, found.words, found.details["optional_missing"], passed(rungs)) == (
        "warned",
        "Without AccountID: records are bound by their stored id.",
        ["Customer.AccountID"],
        True,
    )


@pytest.mark.parametrize("fault", ["server_error_once", "lost_answer"])
@pytest.mark.parametrize("system", ["salesforce", "quickbooks_online"])
def test_one_hiccup_is_climbed_over_and_nothing_is_doubled(
    *, system, fault, climbed, salesforce, quickbooks, sandbox, org, books
):
    vendor, tenant, name = (
        ("salesforce", org["org_id"], "Account")
        if system == "salesforce"
        else ("quickbooks", books["realm_id"], "Customer")
    )
    sandbox.fault(vendor, tenant, fault)
    rungs = climbed(salesforce if system == "salesforce" else quickbooks)

    assert set(states(rungs).values()) == {"passed"}
    assert [entry.details["tries"] for entry in rungs if "tries" in entry.details] == [2]
    assert sandbox.state(vendor, tenant)["created"][name] == 1


def test_a_throttle_that_stays_is_told_after_three_tries(climbed, salesforce, sandbox, org):
    sandbox.fault("salesforce", org["org_id"], "throttle", count=50)
    found = rung(climbed(salesforce), "sign_in")

    assert (found.state, found.details["class"], found.details["retry_helps"], found.who_can_fix) == (
        "failed",
        "rate_limited",
        True,
        "vendor",
    )


def test_an_ended_session_is_renewed_on_the_way(climbed, salesforce, sandbox, org, org_tokens):
    climbed(salesforce)
    sandbox.fault("salesforce", org["org_id"], "expire_token")

    assert set(states(climbed(replace(salesforce, run="r2"))).values()) == {"passed"}
    assert org_tokens.renewals == 2


def test_looking_only_writes_nothing(climbed, org_tokens, sandbox, org):
    target = registry.target("salesforce", tokens=org_tokens, run="r1", flows=FLOWS, with_fields=False, writes=False)
    rungs = climbed(target)

    assert (rung(rungs, "write").words, passed(rungs)) == ("Not asked for: this check only reads.", True)
    assert sandbox.state("salesforce", org["org_id"])["created"] == {}


def test_a_cancelled_climb_stops_and_still_cleans_up(salesforce, sandbox, org):
    seen = []
    rungs = climb(salesforce, on_rung=seen.append, cancelled=lambda: any(entry.code == "write" for entry in seen))

    assert [(entry.code, entry.state, entry.words) for entry in rungs[-3:]] == [
        ("write", "passed", "Wrote “ZZZ-Test r1”."),
        ("read_back", "skipped", "Stopped on request."),
        ("clean_up", "passed", "The test record is gone."),
    ]
    names = [row["Name"] for row in sandbox.records("salesforce", org["org_id"], "Account")]
    assert not any(name.startswith("ZZZ-Test") for name in names)


def test_climbing_twice_in_one_run_uses_the_canary_that_is_left(salesforce, climbed, sandbox, org, crm):
    crm.create("Account", {"Name": "ZZZ-Test r1", "Phone": "555-0100"}, key="x")

    assert set(states(climbed(salesforce)).values()) == {"passed"}
    assert sandbox.state("salesforce", org["org_id"])["created"]["Account"] == 1


def test_a_certificate_that_ends_soon_is_a_warning(climbed, settings, tmp_path):
    ends = datetime.now(tz=UTC) + timedelta(days=3)
    with running(tmp_path, until=ends) as server:
        settings.OUTBOUND_CA_BUNDLE = server.bundle
        tokens = HeldTokens(my_domain=server.address, consumer_key="k", consumer_secret="s")
        rungs = climbed(registry.target("salesforce", tokens=tokens, run="r1", flows=FLOWS))

    found = rung(rungs, "tls")
    assert (found.state, found.words, found.who_can_fix, rung(rungs, "sign_in").details["class"]) == (
        "warned",
        f"The certificate ends on {ends:%-d %B %Y}.",
        "customer_it",
        "not_understood",
    )


def test_a_value_that_comes_back_changed(climbed, salesforce):
    canary = Canary(object="Account", name_field="Name", values={"Phone": " 555 "})
    rungs = climbed(replace(salesforce, canary=canary))

    assert (rung(rungs, "read_back").state, rung(rungs, "read_back").words, states(rungs)["clean_up"]) == (
        "failed",
        "Came back changed: Phone.",
        "passed",
    )
    assert not passed(rungs)


def test_a_test_record_that_stays_is_told(climbed, salesforce, org_tokens):
    class Keeping(SalesforceConnector):
        def remove(self, name: str, record_id: str) -> None:
            """Answers well and does nothing: a recycle bin rule of the customer's."""

    found = rung(climbed(replace(salesforce, connector=Keeping(org_tokens))), "clean_up")

    assert (found.state, found.words, found.details["class"]) == (
        "failed",
        "“ZZZ-Test r1” is still there.",
        "permission",
    )


def test_a_connection_with_nothing_to_move(climbed, org_tokens):
    rungs = climbed(registry.target("salesforce", tokens=org_tokens, run="r1"))

    assert (rung(rungs, "rights").words, rung(rungs, "read").words) == ("All rights on nothing.", "Nothing to read.")


def test_a_company_that_may_not_be_read(climbed, quickbooks, books_tokens, sandbox):
    rungs = []
    from_above = {"identity": lambda: sandbox.fault("quickbooks", books_tokens.credentials["realm_id"], "not_admin")}

    climb(quickbooks, on_rung=lambda entry: (rungs.append(entry), from_above.get(entry.code, lambda: None)()))

    assert (rung(rungs, "rights").state, rung(rungs, "rights").words) == ("failed", "Missing rights: Customer: read.")
