"""Intuit's OAuth by intuit-oauth: consent, rotation, and what kills a connection."""

import json
import ssl
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks.exceptions import AuthorizationException, QuickbooksException
from quickbooks.objects import Customer

from tests.integrations.sandbox.conftest import ACCOUNTING, REDIRECT, auth_client, client_for

pytestmark = pytest.mark.usefixtures("no_leftovers")
DAY = 86400


@pytest.fixture
def auth(sandbox, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", sandbox.ca_path)
    return auth_client(sandbox)


def connected(sandbox, auth, company):
    url = auth.get_authorization_url([Scopes.ACCOUNTING], "s1")
    back = sandbox.consent(url, realm_id=company["realm_id"])
    auth.get_bearer_token(back["code"], back["realmId"])
    return back


def test_consent_gives_a_code_for_one_company(sandbox, auth, company):
    back = connected(sandbox, auth, company)

    assert (back["realmId"], back["state"]) == (company["realm_id"], "s1")
    assert (auth.expires_in, auth.x_refresh_token_expires_in) == (3600, 8640000)
    assert len(Customer.all(qb=client_for(sandbox, auth))) == 2
    with pytest.raises(AuthClientError) as caught:
        auth.get_bearer_token(back["code"], back["realmId"])
    assert _refusal(caught) == (400, "invalid_grant")
    assert caught.value.intuit_tid


def test_the_wrong_company_was_chosen(sandbox, auth, company):
    other = sandbox.new_company("Other")
    sandbox.fault("quickbooks", company["realm_id"], "wrong_company", value=other["realm_id"])

    assert connected(sandbox, auth, company)["realmId"] == other["realm_id"]


def test_cancel_comes_back_as_access_denied(sandbox, auth, company):
    url = auth.get_authorization_url([Scopes.ACCOUNTING], "s2")

    back = sandbox.consent(url, realm_id=company["realm_id"], decision="cancel")

    assert back == {"error": "access_denied", "state": "s2"}


def test_the_page_shows_companies_and_refuses_strangers(sandbox, auth, company):
    page = httpx.get(auth.get_authorization_url([Scopes.ACCOUNTING], "s"), trust_env=False)
    stranger = httpx.get(f"{sandbox.consent_url}/connect/oauth2?client_id=x", trust_env=False)
    elsewhere = f"client_id={auth.client_id}&response_type=code&scope={ACCOUNTING}&redirect_uri=https://evil.example/"
    abroad = httpx.get(f"{sandbox.consent_url}/connect/oauth2?{elsewhere}", trust_env=False)

    assert page.status_code == 200
    assert company["realm_id"] in page.text
    assert (stranger.status_code, abroad.status_code) == (400, 400)
    assert "redirect_uri" in abroad.text


def test_the_app_must_prove_itself(auth):
    auth.client_secret = "wrong"

    with pytest.raises(AuthClientError) as caught:
        auth.refresh("RT1-anything")

    assert _refusal(caught) == (401, "invalid_client")


def test_the_refresh_token_changes_once_a_day_and_the_old_one_dies(sandbox, auth, company):
    connected(sandbox, auth, company)
    first = auth.refresh_token
    auth.refresh()
    same_day = auth.refresh_token
    sandbox.advance(DAY + 1)
    auth.refresh()

    assert same_day == first
    assert auth.refresh_token != first
    with pytest.raises(AuthClientError) as caught:
        auth.refresh(first)
    assert _refusal(caught) == (400, "invalid_grant")
    auth.refresh()


def test_an_hour_later_the_access_token_is_dead(sandbox, auth, company):
    connected(sandbox, auth, company)
    qb = client_for(sandbox, auth)
    sandbox.advance(3601)

    with pytest.raises(AuthorizationException) as caught:
        Customer.all(qb=qb)

    assert '"code": "3200"' in caught.value.detail
    assert '"fault"' in caught.value.detail


def test_a_hundred_days_of_silence_end_the_connection(sandbox, auth, company):
    connected(sandbox, auth, company)
    sandbox.advance(100 * DAY + 1)

    with pytest.raises(AuthClientError) as caught:
        auth.refresh()

    assert _refusal(caught) == (400, "invalid_grant")


def test_two_refreshes_at_once_kill_the_connection(sandbox, auth, company):
    connected(sandbox, auth, company)
    rivals = [auth_client(sandbox), auth_client(sandbox)]

    def refresh(rival) -> bool:
        try:
            rival.refresh(auth.refresh_token)
        except AuthClientError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(refresh, rivals))

    winner = rivals[won.index(True)]
    winner.realm_id = company["realm_id"]
    assert sorted(won) == [False, True]
    with pytest.raises(AuthorizationException):
        Customer.all(qb=client_for(sandbox, winner))
    with pytest.raises(AuthClientError):
        winner.refresh()


def test_revoking_ends_it(sandbox, auth, company):
    connected(sandbox, auth, company)
    qb = client_for(sandbox, auth)
    assert auth.revoke() is True

    with pytest.raises(AuthorizationException):
        Customer.all(qb=qb)
    with pytest.raises(AuthClientError):
        auth.refresh()


def test_revoked_from_the_other_side(sandbox, auth, company):
    connected(sandbox, auth, company)
    sandbox.fault("quickbooks", company["realm_id"], "revoke_refresh")

    with pytest.raises(AuthClientError):
        auth.refresh()


def test_who_consented(sandbox, auth, company):
    connected(sandbox, auth, company)

    assert auth.get_user_info().json()["realmid"] == company["realm_id"]


def test_an_identity_token_is_signed(sandbox, auth, company):
    back = sandbox.consent(
        auth.get_authorization_url([Scopes.ACCOUNTING, Scopes.OPENID], "s"), realm_id=company["realm_id"]
    )
    answer = httpx.post(
        f"{sandbox.quickbooks_url}/oauth2/v1/tokens/bearer",
        data={"grant_type": "authorization_code", "code": back["code"], "redirect_uri": REDIRECT},
        auth=(auth.client_id, auth.client_secret),
        verify=_trust(sandbox),
        trust_env=False,
    )

    assert answer.json()["id_token"].count(".") == 2


@pytest.mark.parametrize(
    ("fault", "code"),
    [("throttle", 3001), ("company_inactive", 6190), ("server_error_once", 10000), ("not_admin", 401)],
)
def test_refusals_on_demand(sandbox, company, qb, fault, code):
    sandbox.fault("quickbooks", company["realm_id"], fault)

    with pytest.raises(QuickbooksException) as caught:
        Customer.all(qb=qb)

    assert caught.value.error_code == code


def test_five_hundred_calls_a_minute(sandbox, company, qb):
    with httpx.Client(verify=_trust(sandbox), trust_env=False) as client:
        url = f"{sandbox.quickbooks_url}/v3/company/{company['realm_id']}/preferences"
        headers = {"Authorization": f"Bearer {qb.auth_client.access_token}", "Accept": "application/json"}
        codes = [client.get(url, headers=headers).status_code for _ in range(501)]
        sandbox.advance(61)
        later = client.get(url, headers=headers).status_code

    assert codes == [200] * 500 + [429]
    assert later == 200


def test_eleven_calls_at_once(sandbox, company, qb):
    sandbox.fault("quickbooks", company["realm_id"], "timeout", value=1, count=10)
    url = f"{sandbox.quickbooks_url}/v3/company/{company['realm_id']}/preferences"
    headers = {"Authorization": f"Bearer {qb.auth_client.access_token}", "Accept": "application/json"}
    with httpx.Client(verify=_trust(sandbox), trust_env=False) as client, ThreadPoolExecutor(11) as pool:
        codes = list(pool.map(lambda _: client.get(url, headers=headers, timeout=20).status_code, range(11)))

    assert sorted(codes) == [200] * 10 + [429]


def test_without_asking_for_json_it_is_xml(sandbox, company, qb):
    answer = httpx.get(
        f"{sandbox.quickbooks_url}/v3/company/{company['realm_id']}/preferences",
        headers={"Authorization": f"Bearer {qb.auth_client.access_token}"},
        verify=_trust(sandbox),
        trust_env=False,
    )

    assert answer.headers["content-type"].startswith("application/xml")


def _refusal(caught) -> tuple[int, str]:
    return caught.value.status_code, json.loads(caught.value.content)["error"]


def _trust(sandbox):
    return ssl.create_default_context(cafile=sandbox.ca_path)
