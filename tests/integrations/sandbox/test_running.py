"""The program itself: it survives a restart, a silent caller and a stop, and does what control says."""

import signal
import socket
import ssl

import httpx
import pytest

from tests.integrations.sandbox_fixture import free_ports, start, stopped


def get(port: int, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False)


def post(port: int, path: str, body: dict) -> dict:
    return httpx.post(f"http://127.0.0.1:{port}{path}", json=body, trust_env=False).json()


def test_a_restart_finds_everything_again(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_INTUIT_CLIENT_ID", "fixed-id")
    port = free_ports()
    first = start(tmp_path, port)
    org = post(port, "/salesforce/orgs", {"name": "Kept"})
    post(port, "/clock", {"advance_seconds": 3600})
    before = get(port, "/state").json()["salesforce"]
    authority = (tmp_path / "ca.pem").read_bytes()
    first.kill()
    stopped(first)

    second = start(tmp_path, port)
    after = get(port, "/state").json()["salesforce"]
    app = get(port, "/quickbooks/app").json()
    second.send_signal(signal.SIGTERM)
    code = stopped(second)

    assert after == before
    assert after[org["org_id"]]["records"]["Account"] == 20
    assert (tmp_path / "ca.pem").read_bytes() == authority
    assert (app["client_id"], code) == ("fixed-id", 0)


def test_a_silent_caller_holds_nobody_up(sandbox):
    trust = ssl.create_default_context(cafile=sandbox.ca_path)
    with socket.create_connection(("127.0.0.1", sandbox.port + 1)):
        answer = httpx.get(f"{sandbox.salesforce_url}/services/data/", verify=trust, trust_env=False, timeout=5)

    assert answer.status_code == 200
    assert answer.json()[-1]["version"] == "68.0"


def test_the_certificate_is_for_our_names_only(sandbox):
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{sandbox.salesforce_url}/services/data/", trust_env=False)


def test_control_refuses_what_it_does_not_know(sandbox):
    wrong = sandbox.control.post("/faults", json={"vendor": "salesforce", "fault": "company_inactive"})
    nothing = sandbox.control.get("/nonsense")

    assert (wrong.status_code, nothing.status_code) == (400, 404)
    assert "salesforce has no fault company_inactive" in wrong.json()["error"]


def test_faults_are_listed_counted_and_switched_off(sandbox, org, trusting):
    sandbox.fault("salesforce", org["org_id"], "throttle", count=2)
    listed = sandbox.control.get("/faults").json()

    assert [(row["fault"], row["left"]) for row in listed["on"]] == [("throttle", 2)]
    assert "expire_token" in listed["known"]
    assert sandbox.control.delete("/faults", params={"tenant": org["org_id"]}).json() == {"switched_off": 1}


def test_reset_forgets_tenants_and_keeps_the_app(tmp_path):
    port = free_ports()
    process = start(tmp_path, port)
    post(port, "/quickbooks/companies", {"name": "Gone"})
    app = get(port, "/quickbooks/app").json()
    post(port, "/reset", {})
    companies, kept = get(port, "/quickbooks/companies").json(), get(port, "/quickbooks/app").json()
    process.terminate()
    stopped(process)

    assert (companies, kept) == ([], app)
