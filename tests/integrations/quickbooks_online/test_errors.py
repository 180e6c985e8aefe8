"""Answers no vendor promises, and each shape of a refusal."""

import pytest
from quickbooks.exceptions import AuthorizationException, QuickbooksException

from integrations import registry
from integrations.engine.connector import FieldWish
from integrations.net import Exchange
from integrations.quickbooks_online.errors import from_library
from tests.integrations.conftest import REDIRECT
from tests.integrations.held_tokens import HeldTokens
from tests.integrations.quickbooks_online.refusals import refused

ACCOUNT_ID = FieldWish(object="Customer", name="AccountID", label="AccountID", length=31)


def test_a_host_that_answers_in_no_known_form(odd_server, settings):
    settings.OUTBOUND_CA_BUNDLE = odd_server.bundle
    settings.INTUIT_API_URL = odd_server.address
    settings.INTUIT_DISCOVERY_URL = f"{odd_server.address}/discovery"
    signed = HeldTokens(realm_id="1", access_token="t", refresh_token="r")
    connector = registry.connector("quickbooks_online", signed)

    assert refused(connector.sign_in).code == "not_understood"
    assert refused(connector.ensure_field, ACCOUNT_ID).code == "not_understood"
    assert refused(registry.consent_url, state="s", redirect_uri=REDIRECT).code == "not_understood"
    settings.INTUIT_DISCOVERY_URL = f"{odd_server.address}/busy"
    assert refused(registry.consent_url, state="s", redirect_uri=REDIRECT).code == "rate_limited"


def test_a_host_that_is_not_there(settings):
    settings.INTUIT_API_URL = "https://localhost:1"
    connector = registry.connector("quickbooks_online", HeldTokens(realm_id="1", access_token="t", refresh_token="r"))

    assert refused(connector.sign_in).code == "port_closed"
    assert refused(connector.ensure_field, ACCOUNT_ID).code == "port_closed"


def test_custom_fields_that_are_out_of_reach_just_now_are_not_taken_for_missing(finance, sandbox, books):
    sandbox.fault("quickbooks", books["realm_id"], "throttle", count=9)

    assert refused(finance.find, "Customer", where={"Id": "1"}).code == "rate_limited"


def test_a_trouble_keeps_its_own_name(finance, sandbox, books):
    made = finance.create("Customer", {"DisplayName": "Kept"}, key="k")
    sandbox.fault("quickbooks", books["realm_id"], "throttle", count=2)

    assert refused(finance.describe, "Customer").code == "rate_limited"
    assert refused(finance.ensure_field, ACCOUNT_ID).code == "rate_limited"
    sandbox.fault("quickbooks", books["realm_id"], "not_admin")
    assert refused(finance.remove, "Customer", made).code == "permission"


@pytest.mark.parametrize(
    ("body", "code", "vendor_code"),
    [
        ('{"fault": {"error": [{"code": "3200", "message": "m", "detail": "d"}]}}', "auth_expired", "3200"),
        ('{"Fault": {"Error": [{"code": "120", "Message": "m"}]}}', "permission", "120"),
        ("<html>", "auth_expired", "3200"),
        ("{}", "auth_expired", ""),
    ],
)
def test_every_shape_of_a_401(body, code, vendor_code):
    error = AuthorizationException("Application authentication failed", error_code=401, detail=body)

    trouble = from_library(error, Exchange(401, "tid", None))

    assert (trouble.code, trouble.vendor_code, trouble.request_id) == (code, vendor_code, "tid")


@pytest.mark.parametrize(("status", "code"), [(502, "vendor_error"), (429, "rate_limited"), (404, "not_found")])
def test_a_body_the_library_can_t_read_is_judged_by_its_status(status, code):
    error = QuickbooksException("Error reading json response: <html>secret</html>", 10000)

    trouble = from_library(error, Exchange(status, "tid", None))

    assert (trouble.code, trouble.vendor_message) == (code, "")
