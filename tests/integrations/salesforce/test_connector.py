"""The Salesforce connector against the stand-in: every method, every refusal it can meet."""

from dataclasses import replace

import pytest

from integrations import registry
from integrations.engine.connector import FieldWish
from integrations.engine.errors import Failure
from integrations.salesforce.client import RULES, domain_of
from integrations.salesforce.connector import SalesforceConnector
from tests.integrations.held_tokens import HeldTokens

TEXT = FieldWish(object="Account", name="Shade__c", label="Shade", length=20)


def refused(call, *args, **kwargs) -> tuple[str, str, int | None]:
    with pytest.raises(Failure) as raised:
        call(*args, **kwargs)
    trouble = raised.value
    return trouble.code, trouble.vendor_code, trouble.http_status


@pytest.mark.parametrize(
    ("pasted", "domain"),
    [
        ("acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        (" https://acme.my.salesforce.com/lightning/setup ", "https://acme.my.salesforce.com"),
        ("https://localhost:9101", "https://localhost:9101"),
    ],
)
def test_a_domain_as_people_paste_it(pasted, domain):
    assert domain_of(pasted) == domain


def test_identity(crm, org):
    found = crm.identify()

    assert (found.id, found.name, found.is_sandbox, found.extra) == (
        org["org_id"],
        "Acme Widgets",
        False,
        {"edition": "Enterprise Edition"},
    )


def test_the_token_is_kept_and_used_again(crm, org_tokens, org):
    crm.sign_in()
    registry.connector("salesforce", org_tokens).sign_in()

    assert org_tokens.renewals == 1
    assert org_tokens.credentials["user_id"] == org["integration_user_id"]


@pytest.mark.parametrize(
    ("change", "code", "vendor_code"),
    [
        ({"consumer_key": "nobody"}, "credentials_refused", "invalid_client_id"),
        ({"consumer_secret": "wrong"}, "credentials_refused", "invalid_client"),
    ],
)
def test_wrong_credentials(change, code, vendor_code, crm, org_tokens):
    org_tokens.credentials |= change

    assert refused(crm.sign_in)[:2] == (code, vendor_code)


def test_an_inactive_user(crm, sandbox, org):
    sandbox.fault("salesforce", org["org_id"], "inactive_user")

    assert refused(crm.sign_in)[:2] == ("user_inactive", "inactive_user")


def test_an_edition_without_api(crm, sandbox, org):
    sandbox.fault("salesforce", org["org_id"], "api_disabled")

    assert refused(crm.sign_in)[0] == "api_disabled"


def test_an_ended_session_is_renewed_unseen(crm, org_tokens, sandbox, org):
    crm.sign_in()
    sandbox.fault("salesforce", org["org_id"], "expire_token")

    assert (crm.identify().id, org_tokens.renewals) == (org["org_id"], 2)


def test_another_process_has_renewed_already(crm, org_tokens, sandbox, org):
    crm.sign_in()
    sandbox.fault("salesforce", org["org_id"], "expire_token")
    registry.connector("salesforce", org_tokens).organisation.renew()
    registry.connector("salesforce", HeldTokens(**{**org_tokens.credentials, "access_token": ""})).sign_in()
    before = org_tokens.renewals

    crm.identify()

    assert org_tokens.renewals - before <= 1


def test_a_slow_answer_is_not_waited_for(org_tokens, sandbox, org):
    crm = SalesforceConnector(org_tokens, rules=replace(RULES, total_seconds=0.5))
    crm.sign_in()
    sandbox.fault("salesforce", org["org_id"], "timeout", value=2)

    assert refused(crm.identify)[0] == "timed_out"


def test_description(crm):
    account = crm.describe("Account")

    name, phone, changed = (account.field(entry) for entry in ("Name", "Phone", "SystemModstamp"))
    assert (name.type, name.length, name.required, name.createable) == ("text", 255, True, True)
    assert (phone.type, phone.length, phone.required) == ("phone", 40, False)
    assert (changed.type, changed.length, changed.createable) == ("datetime", None, False)
    assert account.field("BillingAddress") is None
    assert account.rights == {"read": True, "create": True, "update": True, "remove": True}
    assert account.as_dict()["fields"][0].keys() == {
        "name", "label", "type", "length", "required", "createable", "updateable", "custom", "picklist"
    }  # fmt: skip


def test_an_object_that_is_not_visible(crm):
    assert refused(crm.describe, "Nothing__c") == ("permission", "NOT_FOUND", None)


def test_a_name_that_is_none_never_leaves_the_house(crm):
    assert refused(crm.count, "Account; DROP") == ("field_missing", "", None)
    assert refused(crm.find, "Account", where={"Name' OR Name != '": "x"})[0] == "field_missing"


def test_a_records_life(crm):
    record_id = crm.create("Account", {"Name": 'Acme\'s \\ "Best"', "Phone": "1"}, key="unused")
    crm.update("Account", record_id, {"Phone": None, "Fax": "2"})

    (found,) = crm.find("Account", where={"Name": 'Acme\'s \\ "Best"'})
    assert (found.id, found.values["Phone"], found.values["Fax"]) == (record_id, None, "2")
    assert crm.read("Account", record_id).values["Name"] == 'Acme\'s \\ "Best"'

    crm.remove("Account", record_id)
    crm.remove("Account", record_id)
    assert refused(crm.read, "Account", record_id)[0] == "not_found"
    assert refused(crm.read, "Account", "../Account")[0] == "not_found"


def test_what_records_are_refused_for(crm, sandbox, org):
    assert refused(crm.create, "Account", {"Phone": "1"}, key="x") == (
        "required_missing",
        "REQUIRED_FIELD_MISSING",
        400,
    )
    assert refused(crm.create, "Account", {"Name": "x" * 256}, key="x")[:2] == ("too_long", "STRING_TOO_LONG")
    assert refused(crm.create, "Account", {"Name": "x", "Gone__c": "1"}, key="x")[:2] == (
        "field_missing",
        "INVALID_FIELD",
    )
    sandbox.fault("salesforce", org["org_id"], "duplicate_name")
    assert refused(crm.create, "Account", {"Name": "x"}, key="x")[0] == "duplicate"
    sandbox.fault("salesforce", org["org_id"], "throttle", count=1)
    assert refused(crm.count, "Account")[:2] == ("rate_limited", "REQUEST_LIMIT_EXCEEDED")
    sandbox.fault("salesforce", org["org_id"], "server_error_once")
    assert refused(crm.count, "Account")[0] == "vendor_error"


def test_upsert_creates_then_changes(crm):
    crm.ensure_field(FieldWish(object="Account", name="Key__c", label="Key", length=50, unique=True, external_id=True))

    first = crm.upsert("Account", by="Key__c", value="a/b c", values={"Name": "One"})
    second = crm.upsert("Account", by="Key__c", value="a/b c", values={"Name": "Two", "Key__c": "ignored"})

    assert (first[1], second) == (True, (first[0], False))
    assert crm.read("Account", first[0]).values["Name"] == "Two"


def test_changes_come_in_stretches_without_gaps_or_repeats(crm):
    seen, cursor, more = [], None, True
    while more:
        page = crm.changed_since("Account", cursor=cursor, limit=7, fields=["Name"])
        seen += [record.id for record in page.records]
        cursor, more = page.cursor, page.has_more

    assert (len(seen), len(set(seen)), crm.count("Account")) == (20, 20, 20)
    after = crm.changed_since("Account", cursor=cursor, fields=["Name"])
    assert (after.records, after.cursor, after.has_more) == ([], cursor, False)


def test_only_the_fields_asked_for_are_read(crm):
    (record,) = crm.changed_since("Account", cursor=None, limit=1, fields=["Name"]).records

    assert set(record.values) == {"Id", "Name", "SystemModstamp"}
    assert record.modified_at


def test_a_field_is_made_and_shown_to_the_user(crm):
    assert crm.describe("Account").field("Shade__c") is None

    outcome = crm.ensure_field(TEXT)

    there = crm.describe("Account").field("Shade__c")
    assert (outcome.state, there.type, there.length, there.custom, there.createable) == (
        "created", "text", 20, True, True
    )  # fmt: skip
    assert crm.ensure_field(TEXT).state == "exists"


def test_a_field_somebody_made_but_hid_is_shown(crm, org_tokens):
    crm.organisation.call(
        lambda org: org.toolingexecute(
            "sobjects/CustomField/",
            "POST",
            {"FullName": "Account.Shade__c", "Metadata": {"label": "Shade", "type": "Text", "length": 20}},
        )
    )

    assert (crm.ensure_field(TEXT).state, crm.describe("Account").field("Shade__c").length) == ("exists", 20)


def test_a_field_of_another_shape_is_left_as_it_is(crm):
    crm.ensure_field(TEXT)

    outcome = crm.ensure_field(FieldWish(object="Account", name="Shade__c", label="Shade", length=80))

    assert (outcome.state, outcome.words) == ("differs", "Shade holds 20 characters, should hold 80.")


@pytest.mark.parametrize(
    ("kind", "there"),
    [
        ("long_text", "long_text"),
        ("datetime", "datetime"),
        ("date", "date"),
        ("checkbox", "boolean"),
        ("number", "number"),
        ("currency", "currency"),
        ("email", "email"),
        ("phone", "phone"),
        ("url", "url"),
        ("picklist", "picklist"),
    ],
)
def test_a_field_of_every_kind(kind, there, crm):
    values = ("Yes", "No") if kind == "picklist" else ()

    outcome = crm.ensure_field(FieldWish(object="Account", name="Any__c", label="Any", type=kind, values=values))

    assert (outcome.state, crm.describe("Account").field("Any__c").type) == ("created", there)


def test_a_user_who_may_not_customise(crm, sandbox, org):
    sandbox.fault("salesforce", org["org_id"], "no_customize")

    assert refused(crm.ensure_field, TEXT)[:2] == ("permission", "INSUFFICIENT_ACCESS")


def test_no_secret_is_in_what_is_raised(crm, org_tokens):
    org_tokens.credentials["consumer_secret"] = "very-secret-secret"

    with pytest.raises(Failure) as raised:
        crm.sign_in()

    assert "very-secret" not in repr(raised.value) + str(raised.value.as_dict())


def test_a_host_that_answers_in_no_known_form(odd_server, settings):
    settings.OUTBOUND_CA_BUNDLE = odd_server.bundle
    held = {"my_domain": odd_server.address, "consumer_key": "k", "consumer_secret": "s"}
    fresh = registry.connector("salesforce", HeldTokens(**held))
    signed = HeldTokens(**held, access_token="t", instance_url=odd_server.address)

    assert refused(fresh.sign_in) == ("not_understood", "", 200)
    assert refused(registry.connector("salesforce", signed).sign_in) == ("not_understood", "", 200)


def test_a_host_that_is_not_there_when_signing_in(outbound):
    tokens = HeldTokens(my_domain="https://localhost:1", consumer_key="k", consumer_secret="s")

    assert refused(registry.connector("salesforce", tokens).sign_in)[0] == "port_closed"


def test_a_session_never_goes_to_a_host_of_somebody_else(outbound):
    """Whatever the token endpoint, or a stored row, says: the token is not carried there."""
    tokens = HeldTokens(access_token="t", instance_url="https://evil.example")

    assert refused(registry.connector("salesforce", tokens).sign_in)[0] == "host_not_allowed"


def test_a_trouble_while_describing_keeps_its_own_name(crm, sandbox, org):
    crm.sign_in()
    sandbox.fault("salesforce", org["org_id"], "throttle", count=1)

    assert refused(crm.describe, "Account")[0] == "rate_limited"


def test_a_record_that_may_not_be_removed(crm, sandbox, org):
    record_id = crm.create("Account", {"Name": "Kept"}, key="x")
    sandbox.fault("salesforce", org["org_id"], "readonly_user")

    assert refused(crm.remove, "Account", record_id)[0] == "permission"


def test_a_field_that_stays_hidden(crm, sandbox, org):
    sandbox.fault("salesforce", org["org_id"], "hide_field", value="Account.Shade__c")

    assert crm.ensure_field(TEXT).state == "not_possible"
